"""Metrics to choose from, by group, with their units."""

from __future__ import annotations

from functools import cache
from typing import Any

from totalplace.sim.browser.charts.base import axis_title
from totalplace.sim.model.metrics import metrics_of
from totalplace.sim.results.relative import PER, metric_called, names, parted


@cache
def metric_items(period: str, held: bool = False) -> list[dict[str, Any]]:
    """Every metric in the words of a period as an item of a select box, under the heading of its group.

    Those ``held`` against the place come last: money a head, and as a share of spend.
    """
    items: list[dict[str, Any]] = []
    group = ""
    for name, metric in metrics_of(period).items():
        if metric.group != group:
            group = metric.group
            items.append({"header": group.capitalize()})
        items.append({"text": axis_title(metric), "value": name})
    for per in PER.values() if held else ():
        items.append({"header": f"Money {per.label}"})
        items += [{"text": axis_title(metric_called(name, period)), "value": name} for name in names() if parted(name)[1] is per]
    return items
