"""Main effects and the greatest interactions of a factorial sweep, as points with their bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.figures.style import SMALL, Chart, dress, look, own_style, plain
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric

#: Most effects of a kind that are drawn; the table has all of them.
MOST: Final = 15


@own_style()
def effects_figure(table: pd.DataFrame, metric: Metric, source: str) -> Chart:
    """Two panels: main effects in the order of the factors, and interactions, the greatest first."""
    scale = unit_scale(metric.unit)
    kinds = list(dict.fromkeys(table["kind"]))
    panels = []
    for kind in kinds:
        rows = table[table["kind"] == kind]
        order = rows["mean"].abs().sort_values(ascending=False, kind="stable").index
        panels.append(rows.loc[sorted(order[:MOST]) if kind == kinds[0] else order[:MOST]])
    heights = [len(rows) + 1.5 for rows in panels]
    figure = Chart(8.2, 0.27 * sum(heights) + 1.6)
    axes = np.atleast_1d(figure.subplots(len(panels), 1, sharex=True, height_ratios=heights))
    for panel, kind, rows in zip(axes, kinds, panels, strict=True):
        plain(panel, grid="x")
        for y, row in enumerate(rows.to_dict("records")):
            colour = look(2 if row["mean"] >= 0 else 4).colour
            panel.plot(np.array([row["low"], row["high"]]) * scale, [y, y], color=colour, linewidth=1.0)
            panel.plot(np.array([row["from"], row["to"]]) * scale, [y, y], color=colour, linewidth=4.0)
            panel.plot([row["mean"] * scale], [y], marker="o", markersize=4, color="white", markeredgecolor=colour)
        panel.axvline(0.0, color="#444444", linewidth=0.8)
        panel.set_yticks(range(len(rows)), [row["effect"] for row in rows.to_dict("records")], fontsize=SMALL)
        panel.set_ylim(len(rows) - 0.4, -0.6)
        left = len(table[table["kind"] == kind]) - len(rows)
        panel.set_title(f"{kind}s" + (f" (the greatest {len(rows)})" if left else ""), fontsize=SMALL, loc="left")
    axes[-1].set_xlabel(f"{metric.label} in the last year ({unit_name(metric.unit)})", fontsize=SMALL)
    words = (
        f"{source}. Dot: mean over states. Thick: 95% interval of the mean. Thin: 90% of the states. An interaction is how much "
        "more one does where the other is there too."
    )
    dress(figure, f"Main effects and interactions on {metric.label}", words)
    return figure
