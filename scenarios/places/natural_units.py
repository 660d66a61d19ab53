"""Bases of indicators: what each stands at in a place and year before a run begins, and how good the figure is.

``natural_units.csv`` holds what open data have (``tools/indicator_tables.py``). A place or year without a row, and an empty cell,
get the median of the places of the region that have one, of England where the region has none, marked as estimated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.indicators import ESTIMATED, INDICATORS, QUALITIES, Indicator
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import OwnPlace, own_place
from totalplace.scenarios.places.rows import Row, read_rows, table_name
from totalplace.scenarios.places.shapes import geography_of, years_of

TABLE: Final = "natural_units.csv"


@dataclass(frozen=True, slots=True)
class Base:
    """What an indicator stands at in the base year. ``quality``: actual, estimated or judgement; ``basis`` says of when or whom."""

    value: float
    quality: str
    basis: str


def _base(row: Row, indicator: Indicator) -> Base | None:
    """The base in a row, None where both cells are empty. Raises InputError for half a base, and for one that cannot be."""
    name, basis = indicator.name, row.cells[f"{indicator.name}_basis"].strip()
    if not (basis or row.cells[name].strip()):
        return None
    quality = basis.partition(" ")[0]
    if quality not in QUALITIES:
        allowed = [f"{word} and a time, such as '{word} 2018'" for word in QUALITIES]
        raise row.error(f"The column '{name}_basis' is '{basis[:60]}'", allowed)
    value = row.number(name)
    if not indicator.least <= value <= indicator.most:
        raise row.error(f"The column '{name}' is {value:g}", f"{indicator.least:g} to {indicator.most:g} {indicator.unit}")
    return Base(value, quality, basis)


@kept(maxsize=2)
def _given(folder: str) -> Mapping[tuple[str, str], Mapping[str, Base | None]]:
    """Bases of the table of a folder by place code and year. Raises InputError, also for a place and year given twice."""
    found: dict[tuple[str, str], Mapping[str, Base | None]] = {}
    columns = ("code", "year", *(column for name in INDICATORS for column in (name, f"{name}_basis")))
    for row in read_rows(tables.HERE / folder / TABLE, columns):
        key = row.word("code"), row.word("year", years_of(folder))
        if key in found:
            raise row.error(f"There are two rows of the place '{key[0]}' in {key[1]}", "one row for each place and year")
        found[key] = {name: _base(row, indicator) for name, indicator in INDICATORS.items()}
    return MappingProxyType(found)


@kept(maxsize=512)
def _typical(name: str, year: str, region: str) -> Base:
    """The median of an indicator over the places of a region, or of England, a head where it is a count. Raises InputError."""
    count, folder = INDICATORS[name].count, geography_of(year)
    for where in (region, ""):
        values = []
        for code, place in tables.indicators(folder).items():
            base = _given(folder).get((code, year), {}).get(name)
            if base is not None and where in ("", place.region):
                values.append(base.value / (place.population if count else 1.0))
        if values:
            return Base(median(values), ESTIMATED, f"{ESTIMATED} median of {where or 'England'}")
    file = table_name(tables.HERE / folder / TABLE)
    raise InputError(f"No place has the indicator '{name}' in {year}", file=file, allowed="a place that has it")


def bases(code: str, year: str) -> dict[str, Base]:
    """The base of every indicator for a place and year, in the order of the registry. Raises InputError."""
    own = own_place(code, year)
    if own is not None:
        return _of_own_place(own)
    folder = geography_of(year)
    place, given = tables.indicators(folder)[code], _given(folder).get((code, year), {})
    found: dict[str, Base] = {}
    for name, indicator in INDICATORS.items():
        base = given.get(name)
        if base is None:
            typical = _typical(name, year, place.region)
            base = Base(typical.value * (place.population if indicator.count else 1.0), typical.quality, typical.basis)
        found[name] = base
    return found


def _of_own_place(own: OwnPlace) -> dict[str, Base]:
    """The bases of the place that a place of one's own is like, counts in proportion to people, all marked as estimated."""
    like = tables.indicators(geography_of(own.year))[own.like]
    people = own.people / like.population
    return {
        name: Base(base.value * (people if INDICATORS[name].count else 1.0), ESTIMATED, f"{ESTIMATED} as in {like.name}")
        for name, base in bases(like.code, own.year).items()
    }
