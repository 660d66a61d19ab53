"""Metrics over time: of a running model with its baseline and policy events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from totalplace.sim.browser.charts.base import axis, frame, legend, number, quarter_axis, scaled, sentence, tooltip
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.model.metrics import Metric, metric
from totalplace.sim.results.wording import unit_name

if TYPE_CHECKING:
    from totalplace.sim.browser.state.snapshot import Snapshot


def time_series(snapshot: Snapshot, metrics: Sequence[str], dark: bool) -> dict[str, Any]:
    """Metrics of one unit so far, the baseline dashed over the whole run, policy events as upright lines.

    Raises UnknownName for a metric there is not.
    """
    colours, shown = palette(dark), [metric(name, snapshot.words) for name in metrics]
    series: list[dict[str, Any]] = []
    for i, one in enumerate(shown):
        colour = colours.series[i % len(colours.series)]
        if snapshot.baseline is not None:
            series.append(_baseline(one, snapshot, colour if len(shown) > 1 else colours.baseline, len(shown) > 1))
        series.append({
            "type": "line", "name": sentence(one.label), "data": scaled(snapshot.series(one.name), one), "symbol": "none",
            "lineStyle": {"color": colour, "width": 2.2}, "itemStyle": {"color": colour}, "z": 3,
        })
    series[-1]["markLine"] = _events(snapshot, dark)
    series[-1]["markPoint"] = _now(snapshot, shown[-1], str(series[-1]["itemStyle"]["color"]))
    unit = shown[0].unit
    return frame(
        dark,
        grid={"left": 8, "right": 14, "top": 44, "bottom": 6, "containLabel": True},
        legend=legend(dark, [str(one["name"]) for one in series]),
        tooltip=tooltip(dark, trigger="axis", formatter={"axis": number(unit_name(unit))}),
        xAxis=quarter_axis(dark, snapshot.dates),
        yAxis=axis(dark, "value", name=unit_name(unit), scale=True, nameTextStyle={
            "align": "left", "color": colours.muted, "fontSize": 11, "padding": [0, 0, 0, -20]}),
        series=series,
    )


def _baseline(one: Metric, snapshot: Snapshot, colour: str, several: bool) -> dict[str, Any]:
    values = snapshot.baseline_series(one.name)
    name = f"Baseline: {one.label}" if several else "Baseline"
    return {
        "type": "line", "name": name, "data": scaled(values if values is not None else [], one), "symbol": "none", "silent": True,
        "lineStyle": {"color": colour, "width": 1.6, "type": "dashed"}, "itemStyle": {"color": colour}, "z": 2,
    }


def _events(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Upright lines where levers were changed: solid for changes while the model ran, dotted for planned ones."""
    colours, marks = palette(dark), []
    for quarter in sorted({event.quarter for event in snapshot.events if event.quarter < snapshot.quarters}):
        events = [event for event in snapshot.events if event.quarter == quarter]
        style = "solid" if any(event.live for event in events) else "dotted"
        marks.append({"xAxis": quarter, "name": "; ".join(event.text for event in events),
                      "lineStyle": {"color": colours.muted, "type": style, "width": 1}})
    words = {"show": True, "formatter": "{b}", "color": colours.text, "position": "insideEndTop", "fontSize": 11}
    return {"data": marks, "symbol": "none", "label": {"show": False}, "emphasis": {"label": words}, "animation": False}


def _now(snapshot: Snapshot, one: Metric, colour: str) -> dict[str, Any]:
    """A dot where the run has got to."""
    if not snapshot.quarter:
        return {"data": []}
    value = scaled(snapshot.series(one.name)[-1:], one)[0]
    if value is None:
        return {"data": []}
    dot = {"coord": [snapshot.quarter - 1, value], "symbol": "circle", "symbolSize": 7}
    return {"data": [dot], "itemStyle": {"color": colour}, "label": {"show": False}, "silent": True, "animation": False}



