"""A place of one's own beside three real ones that are like it, line by line, against all real places of the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.own_places.likes import beside
from totalplace.scenarios.own_places.plausible import Compared, compared
from totalplace.scenarios.own_places.rows import by_group, lines_of
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.shapes import ESTIMATE
from totalplace.sim.figures.style import GREY, PALE, SMALL, Chart, dress, look, own_style, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.scenarios.places.finding import PlaceName
    from totalplace.scenarios.places.own import OwnPlace

#: The axis ends at this multiple of the middle place; what lies beyond stands at its end, as an arrow.
END: Final = 3.0
#: The band of real places: all but this share at each end.
OUTSIDE: Final = 0.05
#: A line of which the middle place has less, £ a head, is not drawn.
LEAST: Final = 1.0


@own_style()
def beside_real(place: OwnPlace) -> Chart:
    """£ a head by line as a multiple of the middle real place: one's own place, three like it, and the band of 90% of all places.

    Lines that are estimates have an open mark. What real places hardly spend on is left out.
    """
    with tables.as_they_are():
        return _beside_real(place)


def _beside_real(place: OwnPlace) -> Chart:
    rows = [one for one in compared(place) if one.middle >= LEAST]
    real, known = names(place.year), beside(place)
    figure = Chart(9.2, 0.27 * len(rows) + 2.3)
    axes = figure.subplots()
    handles: dict[str, Any] = {}
    for at, row in enumerate(rows):
        lines = _lines(row.key, place.year)
        low, high = np.quantile([_a_head(one, lines, place.year) for one in real], (OUTSIDE, 1.0 - OUTSIDE)) / row.middle
        axes.barh(at, min(high, END) - max(low, 0.0), left=max(low, 0.0), height=0.62, color=PALE, zorder=1)
        for number, one in enumerate(known):
            handles[one.code] = _mark(axes, at, _a_head(one, lines, place.year) / row.middle, number + 1, 5.0)
        handle = _mark(axes, at, row.mine / row.middle, 0, 7.5, hollow=row.quality == ESTIMATE)
        if row.quality != ESTIMATE or place.code not in handles:
            handles[place.code] = handle
        weight = "bold" if row.key.startswith("total") else "normal"
        axes.text(END * 1.015, at, f"£{row.mine:,.0f}".replace("£-", "−£"), fontsize=SMALL, va="center", fontweight=weight,
                  color=GREY if row.quality == ESTIMATE else "black")
    _axis(axes, rows, place.name)
    words = (f"{place.year}. £ a head of each line as a multiple of the middle one of {len(real)} real places; on the right £ a "
             f"head of {place.name}. Open mark: an estimate from places like it. Grey: 90% of real places. The three are the "
             f"nearest by size, deprivation and spend a head. An arrow lies beyond the axis.")
    mine = place.name if place.name not in {one.name for one in known} else f"{place.name} (yours)"
    handles = {mine: handles[place.code], **{one.name: handles[one.code] for one in known}}
    dress(figure, f"{place.name} beside places like it", words, handles)
    return figure


def _lines(key: str, year: str) -> Sequence[str]:
    """The lines that a row adds up."""
    if key == "total_all":
        return lines_of(year)
    return by_group(year)[key.removeprefix("total_")] if key.startswith("total_") else (key,)


def _a_head(place: PlaceName, lines: Sequence[str], year: str) -> float:
    return 1e6 * sum(records.spending_of(place.code, year)[line] for line in lines) / place.population


def _mark(axes: Axes, at: int, value: float, number: int, size: float, hollow: bool = False) -> Any:
    """A place on its row; at an end of the axis, an arrow, where it lies beyond."""
    style = look(number)
    beyond = value > END or value < 0.0
    marker = style.marker if not beyond else (">" if value > END else "<")
    (handle,) = axes.plot([min(max(value, 0.0), END)], [at], linestyle="none", marker=marker, markersize=size, color=style.colour,
                          markerfacecolor="white" if hollow else style.colour, zorder=4 if number == 0 else 3, clip_on=False)
    return handle


def _axis(axes: Axes, rows: Sequence[Compared], name: str) -> None:
    plain(axes, grid="x")
    axes.axvline(1.0, color="#444444", linewidth=0.8, zorder=2)
    axes.set_xlim(0.0, END)
    axes.set_ylim(len(rows) - 0.4, -0.9)
    labels = axes.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=SMALL)
    for tick, row in zip(labels, rows, strict=True):
        if row.key.startswith("total"):
            tick.label1.set_fontweight("bold")
    axes.set_xlabel("times the middle real place, £ a head", fontsize=SMALL)
    axes.text(END * 1.015, -0.9, "£ a head", fontsize=SMALL, color=GREY, va="bottom")
