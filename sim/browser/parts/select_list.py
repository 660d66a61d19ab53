"""A list to choose one of, as the browser itself draws it: for keyboard, screen reader and phone alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from json import dumps

import solara


@solara.component_vue("select_list.vue")
def _Pick(label: str, items: str, value: str, disabled: bool, event_chosen: Callable[[str], None]) -> None:
    """See ``pick.vue``; ``items`` is a JSON list of texts and values."""


@solara.component
def Pick(label: str, items: Sequence[tuple[str, str]], value: str, on_value: Callable[[str], None], disabled: bool = False) -> None:
    """A list with a label; ``items`` are pairs of a value and its text. ``on_value`` is called with the value chosen."""
    values = {name for name, _ in items}

    def chosen(name: str) -> None:
        if name in values:
            on_value(name)

    text = dumps([{"value": name, "text": text} for name, text in items])
    _Pick(label=label, items=text, value=value, disabled=disabled, event_chosen=chosen)
