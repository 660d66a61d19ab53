"""Which rows each judgement table has: its keys, the words they may be, and what must be there. Rows may stand in any order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.rows import Row
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, ENTITLEMENTS, OUTCOMES, PERIODS, THEMES, period_of

#: Years of spending.
YEARS: Final = tuple(year for period in PERIODS.values() for year in period.years)
#: How good a figure is: published for the place, split from a larger body's by a known weight, or split by what stands for need.
ACTUAL, FORMULA, ESTIMATE = QUALITIES = ("actual", "formula", "estimate")
#: A year of a line that stands for all of them.
EVERY_YEAR: Final = "all"
#: Domains of deprivation; community is the mean of two others.
DOMAINS: Final = ("income", "employment", "education", "health", "crime", "barriers", "community")
#: Health Index indicators in use, and the years of their rounds.
INDICATORS: Final = (
    "avoidable_mortality", "alcohol_misuse", "disability", "frailty", "personal_crime", "pupil_absences", "unemployment",
    "rough_sleeping", "self_harm", "child_poverty",
)
#: Rounds of the places of 2010-23.
ROUNDS: Final = (2015, 2018)


@dataclass(frozen=True)
class Geography:
    """The places of a time, whose tables are a folder: round of indicators and column of deprivation by year of spending."""

    rounds: Mapping[str, int]
    deprivation: Mapping[str, str]


#: The places of a time by the folder of their tables: those of 2010-23 here, those of April 2023 in a folder of their own.
GEOGRAPHIES: Final[Mapping[str, Geography]] = {
    "": Geography({"2010-11": 2015, "2017-18": 2018}, {"2010-11": "imd_2015", "2017-18": "imd_2019"}),
    "april-2023": Geography({"2024-25": 2024}, {"2024-25": "imd_2025"}),
}
#: The year of spending where none is named.
USUAL_YEAR: Final = YEARS[0]


def geography_of(year: str) -> str:
    """The folder of the places of a year of spending. Raises InputError for a year of none, or of a folder that has no tables."""
    folder = PERIODS[period_of(year)].places
    if folder not in GEOGRAPHIES:
        raise UnknownName("folder of places", folder, [*filter(None, GEOGRAPHIES)], file="scenarios/words/periods.yaml")
    return folder


def years_of(folder: str) -> tuple[str, ...]:
    """The years of spending of the places of a folder."""
    return tuple(year for period in PERIODS.values() if period.places == folder for year in period.years)


#: Lines of the accounts. In 2010-11 social care is one line, from 2013-14 it is two and public health joins; an absent line is 0.
LINES: Final = (
    "council_education", "council_highways_transport", "council_social_care_all", "council_childrens_social_care",
    "council_adult_social_care", "council_public_health", "council_housing_gfra", "council_cultural", "council_environmental",
    "council_planning", "council_fire", "council_central", "council_other", "housing_benefit", "police", "fire", "nhs",
    "dwp_pensions", "dwp_sickness_disability", "dwp_unemployment_family_uc", "dwp_employment", "dwp_administration_other",
    "tax_credits_child_benefit", "justice", "education_department", "central_enterprise", "central_skills", "central_transport",
    "central_other", "central_communities",
)
UNALLOCATED: Final = "unallocated"
_ATTRIBUTES: Final = ("control_aversion", "accountability", "target_pressure", "leadership", "property_share")
_PEOPLE: Final = (
    "persons_per_complex_family", "complex_family_child_share", "complex_family_adults_out_of_work",
    "young_people_share_of_16_24", "offenders_and_victims_rate", "offenders_and_victims_slope", "capacity_at_no_deprivation",
    "capacity_slope", "capacity_least", "estate_value_to_running_cost",
)

#: What must be there: every combination of keys, the first key (once, or at least once), or any rows.
COMPLETE: Final = "complete"
ONCE: Final = "once"
EACH: Final = "each"
ANY: Final = "any"


@dataclass(frozen=True)
class Shape:
    """The key columns of a table, each with the words it may hold (None: any), and what must be there."""

    keys: Mapping[str, Sequence[str] | None]
    needed: str


#: Every table of the folder ``judgement`` by name.
SHAPES: Final[Mapping[str, Shape]] = {
    "agencies": Shape({"agency": AGENCY_KINDS, "attribute": _ATTRIBUTES}, COMPLETE),
    "commonality": Shape({"theme": THEMES, "measure": ("overlap", "common")}, COMPLETE),
    "effect": Shape({"theme": THEMES, "outcome": OUTCOMES}, COMPLETE),
    "incidence": Shape({"agency": AGENCY_KINDS, "outcome": OUTCOMES}, COMPLETE),
    "indicators": Shape({"indicator": INDICATORS, "outcome": OUTCOMES}, EACH),
    "lines": Shape(
        {"line": LINES, "year": (EVERY_YEAR, *YEARS), "destination": (*AGENCY_KINDS, *ENTITLEMENTS, UNALLOCATED), "profile": None},
        EACH,
    ),
    "need": Shape({"cohort_kind": COHORT_KINDS, "theme": THEMES}, COMPLETE),
    "need_gradient": Shape({"theme": THEMES, "domain": DOMAINS}, ONCE),
    "outcome_mean": Shape({"cohort_kind": COHORT_KINDS, "outcome": OUTCOMES}, COMPLETE),
    "outcome_slope": Shape({"outcome": OUTCOMES, "domain": DOMAINS}, ONCE),
    "people": Shape({"parameter": _PEOPLE}, COMPLETE),
    "reactive": Shape({"agency": AGENCY_KINDS, "theme": THEMES}, COMPLETE),
    "remit": Shape({"agency": AGENCY_KINDS, "outcome": OUTCOMES}, COMPLETE),
    "speed": Shape({"outcome": OUTCOMES}, COMPLETE),
    "unit_cost": Shape({"agency": AGENCY_KINDS}, COMPLETE),
    "themes": Shape({"profile": None, "theme": THEMES}, ANY),
}


def in_order(name: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of a judgement table in the order of the model's words, whatever theirs is.

    Raises InputError, at its row and column, for a key that is unknown or given twice, and for a row that is missing.
    """
    shape = SHAPES[name]
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        keys = tuple(row.word(column, allowed) for column, allowed in shape.keys.items())
        first = keys[:1] if shape.needed == ONCE else keys
        if first in found:
            what = " and ".join(f"'{key}'" for key in first if key)
            raise row.error(f"There are two rows of {what}; the other is in line {found[first].line}", "one row for each")
        found[first] = row
    _check_complete(shape, found.keys(), rows)
    return sorted(rows, key=lambda row: _rank(shape, row))


def _check_complete(shape: Shape, found: Collection[tuple[str, ...]], rows: Sequence[Row]) -> None:
    """Raise InputError when a row that must be there is missing."""
    vocabularies = [allowed or () for allowed in shape.keys.values()]
    wanted: Sequence[tuple[str, ...]] = []
    if shape.needed == COMPLETE:
        wanted = list(product(*vocabularies))
    elif shape.needed in (ONCE, EACH):
        wanted = [(word,) for word in vocabularies[0]]
        found = {keys[:1] for keys in found}
    missing = next((keys for keys in wanted if keys not in found), None)
    if missing is not None:
        columns = zip(shape.keys, missing, strict=False)
        raise InputError(
            f"There is no row of {' and '.join(f'{column} {word!r}' for column, word in columns)}",
            file=rows[0].file if rows else None, allowed=f"{len(wanted)} rows" if shape.needed != EACH else "at least one for each",
        )


def _rank(shape: Shape, row: Row) -> tuple[int | str, ...]:
    return tuple(
        allowed.index(row.cells[column]) if allowed is not None else row.cells[column] for column, allowed in shape.keys.items()
    )
