"""What all charts share: text, axes, tooltips, and how numbers are written.

Options are plain data. Where ECharts wants a function they hold a small description instead, which ``chart.vue`` turns into one:
``{"number": {...}}`` writes a number (see :func:`number`), ``{"every": 4, "from": 1}`` picks the labels of an axis,
``{"first": 4}`` cuts a label, ``{"axis": {...}}`` writes a tooltip of all lines at a point, bands included, and
``{"lines": [...]}`` one of the values of a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.wording import is_percentage, unit_name, unit_scale

#: The canvas does not inherit the font of the page.
FONT = "Roboto, system-ui, sans-serif"
#: Technical: a chart of at most this width, in pixels, is drawn for a phone.
NARROW = 480
#: Begins the names of series that only draw a band; they are in no legend.
BAND_MARK = "~"


def number(unit: str, signed: bool = False) -> dict[str, Any]:
    """How ``chart.vue`` is to write a number of a unit: what stands before and after it, the places of a small one."""
    if unit.startswith("£"):
        return {"before": "£", "after": unit.removeprefix("£"), "places": 2, "signed": signed}
    if is_percentage(unit):
        words = " points" if signed else f"%{unit.removeprefix('%')}" if unit.startswith("%") else "%"
        return {"before": "", "after": words, "places": 2, "signed": signed}
    return {"before": "", "after": "", "places": 0 if unit == "count" else 3, "signed": signed}


def sentence(words: str) -> str:
    """Words with a capital at the start."""
    return words[:1].upper() + words[1:]


def axis_title(metric: Metric) -> str:
    """Name and unit of a metric on one line."""
    unit = unit_name(metric.unit)
    return f"{sentence(metric.label)} ({unit})" if unit else sentence(metric.label)


def scaled(values: Any, metric: Metric, places: int = 5) -> list[float | None]:
    """Values in the unit an axis shows, rounded to significant figures; None for what is not a number."""
    scale = unit_scale(metric.unit)
    return [None if value != value else float(f"{value * scale:.{places}g}") for value in values]


def frame(dark: bool, **more: Any) -> dict[str, Any]:
    """The start of an option: text, background, no animation, a tooltip."""
    colours = palette(dark)
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "color": list(colours.series),
        "textStyle": {"color": colours.text, "fontFamily": FONT},
        "tooltip": tooltip(dark),
        **more,
    }


def narrow(**changes: Any) -> list[dict[str, Any]]:
    """What is different where a chart has little room, as on a phone: ECharts' ``media``."""
    return [{"query": {"maxWidth": NARROW}, "option": changes}]


def tooltip(dark: bool, **more: Any) -> dict[str, Any]:
    """A tooltip in the colours of the page, kept inside the chart."""
    colours = palette(dark)
    return {
        "backgroundColor": colours.card, "borderColor": colours.line, "confine": True,
        "textStyle": {"color": colours.text, "fontSize": 12}, **more,
    }


def axis(dark: bool, kind: str, **more: Any) -> dict[str, Any]:
    """An axis with quiet lines."""
    colours = palette(dark)
    return {
        "type": kind,
        "axisLine": {"show": kind == "category", "lineStyle": {"color": colours.line}},
        "axisTick": {"show": False},
        "axisLabel": {"color": colours.muted, "fontSize": 11, "hideOverlap": True},
        "nameTextStyle": {"color": colours.muted, "fontSize": 11},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": colours.line, "width": 0.7}},
        **more,
    }


def legend(dark: bool, names: Sequence[str], **more: Any) -> dict[str, Any]:
    """A legend above the chart."""
    colours = palette(dark)
    return {
        "data": list(names), "top": 0, "left": 0, "type": "scroll", "itemWidth": 18, "itemHeight": 4, "icon": "roundRect",
        "textStyle": {"color": colours.text, "fontSize": 12}, "pageTextStyle": {"color": colours.muted}, **more,
    }


def quarter_axis(dark: bool, dates: Sequence[str], **more: Any) -> dict[str, Any]:
    """An axis of quarters (``2010-10`` ...) over a whole run, labelled by year, at most about eight labels."""
    names = [f"{date[:4]} Q{(int(date[5:7]) + 2) // 3}" for date in dates]
    first = next((i for i, name in enumerate(names) if name.endswith("Q1")), 0)
    every = 4 * max(1, -(-len(names) // 32))
    pick = {"every": every, "from": first}
    labels = {"color": palette(dark).muted, "fontSize": 11, "interval": pick, "formatter": {"first": 4}, "hideOverlap": True}
    return axis(dark, "category", data=names, boundaryGap=False, axisLabel=labels, **more)


def shades(dark: bool, colours: Sequence[str], low: float, high: float, **more: Any) -> dict[str, Any]:
    """A continuous scale of colours with its bar below the chart."""
    muted = palette(dark).muted
    return {
        "type": "continuous", "min": low, "max": high, "calculable": False, "orient": "horizontal", "left": "center", "bottom": 0,
        "itemWidth": 10, "itemHeight": 120, "inRange": {"color": list(colours)}, "textStyle": {"color": muted, "fontSize": 11},
        **more,
    }
