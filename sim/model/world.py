"""From a scenario to the world of a place: every table filled, ready to begin a run.

All that stands in files or goes by a name is in the material of the scenario: nothing is read and nothing looked up here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import APPRAISALS
from totalplace.agents.bargaining import DEALS
from totalplace.agents.commissioner import TIES
from totalplace.agents.department import DEPARTMENTS
from totalplace.agents.duplication import SAMPLES
from totalplace.agents.joint_commission import THEMES
from totalplace.agents.ledger import ACCOUNTS, AGENCY_ACCOUNT, CAPITAL_POT
from totalplace.agents.share import SHARES
from totalplace.agents.world import CLOCK, EVENTS, PRIORS, World
from totalplace.scenarios.material import Material
from totalplace.scenarios.places import Place
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.uncertainties import DISTRIBUTIONS, POSTERIOR, Range
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, ENTITLEMENTS
from totalplace.scenarios.vocabulary import DEPARTMENTS as DEPARTMENT_NAMES
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES
from totalplace.sim.model import residents
from totalplace.sim.model.filling import fill, record
from totalplace.sim.model.governance import arrangement_rows, board_at_start, commissioner_rows
from totalplace.sim.model.memory import LEVERS_TABLE, PARAMETERS_TABLE, copy_world
from totalplace.sim.model.metrics import MEASURES
from totalplace.sim.model.network import link_chance, own_links

#: Technical: steps of the grid of shares at which a deal is appraised; finer where little is ceded.
GRID_STEPS: Final = 20
#: Technical: rows of scratch that rules address by number.
SCRATCH_ROWS: Final = 6
#: Part of the budget raised locally (council tax 25.2% of local government's net current spend in 2010-11: DCLG, Local
#: Authority Revenue Expenditure and Financing 2010-11 Final Outturn, 17 Nov 2011); the parameter local_tax multiplies it.
LOCAL_TAX: Final = 0.252
#: Part of NHS money that commissioners of a place hold (core allocations of integrated care boards, £124.35bn of £160.24bn in
#: 2025-26: NHS England allocation workbooks); an estimate for earlier years (0.7-0.9), which the parameter
#: commissioned_money multiplies.
COMMISSIONED: Final = 0.776
#: Flags of an agency's kind that its row holds as they are.
AGENCY_FLAGS: Final = ("council", "health_commissioner", "employment_service", "national", "voluntary")
#: How a parameter can be drawn, by number from 1; 0 for one that is fixed.
_DISTRIBUTIONS: Final = {name: number for number, name in enumerate((*DISTRIBUTIONS, POSTERIOR), 1)}
#: The key of each parameter, by which its draws are told from those of others.
_PARAMETER_KEYS: Final = tuple(zlib.crc32(name.encode()) for name in PARAMETERS)
#: The metric of each theme's pooled share, by its number; -1 for a theme without one.
_POOLED_SHARES: Final = {name: number for number, name in enumerate(THEME_NAMES.flagged("pooled_share"))}
_POOLED_SHARE: Final = tuple(_POOLED_SHARES.get(name, -1) for name in THEME_NAMES)
#: Entitlements that may be pooled.
_WORKING_AGE: Final = ENTITLEMENTS.flagged("working_age")


@dataclass(frozen=True, eq=False)
class Template:
    """The world of a scenario before a run begins, and the names of its rows. Runs play on copies: many share what is built."""

    scenario: Scenario
    place: Place
    world: World
    commissioner_names: tuple[str, ...]
    cohort_names: tuple[str, ...]
    most_deals: int

    def fresh(self) -> World:
        """A world of its own for a run, with room for the record of its negotiations."""
        return copy_world(self.world)._replace(deals=DEALS.empty(self.most_deals))


def lever_place(name: str, index: int) -> int:
    """Position of one value of a lever in the row of lever numbers."""
    offset: int = LEVERS_TABLE.dtype.fields[name][1]  # type: ignore[index]
    return offset // 8 + index


def _clock(scenario: Scenario, material: Material) -> Any:
    place, words = material.place, material.words
    return record(CLOCK, {
        "pays_for_change": words.departments.the["pays_for_change"],
        "receives_benefits": words.cohort_kinds.the["receives_benefits"],
        "domains": len(words.outcomes.positions),
        "quarters": scenario.quarters,
        "calendar": (int(scenario.start[5:7]) - 1) // 3,
        "place": zlib.crc32(place.drawn_as.encode()),
        "population": place.population,
        "entitlements": sum(place.entitlements.values()),
        "unallocated": place.unallocated,
        "council_direct": place.council_direct,
        "place_total": place.total,
        "england_part": place.england_part,
        "grants_part": place.grants_part, "authority_part": place.authority_part, "authority_lines": place.authority_lines,
    })


def _lever_values(scenario: Scenario) -> NDArray[np.float64]:
    return np.concatenate([np.array(scenario.levers[name], dtype=np.float64) for name in LEVERS])


def _priors(scenario: Scenario) -> Any:
    rows = PRIORS.empty(len(PARAMETERS))
    low, high, mode, distribution = zip(*(_prior(scenario.uncertainties[name]) for name in PARAMETERS), strict=True)
    fill(rows, {"key": _PARAMETER_KEYS, "low": low, "high": high, "mode": mode, "distribution": distribution})
    return rows


def _prior(given: float | Range) -> tuple[float, float, float, int]:
    """Low end, high end, peak (or middle) and distribution of a parameter."""
    if not isinstance(given, Range):
        return float(given), float(given), float(given), 0
    mode = given.mode if given.distribution == "triangular" else 0.5 * (given.low + given.high)
    return given.low, given.high, mode, _DISTRIBUTIONS[given.distribution]


def _events(scenario: Scenario) -> Any:
    rows = EVENTS.empty(len(scenario.events))
    for row, event in zip(rows, scenario.events, strict=True):
        row.quarter, row.place, row.value = event.quarter, lever_place(event.lever, event.index), event.value
        row.estimated = event.estimated
    return rows


def _agency_keys(place: Place) -> NDArray[np.int64]:
    """An identity for each agency that does not depend on which others there are."""
    seen: dict[int, int] = {}
    keys = []
    for kind in place.agency_kind.tolist():
        seen[kind] = seen.get(kind, -1) + 1
        keys.append(64 * (kind + 1) + seen[kind])
    return np.array(keys, dtype=np.int64)


def _kind_weight(place: Place) -> NDArray[np.float64]:
    """Persons of each kind (cohort kinds, themes), weighted by their need."""
    weight = np.zeros((len(COHORT_KINDS), len(THEME_NAMES)))
    np.add.at(weight, place.cohort_kind, place.size[:, None] * place.need)
    return weight


def _agencies(material: Material, weight: NDArray[np.float64]) -> Any:
    place, marks = material.place, material.words.agency_kinds.marks
    rows = AGENCIES.empty(len(place.agency_names))
    served = place.spend @ (weight / np.maximum(weight.sum(axis=0), 1e-12)).T
    fill(rows, {
        "key": _agency_keys(place),
        "kind": place.agency_kind,
        "department": place.department,
        **{flag: np.array(marks[flag])[place.agency_kind] for flag in AGENCY_FLAGS},
        "mandated": np.isin(place.agency_kind, material.arrangements[0][2]),
        "in_pot": [AGENCY_KINDS[kind] in material.phases[0].arrangement.single_pot_agencies for kind in place.agency_kind.tolist()],
        "local_share": LOCAL_TAX * np.array(marks["locally_taxed"])[place.agency_kind],
        "part_of_body": np.array(material.parts)[place.agency_kind],
        "budget_held": 1.0, "path_held": 1.0,
        "estate": place.estate,
        "estate_start": place.estate,
        "leadership_start": place.leadership,
        "control_aversion": place.control_aversion,
        "accountability": place.accountability,
        "target_pressure": place.target_pressure,
        "unit_cost_exposure": place.unit_cost_exposure,
        "incidence": place.incidence,
        "remit": place.remit,
        "kind_weight": served / np.maximum(served.sum(axis=1, keepdims=True), 1e-12),
    })
    return rows


def _shares(material: Material) -> Any:
    place, words = material.place, material.words
    rows = SHARES.empty(*place.spend.shape)
    fill(rows, {"spend": place.spend, "reactive_given": place.reactive, "common_given": place.common, "lines": place.spend})
    theme, kinds = words.themes.the["section_75"], words.agency_kinds.the
    for kind, lines, commissioned in (
        ("council", place.social_care, place.adult_social_care),
        ("health_commissioner", place.nhs, COMMISSIONED * place.nhs),
    ):
        own = np.flatnonzero(place.agency_kind == kinds[kind])
        rows["lines"][own, theme], rows["commissioned"][own, theme] = lines / len(own), commissioned / len(own)
    benefits = sum(place.entitlements[name] for name in _WORKING_AGE)
    for a in np.flatnonzero(place.agency_kind == words.agency_kinds.the["employment_service"]):
        rows[a, words.themes.the["benefits"]].benefits_start = benefits
    return rows


def _themes(material: Material, weight: NDArray[np.float64]) -> Any:
    rows = THEMES.empty(len(THEME_NAMES))
    marks = material.words.themes.marks
    fill(rows, {
        "back_office": marks["back_office"],
        "neighbourhoods": marks["neighbourhoods"],
        "metric": _POOLED_SHARE,
        "commissioner": -1,
        "talked": -1,
        "unequal": residents.unequal_need(material.place),
        "overlap": material.place.overlap,
        "effect": material.place.effect,
        "kind_share": (weight / np.maximum(weight.sum(axis=0), 1e-12)).T,
    })
    rows["commissioner"] = material.arrangements[0][3]
    return rows


def _accounts(agencies: int) -> Any:
    rows = ACCOUNTS.empty(AGENCY_ACCOUNT + agencies)
    rows["passing"][CAPITAL_POT:] = 1
    return rows


def build(scenario: Scenario) -> Template:
    """The world of a scenario, for any seed, which cannot be written to. One of the same text and material is built once."""
    kept = _kept(scenario, scenario.material.digest)
    return kept if kept.scenario is scenario else replace(kept, scenario=scenario)  # an equal one may have come by another way


@lru_cache(maxsize=256)  # more than England has places
def _kept(scenario: Scenario, material: str) -> Template:
    return _built(scenario, scenario.material)


def _built(scenario: Scenario, material: Material) -> Template:
    place = material.place
    agencies, quarters = len(place.agency_names), scenario.quarters
    commissioners, weight, arrangements = commissioner_rows(material), _kind_weight(place), arrangement_rows(material)
    world = World(
        clock=_clock(scenario, material),
        parameters=PARAMETERS_TABLE.empty(1)[0],  # laid over the values below when the world is copied
        parameter_values=np.zeros(len(PARAMETERS)),
        priors=_priors(scenario),
        particles=_particles(material),
        levers=LEVERS_TABLE.empty(1)[0],
        lever_values=_lever_values(scenario),
        events=_events(scenario),
        board=board_at_start(arrangements[0]),
        arrangements=arrangements,
        departments=DEPARTMENTS.empty(len(DEPARTMENT_NAMES)),
        agencies=_agencies(material, weight),
        commissioners=commissioners,
        appraisals=APPRAISALS.empty(agencies, len(THEME_NAMES)),
        shares=_shares(material),
        ties=TIES.empty(agencies, len(commissioners)),
        links=np.zeros((agencies, agencies)),
        link_chance=_link_chance(scenario, material),
        themes=_themes(material, weight),
        domains=residents.domain_rows(material),
        cohorts=residents.cohort_rows(material),
        neighbourhoods=residents.neighbourhood_rows(place),
        kinds=residents.kind_rows(material),
        indicators=residents.indicator_rows(place),
        accounts=_accounts(agencies),
        flows=np.zeros((AGENCY_ACCOUNT + agencies,) * 2),
        gains=np.zeros((agencies, agencies)),
        budget_path=np.ascontiguousarray(material.budgets[place.agency_kind]),
        budget_below=np.ascontiguousarray(material.budgets_below[place.agency_kind], np.float64),
        budget_above=np.ascontiguousarray(material.budgets_above[place.agency_kind], np.float64),
        price_level=np.array(material.prices),
        years_unpublished=np.array(material.unpublished, np.float64),
        scratch=np.zeros((max(SCRATCH_ROWS, len(COHORT_KINDS)),
                          max(2 * len(THEME_NAMES), agencies, len(commissioners), len(AGENCY_KINDS)))),
        coalitions=np.full((agencies, SAMPLES), -1.0),
        grid=_grid(),
        deals=DEALS.empty(0),
        measures=MEASURES.empty(quarters),
    )
    names, cohorts = tuple(post.name for post in material.posts), residents.cohort_labels(place)
    return Template(scenario, place, copy_world(world, read_only=True), names, cohorts, _most_deals(scenario, agencies))


def _particles(material: Material) -> NDArray[np.float64]:
    """The posterior with a column for each parameter (N, parameters), NaN for those that it does not know."""
    rows = np.full((len(material.particles), len(PARAMETERS)), np.nan)
    rows[:, list(material.learnt)] = material.particles
    return rows


def _grid() -> NDArray[np.float64]:
    """Shares at which a deal is appraised, in the first column; finer where little is ceded."""
    grid = np.zeros((GRID_STEPS + 1, 2))
    grid[:, 0] = (np.arange(GRID_STEPS + 1) / GRID_STEPS) ** 2
    return grid


def _link_chance(scenario: Scenario, material: Material) -> NDArray[np.float64]:
    if material.ties is not None:
        return own_links(material.ties, len(material.place.agency_names))
    return link_chance(str(scenario.network), material.place.agency_kind, material.words.agency_kinds)


def _most_deals(scenario: Scenario, agencies: int) -> int:
    """Most requests of a run: one for each agency in each negotiation that commissioners may open."""
    return max(1, scenario.quarters * scenario.material.most_negotiations * agencies)
