"""Ensembles side by side: medians with bands over time, paired differences at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.scenarios.places.quality import MARK
from totalplace.sim.browser.charts.base import BAND_MARK, axis, axis_title, frame, number, quarter_axis, scaled, tooltip
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.compare import difference
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    from totalplace.sim.results.run import Ensemble

#: How the line of each scenario is drawn: ECharts' words or lengths of dashes and gaps, no two alike.
DASHES: tuple[str | list[int], ...] = ("solid", "dashed", "dotted", [10, 3, 2, 3], [16, 5], [10, 3, 2, 3, 2, 3])
#: Which colours of the palette scenarios have: its sixth is a pale version of the first, the baseline's.
_COLOURS = (0, 1, 2, 3, 4, 6)


def colour_of(number: int, dark: bool) -> str:
    """The colour of the scenario of this number."""
    return palette(dark).series[_COLOURS[number % len(_COLOURS)]]


def short_names(names: Sequence[str], most: int = 22) -> list[str]:
    """Names of at most about ``most`` characters, no two alike: long ones keep their ends, and a number if need be.

    The mark of an estimate stays whole, on a line of its own where the name is cut or both are too long together.
    """
    cut = [_cut(name, most) for name in names]
    return [f"{i + 1}: {name}" if cut.count(name) > 1 else name for i, name in enumerate(cut)]


def _cut(name: str, most: int) -> str:
    half, mark = most // 2, f" {MARK}" if name.endswith(MARK) else ""
    bare = name.removesuffix(mark)
    short = bare if len(bare) <= most else f"{bare[: half - 1].rstrip()}…{bare[half - most :].lstrip()}"
    return f"{short}{mark}" if len(name) <= most or not mark else f"{short}\n{MARK}"


def has_course(ensembles: Sequence[Ensemble], name: str) -> bool:
    """Whether a metric has a value anywhere, so that :func:`bands` shows something."""
    return any(bool(np.isfinite(one.series(name)).any()) for one in ensembles)


def comparable(ensembles: Sequence[Ensemble], name: str) -> list[int]:
    """The ensembles after the first whose difference from it has a value in every run; :func:`differences` shows these."""
    return [i for i in range(1, len(ensembles)) if np.isfinite(difference(ensembles[i], ensembles[0], name)).all()]


def bands(ensembles: Sequence[Ensemble], name: str, dark: bool) -> dict[str, Any]:
    """A metric over time: median and 90% band across runs of each ensemble that has a value."""
    one, series = metric_called(name, ensembles[0].words), []
    for i, ensemble in enumerate(ensembles):
        if without_value(name, ensemble.scenario):
            continue  # what is stored is so by definition
        low, middle, high = np.quantile(ensemble.series(name), (BAND[0], 0.5, BAND[1]), axis=0)
        title, colour = ensemble.scenario.name, colour_of(i, dark)
        hidden = {"type": "line", "symbol": "none", "lineStyle": {"opacity": 0}, "silent": True, "stack": title,
                  "stackStrategy": "all", "itemStyle": {"color": colour}}
        series += [
            hidden | {"name": f"{BAND_MARK}low {title}", "data": scaled(low, one, 7)},
            hidden | {"name": f"{BAND_MARK}band {title}", "data": scaled(high - low, one, 7),
                      "areaStyle": {"color": colour, "opacity": 0.16}},
            {"type": "line", "name": title, "data": scaled(middle, one), "symbol": "none", "z": 3, "itemStyle": {"color": colour},
             "lineStyle": {"color": colour, "width": 2.2 if i else 2.8, "type": DASHES[i % len(DASHES)]}},
        ]
    return frame(
        dark,
        title=_title(axis_title(one), dark),
        grid={"left": 8, "right": 14, "top": 30, "bottom": 6, "containLabel": True},
        tooltip=tooltip(dark, trigger="axis", formatter={"axis": number(unit_name(one.unit))}),
        xAxis=quarter_axis(dark, ensembles[0].dates),
        yAxis=axis(dark, "value", scale=True),
        series=series,
    )


def differences(ensembles: Sequence[Ensemble], name: str, dark: bool) -> dict[str, Any]:
    """Paired differences from the first ensemble in the last year: median, middle half and 90% of the runs of each other one.

    Scenarios that cannot be held against it, since one of the two has no value, are left out.
    """
    one, colours = metric_called(name, ensembles[0].words), palette(dark)
    scale, boxes, compared = unit_scale(one.unit), [], comparable(ensembles, name)
    shown = short_names([ensembles[i].scenario.name for i in compared])
    for i in compared:
        ensemble, gap = ensembles[i], difference(ensembles[i], ensembles[0], name) * scale
        values = [float(f"{value:.5g}") for value in np.quantile(gap, (BAND[0], 0.25, 0.5, 0.75, BAND[1]))]
        colour = colour_of(i, dark)
        boxes.append({"name": ensemble.scenario.name, "value": values,
                      "itemStyle": {"color": f"{colour}55", "borderColor": colour, "borderWidth": 1.6}})
    how = number(unit_name(one.unit), signed=True)
    words = ("median", "half of runs from", "to", "90% of runs from", "to")
    rows = [{"label": label, "at": at, "number": how} for label, at in zip(words, (3, 2, 4, 1, 5), strict=True)]
    return frame(
        dark,
        title=_title(f"{axis_title(one)}: difference, last year", dark),
        grid={"left": 8, "right": 18, "top": 30, "bottom": 6, "containLabel": True},
        tooltip=tooltip(dark, formatter={"lines": rows}),
        xAxis=axis(dark, "value", scale=False),
        yAxis=axis(dark, "category", data=shown, inverse=True, axisLabel={
            "color": colours.text, "fontSize": 11}),
        series=[{
            "type": "boxplot", "layout": "vertical", "data": boxes, "boxWidth": [8, 18],
            "markLine": {"symbol": "none", "silent": True, "animation": False, "label": {"show": False}, "data": [{"xAxis": 0}],
                         "lineStyle": {"color": colours.muted, "type": "solid", "width": 1}},
        }],
    )


def _title(words: str, dark: bool) -> dict[str, Any]:
    return {"text": words, "left": 4, "top": 0, "textStyle": {"color": palette(dark).text, "fontSize": 13, "fontWeight": 600,
                                                              "width": 420, "overflow": "truncate"}}
