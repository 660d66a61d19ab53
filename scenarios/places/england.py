"""What a place is of England: the weights by which money of England, such as a mandated minimum, is split over places.

No published split by place of every sum is at hand, so the weights are an estimate: need-weighted NHS spend, people, NHS and social
care spend, or as the minimum of the Better Care Fund falls. They add to one over all places; in
``better_care.csv`` with the two councils that are too small to model.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import own_place
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES, geography_of, years_of
from totalplace.scenarios.places.tables import FloatArray
from totalplace.scenarios.vocabulary import MANDATE_SPLITS

#: What is measured for all places of a year; the last split of a mandate has a table of its own.
MEASURES: Final = MANDATE_SPLITS[:-1]
#: The councils' parts of the Better Care Fund's minimum of 2025-26, £m (NHS England, grants and funding): how they weigh in one.
GRANTS: Final[Mapping[str, float]] = {"council_grant": 2640.0, "disabled_facilities": 711.0}
#: Part of social care spend that is for adults where the accounts have one line for both (Revenue Outturn, England, 2011-12).
ADULT_PART: Final = 0.697
#: Levers that are money of all England, which a run splits over places.
OF_ENGLAND: Final = ("mandate_england", "mandate_grants")
#: What a reader has to know of them.
SPLIT_NOTE: Final = ("how the minimum of England falls on places is an estimate: no split of it by place is published "
                     "(docs/data.md, mandated money of a place)")


def split_note(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """That a minimum of England falls on places by an estimate, where one is set and not without effect (``reasons`` by lever)."""
    return (SPLIT_NOTE,) if any(reasons.get(name) == "" for name in OF_ENGLAND) else ()


def social_care(lines: Mapping[str, float]) -> float:
    """All social care in the lines of a place, £m."""
    return lines["council_social_care_all"] + lines["council_childrens_social_care"] + lines["council_adult_social_care"]


def part_of_england(code: str, year: str, measure: str) -> float:
    """What a place has of a measure: £m of NHS spend or of NHS and social care spend, or people. Raises InputError."""
    if measure == "population":
        return records.facts_of(code, geography_of(year)).population
    lines = records.spending_of(code, year)
    return lines["nhs"] + (social_care(lines) if measure == "health_and_care_spend" else 0.0)


@kept(maxsize=1)
def england() -> Mapping[tuple[str, str], float]:
    """What all places have of each measure, by (year, measure). Raises InputError for a faulty table."""
    found = {}
    for folder in GEOGRAPHIES:
        for row in read_rows(tables.HERE / folder / "england.csv", ("year", "measure", "value")):
            found[row.word("year", years_of(folder)), row.word("measure", MEASURES)] = row
    for row in found.values():
        if row.number("value") <= 0.0:
            raise row.error("The sum over all places is not above 0", "a number above 0")
    return MappingProxyType({key: row.number("value") for key, row in found.items()})


def england_part(code: str, year: str) -> FloatArray:
    """A place's part of England (0-1) by each measure, in the order of ``MANDATE_SPLITS``."""
    parts = [part_of_england(code, year, measure) / england()[year, measure] for measure in MEASURES]
    return np.array([*parts, better_care_of(code, year)["nhs"] if better_care(year) else parts[0]])


@kept(maxsize=len(GEOGRAPHIES))
def _better_care(folder: str) -> Mapping[str, Mapping[str, float]]:
    path = tables.HERE / folder / "better_care.csv"
    rows = read_rows(path, ("code", "name", "nhs", *GRANTS, "grant_by", "quality")) if folder and path.exists() else []
    found = {row.word("code"): MappingProxyType({name: row.number(name) for name in ("nhs", *GRANTS)}) for row in rows}
    for row in rows:
        if not all(0.0 < found[row.word("code")][name] < 1.0 for name in ("nhs", *GRANTS)):
            raise row.error("A part of England is not between 0 and 1", "a share above 0 and below 1")
    return MappingProxyType(found)


def better_care(year: str) -> Mapping[str, Mapping[str, float]]:
    """What each council, those too small to model too, has of the parts of the Better Care Fund's minimum; none for older years."""
    return _better_care(geography_of(year))


def better_care_of(code: str, year: str) -> Mapping[str, float]:
    """What a place has of each part of the minimum; one of one's own what the place it is like has, in proportion to their money:
    of the NHS for its part, of social care for the council's.
    """
    own = own_place(code, year)
    if own is None:
        return better_care(year)[code]
    like, mine, theirs = better_care(year)[own.like], records.spending_of(code, year), records.spending_of(own.like, year)
    nhs, care = mine["nhs"] / theirs["nhs"], social_care(mine) / social_care(theirs)
    return {name: part * (nhs if name == "nhs" else care) for name, part in like.items()}


def grants_part(code: str, year: str) -> float:
    """A place's part (0-1) of the grants that councils bring into the Better Care Fund; of social care for older years."""
    if better_care(year):
        rows = better_care_of(code, year)
        return sum(rows[name] * amount for name, amount in GRANTS.items()) / sum(GRANTS.values())
    whole = england()[year, "health_and_care_spend"] - england()[year, "nhs_spend"]
    return social_care(records.spending_of(code, year)) / whole


def health_and_care_money(code: str, year: str) -> dict[str, Any]:
    """A place's NHS money, social care and social care for adults (£m, estimated from a line for all); its part of England."""
    lines = records.spending_of(code, year)
    adults = ADULT_PART * lines["council_social_care_all"] + lines["council_adult_social_care"]
    money = {"nhs": lines["nhs"], "social_care": social_care(lines), "adult_social_care": adults}
    return {**money, "england_part": england_part(code, year), "grants_part": grants_part(code, year)}
