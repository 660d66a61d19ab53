"""Metrics to choose from, by group, with their units."""

from __future__ import annotations

from functools import cache
from typing import Any

from totalplace.sim.browser.charts.base import axis_title
from totalplace.sim.model.metrics import metrics_of


@cache
def metric_items(period: str) -> list[dict[str, Any]]:
    """Every metric in the words of a period as an item of a select box, under the heading of its group."""
    items: list[dict[str, Any]] = []
    group = ""
    for name, metric in metrics_of(period).items():
        if metric.group != group:
            group = metric.group
            items.append({"header": group.capitalize()})
        items.append({"text": axis_title(metric), "value": name})
    return items
