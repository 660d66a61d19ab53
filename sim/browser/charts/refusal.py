"""Why an agency refused: its appraisal, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.browser.charts.base import axis, frame, number, sentence, tooltip
from sim.browser.theme import palette
from sim.deals import part_words

#: Parts of the appraisal are in this unit.
UNIT = "£m present value"


def appraisal_bars(parts: Mapping[str, float], dark: bool) -> dict[str, Any]:
    """The parts of an appraisal (£m present value) from what speaks most for ceding to what speaks most against, and their sum."""
    colours, ordered = palette(dark), sorted(parts.items(), key=lambda part: part[1])
    total = sum(parts.values())
    bars = [{"value": float(f"{value:.4g}"), "itemStyle": {"color": colours.good if value >= 0.0 else colours.bad}}
            for _, value in ordered]
    names = [sentence(part_words(name)) for name, _ in ordered]
    sum_words = {"formatter": f"sum {'−' if total < 0 else '+'}£{abs(total):,.2f}m", "color": colours.text, "fontSize": 11}
    return frame(
        dark,
        grid={"left": 4, "right": 28, "top": 22, "bottom": 4, "containLabel": True},
        tooltip=tooltip(dark, valueFormatter={"number": number(UNIT, signed=True)}),
        xAxis=axis(dark, "value", axisLabel={"color": colours.muted, "fontSize": 11, "hideOverlap": True,
                                             "formatter": {"number": number("£m") | {"places": 1}}}),
        yAxis=axis(dark, "category", data=names, axisLabel={"color": colours.text, "fontSize": 11, "interval": 0}),
        series=[{
            "type": "bar", "name": "Part of the appraisal", "data": bars, "barMaxWidth": 16,
            "markLine": {"symbol": "none", "silent": True, "animation": False, "data": [{"xAxis": float(f"{total:.4g}")}],
                         "lineStyle": {"color": colours.text, "type": "dashed"}, "label": sum_words},
        }],
    )
