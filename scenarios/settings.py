"""``key=value`` settings on top of a scenario, one by one and in lists that give each value once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.checking import checked
from totalplace.scenarios.errors import GivenTwice, InputError, UnknownName, nearest_name
from totalplace.scenarios.events import read_events
from totalplace.scenarios.lever_values import ALL
from totalplace.scenarios.reading import Marked, marked, read_text
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario_file import ScenarioFile

NONE: Final = "none"
#: What a setting or an override may change.
_SETTINGS: Final = tuple(name for name in ScenarioFile.model_fields if name != "extends")
#: Keys whose parts are values of their own.
_PARTED: Final = ("uncertainties", "seeds", "arrangement")


def setting(text: str, called: str = "--set") -> Marked:
    """A ``key=value`` setting as the content of a small scenario file.

    Raises InputError, whose file is the setting after ``called``, the word for where such settings come from.
    """
    key, equals, value = text.partition("=")
    source = f"{called} {_short(text)}".strip()
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise InputError("A setting must be key=value", file=source, allowed="such as levers.encouragement.health=0.5")
    if parts[0] not in _SETTINGS:
        nearest = _nearest_setting(key.strip())
        raise InputError(f"There is no setting '{_short(key.strip())}'", file=source, nearest=nearest, allowed=_SETTINGS)
    if not value.strip():
        raise InputError(f"'{_short(key.strip())}' has no value", file=source)
    try:
        item = _without_lines(read_text(value, source), source)
    except InputError as problem:
        raise InputError(problem.message, file=source) from None
    if parts == ["events"] and item.value != NONE and not isinstance(item.value, list):
        item = Marked([item], source)
    for part in reversed(parts):
        item = Marked({part: item}, source)
    checked(ScenarioFile, item, "a scenario")
    return item


def _short(text: str, most: int = 120) -> str:
    """A text as messages show it, whatever its length."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def override(key: str, value: object) -> Marked:
    """A field of a scenario file given by name in a call (``place="Kent"``). Raises InputError."""
    source = _short(f"{key}={value}")
    if key not in _SETTINGS:
        raise UnknownName("override", key, _SETTINGS)
    item = Marked({key: marked(value, source)}, source)
    checked(ScenarioFile, item, "a scenario")
    return item


def _nearest_setting(key: str) -> str | None:
    full = [f"levers.{name}" for name in LEVERS] + [f"uncertainties.{name}" for name in PARAMETERS]
    full += [f"arrangement.{name}" for name in Arrangement.model_fields]
    return next((name for name in full if name.split(".")[1] == key), None) or nearest_name(
        key, [*_SETTINGS, *full]
    )


def _without_lines(item: Marked, source: str) -> Marked:
    if isinstance(item.value, dict):
        return Marked({key: _without_lines(part, source) for key, part in item.value.items()}, source)
    if isinstance(item.value, list):
        return Marked([_without_lines(part, source) for part in item.value], source)
    return Marked(item.value, source)


def settings_of(texts: Sequence[str], called: str = "--set") -> list[Marked]:
    """A list of ``key=value`` settings as the contents of small scenario files: see :func:`setting`.

    They are in order, but ``events=none`` comes first, and what sets one target of a lever after what sets all. Raises InputError
    for one that cannot be used, and for a value that the list gives twice, whether they differ or not.
    """
    given: Any = texts
    texts = list(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping) else [given]
    if not all(isinstance(text, str) for text in texts) or isinstance(given, str):
        raise InputError(f"{str(given)[:60]!r} ({type(given).__name__}) is no list of settings", allowed='such as ["quarters=20"]')
    made = [setting(text, called) for text in texts]
    first: dict[str, str] = {}
    events: list[Marked] = []
    for text, item in zip(texts, made, strict=True):
        for name in _values_set(item):
            if name in first:
                raise GivenTwice(_short(name), _short(first[name]), file=item.file)
            first[name] = text
        listed = item.mapping("A setting").get("events", item).value
        events += listed if isinstance(listed, list) else []
    read_events(Marked(events, called))  # says which two give one value on one date
    return dropping_first(_wholes_before(made))


def dropping_first(given: Sequence[Marked]) -> list[Marked]:
    """Settings given together, ``events=none`` first: it drops the events inherited, and none of those given beside it."""
    return sorted(given, key=lambda item: item.mapping("A setting").get("events", item).value != NONE)


def _wholes_before(made: Sequence[Marked]) -> list[Marked]:
    """A list of settings, what sets one target of a lever after what sets all of them."""
    levers = [item.mapping("A setting").get("levers") for item in made]
    said = [{} if item is None else item.mapping("'levers'") for item in levers]
    of_one = [{name for name, item in each.items() if _is_of_one(name, item)} for each in said]
    last = {name: number for number, each in enumerate(said) for name in each if name not in of_one[number]}

    def rank(number: int) -> float:
        return max(number, max((last.get(name, -1) for name in of_one[number]), default=-1) + 0.5)

    return [made[number] for number in sorted(range(len(made)), key=rank)]


def _is_of_one(lever: str, item: Marked) -> bool:
    """Whether what is said of a lever leaves some of its targets as they were."""
    if not isinstance(item.value, dict) or lever not in LEVERS:
        return False
    return ALL not in item.value and set(item.value) != set(LEVERS[lever].targets)


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
