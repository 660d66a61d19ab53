"""Arrangements that a place could not have, and changes that its bodies do not face: a run is a what-if, and a note says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from totalplace.scenarios.arrangement import SETTLEMENT, UNNAMED, Arrangement
from totalplace.scenarios.events import Event
from totalplace.scenarios.phases import Change
from totalplace.scenarios.places.authorities import authority_of, settlement_note
from totalplace.scenarios.places.bodies import bodies_of
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.registry import LEVERS

#: How the codes of councils that are unitary begin, and what they are: counties with districts have others.
_UNITARY: Final = {"E06": "a unitary council", "E08": "a metropolitan district", "E09": "a London borough"}
#: What is in the name of a police body that no mayor governs.
_COMMISSIONER: Final = "Commissioner"


def notes(place: str, year: str, start: str, arrangement: Arrangement, changes: Sequence[Change]) -> tuple[str, ...]:
    """What to know of a place that could not have an arrangement of the run, each thing once.

    ``start`` is the month in which ``arrangement`` begins; ``changes`` bring others, those after the end of the run left out.
    """
    dated = [(start, arrangement), *((one.text[:7], one.arrangement) for one in changes if one.arrangement is not None)]
    return tuple(dict.fromkeys(_notes(place, year, dated)))


def _notes(place: str, year: str, dated: Sequence[tuple[str, Arrangement]]) -> Iterator[str]:
    name = find(place, year).name
    for date, arrangement in dated:
        if arrangement.open_to == UNNAMED:
            yield f"what if: which places have the arrangement {arrangement.name} is not published, so that {name} stands for any"
        elif arrangement.open_to == SETTLEMENT and (note := settlement_note(place, year, date)):
            yield note


def of_bodies(place: str, year: str, levers: Mapping[str, Sequence[float]], events: Sequence[Event]) -> tuple[str, ...]:
    """What to know of a place whose council or police does not face a change that a run has for it. ``events`` are those played."""
    code, name, told = find(place, year).code, find(place, year).name, list[str]()
    if _changes("reorganisation", "council", levers, events) and code[:3] in _UNITARY:
        beside = " unless a county beside it is" if code.startswith("E06") else ""
        told.append(f"what if: {name} is {_UNITARY[code[:3]]} already, and is not reorganised{beside}")
    police = next((body for body in bodies_of(place, year) if body.kind == "police body"), None)
    if _changes("shared_governance", "police", levers, events) and police is not None:
        if _COMMISSIONER not in police.name:
            told.append(f"what if: no commissioner governs the police of {name} ({police.name}), a mayor does already")
        elif authority_of(code, year) is None:
            told.append(f"what if: {name} lies in no strategic authority with a mayor; council leaders would govern its police")
    return tuple(told)


def _changes(lever: str, kind: str, levers: Mapping[str, Sequence[float]], events: Sequence[Event]) -> bool:
    """Whether a lever of a kind of agency is anything but its default at any time."""
    index = LEVERS[lever].targets.index(kind)
    values = [levers[lever][index], *(event.value for event in events if (event.lever, event.index) == (lever, index))]
    return any(value != LEVERS[lever].default for value in values)
