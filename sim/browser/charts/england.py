"""The places of England on a map, coloured by a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.browser.charts.base import frame, number, shades, tooltip
from sim.browser.charts.colours import diverging, sequential
from sim.browser.theme import palette
from sim.metrics import metric
from sim.wording import amount, unit_name, unit_scale

#: The name under which the outline is registered with the chart.
MAP = "england"


def england_map(values: Mapping[str, float], name: str, dark: bool, change: bool = False) -> dict[str, Any]:
    """A metric by place. Colours run over the middle 96% of places; a ``change`` has two-sided colours, blue for better.

    Where all places change in one direction only that side of the colours is used, over the range of the changes.
    """
    one, colours = metric(name), palette(dark)
    scale = unit_scale(one.unit)
    shown = np.array(list(values.values())) * scale
    low, high = (float(np.quantile(shown, share)) for share in (0.02, 0.98)) if len(shown) else (0.0, 1.0)
    ramp = sequential(dark)
    if change:
        ramp = diverging(dark)[:: -1 if one.direction < 0 else 1]
        middle = len(ramp) // 2
        if low < 0.0 < high:
            high = max(-low, high)
            low = -high
        else:
            ramp = ramp[middle:] if low >= 0.0 else ramp[: middle + 1]
    high = high if high > low else low + 1e-9
    ends = [amount(end / scale, one.unit, brief=True, signed=change) for end in (high, low)]
    return frame(
        dark,
        tooltip=tooltip(dark, trigger="item", valueFormatter={"number": number(unit_name(one.unit), signed=change)}),
        visualMap=shades(dark, ramp, low, high, text=ends, left=6, bottom=6, orient="vertical", itemHeight=110),
        series=[{
            "type": "map", "map": MAP, "name": one.label, "nameProperty": "name", "roam": True, "aspectScale": 0.61,
            "layoutCenter": ["50%", "50%"], "layoutSize": "98%", "scaleLimit": {"min": 1, "max": 12}, "selectedMode": False,
            "data": [{"name": place, "value": float(f"{value * scale:.6g}")} for place, value in values.items()],
            "itemStyle": {"areaColor": colours.line, "borderColor": colours.card, "borderWidth": 0.6},
            "label": {"show": False},
            "emphasis": {"label": {"show": False}, "itemStyle": {
                "areaColor": None, "borderColor": colours.text, "borderWidth": 1.8}},
        }],
    )
