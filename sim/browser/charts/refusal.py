"""Why an agency refused: its appraisal, part by part."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from totalplace.sim.browser.charts.base import axis, frame, number, sentence, tooltip
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.results.deals import part_words
from totalplace.sim.results.wording import amount

#: Parts of the appraisal are in this unit.
UNIT = "£m present value"


def appraisal_bars(parts: Mapping[str, float], dark: bool) -> dict[str, Any]:
    """The parts of an appraisal (£m present value) from what speaks most for ceding to what speaks most against, and their sum."""
    colours, ordered = palette(dark), sorted(parts.items(), key=lambda part: part[1])
    total = sum(parts.values())
    bars = [{"value": float(f"{value:.4g}"), "itemStyle": {"color": colours.good if value >= 0.0 else colours.bad}}
            for _, value in ordered]
    names = [sentence(part_words(name)) for name, _ in ordered]
    sum_words = {"formatter": f"sum {amount(total, '£m', signed=True)}", "color": colours.text, "fontSize": 11}
    return frame(
        dark,
        grid={"left": 4, "right": 28, "top": 22, "bottom": 20, "containLabel": True},
        tooltip=tooltip(dark, valueFormatter={"number": number(UNIT, signed=True)}),
        xAxis=_money_axis(dark, (total, *parts.values())),
        yAxis=axis(dark, "category", data=names, axisLine={"lineStyle": {"color": colours.muted}}, axisLabel={
            "color": colours.text, "fontSize": 11, "interval": 0, "width": 132, "overflow": "break", "lineHeight": 11}),
        series=[{
            "type": "bar", "name": "Part of the appraisal", "data": bars, "barMaxWidth": 16,
            "markLine": {"symbol": "none", "silent": True, "animation": False, "data": [{"xAxis": float(f"{total:.4g}")}],
                         "lineStyle": {"color": colours.text, "type": "dashed"}, "label": sum_words},
        }],
    )


def _money_axis(dark: bool, values: Iterable[float]) -> dict[str, Any]:
    """An axis in £m with few round marks, of which zero is always one."""
    ends = (0.0, *values)
    step = _round_step((max(ends) - min(ends)) / 3.0 or 1.0)
    how = {"before": "", "after": "", "places": max(0, -math.floor(math.log10(step))), "signed": False}
    low, high = (round(times * step, 12) for times in (math.floor(min(ends) / step), math.ceil(max(ends) / step)))
    return axis(dark, "value", min=low, max=max(high, low + step), interval=step, name=UNIT, nameLocation="middle", nameGap=22,
                axisLabel={"color": palette(dark).muted, "fontSize": 11, "formatter": {"number": how}})


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 ... and their tenths that is at least ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(float(f"{times * power:.1g}") for times in (1, 2, 5, 10) if times * power >= least)
