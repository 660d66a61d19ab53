"""The component that shows a chart."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import solara


@solara.component_vue("chart.vue")
def _Chart(option: str, label: str, height: int, maps: dict[str, str], cdn: str | None, own_table: bool, brushed: str,
           event_click: Callable[[dict[str, Any]], None], event_brush: Callable[[list[Any]], None]) -> None:
    """An ECharts chart in the browser; see ``chart.vue``."""


@solara.component
def Chart(option: dict[str, Any] | str, label: str, height: int = 300, on_click: Callable[[dict[str, Any]], None] | None = None,
          on_brush: Callable[[list[Any]], None] | None = None, maps: dict[str, str] | None = None, brushed: str = "") -> None:
    """A chart that is as wide as its place; ``label`` says in words what it shows, and a table can be opened below.

    ``on_click`` gets name, seriesName, dataIndex, value and id of what was clicked; ``on_brush`` the ranges that are brushed, for
    parallel axes a list of ranges for each axis, and ``brushed`` says as JSON which are to stand there. ``maps`` are GeoJSON texts
    by name, sent once. ``option`` may be its JSON text, which is cheaper: all arguments of a component are searched for other
    components, value by value.
    """
    text = option if isinstance(option, str) else option_text(option)
    _Chart(option=text, label=label, height=height, maps=maps or {}, cdn=_cdn(), own_table=True, brushed=brushed,
           event_click=on_click or _ignore, event_brush=on_brush or _ignore)


def option_text(option: dict[str, Any]) -> str:
    """An option as the JSON text that browsers read, which knows no NaN and no infinity: values that are none are left out."""
    try:
        return json.dumps(option, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(option), allow_nan=False)


def _without_nan(part: Any) -> Any:
    if isinstance(part, float):
        return part if math.isfinite(part) else None
    if isinstance(part, dict):
        return {name: _without_nan(value) for name, value in part.items()}
    return [_without_nan(value) for value in part] if isinstance(part, list | tuple) else part


def _cdn() -> str | None:
    """Where the browser finds ECharts when the server does not hand it out itself."""
    import solara.settings

    return None if solara.settings.assets.proxy else str(solara.settings.assets.cdn)


def _ignore(given: Any) -> None:
    """Nobody asked to hear of it."""
