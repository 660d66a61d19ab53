"""What stands in the sheet that somebody fills in for a place of their own, row by row.

The amounts of a real place like it stand in the cells to fill. One that is left as it is counts as not given: it is taken a head,
in proportion to the people of the sheet, and marked as an estimate. The sheet says what it was made from (``origin.py``), so that
this holds whatever else in it is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.own_places.likes import scores
from totalplace.scenarios.own_places.origin import DECIMALS, origin_in_words, written_amount
from totalplace.scenarios.own_places.rows import ALL_TOTAL, GROUPS, MONEY, ROWS, TOTAL, SheetRow, ages_of, by_group
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import PlaceName
from totalplace.scenarios.places.shapes import geography_of

#: The sheets beside the one to fill.
HOW, LISTED = BESIDE = ("How to fill it in", "Places of England")
TITLE: Final = "A place of your own for totalplace"


@dataclass(frozen=True)
class Filled:
    """A row of the template: what it is, what stands in its cell, and what the place like it has, with £ a head."""

    row: SheetRow
    value: object
    theirs: float | None = None
    a_head: float | None = None


def groups_of(year: str, like: PlaceName | None, unit: str) -> Iterator[tuple[str, Iterator[Filled]]]:
    """The groups of rows with their headings, filled from a place like it, if there is one."""
    yield "About the place", _about(year, like, unit)
    for group, members in by_group(year).items():
        keys = [*members, f"total_{group}"]
        yield GROUPS[group], (_money(ROWS[key], year, like, unit) for key in keys)
    yield "Together", iter([Filled(ROWS[ALL_TOTAL], None)])


def _about(year: str, like: PlaceName | None, unit: str) -> Iterator[Filled]:
    values: dict[str, object] = {"name": "My place", "year": year, "unit": unit}
    theirs: dict[str, float] = {}
    if like is not None:
        values |= {"like": like.name, "region": like.region, "people": int(like.population), "deprivation": f"like {like.name}"}
        theirs = {"people": like.population, **ages_of(like.code, year), "deprivation": scores(year)[like.code],
                  "complex_families": tables.indicators(geography_of(year))[like.code].complex_families}
        values["made_from"] = origin_in_words(like.name, year, unit)
    for key, row in ROWS.items():
        if row.kind not in (MONEY, TOTAL) and (key != "made_from" or like is not None):
            yield Filled(row, values.get(key), theirs.get(key))


def _money(row: SheetRow, year: str, like: PlaceName | None, unit: str) -> Filled:
    if like is None or row.kind == TOTAL:
        return Filled(row, None)
    amount, shown = records.spending_of(like.code, year)[row.key], written_amount(like.code, year, unit, row.key)
    written = int(shown) if DECIMALS[unit] == 0 else shown
    return Filled(row, written, written, 1e6 * amount / like.population)


def heads(like: PlaceName | None) -> tuple[str, ...]:
    """The headings of the columns."""
    name = like.name.partition(",")[0] if like is not None else "A place like it"
    return ("What", "Yours, in the unit said above", "How good it is", f"{name} has", f"{name}, £ a head", "What it is")


#: What stands below the title.
INTRODUCTION: Final = (
    "Fill in the yellow cells. What you leave as it is, or empty, is taken from the place like yours, in proportion to people, and "
    "marked as an estimate.",
    "Say first in which unit your amounts are. Amounts are net spending in the year, in the place, at prices of that year.",
)
