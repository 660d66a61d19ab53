"""The places of England on a map, coloured by a value of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Patch

from totalplace.sim.figures.colours import one_sided, told, two_sided
from totalplace.sim.figures.data import places_shown
from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, own_style
from totalplace.sim.results.every_place import beyond_words, colour_range, estimate_words
from totalplace.sim.results.map_outline import attribution, outline_text
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.every_place import Band

#: A degree of latitude as a multiple of one of longitude, in the middle of England (53 degrees north).
_ASPECT: Final = 1.0 / np.cos(np.radians(53.0))
#: The part of the map that is drawn again, larger: London, in degrees from west to east and from south to north.
_LONDON: Final = ((-0.53, 0.36), (51.27, 51.71))
#: Heights of England up to which the places with values are a part that is shown by itself, and the margin around it.
_PART, _MARGIN = 0.6, 0.12
#: Where on the two-sided colours, of which 0.5 is white, those of a part of England begin.
_LEAST: Final = 0.58
_CUT: Final = "Colours do not begin at zero."
#: Inches below which the scale and the legend have no room.
_NARROWEST: Final = 3.9
_NO_VALUE: Final = "#d9d9d9"
#: How much colour a place shows whose difference may be of either sign.
_PALE: Final = 0.3
#: A place without a band of any width is as sure as one whose band lies on one side of zero.
_UNSURE: Final = "pale: 90% of the runs lie on both sides of zero"


@cache
def _rings(year: str) -> tuple[tuple[str, tuple[NDArray[np.float64], ...]], ...]:
    """The outlines of the places of a year by name: the outer ring of each part (points, 2)."""
    return tuple(
        (str(feature["properties"]["name"]), tuple(np.array(polygon[0]) for polygon in feature["geometry"]["coordinates"]))
        for feature in json.loads(outline_text(year))["features"]
    )


@own_style()
def england_map(values: Mapping[str, Band], metric: Metric, signed: bool, year: str, title: str, source: str) -> Chart:
    """Places of a year by the median of their values; those without a value are grey. Of a part of England that part is shown.

    Colours run over the middle 96% of places. Those of differences (``signed``) have zero at an end or in the middle, blue for
    better, and are pale where the band has zero in it; of a part of England whose differences are all of one sign they run over
    these.
    """
    figure = Chart(7.6, 8.6, to_scale=True, narrowest=_NARROWEST)
    axes = figure.subplots()
    low, high, cut = _range(values, metric.unit, signed, year)
    ramp = _ramp(low, high, metric.direction) if signed else one_sided()
    norm = Normalize(low, high)
    _draw(axes, values, year, ramp, norm, unit_scale(metric.unit), signed)
    axes.autoscale_view()
    axes.set_axis_off()
    if not _close_up(axes, values, year):
        inset = axes.inset_axes((0.0, 0.36, 0.33, 0.28))
        _draw(inset, values, year, ramp, norm, unit_scale(metric.unit), signed)
        inset.set_xlim(*_LONDON[0])
        inset.set_ylim(*_LONDON[1])
        inset.set_title("London", fontsize=SMALL, loc="left", pad=2)
    if low < high:
        from matplotlib.cm import ScalarMappable

        unit = unit_name(metric.unit)
        bar = figure.colorbar(ScalarMappable(norm, ramp), ax=axes, shrink=0.35, pad=0.01, anchor=(0.0, 0.9))
        bar.ax.tick_params(labelsize=SMALL)
        bar.set_label(unit, fontsize=SMALL)
    pale = signed and any(one.unsure for one in values.values())
    handles: dict[str, Any] = {_UNSURE: Patch(facecolor=ramp(0.8), alpha=_PALE)} if pale else {}
    if len(values) < len(_rings(year)):
        handles["not among the places that are ranked"] = Patch(facecolor=_NO_VALUE)
    sides = ("better", "worse") if metric.direction else ("more", "less")
    on_map = _sides(low, high, metric.direction)
    side, meant = told(*(words if shown and signed else "" for words, shown in zip(sides, on_map, strict=True)))
    beyond = _CUT if cut else beyond_words(values, metric.unit, signed)
    said = (source, "Median of the runs.", side, beyond, estimate_words(year, values), attribution(year))
    figure.data = places_shown(values, metric)
    dress(figure, title, " ".join(filter(None, said)), meant | handles)
    return figure


def _range(values: Mapping[str, Band], unit: str, signed: bool, year: str) -> tuple[float, float, bool]:
    """The values at the two ends of the colours, and whether those of differences begin elsewhere than at zero."""
    drawn = [one.middle * unit_scale(unit) for one in values.values()]
    if signed and 1 < len(drawn) < len(_rings(year)) and (min(drawn) > 0.0 or max(drawn) < 0.0) and min(drawn) < max(drawn):
        return min(drawn), max(drawn), True
    return (*(colour_range(values, unit, signed) if values else (0.0, 1.0)), False)


def _close_up(axes: Axes, values: Mapping[str, Band], year: str) -> bool:
    """Show the part of England in which the places with values lie, with a margin; says whether it is a part."""
    rings = [ring for name, parts in _rings(year) if name in values for ring in parts]
    if not rings:
        return False
    (west, south), (east, north) = (edge(np.concatenate(rings), axis=0) for edge in (np.min, np.max))
    whole = np.concatenate([ring for _, parts in _rings(year) for ring in parts])
    if north - south > _PART * np.ptp(whole[:, 1]):
        return False
    axes.set_xlim(west - _MARGIN * (east - west), east + _MARGIN * (east - west))
    axes.set_ylim(south - _MARGIN * (north - south), north + _MARGIN * (north - south))
    return True


def _sides(low: float, high: float, direction: int) -> tuple[bool, bool]:
    """Whether there is better (or more) on the map, and worse (or less)."""
    return (low < 0.0, high > 0.0) if direction < 0 else (high > 0.0, low < 0.0)


def _ramp(low: float, high: float, direction: int) -> Colormap:
    """The two-sided colours, turned where less is better; the half of them where all differences are of one sign."""
    ramp = two_sided().reversed() if direction < 0 else two_sided()
    if low < 0.0 < high:
        return ramp
    from matplotlib.colors import LinearSegmentedColormap

    pale = 0.5 if low == 0.0 or high == 0.0 else _LEAST  # white is nothing, and here no end is
    ends = (pale, 1.0) if low >= 0.0 else (0.0, 1.0 - pale)
    return LinearSegmentedColormap.from_list("half", ramp(np.linspace(*ends, 64)))


def _draw(axes: Axes, values: Mapping[str, Band], year: str, ramp: Colormap, norm: Normalize, scale: float, signed: bool) -> None:
    rings: list[NDArray[np.float64]] = []
    colours: list[Any] = []
    for name, parts in _rings(year):
        one = values.get(name)
        colour = _NO_VALUE if one is None else (*ramp(norm(one.middle * scale))[:3], _PALE if signed and one.unsure else 1.0)
        rings += parts
        colours += [colour] * len(parts)
    axes.add_collection(PolyCollection(rings, facecolors=colours, edgecolors=GREY, linewidths=0.25))
    axes.set_aspect(_ASPECT)
    axes.set_xticks([])
    axes.set_yticks([])
