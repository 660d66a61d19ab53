"""The runs of a sweep: parallel coordinates and scatter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.browser.charts.base import axis, frame, legend, number, sentence, tooltip
from totalplace.sim.browser.charts.ensembles import short_names
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.browser.state.sweep_data import PLACE, SCENARIO
from totalplace.sim.results.wording import is_share, unit_name, unit_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.browser.state.sweep_data import Axis, Opened

#: Technical: lines and points that a browser draws without delay; more are thinned out evenly.
MOST_LINES = 1500
MOST_POINTS = 4000
#: Opacity of the line of a run that is not kept.
_FAINT = 0.03
#: Symbols of the points of scenarios that share a colour.
_SYMBOLS = ("circle", "triangle", "rect", "diamond")


def scale_of(one: Axis) -> float:
    """What the values of an axis are multiplied by to draw them; the ranges that are brushed come back in this scale."""
    return unit_scale(one.unit) if one.kind == "metric" and is_share(one.unit) else 1.0


def axis_words(one: Axis) -> str:
    """Name and unit of an axis."""
    unit = unit_name(one.unit) if scale_of(one) != 1.0 else one.unit
    return f"{sentence(one.label)} ({unit})" if unit and not one.choices else sentence(one.label)


def parallel(opened: Opened, names: Sequence[str], kept: NDArray[np.bool_], dark: bool) -> dict[str, Any]:
    """Each run a line across the axes called ``names``, coloured by scenario; ranges can be brushed on every axis.

    Lines of runs that are not ``kept`` (R,) are faint, as those outside a brushed range are.
    """
    colours, axes = palette(dark), []
    rows = thinned(np.arange(len(opened.run)), MOST_LINES)
    for dimension, name in enumerate(names):
        one = opened.axes[name]
        style = {"dim": dimension, "name": _broken(axis_words(one)), "realtime": False,
                 "nameTextStyle": {"color": colours.text, "fontSize": 11, "lineHeight": 14},
                 "axisLabel": {"color": colours.text, "fontSize": 10, "width": 84, "overflow": "truncate",
                               "textBorderColor": colours.card, "textBorderWidth": 3, "showMinLabel": bool(one.choices),
                               "showMaxLabel": bool(one.choices)},
                 "axisLine": {"lineStyle": {"color": colours.muted}}, "axisTick": {"lineStyle": {"color": colours.muted}},
                 "areaSelectStyle": {"width": 18, "color": colours.primary, "opacity": 0.35, "borderColor": colours.primary}}
        axes.append(style | ({"type": "category", "data": short_names(one.choices, 14)} if one.choices else _span(opened, name)))
    series = []
    for i, scenario in enumerate(opened.axes[SCENARIO].choices):
        own = rows[opened.values[SCENARIO][rows] == i]
        for some, opacity, active in ((own[kept[own]], 0.35, 0.6), (own[~kept[own]], _FAINT, _FAINT)):
            series.append({
                "type": "parallel", "name": scenario, "data": _table(opened, names, some), "smooth": False, "progressive": 400,
                "lineStyle": {"color": colours.series[i % len(colours.series)], "width": 1, "opacity": opacity},
                "inactiveOpacity": _FAINT, "activeOpacity": active, "itemStyle": {"color": colours.series[i % len(colours.series)]},
            })
    names_of = legend(dark, opened.axes[SCENARIO].choices)
    return frame(dark, legend=names_of, parallelAxis=axes, series=series, tooltip={"show": False},
                 parallel={"left": 48, "right": 64, "top": 76, "bottom": 22})


def _span(opened: Opened, name: str) -> dict[str, Any]:
    """A parallel axis over all values: without its ends ECharts takes them from the first scenario."""
    values = opened.values[name] * scale_of(opened.axes[name])
    low, high = (float(end(values)) if not np.isnan(values).all() else 0.0 for end in (np.nanmin, np.nanmax))
    room = 0.02 * (high - low) or 0.5
    return {"type": "value", "min": low - room, "max": high + room}


def scatter(opened: Opened, across: str, up: str, kept: NDArray[np.bool_], chosen: int | None, dark: bool) -> dict[str, Any]:
    """Two axes against each other, a point for each run that is kept, coloured by scenario; the chosen run is ringed."""
    colours, rows = palette(dark), thinned(np.flatnonzero(kept), MOST_POINTS)
    axes = [opened.axes[across], opened.axes[up]]
    series: list[dict[str, Any]] = []
    for i, scenario in enumerate(opened.axes[SCENARIO].choices):
        own = rows[opened.values[SCENARIO][rows] == i]
        points = [{"value": value, "id": int(run), "name": _point_name(opened, int(row))}
                  for value, run, row in zip(_table(opened, (across, up), own), opened.run[own], own, strict=True)]
        series.append({"type": "scatter", "name": scenario, "data": points, "symbolSize": 7,
                       "symbol": _SYMBOLS[i // len(colours.series) % len(_SYMBOLS)],
                       "itemStyle": {"color": colours.series[i % len(colours.series)], "opacity": 0.7}})
    found = np.flatnonzero(opened.run == chosen) if chosen is not None else np.array([], dtype=np.int64)
    ring = {"color": "transparent", "borderColor": colours.text, "borderWidth": 2.5}
    series.append({"type": "scatter", "name": "chosen", "data": _table(opened, (across, up), found), "symbolSize": 16,
                   "silent": True, "itemStyle": ring, "z": 5})
    lines = [{"label": axis_words(one), "at": at, "number": number("" if one.choices else unit_name(one.unit))}
             for at, one in enumerate(axes)]
    return frame(
        dark,
        grid={"left": 10, "right": 20, "top": 54, "bottom": 34, "containLabel": True},
        legend=legend(dark, opened.axes[SCENARIO].choices, icon="circle", itemHeight=9),
        tooltip=tooltip(dark, trigger="item", formatter={"lines": lines}),
        xAxis=_scatter_axis(axes[0], dark, nameLocation="middle", nameGap=26),
        yAxis=_scatter_axis(axes[1], dark, nameTextStyle={"align": "left", "color": colours.muted, "fontSize": 11}),
        series=series,
    )


def thinned(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most ``most`` of the rows, evenly spread."""
    return rows[:: max(1, -(-len(rows) // most))]


def _scatter_axis(one: Axis, dark: bool, **more: Any) -> dict[str, Any]:
    kind: dict[str, Any] = {"data": short_names(one.choices)} if one.choices else {"scale": True}
    kind |= {"axisLine": {"show": True, "onZero": False, "lineStyle": {"color": palette(dark).line}}}
    return axis(dark, "category" if one.choices else "value", name=axis_words(one), **kind, **more)


def _table(opened: Opened, names: Sequence[str], rows: NDArray[np.int64]) -> list[list[float]]:
    columns = [opened.values[name][rows] * scale_of(opened.axes[name]) for name in names]
    return [[float(f"{value:.5g}") for value in row] for row in zip(*columns, strict=True)]


def _point_name(opened: Opened, row: int) -> str:
    return f"{opened.shown(SCENARIO, row)}, {opened.shown(PLACE, row)}, run {opened.run[row]}, seed {opened.seed[row]}"


def _broken(words: str, width: int = 17) -> str:
    """Words in lines of about ``width`` characters."""
    import textwrap

    return "\n".join(textwrap.wrap(words, width)[:3])
