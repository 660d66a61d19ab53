"""What a place is of England: the weights by which money of England, such as a mandated minimum, is split over places.

No published split by place of every sum is at hand, so the weights are an estimate: need-weighted NHS spend, people, or NHS and
social care spend. They add to one over all places.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES, geography_of, years_of
from totalplace.scenarios.places.tables import FloatArray
from totalplace.scenarios.vocabulary import MANDATE_SPLITS as MEASURES

#: Part of social care spend that is for adults where the accounts have one line for both (Revenue Outturn, England, 2011-12).
ADULT_PART: Final = 0.697


def social_care(lines: Mapping[str, float]) -> float:
    """All social care in the lines of a place, £m."""
    return lines["council_social_care_all"] + lines["council_childrens_social_care"] + lines["council_adult_social_care"]


def part_of_england(code: str, year: str, measure: str) -> float:
    """What a place has of a measure: £m of NHS spend or of NHS and social care spend, or people. Raises InputError."""
    if measure == "population":
        return tables.indicators(geography_of(year))[code].population
    lines = tables.spending_of(code, year)
    return lines["nhs"] + (social_care(lines) if measure == "health_and_care_spend" else 0.0)


@kept(maxsize=1)
def england() -> dict[tuple[str, str], float]:
    """What all places have of each measure, by (year, measure). Raises InputError for a faulty table."""
    found = {}
    for folder in GEOGRAPHIES:
        for row in read_rows(tables.HERE / folder / "england.csv", ("year", "measure", "value")):
            found[row.word("year", years_of(folder)), row.word("measure", MEASURES)] = row
    for row in found.values():
        if row.number("value") <= 0.0:
            raise row.error("The sum over all places is not above 0", "a number above 0")
    return {key: row.number("value") for key, row in found.items()}


def england_part(code: str, year: str) -> FloatArray:
    """A place's part of England (0-1) by each measure, in the order of ``MANDATE_SPLITS``."""
    return np.array([part_of_england(code, year, measure) / england()[year, measure] for measure in MEASURES])


def health_and_care_money(code: str, year: str) -> dict[str, Any]:
    """A place's NHS money, social care and social care for adults (£m, estimated from a line for all); its part of England."""
    lines = tables.spending_of(code, year)
    adults = ADULT_PART * lines["council_social_care_all"] + lines["council_adult_social_care"]
    money = {"nhs": lines["nhs"], "social_care": social_care(lines), "adult_social_care": adults}
    return {**money, "england_part": england_part(code, year)}
