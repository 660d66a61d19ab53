"""The scenarios of a sweep side by side: how widely each metric spreads over points, places and seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from totalplace.sim.figures.style import CUT_WORDS, Chart, dress, grid_shape, look, mark_cut, name_rows, own_style, title_panel
from totalplace.sim.results.last_year import BAND
from totalplace.sim.results.wording import unit_scale

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Cases
    from totalplace.sim.model.metrics import Metric

#: Height of a panel besides its rows, and of each row, in inches.
_PANEL, _ROW = 1.0, 0.22


@own_style()
def spread(cases: Cases, metrics: Sequence[Metric]) -> Chart:
    """One panel a metric, one row a scenario: median, half and 90% of the runs in the last year."""
    rows, columns = grid_shape(len(metrics))
    names = list(cases.scenarios)
    figure = Chart(max(3.1 * columns + 1.2, 6.0), (_ROW * len(names) + _PANEL) * rows + 0.8)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes in panels.ravel()[len(metrics) :]:
        axes.set_visible(False)
    for axes, metric in zip(panels.ravel(), metrics, strict=False):
        scale = unit_scale(metric.unit)
        for row, name in enumerate(names):
            own = cases.table.loc[cases.table["scenario"] == name, metric.name].dropna().to_numpy()
            if len(own):
                _bars(axes, row, own * scale)
        title_panel(axes, metric)
    name_rows(panels, names)
    figure.data = _shown(cases, metrics)
    words = f"{cases.caption[:1].upper()}{cases.caption[1:]}. Mark: median. Thick bar: half of the runs. Thin bar: 90% of the runs."
    marked = [mark_cut(axes, "x") for axes in panels.ravel()[: len(metrics)]]
    words += f" {CUT_WORDS}" if any(marked) else ""
    dress(figure, "The last year of the run, over all points, places and seeds", words)
    return figure


def _shown(cases: Cases, metrics: Sequence[Metric]) -> pd.DataFrame:
    """What is drawn, in the units of the results: a row for each metric and scenario."""
    import pandas as pd

    rows = []
    for metric in metrics:
        for name in cases.scenarios:
            own = cases.table.loc[cases.table["scenario"] == name, metric.name].dropna().to_numpy()
            at = (BAND[0], 0.25, 0.5, 0.75, BAND[1])
            found = np.quantile(own, at) if len(own) else np.full(len(at), np.nan)
            ends = dict(zip(("p05", "p25", "median", "p75", "p95"), found.tolist(), strict=True))
            about = {"scenario": name, "metric": metric.name, "label": metric.label, "unit": metric.unit, "runs": len(own)}
            rows.append(about | ends)
    return pd.DataFrame(rows)


def _bars(axes: Axes, row: int, values: NDArray[np.float64]) -> None:
    style = look(row)
    low, quarter, middle, three, high = np.quantile(values, (BAND[0], 0.25, 0.5, 0.75, BAND[1]))
    axes.plot([low, high], [row, row], color=style.colour, linewidth=1.2, solid_capstyle="butt")
    axes.plot([quarter, three], [row, row], color=style.colour, linewidth=4.0, solid_capstyle="butt")
    axes.plot([middle], [row], color="white", marker=style.marker, markersize=5.0, markeredgecolor=style.colour)
