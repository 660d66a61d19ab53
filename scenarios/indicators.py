"""Indicators: outcomes in units that people know, each tied to the shortfall of outcomes that moves it (``indicators.yaml``).

An indicator has a base, by place and year, and a mapping from the outcomes of a run to its value that is one to one at the base:
:meth:`Indicator.value`. The rules work it out each quarter; what stands here says how and from what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.reading import Marked, read_file
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES

FILE: Final = Path(__file__).with_name("indicators.yaml")
#: How good a base is: a published figure of the place that covers the year; one of another year or split from a larger area;
#: no figure at all.
ACTUAL, ESTIMATED, JUDGED = QUALITIES = ("actual", "estimated", "judgement")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of the registry. ``outcomes`` (O,) weights that add up to 1; ``people`` (I,) how often a person of a kind counts.

    ``direction``: 1 more is better, -1 worse. ``best`` is neared as the shortfall goes to nothing; the value stays between
    ``least`` and ``most``. ``low`` and ``high`` bound the ``slope``; ``count``: a number of the place, not a rate or a mean.
    """

    name: str
    label: str
    unit: str
    direction: int
    meaning: str
    outcomes: tuple[float, ...]
    people: tuple[float, ...]
    best: float
    least: float
    most: float
    slope: float
    low: float
    high: float
    count: bool
    why: str
    source: str

    def value(self, base: float, shortfall: float) -> float:
        """The indicator where ``shortfall`` is that of its people and domains against the base year (1 at the base)."""
        moved = base + (self.best - base) * (1.0 - shortfall**self.slope)
        return min(self.most, max(self.least, moved))


#: Technical: the largest number that a row may hold.
LARGEST: Final = 1e9
_NEEDED: Final = ("label", "outcomes", "unit", "direction", "meaning", "best", "most", "slope", "low", "high", "why", "source")
_OTHERS: Final = ("people", "least", "count")


def _weights(item: Marked, words: Sequence[str], what: str, others: float) -> tuple[float, ...]:
    """Numbers by word, ``others`` for a word that has none. Raises InputError."""
    given: dict[str, float] = {}
    for word, number in item.mapping(f"'{what}'").items():
        if word not in words:
            raise item.unknown_key(what, word, words)
        given[word] = number.number(f"'{word}'", 0.0, 1e6)
    if not sum(given.values()) > 0.0:
        raise item.error(f"'{what}' has no weight", "a number above 0")
    return tuple(given.get(word, others) for word in words)


def _indicator(name: str, item: Marked) -> Indicator:
    fields = item.mapping("An indicator")
    for key in fields:
        if key not in (*_NEEDED, *_OTHERS):
            raise item.unknown_key("key", key, (*_NEEDED, *_OTHERS), "in an indicator")
    for key in _NEEDED:
        if key not in fields:
            raise item.error(f"The indicator lacks the key '{key}'", _NEEDED)
    plain: Mapping[str, Any] = item.plain()
    row: dict[str, Any] = {key: fields[key].number(f"'{key}'", 0.0, LARGEST) for key in ("best", "most", "slope", "low", "high")}
    if not row["low"] <= row["slope"] <= row["high"]:
        raise fields["slope"].error("The slope lies outside its range", f"{row['low']:g} to {row['high']:g}")
    if plain["direction"] not in (1, -1):
        raise fields["direction"].error("An indicator has a direction", "1 where more is better, -1 where less is")
    outcomes = _weights(fields["outcomes"], OUTCOMES, "outcomes", 0.0)
    if abs(sum(outcomes) - 1.0) > 1e-9:
        raise fields["outcomes"].error(f"The weights of '{name}' add up to {sum(outcomes):g}", "1")
    people = _weights(fields["people"], COHORT_KINDS, "people", 1.0) if "people" in fields else (1.0,) * len(COHORT_KINDS)
    row |= {key: str(plain[key]) for key in ("label", "unit", "meaning", "why", "source")}
    return Indicator(name=name, direction=int(plain["direction"]), outcomes=outcomes, people=people,
                     least=float(plain.get("least", 0.0)), count=bool(plain.get("count", False)), **row)


def read(path: Path) -> dict[str, Indicator]:
    """The indicators of a file by name. Raises InputError, at its place, for a key that is unknown or missing and wrong weights."""
    return {name: _indicator(name, item) for name, item in read_file(path).mapping("The registry").items()}


#: Every indicator by name, in the order of the file.
INDICATORS: Final[dict[str, Indicator]] = read(FILE)
