"""Arrangements that a place could not have, and changes that its bodies do not face: a run is a what-if, and a note says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from totalplace.scenarios.arrangement import SETTLEMENT, UNNAMED, Arrangement
from totalplace.scenarios.events import Event
from totalplace.scenarios.phases import Change
from totalplace.scenarios.places.authorities import governance_of, settlement_note
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.places.surroundings import bodies_of, neighbours
from totalplace.scenarios.registry import LEVERS

#: How the codes of councils that are unitary begin, and what they are: counties with districts have others.
_UNITARY: Final = {"E06": "a unitary council", "E08": "a metropolitan district", "E09": "a London borough"}


#: How every note here begins.
WHAT_IF: Final = "what if: "


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


def of_bodies(place: str, year: str, start: str, levers: Mapping[str, Sequence[float]], events: Sequence[Event]) -> tuple[str, ...]:
    """What to know of a place whose council or police does not face a change that a run has for it. ``events`` are those played.

    ``start`` is the month in which the run begins, with ``levers``.
    """
    found = find(place, year)
    told = (_of_council(found.name, found.code, year) if _changed("reorganisation", "council", start, levers, events) else "",
            _of_police(found.name, found.code, year, _changed("shared_governance", "police", start, levers, events)))
    return tuple(filter(None, told))


def _of_council(place: str, code: str, year: str) -> str:
    """Why the council of a place would not be reorganised; empty where it would."""
    if code[:3] not in _UNITARY:
        return ""
    counties = [other for other in neighbours(code, year) if find(other, year).code[:3] not in _UNITARY]
    beside = f", unless a new council takes it in together with {_either(counties)}" if counties and code.startswith("E06") else ""
    return (f"what if: {place} is {_UNITARY[code[:3]]} already, and only counties with districts are reorganised; the council of "
            f"{place} stays{beside}")


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else "".join(names)


def _of_police(place: str, code: str, year: str, month: str) -> str:
    """Why a mayor would not take over the police of a place in a month; empty where one would, and where nobody does."""
    police = next((body for body in bodies_of(code, year) if body.kind == "police body"), None)
    if police is None or not month:
        return ""
    found = governance_of(code, year)
    if found is None:
        return (f"what if: {place} lies in no strategic authority; council leaders would govern its police, unless a mayor comes "
                "first")
    authority, governance = found
    if governance.has_taken_over("police", month):
        return f"what if: a mayor governs the police of {place} already ({authority.name})"
    if not governance.has_mayor(month):
        return (f"what if: {authority.name}, the strategic authority of {place}, has no mayor; council leaders would govern its "
                "police, unless a mayor comes first")
    if not set(police.residents) <= set(authority.residents):
        return (f"what if: the police of {place} serves places outside {authority.name} too, so that its mayor alone could not "
                "govern it; who would is not in the tables")
    return ""


def _changed(lever: str, kind: str, start: str, levers: Mapping[str, Sequence[float]], events: Sequence[Event]) -> str:
    """The first month in which a lever of a kind of agency is anything but its default; empty where it never is."""
    index, usual = LEVERS[lever].targets.index(kind), LEVERS[lever].default
    if levers[lever][index] != usual:
        return start
    return next((event.text[:7] for event in sorted(events, key=lambda one: one.quarter)
                 if (event.lever, event.index) == (lever, index) and event.value != usual), "")
