"""The places of England on a map, coloured by a metric."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.places.quality import MARK
from totalplace.sim.browser.charts.base import frame, number, shades, tooltip
from totalplace.sim.browser.charts.colours import diverging, sequential
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.results.every_place import beyond_words
from totalplace.sim.results.every_place import colour_range as range_of
from totalplace.sim.results.wording import amount, unit_name, unit_scale

if TYPE_CHECKING:
    from totalplace.sim.browser.state.england_setup import Shown
    from totalplace.sim.results.every_place import Band

#: The name under which the outline is registered with the chart.
MAP = "england"
#: How much a place shows whose difference may be of either sign.
_PALE = 0.3


def colour_range(values: Mapping[str, Band], what: Shown) -> tuple[float, float]:
    """The values, as they are drawn, at the two ends of the colours; see :mod:`totalplace.sim.results.every_place`."""
    return range_of(values, what.unit, what.signed)


def beyond(values: Mapping[str, Band], what: Shown) -> str:
    """Which places lie beyond the ends of the colours, as a sentence; nothing where none does."""
    return beyond_words(values, what.unit, what.signed)


def differ(values: Mapping[str, Band]) -> bool:
    """Whether any difference is one."""
    return any(any(band) for band in values.values())


def england_map(values: Mapping[str, Band], what: Shown, dark: bool, estimates: Collection[str] = ()) -> dict[str, Any]:
    """Places by value. Colours run over the middle 96% of places; those of differences are two-sided, blue for better.

    Where all places differ in one direction only that side of the colours is used, from zero on. A difference whose band has zero
    in it is pale. Without values, or without any difference, there is no scale of colours. ``estimates`` are marked where they are
    named.
    """
    colours, scale = palette(dark), unit_scale(what.unit)
    data = [
        {"name": place, "value": [float(f"{value * scale:.6g}") for value in band],
         **({"itemStyle": {"opacity": _PALE}} if what.signed and band.unsure else {}),
         **({"mark": MARK} if place in estimates else {})}
        for place, band in values.items()
    ]
    how = number(unit_name(what.unit), signed=what.signed)
    spread = any(band.low < band.high for band in values.values())
    words = ("median of the runs", "90% of the runs from", "to") if spread else (what.label,)
    return frame(
        dark,
        tooltip=tooltip(dark, trigger="item", formatter={"lines": [
            {"label": label, "at": at, "number": how} for at, label in enumerate(words)]}),
        **({"visualMap": _scale(values, what, dark)} if values and (differ(values) or not what.signed) else {}),
        series=[{
            "type": "map", "map": MAP, "name": what.label, "nameProperty": "name", "roam": True, "aspectScale": 0.61,
            "layoutCenter": ["50%", "50%"], "layoutSize": "98%", "scaleLimit": {"min": 1, "max": 12}, "selectedMode": False,
            "data": data,
            "itemStyle": {"areaColor": colours.line, "borderColor": colours.card, "borderWidth": 0.6},
            "label": {"show": False},
            "emphasis": {"label": {"show": False}, "itemStyle": {
                "areaColor": None, "borderColor": colours.text, "borderWidth": 1.8}},
        }],
    )


def _scale(values: Mapping[str, Band], what: Shown, dark: bool) -> dict[str, Any]:
    """The bar of colours with its two ends in words."""
    low, high = colour_range(values, what)
    ramp = sequential(dark)
    if what.signed:
        ramp = diverging(dark)[:: -1 if what.direction < 0 else 1]
        middle = len(ramp) // 2
        ramp = ramp[middle:] if low == 0.0 else ramp[: middle + 1] if high == 0.0 else ramp
    scale = unit_scale(what.unit)
    ends = [amount(end / scale, what.unit, brief=True, signed=what.signed) for end in (high, low)]
    return shades(dark, ramp, low, high, text=ends, left=6, bottom=6, orient="vertical", itemHeight=110, dimension=0)
