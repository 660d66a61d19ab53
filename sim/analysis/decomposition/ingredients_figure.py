"""Small multiples of what ingredients do: a panel for each metric, a bar for each ingredient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.figures.colours import more_and_less, told
from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, own_style, plain, wrapped
from totalplace.sim.results.last_year import BAND
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric

#: Panels beside each other.
ACROSS: Final = 3


@own_style()
def small_multiples(
    groups: Sequence[str], parts: NDArray[np.float64], total: NDArray[np.float64], prior: NDArray[np.float64] | None,
    metrics: Sequence[Metric], names: tuple[str, str], source: str,
) -> Chart:
    """Parts (groups, M, R) of the differences (M, R) of metrics; ``prior`` the same over the ranges of parameters, or None."""
    across = 2 if len(metrics) == 4 else min(ACROSS, len(metrics))
    down = -(-len(metrics) // across)
    figure = Chart(2.2 + 2.5 * across, down * (0.3 * (len(groups) + 1) + 0.9) + 1.3)
    panels = np.atleast_1d(figure.subplots(down, across, sharey=True, squeeze=False)).reshape(-1)
    for m, one in enumerate(metrics):
        scale = unit_scale(one.unit)
        shown = np.vstack([parts[:, m], total[m][None]]) * scale
        over = None if prior is None else np.vstack([prior[:, m], prior[:, m].sum(axis=0)[None]]) * scale
        _panel(panels[m], [*groups, "whole difference"], shown, over)
        panels[m].set_title(one.label, fontsize=SMALL, loc="left", wrap=True)
        panels[m].set_xlabel(unit_name(one.unit), fontsize=SMALL)
    for panel in panels[len(metrics):]:
        panel.set_visible(False)
    sides, meant = told("raises it", "lowers it (hatched)")
    words = " ".join(filter(None, (
        source, "Shapley parts, means over seeds; they add up to the whole.", sides, "Line: 90% of the seeds.",
    )))
    words += "" if prior is None else " Diamond and thin line: mean and 90% with all parameters drawn from their ranges."
    dress(figure, f"Which ingredient does what: {names[1]} less {names[0]}", words, meant)
    return figure


def _panel(axes: Axes, labels: Sequence[str], parts: NDArray[np.float64], prior: NDArray[np.float64] | None) -> None:
    """One metric: the parts, and the whole difference in grey below them."""
    plain(axes, grid="x")
    last = len(labels) - 1
    for row, part in enumerate(parts):
        mean = float(part.mean())
        hatch = "" if mean >= 0 or row == last else "////"
        axes.barh(row, mean, height=0.6, color=GREY if row == last else more_and_less()[mean < 0], hatch=hatch, hatch_linewidth=0.6,
                  edgecolor="white")
        axes.plot(np.quantile(part, BAND), [row, row], color="black", linewidth=1.0)
        if prior is not None:
            axes.plot(np.quantile(prior[row], BAND), [row + 0.22] * 2, color="#444444", linewidth=0.6)
            axes.plot([float(prior[row].mean())], [row + 0.22], marker="D", markersize=3, color="#444444")
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    axes.axhline(last - 0.5, color="#444444", linewidth=0.6)
    axes.set_yticks(range(len(labels)), wrapped(labels), fontsize=SMALL)
    axes.set_ylim(last + 0.6, -0.6)
    axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", labelsize=SMALL)
