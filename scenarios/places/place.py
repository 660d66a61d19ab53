"""A place ready for the simulation: its agencies, money, neighbourhoods and people in arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.numbers import unfractioned
from totalplace.scenarios.places import natural_units, tables
from totalplace.scenarios.places.authorities import authority_lines, authority_part
from totalplace.scenarios.places.england import health_and_care_money
from totalplace.scenarios.places.finding import PlaceName, find
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.money import money
from totalplace.scenarios.places.own import OwnPlace, own_place
from totalplace.scenarios.places.people import people
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.scenarios.places.tables import FloatArray, IntArray
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, OUTCOMES, THEMES, period_of

#: Technical: places that are kept, more than England has in a year; 15 kB each, a small area a neighbourhood 200 kB on average.
MOST_KEPT: Final = 160


@dataclass(frozen=True, eq=False, repr=False)
class Place:
    """Everything the model takes from the real world for one place and year.

    A agencies, H neighbourhoods, K cohorts; J themes, O outcome domains.

    Money is £m a year at the prices of the year. Arrays are read-only.

    - ``agency_names``; ``agency_kind`` (A,) index in AGENCY_KINDS
    - ``spend`` (A, J) by theme, without entitlements; ``reactive`` and ``common`` (A, J) are parts of it
    - ``estate`` (A,) £m value of property
    - ``entitlements`` £m by kind; ``unallocated`` £m that no agency of a place spends
    - ``council_direct`` £m of council lines without schools and housing benefit, fire run by the council included;
      ``total`` = spend + entitlements + unallocated
    - ``nhs``, ``social_care``, ``adult_social_care`` £m by lines of the accounts; ``england_part`` (4,) share by MANDATE_SPLITS;
      ``grants_part`` share of the grants that councils bring into the Better Care Fund
    - ``authority_part`` what need gives it of a pot of its strategic authority against what is spent there, 1 outside one;
      ``authority_lines`` £m a year that departments spend there on what a settlement may hold
    - ``cohort_kind``, ``cohort_neighbourhood`` (K,) indices; ``size`` (K,) persons
    - ``need`` (K, J) relative need per head, size-weighted mean 1; ``baseline`` (K, O) outcomes in [0.05, 0.95]
    - ``neighbourhood_name``, ``neighbourhood_population`` (H,) persons, ``deprivation`` (H,) score 0-100,
      ``capacity`` (H,) community capacity 0-1
    - ``overlap`` (J,) 0-1; ``department`` (A,) index in DEPARTMENTS; ``control_aversion``, ``national``,
      ``accountability``, ``target_pressure``, ``leadership``, ``unit_cost_exposure`` (A,) 0-1
    - ``incidence``, ``remit`` (A, O) rows add up to 1; ``effect`` (J, O)
    - ``speed`` (O,) share of the gap to its target that an outcome closes in a quarter
    - ``indicator_base`` (N,) what each indicator of ``INDICATORS`` stands at, in its own unit; ``indicator_basis`` how good the
      figure is and of when: ``actual 2018``
    - ``own`` what a user gave of a place of their own; None of a place of the tables
    """

    code: str
    name: str
    region: str
    year: str
    population: float
    agency_names: tuple[str, ...]
    agency_kind: IntArray
    spend: FloatArray
    reactive: FloatArray
    common: FloatArray
    estate: FloatArray
    entitlements: Mapping[str, float]
    unallocated: float
    council_direct: float
    total: float
    nhs: float
    social_care: float
    adult_social_care: float
    england_part: FloatArray
    grants_part: float
    authority_part: float
    authority_lines: float
    cohort_kind: IntArray
    cohort_neighbourhood: IntArray
    size: FloatArray
    need: FloatArray
    baseline: FloatArray
    neighbourhood_name: tuple[str, ...]
    neighbourhood_population: FloatArray
    deprivation: FloatArray
    capacity: FloatArray
    overlap: FloatArray
    department: IntArray
    control_aversion: FloatArray
    national: FloatArray
    accountability: FloatArray
    target_pressure: FloatArray
    leadership: FloatArray
    unit_cost_exposure: FloatArray
    incidence: FloatArray
    remit: FloatArray
    effect: FloatArray
    speed: FloatArray
    indicator_base: FloatArray
    indicator_basis: tuple[str, ...]
    own: OwnPlace | None = None

    def __post_init__(self) -> None:
        """Make all that could be written to read-only."""
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        object.__setattr__(self, "entitlements", MappingProxyType(dict(self.entitlements)))

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"entitlements": dict(self.entitlements)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()

    def __deepcopy__(self, memo: object) -> Place:
        return self  # nothing of it can be written to

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the place holds."""
        found = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "own":  # all of it is in the others, and in the code
                continue
            found.update(np.ascontiguousarray(value) if isinstance(value, np.ndarray) else repr(value).encode())
        return found.hexdigest()

    @property
    def drawn_as(self) -> str:
        """The code by which chance is drawn: that of the place itself; of one of a user's own that of the place it is like.

        So a figure that is put right, or a place renamed, leaves all else as it was, and runs can be paired.
        """
        return self.code if self.own is None else self.own.like

    def first_agency(self, kind: str, what: str = "kind of agency") -> int:
        """The position of the first agency of a kind. Raises UnknownName, for a ``what``, if the place has none in its year."""
        found = np.flatnonzero(self.agency_kind == AGENCY_KINDS.index(kind))
        if not len(found):
            here = [AGENCY_KINDS[i] for i in dict.fromkeys(self.agency_kind.tolist())]
            raise UnknownName(what, kind, here, where=f"in a place in {self.year}")
        return int(found[0])

    def __repr__(self) -> str:
        return (
            f"<Place {self.name} ({self.code}) {self.year}: £{self.total:,.0f}m, {self.population:,.0f} people, "
            f"{len(self.agency_names)} agencies, {len(self.size)} cohorts>"
        )


def _check(year: str, clusters: int | str, nhs: int) -> None:
    if year not in tables.YEARS:
        raise UnknownName("year of spending", year, tables.YEARS)
    if clusters != "finest" and (isinstance(clusters, bool) or not isinstance(clusters, int)):
        raise InputError(f"clusters cannot be {clusters!r}", allowed='a whole number from 1, or "finest"')
    if isinstance(nhs, bool) or not isinstance(nhs, int) or nhs < 1:
        raise InputError(f"nhs cannot be {nhs!r}", allowed="a whole number of NHS commissioners from 1")


def _agency_rows(nhs: int, period: str) -> tuple[tuple[str, ...], IntArray, FloatArray]:
    """Names, kinds and shares of the money of their kind in a period, with the NHS as one agency or as GP consortia."""
    health = AGENCY_KINDS.the("health_commissioner", period)
    kinds: list[int] = []
    labels: list[str] = []
    for kind in AGENCY_KINDS.in_use(period):
        copies = nhs if kind == health else 1
        kinds += [kind] * copies
        labels += [AGENCY_KINDS[kind]] if copies == 1 else [f"gp_consortium_{number}" for number in range(1, copies + 1)]
    kind_array = np.array(kinds, dtype=np.int64)
    return tuple(labels), kind_array, np.where(kind_array == health, 1.0 / nhs, 1.0)


def _sponsors(period: str) -> IntArray:
    """Index of the department that each kind of agency answers to in a period."""
    return np.array([DEPARTMENTS.index(row.sponsor(period)) for row in AGENCY_KINDS.rows.values()], dtype=np.int64)


def load(name_or_code: str, year: str = USUAL_YEAR, clusters: int | str = 5, nhs: int = 1) -> Place:
    """Load a place by name or code.

    ``clusters`` is the number of neighbourhoods, groups of small areas by deprivation with about equal populations;
    ``"finest"`` makes each small area a neighbourhood. ``nhs`` is 1 for one NHS commissioner or the number of GP
    consortia, which share the NHS money equally.

    Raises UnknownName for a place or year there is not, InputError for clusters or nhs that cannot be, for the name of a file, and
    for a place that lacks rows in one of the tables.
    """
    from totalplace.scenarios.own_places.grids import is_place_file

    if is_place_file(name_or_code):
        raise InputError(f"'{name_or_code}' is a file, and this takes the name or code of a place", allowed=(
            "totalplace.own_place(FILE) to check a spreadsheet, totalplace.load(SCENARIO, place=FILE) to run it"))
    clusters, nhs = unfractioned(clusters), unfractioned(nhs)
    _check(year, clusters, nhs)
    with tables.as_they_are():
        return _loaded(find(name_or_code, year), year, clusters, nhs)


@kept(maxsize=MOST_KEPT)
def _loaded(place: PlaceName, year: str, clusters: int | str, nhs: int) -> Place:
    cash, residents = money(place.code, year), people(place.code, year, clusters)
    period = period_of(year)
    labels, kind, share = _agency_rows(nhs, period)
    counted, themes = OUTCOMES.used(period), THEMES.used(period)
    known = natural_units.bases(place.code, year).values()

    def attribute(name: str) -> FloatArray:
        return tables.column("agencies", AGENCY_KINDS, name)[kind]

    return Place(
        code=place.code,
        name=place.name,
        region=place.region,
        year=year,
        population=place.population,
        agency_names=labels,
        agency_kind=kind,
        spend=cash.spend[kind] * share[:, None],
        reactive=cash.reactive[kind] * share[:, None],
        common=cash.common[kind] * share[:, None],
        estate=cash.estate[kind] * share,
        entitlements=cash.entitlements,
        unallocated=cash.unallocated,
        council_direct=cash.council_direct,
        total=cash.total,
        **health_and_care_money(place.code, year),
        authority_part=authority_part(place.code, year),
        authority_lines=authority_lines(place.code, year),
        **vars(residents),
        overlap=tables.column("commonality", THEMES, "overlap"),
        department=_sponsors(period)[kind],
        control_aversion=attribute("control_aversion"),
        national=np.array(AGENCY_KINDS.marks("national", period), dtype=np.float64)[kind],
        accountability=attribute("accountability"),
        target_pressure=attribute("target_pressure"),
        leadership=attribute("leadership"),
        unit_cost_exposure=np.array([tables.values("unit_cost")[(agency,)] for agency in AGENCY_KINDS])[kind],
        incidence=tables.matrix("incidence", AGENCY_KINDS, OUTCOMES)[kind] * counted,
        remit=tables.matrix("remit", AGENCY_KINDS, OUTCOMES)[kind] * counted,
        effect=tables.matrix("effect", THEMES, OUTCOMES) * np.outer(themes, counted),
        speed=np.array([tables.values("speed")[(outcome,)] for outcome in OUTCOMES]),
        indicator_base=np.array([base.value for base in known]),
        indicator_basis=tuple(base.basis for base in known),
        own=own_place(place.code),
    )
