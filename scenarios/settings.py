"""Lists of ``key=value`` settings: each value once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scenarios.errors import GivenTwice
from scenarios.events import read_events
from scenarios.lever_values import ALL
from scenarios.reading import Marked
from scenarios.registry import LEVERS
from scenarios.resolving import setting

#: Keys whose parts are values of their own.
_PARTED: Final = ("uncertainties", "seeds", "arrangement")


def settings_of(texts: Sequence[str], called: str = "--set") -> list[Marked]:
    """A list of ``key=value`` settings as the contents of small scenario files, in order: see :func:`setting`.

    Raises InputError for one that cannot be used, and for a value that the list gives twice, whether they differ or not.
    """
    made = [setting(text, called) for text in texts]
    first: dict[str, str] = {}
    events: list[Marked] = []
    for text, item in zip(texts, made, strict=True):
        for name in _values_set(item):
            if name in first:
                raise GivenTwice(name, first[name], file=item.file)
            first[name] = text
        listed = item.mapping("A setting").get("events", item).value
        events += listed if isinstance(listed, list) else []
    read_events(Marked(events, called))  # says which two give one value on one date
    return made


def _values_set(item: Marked, above: str = "") -> list[str]:
    """The dotted names of the values that a setting sets. Events add to each other, and are none of them."""
    names: list[str] = []
    for key, part in item.mapping("A setting").items():
        if key == "levers" and isinstance(part.value, dict):
            for lever, value in part.value.items():
                names += _lever_values_set(f"{above}levers.{lever}", lever, value)
        elif key in _PARTED and isinstance(part.value, dict):
            names += _values_set(part, f"{key}.")
        elif key != "events":
            names.append(above + key)
    return names


def _lever_values_set(whole: str, lever: str, item: Marked) -> list[str]:
    """The same of one lever: what is said of all its targets has its own name, and does not clash with what is said of one."""
    if not isinstance(item.value, dict):
        return [whole]
    each = [f"{whole}.{target}" for target in item.value if target != ALL]
    if lever in LEVERS and set(item.value) == set(LEVERS[lever].targets):
        return [whole]
    return [whole, *each] if ALL in item.value else each
