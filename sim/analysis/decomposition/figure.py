"""The waterfall of a difference in its parts: from one scenario's value down or up to the other's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from totalplace.sim.figures.colours import more_and_less, told
from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, own_style, plain, wrapped
from totalplace.sim.results.last_year import BAND
from totalplace.sim.results.wording import amount, unit_name, unit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric

#: Most parts drawn by themselves; the others are drawn as one.
MOST = 14


@own_style()
def waterfall(
    groups: Sequence[str], parts: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64], metric: Metric,
    names: tuple[str, str], source: str,
) -> Chart:
    """Parts (groups, runs), the greatest first, as steps between the means of two scenarios."""
    scale = unit_scale(metric.unit)
    labels, shown = list(groups[:MOST]), parts[:MOST] * scale
    if len(groups) > MOST:
        labels.append(f"{len(groups) - MOST} others")
        shown = np.vstack([shown, parts[MOST:].sum(axis=0) * scale])
    rows = wrapped([names[0], *labels, names[1]])
    figure = Chart(8.0, sum(max(0.34, 0.16 * (1 + row.count("\n"))) for row in rows) + 1.8)
    axes = figure.subplots()
    plain(axes, grid="x")
    level = float(start.mean()) * scale
    axes.barh(0, level, height=0.6, color=GREY)
    axes.text(max(level, 0.0), 0, f" {_said(level / scale, metric)}", va="center", fontsize=SMALL)
    for row, part in enumerate(shown, start=1):
        level = _step(axes, row, level, part, metric, scale)
    last = len(labels) + 1
    final = float(end.mean()) * scale
    axes.barh(last, final, height=0.6, color=GREY)
    axes.text(max(final, 0.0), last, f" {_said(final / scale, metric)}", va="center", fontsize=SMALL)
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    axes.set_yticks(range(last + 1), rows, fontsize=SMALL)
    axes.set_ylim(last + 0.6, -0.6)
    axes.margins(x=0.12)
    axes.set_xlabel(f"{metric.label} in the last year ({unit_name(metric.unit)})", fontsize=SMALL)
    sides, meant = told("raises it", "lowers it (hatched)")
    words = " ".join(filter(None, (
        source, "Shapley parts, means over seeds; they add up.", sides, "Line: 90% of the seeds.",
    )))
    dress(figure, f"What makes the difference in {metric.label}", words, meant)
    return figure


def _step(axes: Axes, row: int, level: float, part: NDArray[np.float64], metric: Metric, scale: float) -> float:
    """Draw one part from ``level`` on; the level after it comes back."""
    mean = float(part.mean())
    colour = more_and_less()[mean < 0]
    axes.barh(row, mean, left=level, height=0.6, color=colour, hatch="" if mean >= 0 else "////", hatch_linewidth=0.6,
              edgecolor="white")
    low, high = np.quantile(part, BAND)
    axes.plot([level + low, level + high], [row, row], color="black", linewidth=1.0)
    axes.plot([level + mean] * 2, [row - 0.3, row + 1.3], color=GREY, linewidth=0.6, linestyle="dotted")
    axes.text(level + max(high, mean, 0.0), row, f" {_said(mean / scale, metric, signed=True)}", va="center", fontsize=SMALL)
    return level + mean


def _said(value: float, metric: Metric, signed: bool = False) -> str:
    return amount(value, metric.unit, brief=True, signed=signed)
