"""How every figure looks: colours that colour-blind readers tell apart, lines that print in black and white, captions.

Figures are made from :class:`Chart`, never through pyplot: no global state, safe on threads, and a notebook shows them. They are
drawn in our own style (:func:`own_style`), whatever a ``matplotlibrc`` says, and text in them is text: no mathematics, no TeX.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from totalplace.sim.figures.chart import SMALL, on_page, text_scale
from totalplace.sim.figures.chart import Chart as Chart
from totalplace.sim.figures.chart import own_style as own_style
from totalplace.sim.figures.house import house
from totalplace.sim.figures.room import HANDLE, LARGE, room_of
from totalplace.sim.figures.settings import matplotlib
from totalplace.sim.results.last_year import KEY_METRICS
from totalplace.sim.results.relative import parted
from totalplace.sim.results.setting import band_words, what_if_words
from totalplace.sim.results.wording import count, unit_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.scenarios.places import Place
    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble, Run

#: Okabe and Ito's palette (Color Universal Design, 2008) with a grey for its yellow, too pale for lines on white, and two of Tol's
#: muted colours (2021), so that ten lines have ten colours.
COLOURS = ("#000000", "#E69F00", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#8A8A8A", "#882255", "#999933")
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "h", "p")
GREY = "#6b6b6b"
PALE = "#dddddd"
#: Width of a panel of small multiples in a figure of a given width, in inches.
_PANEL: Final = 3.0


class Look(NamedTuple):
    """Colour, dashes and marker of one scenario; no two of the first ten share a colour, of the first 40 colour and dashes."""

    colour: str
    dashes: Any
    marker: str


def look(number: int) -> Look:
    """The look of the scenario with this position, in the colours of the house."""
    colours = palette()
    again, place = divmod(number, len(colours))
    return Look(colours[place], DASHES[(place + 3 * again) % len(DASHES)], MARKERS[number % len(MARKERS)])


def palette() -> tuple[str, ...]:
    """The colours of lines and bars: those of the house style, or our own."""
    return house().colours or COLOURS


def plain(axes: Axes, *, grid: str = "y") -> None:
    """Take away what carries no information: the frame above and right, dark grid lines."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=SMALL, length=3)
    axes.grid(axis=grid, color=PALE, linewidth=0.6)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


#: What the mark of :func:`mark_cut` means, for captions.
CUT_WORDS = "Two strokes at the foot of an axis: it does not begin at zero."


def mark_cut(axes: Axes, side: str = "y") -> bool:
    """Mark an axis that does not reach zero with two strokes where it begins; says whether it did. Called once all is drawn."""
    low, high = sorted(axes.get_ylim() if side == "y" else axes.get_xlim())
    if low <= 0.0 <= high:
        return False
    for at in (0.025, 0.05):
        where: Any = (0.0, at) if side == "y" else (at, 0.0)
        axes.plot(
            [where[0]], [where[1]], transform=axes.transAxes, marker=[(-1.0, -0.5), (1.0, 0.5)], markersize=6, color="black",
            markeredgewidth=0.9, linestyle="none", clip_on=False, zorder=5,
        )
    return True


def title_panel(axes: Axes, metric: Metric) -> None:
    """Give a small panel of bars or dots its heading, and few numbers on the axis below."""
    plain(axes, grid="x")
    narrowed = part_left(axes)
    axes.set_title(heading(metric, narrowed), fontsize=SMALL + 0.5, loc="left")
    axes.locator_params(axis="x", nbins=5 if narrowed == 1.0 else max(2, int(5 * narrowed) - 1))


def name_rows(panels: Any, names: Sequence[str]) -> None:
    """Name the rows of panels that share them, at the left of each line of ``panels`` (lines, columns), the first one above."""
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(names)), names, fontsize=SMALL)
        axes.set_ylim(len(names) - 0.4, -0.6)


def part_left(axes: Axes) -> float:
    """The part of the width that its figure was made for, which a house style leaves it."""
    return float(getattr(axes.get_figure(), "narrowed", 1.0))


def heading(metric: Metric, narrowed: float = 1.0) -> str:
    """Name and unit of a metric, broken to the width of a small panel, of which a narrow style leaves a part."""
    name = "\n".join(textwrap.wrap(metric.label[0].upper() + metric.label[1:], int(32 * narrowed)))
    unit = unit_name(metric.unit)
    return f"{name}\n({unit})" if unit else name


def estimate_words(place: Place) -> str:
    """What the mark of a place means, for captions."""
    if place.own is not None:
        return "Estimate: the council's social care is not given, and is estimated from places like it."
    return f"Estimate: the council filed no accounts of {place.year}, so that its money is estimated."


def place_and_time(result: Ensemble | Run) -> str:
    """The place and the time a result covers."""
    return f"{result.place_name}, {result.period}"


def caption(results: Sequence[Ensemble | Run], text: str) -> str:
    """The place, the time, the scenario and the number of runs, then ``text``, then what a reader has to know of the place."""
    first = results[0]
    whose = first.scenario.name if len(results) == 1 else count(len(results), "scenario")
    runs = count(getattr(first, "runs", 1), "run") + (" each" if len(results) > 1 else "")
    over = f", {band_words(results)}" if getattr(first, "runs", 1) > 1 else ""
    estimate = f" {estimate_words(first.place)}" if first.place_name != first.place.name else ""
    what_if = what_if_words([one.scenario for one in results])
    return f"{place_and_time(first)}. {whose}, {runs}{over}. {text}{estimate}{what_if}"


def dress(figure: Figure, title: str, words: str, legend: Mapping[str, Any] | None = None, columns: int = 5) -> None:
    """Give a figure its title above, its legend and its caption below, and keep the panels clear of them.

    In a house style with a width the figure grows by the lines that it has more than when it is as wide as it was made for; a
    legend and a caption whose words are too wide for a line have more lines.
    """
    width, height = (float(size) for size in figure.get_size_inches())
    own, narrowed = house(), float(getattr(figure, "narrowed", 1.0))
    scale, entries = text_scale(own), list(legend or ())
    room = room_of(width, narrowed, title, words, entries, columns)
    wide = room_of(width / narrowed, 1.0, title, words, entries, columns)
    if (more := room.bottom + room.top - wide.bottom - wide.top + wide.beyond) > 0.0:
        height = on_page(height + more)
        figure.set_size_inches(width, height)
    figure.text(0.1 / width, 0.06 / height, "\n".join(room.lines), ha="left", va="bottom", fontsize=SMALL, color=GREY)
    if legend:
        figure.legend(
            list(legend.values()),
            room.entries,
            loc="lower left",
            bbox_to_anchor=(0.0, room.caption / height),
            ncols=room.columns,
            fontsize=SMALL,
            frameon=False,
            handlelength=HANDLE,
        )
    large = own.title or LARGE * scale
    headed = "\n".join(room.headed)
    figure.text(0.1 / width, 1 - 0.1 / height, headed, ha="left", va="top", fontsize=large / scale, fontweight="bold")
    layout: Any = figure.get_layout_engine()
    layout.set(rect=(0.0, room.bottom / height, 1.0, 1.0 - (room.bottom + room.top) / height))
    if scale != 1.0:
        _resize(figure, scale)


def _resize(figure: Figure, scale: float) -> None:
    """Make all text larger or smaller, also that of ticks that are still to come."""
    usual = {"x": matplotlib.rcParams["xtick.labelsize"], "y": matplotlib.rcParams["ytick.labelsize"]}
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            size = axis.get_tick_params().get("labelsize", usual[axis.axis_name])
            axis.set_tick_params(which="both", labelsize=FontProperties(size=size).get_size_in_points() * scale)
    ticks = {id(tick) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_ticklabels(which="both")}
    others = {id(words): words for words in figure.findobj(Text) if id(words) not in ticks}  # some are found more than once
    for words in others.values():
        words.set_fontsize(float(words.get_fontsize()) * scale)


def key_metrics(results: Sequence[Ensemble | Run], chosen: Sequence[str] | None = None) -> dict[str, Metric]:
    """The metrics to draw: those chosen, else the key ones; KeyError names a chosen one that was not collected."""
    known = results[0].known_metrics
    if chosen is not None:
        missing = [name for name in chosen if parted(name)[0] not in known]
        if missing:
            raise KeyError(f"no metric {', '.join(missing)}; there are {', '.join(known)}")
        return {name: results[0].metric(name) for name in chosen}
    return {name: known[name] for name in KEY_METRICS if name in known}


def wrapped(names: Sequence[str], width: int = 46) -> list[str]:
    """Names of rows, broken into lines of at most ``width`` letters."""
    return [textwrap.fill(name, width) for name in names]


def grid_shape(panels: int, columns: int = 3) -> tuple[int, int]:
    """Rows and columns for small multiples, of which a house style with a width has as many beside each other as fit."""
    own = house()
    if own.width is not None:
        columns = min(columns, max(1, round((own.width / text_scale(own) - 0.6) / _PANEL)))
    columns = min(columns, max(panels, 1))
    return -(-panels // columns), columns
