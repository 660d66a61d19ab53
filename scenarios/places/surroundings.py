"""What lies around a place: the bodies that it lies in, what part of each it is, and the places beside it.

The places of a time have ``adjacency.csv``: pairs of places that share a land border.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.bodies import Body, bodies
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import own_place
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES, USUAL_YEAR, geography_of

#: The kind of agency of a place that is its part of a body of a kind, and whether a place counts by need or by residents.
_AGENCIES: Final = {"integrated care board": ("nhs", "need"), "police body": ("police", "residents"),
                    "fire authority": ("fire", "residents")}


def bodies_of(place: str, year: str = USUAL_YEAR) -> tuple[Body, ...]:
    """The bodies that a place, by name or code, lies in, wholly or in part. Raises UnknownName."""
    code = find(place, year).code
    return tuple(body for body in bodies(year) if code in body.residents)


def part_of_body(place: str, year: str, kind: str) -> float:
    """What part (0-1) of its body a place, by name or code, is: of the body behind its agency of a ``kind``; 1 where none is known.

    Of several bodies of the kind the mean, by what of each the place is. A place of one's own is what the place it is like is, in
    proportion to people. Raises UnknownName.
    """
    own = own_place(place, year)
    if own is not None:
        like = find(own.like, year)
        part = part_of_body(own.like, year, kind)
        return part if part == 1.0 else min(1.0, part * own.people / like.population)
    parts = [getattr(body, _AGENCIES[body.kind][1])[find(place, year).code] for body in bodies_of(place, year)
             if body.kind in _AGENCIES and _AGENCIES[body.kind][0] == kind]
    return min(1.0, sum(part * part for part in parts) / sum(parts)) if sum(parts) > 0.0 else 1.0


@kept(maxsize=len(GEOGRAPHIES))
def _adjacent(folder: str) -> Mapping[str, tuple[str, ...]]:
    path = tables.HERE / folder / "adjacency.csv"
    found: dict[str, list[str]] = {code: [] for code in tables.indicators(folder)}
    for row in read_rows(path, ("place", "other")):
        one, other = row.word("place", tuple(found)), row.word("other", tuple(found))
        found[one].append(other)
        found[other].append(one)
    return MappingProxyType({code: tuple(sorted(others)) for code, others in found.items()})


def neighbours(place: str, year: str = USUAL_YEAR) -> tuple[str, ...]:
    """The names of the places that share a land border with a place, in alphabetical order. Raises UnknownName."""
    with tables.as_they_are():
        folder, code = geography_of(year), find(place, year).code
        if own_place(code) is not None:
            return ()
        return tuple(sorted(tables.indicators(folder)[other].name for other in _adjacent(folder)[code]))
