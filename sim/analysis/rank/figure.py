"""Places in order, with the band of their values and of their ranks; what goes with the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.analysis.rank.explained import CHANCE, REST
from totalplace.sim.analysis.rank.order import APART
from totalplace.sim.figures.colours import pointed_out, told
from totalplace.sim.figures.style import GREY, PALE, SMALL, Chart, dress, own_style, plain, wrapped
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from totalplace.sim.model.metrics import Metric

#: Places that are drawn where there are more: from the first, and from the last.
MOST_FIRST, MOST_LAST = 30, 10
#: Lines between the first places drawn and the last ones, where some are left out.
_GAP: Final = 1.0
#: Inches below which names and the two axes have no room.
_NARROWEST: Final = 4.3
#: Columns of the order that the figure shows.
_SHOWN: Final = ("rank", "rank_low", "rank_high", "place", "metric", "unit", "value", "value_low", "value_high", "apart_from_first")


@own_style()
def order_figure(ranking: pd.DataFrame, metric: Metric, difference: bool, title: str, source: str) -> Chart:
    """Median and 90% band of each place, and 90% band of its rank: the first places and the last ones."""
    whole = len(ranking) <= MOST_FIRST + MOST_LAST
    shown = ranking if whole else ranking.iloc[[*range(MOST_FIRST), *range(len(ranking) - MOST_LAST, len(ranking))]]
    rows = np.arange(len(shown), dtype=np.float64) + (0.0 if whole else np.where(np.arange(len(shown)) < MOST_FIRST, 0.0, _GAP))
    figure = Chart(8.4, 0.19 * (rows[-1] + 1.0) + 2.0, narrowest=_NARROWEST)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    scale = unit_scale(metric.unit)
    level = ~shown["apart_from_first"].isin([APART])
    for axes, name, factor in ((left, "value", scale), (right, "rank", 1.0)):
        _bands(axes, rows, shown, name, factor, level)
        plain(axes, grid="x")
    if difference:
        left.axvline(0.0, color="#444444", linewidth=0.8)
    left.set_yticks(rows, [f"{row.rank}  {row.place}" for row in shown.itertuples()], fontsize=SMALL)
    left.set_ylim(rows[-1] + 0.8, -0.8)
    left.locator_params(axis="x", nbins=5)
    if not whole:
        left.text(-0.01, MOST_FIRST - 0.5 + _GAP / 2.0, f"{len(ranking) - len(shown)} more", transform=left.get_yaxis_transform(),
                  fontsize=SMALL, color=GREY, va="center", ha="right")
    unit = unit_name(metric.unit)
    label = f"{'difference in ' if difference else ''}{metric.label}{f' ({unit})' if unit else ''}"
    left.set_xlabel(*wrapped([label], int(80 * figure.narrowed)), fontsize=SMALL)
    right.set_xlabel("rank", fontsize=SMALL)
    right.set_xlim(1.0 - 0.03 * len(ranking), 1.03 * len(ranking))
    some = (ranking["apart_from_first"] == APART).any()
    level_words, meant = told("cannot be told apart from the first place" if some else "")
    words = "Dot: median of the runs, and rank by it. Bar: 90% of the runs; of ranks, of those that a place has run by run."
    words += f" {level_words}" if some else " No place can be told apart from the first."
    figure.data = ranking.assign(metric=metric.name, unit=metric.unit)[list(_SHOWN)]
    dress(figure, title, f"{source} {words}".strip(), meant)
    return figure


def _bands(axes: Axes, rows: Any, shown: pd.DataFrame, name: str, scale: float, level: Any) -> None:
    low, middle, high = (scale * shown[f"{name}{end}"].to_numpy(dtype=np.float64) for end in ("_low", "", "_high"))
    colours = [pointed_out() if one else GREY for one in level]
    axes.hlines(rows, low, high, colors=colours, linewidth=1.6)
    axes.scatter(middle, rows, c=colours, s=16, zorder=3)


@own_style()
def explained_figure(explained: pd.DataFrame, metric: Metric, title: str, source: str) -> Chart:
    """Shares of the variance between places by group of regressors, with chance and what is not in the list."""
    figure = Chart(7.2, 0.34 * len(explained) + 1.6)
    axes = figure.subplots()
    left = explained["part"].isin([CHANCE, REST])
    rows = np.arange(len(explained))
    axes.barh(rows, explained["percent"], height=0.62, color=np.where(left, PALE, pointed_out()))
    for row, percent in enumerate(explained["percent"]):
        axes.text(percent, row, f" {percent:.0f}%", va="center", fontsize=SMALL)
    plain(axes, grid="x")
    axes.set_yticks(rows, [str(part) for part in explained["part"]], fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.margins(x=0.1)
    axes.set_xlabel(f"% of the variance of {metric.label} between places", fontsize=SMALL)
    figure.data = explained
    words = ("Shares of R² (Lindeman, Merenda and Gold 1980), which add up to it; grey is what is left. They say what goes with "
             "the order of places, not what causes it.")
    dress(figure, title, f"{source} {words}")
    return figure


