"""Fields of a form: each says what it is for when it is pointed at or has the focus, and what is wrong with it below itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.errors import InputError

T = TypeVar("T")


def words_of(error: InputError) -> str:
    """What an error says to somebody who has a page before them, not a command line."""
    return str(error).replace("--set ", "")


class Wrong:
    """What is wrong with the fields of a form, all at once, by the name of the field."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def read(self, field: str, read: Callable[[], T], instead: T) -> T:
        """What ``read`` gives; where it raises InputError its words are kept for ``field``, and ``instead`` is given."""
        try:
            return read()
        except InputError as error:
            self.found.setdefault(field, words_of(error))
            return instead


@solara.component_vue("text_field.vue")
def _TextField(label: str, value: str, about: str, error: str, disabled: bool, event_left: Callable[[str], None]) -> None:
    """A line of text, which the browser keeps until it is left.

    It comes with the event that it was left. A value kept in step with the server's would be set back by a page that is drawn
    meanwhile with what it knew before, and could come after the event.
    """


@solara.component
def TextField(name: str, label: str, value: str, on_value: Callable[[str], None], about: str, error: str = "",
              narrow: bool = False, disabled: bool = False) -> None:
    """A line of text, handed on when it is left or Enter is pressed. ``name`` is unlike those of other fields of the page."""
    with rv.Html(tag="div", class_="tp-field tp-hinted tp-narrow" if narrow else "tp-field tp-hinted"):
        _TextField(label=label, value=value, about=f"about-{name}", error=error, disabled=disabled, event_left=on_value)
        _about(name, about)


@solara.component
def Choice(name: str, label: str, items: Sequence[Any], value: Any, on_value: Callable[[Any], None], about: str, error: str = "",
           search: bool = False, more: Mapping[str, Any] | None = None, wide: bool = False) -> None:
    """One of ``items``, or several; with ``search`` found by typing, ``wide`` where names are long. ``more`` goes to the widget."""
    kind = rv.Autocomplete if search else rv.Select
    with rv.Html(tag="div", class_="tp-field tp-hinted tp-wide" if wide else "tp-field tp-hinted"):
        kind(label=label, items=list(items), v_model=value, on_v_model=on_value, dense=True, hide_details="auto",
             error_messages=[error] if error else [], attributes={"aria-describedby": f"about-{name}"}, **(more or {}))
        _about(name, about)


def _about(name: str, about: str) -> None:
    rv.Html(tag="span", class_="tp-hint", children=[about], attributes={"id": f"about-{name}", "role": "tooltip"})


__all__ = ["Choice", "TextField", "Wrong", "words_of"]
