"""The words of a period, worked out once: which are in use, and which carry which flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from totalplace.scenarios.vocabulary import (
    AGENCY_KINDS,
    COHORT_KINDS,
    DEPARTMENTS,
    FLAGS,
    LISTS,
    OUTCOMES,
    THEMES,
    Flag,
    Words,
    label,
)


@dataclass(frozen=True, slots=True)
class InUse:
    """A list of words in one period. ``positions`` are those of the words in use, ``used`` says it of each word with 1 or 0.

    ``marks`` says by flag of each word, with 1 or 0, whether it is in use and carries it; ``the`` is, by flag of which a period has
    one, the position of its word.
    """

    positions: tuple[int, ...]
    used: tuple[int, ...]
    marks: Mapping[str, tuple[int, ...]]
    the: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PeriodWords:
    """Every list of words in one period."""

    departments: InUse
    agency_kinds: InUse
    themes: InUse
    outcomes: InUse
    cohort_kinds: InUse


@cache
def words_of(period: str) -> PeriodWords:
    """The words of a period, worked out once."""
    return PeriodWords(*(
        _in_use(words, FLAGS[file], period) for file, words in (
            ("departments", DEPARTMENTS), ("agency_kinds", AGENCY_KINDS), ("themes", THEMES), ("outcomes", OUTCOMES),
            ("cohort_kinds", COHORT_KINDS),
        )
    ))


def _in_use(words: Words, flags: Mapping[str, Flag], period: str) -> InUse:
    one = {flag: words.the(flag, period) for flag, asked in flags.items() if asked.carried_by == "one"}
    return InUse(words.in_use(period), words.used(period), {flag: words.marks(flag, period) for flag in flags}, one)


def called(key: str, period: str, *lists: Words) -> str:
    """The words a reader of a period sees for a key: ``nhs`` is the NHS, in 2024-25 the NHS (integrated care board).

    ``lists`` are those that the key may be of, all where none is given: a department and a kind of agency may share one. A key of
    none of them is told with blanks.
    """
    found = (words.rows[key].called(period) for words in lists or LISTS if key in words)
    return next(found, label(key))


def renamed(period: str, *lists: Words) -> dict[str, str]:
    """What words of ``lists`` were called by that are called by another name in a period: the old label, and the name."""
    rows = (row for words in lists for row in words.rows.values())
    return {row.label: row.called(period) for row in rows if row.called(period) != row.label}
