"""Bodies larger than a place, such as an integrated care board or a police force.

The places of a time may have ``bodies.csv`` (a body a row, with its money) and ``body_places.csv`` (what of a body each place is,
by residents and by need). A folder without them has no bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES, QUALITIES, USUAL_YEAR, geography_of

#: Kinds of bodies, in the order in which they are listed.
KINDS: Final = ("integrated care board", "police body", "fire authority", "strategic authority")


@dataclass(frozen=True, slots=True)
class Body:
    """A body larger than a place. ``money`` £m a year, None where none is at hand; ``quality`` says how good its row is.

    ``residents`` and ``need``: shares of the places in it by code, which add up to 1 where it lies in the places here.
    """

    kind: str
    code: str
    name: str
    money: float | None
    quality: str
    source: str
    residents: Mapping[str, float]
    need: Mapping[str, float]


@kept(maxsize=len(GEOGRAPHIES))
def _bodies(folder: str) -> tuple[Body, ...]:
    """Every body of the places of a folder. Raises InputError for a faulty table."""
    if not (tables.HERE / folder / "bodies.csv").exists():
        return ()
    residents: dict[str, dict[str, float]] = {}
    need: dict[str, dict[str, float]] = {}
    for row in read_rows(tables.HERE / folder / "body_places.csv", ("body", "place", "residents", "need")):
        body, place = row.word("body"), row.word("place", tuple(tables.indicators(folder)))
        residents.setdefault(body, {})[place], need.setdefault(body, {})[place] = row.number("residents"), row.number("need")
    found = []
    for row in read_rows(tables.HERE / folder / "bodies.csv", ("kind", "code", "name", "money", "quality", "source")):
        code = row.word("code")
        if code not in residents:
            raise row.error(f"The body '{code}' has no places", "a row of body_places.csv at least")
        found.append(Body(
            row.word("kind", KINDS), code, row.word("name"), row.number("money") / 1000.0 if row.cells["money"] else None,
            row.word("quality", QUALITIES), row.word("source"), MappingProxyType(residents[code]), MappingProxyType(need[code]),
        ))
    return tuple(sorted(found, key=lambda body: (KINDS.index(body.kind), body.name)))


def bodies(year: str = USUAL_YEAR) -> tuple[Body, ...]:
    """Every body larger than a place in a year of spending, by kind and name; none where the year has no such table."""
    with tables.as_they_are():
        return _bodies(geography_of(year))
