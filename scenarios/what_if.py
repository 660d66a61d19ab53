"""Arrangements that a place could not have: a run of one there is a what-if, and a note says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from totalplace.scenarios.arrangement import SETTLEMENT, UNNAMED, Arrangement
from totalplace.scenarios.phases import Change
from totalplace.scenarios.places.authorities import settlement_note


def notes(place: str, year: str, start: str, arrangement: Arrangement, changes: Sequence[Change]) -> tuple[str, ...]:
    """What to know of a place that could not have an arrangement of the run, each thing once.

    ``start`` is the month in which ``arrangement`` begins; ``changes`` bring others, those after the end of the run left out.
    """
    dated = [(start, arrangement), *((one.text[:7], one.arrangement) for one in changes if one.arrangement is not None)]
    return tuple(dict.fromkeys(_notes(place, year, dated)))


def _notes(place: str, year: str, dated: Sequence[tuple[str, Arrangement]]) -> Iterator[str]:
    for date, arrangement in dated:
        if arrangement.open_to == UNNAMED:
            yield f"what if: which places have the arrangement {arrangement.name} is not published, so that {place} stands for any"
        elif arrangement.open_to == SETTLEMENT and (note := settlement_note(place, year, date)):
            yield note
