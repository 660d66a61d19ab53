"""The figures of the panel: estimates with their intervals; growth, and errors in the years held out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from totalplace.sim.evidence.panel.estimates import when
from totalplace.sim.evidence.panel.growth import yearly_costs
from totalplace.sim.evidence.panel.prediction import GIVEN, NO_CHANGE, OURS, TREND
from totalplace.sim.figures.style import CUT_WORDS, SMALL, Chart, dress, look, mark_cut, own_style, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from totalplace.sim.evidence.panel.estimates import Finding
    from totalplace.sim.evidence.panel.study import Study

_LINES: Final = {
    "looked_after_spend": "spend on looked-after children", "unit_cost": "spend a child", "mean_looked_after": "children",
    "early_help_spend": "spend on early help",
}
_WAYS: Final = (NO_CHANGE, TREND, OURS, GIVEN)
#: Measures whose errors are drawn.
_HELD: Final = ("looked-after children", "spend on looked-after children", "adult social care")


def _forest(axes: Axes, rows: Sequence[tuple[str, Finding]], title: str) -> None:
    """Estimates with their 95% intervals, one above the other; pale: with places whose reporting jumps."""
    for at, (_, one) in enumerate(rows):
        for shift, estimate, style in ((0.0, one.main, look(2)), (0.28, one.check, look(7))):
            if estimate is not None:
                axes.plot([estimate.low, estimate.high], [at + shift] * 2, color=style.colour, linewidth=1.6)
                axes.plot([estimate.value], [at + shift], marker="o", markersize=4, color=style.colour)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [textwrap.fill(label, 36) for label, _ in rows], fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_title(title, fontsize=SMALL + 1, loc="left")
    axes.set_xlabel("elasticity", fontsize=SMALL)


@own_style()
def estimates_figure(found: Study) -> Figure:
    """Left: looked-after children on early help, leads, lags and in the end. Right: spending on need."""
    figure = Chart(11.0, 5.6)
    left, right = figure.subplots(1, 2)
    for axes in (left, right):
        plain(axes, grid="x")
    _forest(left, [(one.when, one) for one in found.need], "Looked-after children to early help")
    times = {one: "" if one.when == when(0) else f", {one.when}" for one in found.money}
    money = [(f"{one.outcome} to {one.driver}{times[one]}", one) for one in found.money]
    _forest(right, money, "Spending to need")
    words = ("Lines: 95% intervals, errors clustered by place; place and year effects, years of spending to 2021-22. Blue: without "
             "places whose reporting of early help jumps; grey: with them.")
    dress(figure, "What early help does to need, and need to spending", words)
    return figure


@own_style()
def growth_figure(found: Study) -> Figure:
    """Left: spend, unit cost, numbers and early help, 1 in the first year. Right: errors in the years held out by way."""
    figure = Chart(11.0, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=(1.0, 1.25))
    table = yearly_costs()
    plain(left)
    for at, (name, words) in enumerate(_LINES.items()):
        style = look(at)
        left.plot(table.index, table[name], color=style.colour, linestyle=style.dashes, marker=style.marker, markersize=4,
                  label=words)
    left.legend(fontsize=SMALL, loc="upper left")
    left.set_xlabel("year to March", fontsize=SMALL)
    left.set_title("Real, first year = 1", fontsize=SMALL + 1, loc="left")
    mark_cut(left)
    plain(right)
    rows = [(at + 0.5 * _HELD.index(one.measure), one) for at, one in enumerate(one for one in found.held if one.measure in _HELD)]
    for number, way in enumerate(_WAYS):
        drawn = [(at + 0.17 * (number - 1.5), one.error(way)) for at, one in rows if way in one.predicted]
        right.bar([at for at, _ in drawn], [error for _, error in drawn], width=0.16, color=look(number + 4).colour, label=way)
    right.set_xticks([at for at, _ in rows], [str(one.year) for _, one in rows], fontsize=SMALL)
    for measure in _HELD:
        own = [at for at, one in rows if one.measure == measure]
        right.text(sum(own) / len(own), -0.13, measure, ha="center", va="top", fontsize=SMALL,
                   transform=right.get_xaxis_transform())
    right.legend(fontsize=SMALL, loc="upper left")
    right.set_title("Years held out: root mean square error of logs", fontsize=SMALL + 1, loc="left")
    dress(figure, "Growth of spending, and what could be known in 2022",
          f"{found.growth[0].places} places with every year, prices of 2024-25. Predictions use years to 2021-22; given numbers: "
          f"how many children there are is known, what one costs is not. {CUT_WORDS}")
    return figure
