"""Dated changes of what is no lever: from a month on another arrangement, or another budget path.

Written as text, ``2014-04: arrangement single-pot`` or ``2016-04: budget path spending-review-2010``, or as a mapping with ``date``
and ``arrangement`` (a name, a path, or fields) or ``cuts`` (a name, a path, or what such a file says), and ``why``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.calendar import format_month, parse_month, quarter_index
from totalplace.scenarios.checking import checked, readable
from totalplace.scenarios.errors import BeforeStart, InputError
from totalplace.scenarios.reading import Marked

#: What can change as a whole, by the key of a scenario file that gives it, in words.
WORDS: Final = {"arrangement": "arrangement", "cuts": "budget path"}
_TEXT = re.compile(
    r"\s*(?P<date>[^:]{1,40}?)\s*:\s*(the\s+)?(?P<words>arrangement|budget path)\s+(?P<name>\S.*?)\s*\Z", re.IGNORECASE | re.DOTALL
)


class WrittenWhole(BaseModel):
    """A change of the arrangement or of the budget path as a mapping gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    date: Annotated[str, AfterValidator(readable(parse_month))] = Field(description="Month, YYYY-MM")
    arrangement: Any = Field(None, description="Name or path of an arrangement, or its fields")
    cuts: Any = Field(None, description="Budget path: none, a shipped name, a path that ends in .yaml, or what such a file says")
    why: str = Field("", max_length=1000, description="Reason or source")


@dataclass(frozen=True, slots=True)
class DatedWhole:
    """From a month on what ``key`` (arrangement or cuts) stands for is as ``written``; ``layer`` is the number of the file."""

    date: str
    key: str
    written: Marked
    why: str
    place: Marked
    layer: int = 0

    @property
    def lever(self) -> str:
        """What changes, in words: none of the levers."""
        return WORDS[self.key]

    @property
    def indices(self) -> tuple[int, ...]:
        """It changes as a whole."""
        return ()

    @property
    def rank(self) -> tuple[int, bool]:
        """What decides between changes: the date."""
        return parse_month(self.date), False

    @property
    def text(self) -> str:
        """The change in words."""
        given = self.written.value if isinstance(self.written.value, str) else getattr(self.written, "named", "")
        read = self.written.file if self.written.file != self.place.file else ""
        return f"{self.date}: {self.lever} {given or read or 'as given'}"

    def overrides(self, other: Any) -> bool:
        """Whether this change, said later in the chain of files, takes the place of another of the same date."""
        return (self.date, self.lever) == (other.date, other.lever)

    def quarter(self, start: str) -> int:
        """The quarter of a run from ``start`` in which it takes effect. Raises InputError for one before the start."""
        quarter = quarter_index(start, self.date)
        if quarter < 0:
            under = f"what holds from the start stands under '{self.key}', and 'events: none' drops inherited events"
            raise BeforeStart(self.text, f"{start} or later; {under}", file=self.place.file, line=self.place.line,
                              column=self.place.column)
        return quarter


def whole_of(item: Marked) -> DatedWhole | None:
    """The change of arrangement or budget path that an event says; None for an event of another kind. Raises InputError."""
    value = item.value
    if isinstance(value, dict) and len(value) == 1:
        (date, words), = value.items()
        value = f"{date}: {words.value}" if isinstance(words.value, str) else value
    if isinstance(value, str):
        found = _TEXT.match(value)
        if found is None:
            return None
        key = next(key for key, words in WORDS.items() if words == " ".join(found["words"].casefold().split()))
        return _dated(found["date"], key, Marked(found["name"], item.file, item.line, item.column), "", item)
    if not isinstance(value, dict) or not (value.keys() & WORDS.keys()) or "lever" in value:
        return None
    written = checked(WrittenWhole, item, "an event")
    keys = [key for key in WORDS if key in value]
    if len(keys) > 1:
        raise item.error("An event changes either the arrangement or the budget path", "an event for each")
    return _dated(written.date, keys[0], value[keys[0]], written.why, item)


def _dated(date: str, key: str, written: Marked, why: str, item: Marked) -> DatedWhole:
    try:
        month = format_month(parse_month(date))
    except InputError as problem:
        raise problem.at(item.file, item.line, item.column) from None
    if not isinstance(written.value, str | dict | list):
        raise written.error(f"'{key}' must be a name or a mapping, not {written.shown()}")
    return DatedWhole(month, key, written, why, item)
