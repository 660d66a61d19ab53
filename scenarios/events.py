"""Dated policy events: a lever, or one department's or theme's value of it, changes in a given quarter.

Written as text, ``2013-04: mandate health and care at 3.4%``, or as a mapping with date, lever, target, value and why. Changes of
the arrangement and of the budget path are in :mod:`totalplace.scenarios.dated_wholes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.amounts import in_pounds, shown
from totalplace.scenarios.calendar import format_month, parse_month, quarter_index
from totalplace.scenarios.checking import checked, one_of, readable
from totalplace.scenarios.dated_wholes import DatedWhole, WrittenWhole, whole_of
from totalplace.scenarios.errors import BeforeStart, InputError, nearest_name
from totalplace.scenarios.lever_values import ALL, LEVERS_JSON_SCHEMA, lever_value, written_value
from totalplace.scenarios.percentages import percentage
from totalplace.scenarios.plain_values import plain_value
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, Lever, target_label
from totalplace.scenarios.vocabulary import label

_LONGEST: Final = 300
#: Levers of mandated money, and how the reason of an event begins that only estimates it.
_MONEY: Final = ("mandate_england", "mandate_money", "mandate_a_head", "mandate_grants")
_ESTIMATED: Final = ("interpolated", "estimate", "judgement")
_FORM: Final = "text such as '2013-04: mandate health and care at 3.4%'"
_EVENT = re.compile(
    r"\s*(?P<date>[^:]{1,40}?)\s*:\s*(?P<words>.+?)\s+at\s+(?P<value>\S+(\s*%)?)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)


class WrittenEvent(BaseModel):
    """A policy event as a mapping gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    date: Annotated[str, AfterValidator(readable(parse_month))] = Field(description="Month, YYYY-MM")
    lever: Annotated[str, AfterValidator(one_of("lever", tuple(LEVERS)))] = Field(description="Name of the lever")
    target: str = Field(ALL, description="Department or theme, or all")
    value: Any = Field(description="The lever's value from then on")
    why: str = Field("", max_length=1000, description="Reason or source")


@dataclass(frozen=True, slots=True)
class Event:
    """From quarter ``quarter`` of the run, value ``index`` of the lever is ``value``. ``text`` says it in words.

    ``estimated`` mandated money is not published for that year: its ``why`` begins with interpolated, estimate or judgement.
    """

    quarter: int
    lever: str
    index: int
    value: float
    text: str
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class DatedChange:
    """A policy event before it is placed in a run: it changes the values ``indices`` of a lever from a month on."""

    date: str
    lever: str
    indices: tuple[int, ...]
    value: float
    text: str
    why: str
    place: Marked

    @property
    def rank(self) -> tuple[int, bool]:
        """What decides between changes: the date, and on one date a department or theme by name over all of them."""
        return parse_month(self.date), len(self.indices) == 1 and bool(LEVERS[self.lever].targets)

    def overrides(self, other: Change) -> bool:
        """Whether this change, said later in the chain of files, takes the place of another of the same date."""
        return (self.date, self.lever) == (other.date, other.lever) and set(other.indices) <= set(self.indices)

    def events(self, start: str) -> list[Event]:
        """One event for each value that changes. Raises InputError when the date lies before the run's start."""
        quarter = quarter_index(start, self.date)
        if quarter < 0:
            under = "what holds from the start stands under 'levers', and 'events: none' drops inherited events"
            raise BeforeStart(self.text, f"{start} or later; {under}", file=self.place.file, line=self.place.line,
                              column=self.place.column)
        estimated = self.lever in _MONEY and self.why.startswith(_ESTIMATED)
        return [Event(quarter, self.lever, index, self.value, self.text, estimated) for index in self.indices]

    def written(self) -> dict[str, Any]:
        """The change as a mapping that reads back as the same change."""
        lever = LEVERS[self.lever]
        target = lever.targets[self.indices[0]] if len(self.indices) == 1 and lever.targets else ALL
        row = {"date": self.date, "lever": self.lever, "target": target, "value": written_value(lever, self.value)}
        return row | ({"why": self.why} if self.why else {})


#: What an event changes: values of a lever, or the arrangement or the budget path as a whole.
type Change = DatedChange | DatedWhole


def read_events(written: Marked) -> list[Change]:
    """The changes that an ``events`` entry lists, by date. On one date those of one department or theme come after those of all.

    Raises InputError at the event that cannot be read, and at one that gives a value a second time on one date.
    """
    found: dict[tuple[Any, ...], Change] = {}
    for item in written.items("'events'"):
        change = whole_of(item) or _change(item)
        key = (change.date, change.lever, change.indices)
        if key in found:
            raise change.place.error(
                f"Two events give one value on one date: '{found[key].text}' and '{change.text}'", "one of them, or another date"
            )
        found[key] = change
    return sorted(found.values(), key=lambda change: change.rank)


def check_flags(levers: Mapping[str, Sequence[float]], changes: Sequence[Change]) -> None:
    """Raise InputError for an event that switches on by name what is on already, with others: it says less than its author means.

    ``levers`` are all values at the start, ``changes`` are sorted by their ranks.
    """
    values = {name: list(levers[name]) for name, lever in LEVERS.items() if lever.kind == "flag" and lever.targets}
    whole = {(change.date, change.lever) for change in changes if not change.rank[1]}
    for change in changes:
        row = values.get(change.lever)
        if row is None or not isinstance(change, DatedChange):
            continue
        by_name = change.rank[1] and (change.date, change.lever) not in whole
        if by_name and change.value == 1.0 and row[change.indices[0]] == 1.0 and sum(row) > 1.0:
            raise change.place.error(
                f"'{change.text}' changes nothing: it is on already, and so are others",
                f"'{change.date}: {label(change.lever)} at 0' beside it, for this one and no others from then on",
            )
        for index in change.indices:
            row[index] = change.value


def _change(item: Marked) -> DatedChange:
    if isinstance(item.value, dict) and len(item.value) == 1:
        (date, words), = item.value.items()
        if date not in WrittenEvent.model_fields and isinstance(words.value, str):  # a text that YAML took for a mapping
            item = Marked(f"{date}: {words.value}", item.file, item.line, item.column)
    if isinstance(item.value, dict):
        return _from_mapping(item)
    if isinstance(item.value, str):
        return _from_text(item, item.value)
    raise item.error(f"An event must be text or a mapping, not {item.shown()}", _FORM)


def _from_mapping(item: Marked) -> DatedChange:
    event = checked(WrittenEvent, item, "an event")
    fields = item.mapping("An event")
    lever = LEVERS[event.lever]
    indices = _indices(lever, event.target, fields.get("target", item))
    return _dated(event.date, lever, indices, fields["value"], event.why, item)


def _from_text(item: Marked, text: str) -> DatedChange:
    found = _EVENT.match(text) if len(text) <= _LONGEST else None
    if not found:
        raise item.error(f"The event {item.shown()} cannot be read", _FORM)
    try:
        parse_month(found["date"])
    except InputError as problem:
        raise problem.at(item.file, item.line, item.column) from None
    lever, target = _lever_and_target(item, " ".join(found["words"].casefold().replace("_", " ").split()))
    value = Marked(_number(found["value"]), item.file, item.line, item.column)
    return _dated(found["date"], lever, _indices(lever, target, item), value, "", item)


def _dated(date: str, lever: Lever, indices: tuple[int, ...], value: Marked, why: str, item: Marked) -> DatedChange:
    return lever_change(format_month(parse_month(date)), lever, indices, lever_value(lever, value), why, item)


def lever_change(month: str, lever: Lever, indices: tuple[int, ...], number: float, why: str, item: Marked) -> DatedChange:
    """The change of values ``indices`` of a lever to a ``number`` in a ``month``, as ``item`` of a file says it."""
    target = label(lever.targets[indices[0]]) + " " if len(indices) == 1 and lever.targets else ""
    amount = _amount(lever, number)
    text = f"{month}: {label(lever.name)} {target}at {amount}"
    return DatedChange(month, lever.name, indices, number, text, why, item)


def told(text: str, lever: str, index: int, period: str) -> str:
    """The words of an event that changes value ``index`` of a lever, with its department or theme as a period calls it."""
    row = LEVERS[lever]
    return text.replace(f" {label(row.targets[index])} at ", f" {target_label(row, index, period)} at ", 1) if row.targets else text


def _amount(lever: Lever, number: float) -> str:
    """The value of an event in words: a share in per cent, money in pounds, a choice by its label."""
    if lever.kind == "share":
        return f"{number * 100:.6g}%"
    return shown(number, lever.unit) if in_pounds(lever.unit) else label(str(written_value(lever, number)))


def _number(text: str) -> str | int | float | bool:
    """The number in ``3.4%`` or ``0.5``; else the text in small letters."""
    share = percentage(text)
    value = share if share is not None else plain_value(text.replace("−", "-"))
    return text.casefold() if isinstance(value, bool) or not isinstance(value, int | float) else value


def _lever_and_target(item: Marked, words: str) -> tuple[Lever, str]:
    """The lever whose name starts the words, the longest first, and the words after it."""
    for name in sorted(LEVERS, key=len, reverse=True):
        plain = name.replace("_", " ")
        if words == plain or words.startswith(plain + " "):
            rest = words[len(plain):].strip()
            return LEVERS[name], _without_preposition(rest)
    error = item.unknown("lever", words, LEVERS)
    count = len(words.split())
    starts = (nearest_name(" ".join(words.split()[:length]), LEVERS) for length in range(1, min(count, 3) + 1))
    error.nearest = next((start for start in starts if start), error.nearest)
    raise error


def _without_preposition(words: str) -> str:
    first, _, rest = words.partition(" ")
    return rest if first in ("of", "for", "in", "by") else words


def _indices(lever: Lever, target: str, place: Marked) -> tuple[int, ...]:
    """Which values of the lever a target means; the target may be a key, its label, ``all`` or nothing."""
    wanted = " ".join(target.casefold().replace("_", " ").split())
    if wanted in ("", ALL):
        return tuple(range(len(lever.targets) or 1))
    if not lever.targets:
        raise place.error(f"The lever '{lever.name}' has one value and takes no target such as '{target[:60]}'")
    for index, name in enumerate(lever.targets):
        if wanted in (name.replace("_", " "), label(name).casefold()):
            return (index,)
    raise place.unknown(lever.per, target, (*lever.targets, ALL))


def _event_schema() -> dict[str, Any]:
    schema = WrittenEvent.model_json_schema()
    schema["properties"]["lever"]["enum"] = list(LEVERS_JSON_SCHEMA["properties"])
    return schema


def _whole_schemas() -> list[dict[str, Any]]:
    """A mapping that changes the arrangement, and one that changes the budget path."""
    properties = WrittenWhole.model_json_schema()["properties"]
    found = []
    for key in ("arrangement", "cuts"):
        one = {"type": ["string", "object"], "description": properties[key]["description"]}
        found.append({
            "type": "object", "properties": {"date": properties["date"], key: one, "why": properties["why"]},
            "required": ["date", key], "additionalProperties": False,
        })
    return found


#: JSON Schema of a list of events, as files give it.
EVENTS_JSON_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "anyOf": [
            {"type": "string", "pattern": r"^\s*\d{4}-\d{1,2}\s*:.+( at |[Aa]rrangement |[Bb]udget path ).+$"},
            {"type": "object", "patternProperties": {r"^\d{4}-\d{1,2}$": {"type": "string"}},
             "additionalProperties": False, "minProperties": 1, "maxProperties": 1},
            _event_schema(),
            *_whole_schemas(),
        ]
    },
}
