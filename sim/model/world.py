"""From a scenario to the world of a place: every table filled, ready to begin a run."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import APPRAISALS
from totalplace.agents.bargaining import DEALS
from totalplace.agents.board import BOARD
from totalplace.agents.cohort import COHORTS, KINDS
from totalplace.agents.columns import Table
from totalplace.agents.commissioner import COMMISSIONERS, TIES
from totalplace.agents.department import DEPARTMENTS
from totalplace.agents.duplication import SAMPLES
from totalplace.agents.joint_commission import THEMES
from totalplace.agents.ledger import ACCOUNTS, AGENCY_ACCOUNT, CAPITAL_POT
from totalplace.agents.share import SHARES
from totalplace.agents.world import CLOCK, DOMAINS, EVENTS, NEIGHBOURHOODS, PRIORS, World
from totalplace.scenarios import places
from totalplace.scenarios.arrangement import BOARD as BOARD_HOST
from totalplace.scenarios.cuts import budget_path
from totalplace.scenarios.places import Place
from totalplace.scenarios.posterior import particles
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.uncertainties import DISTRIBUTIONS, POSTERIOR
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, DECISION_RULES, ENTITLEMENTS, label, period_of
from totalplace.scenarios.vocabulary import DEPARTMENTS as DEPARTMENT_NAMES
from totalplace.scenarios.vocabulary import OUTCOMES as OUTCOME_NAMES
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES
from totalplace.sim.model.memory import LEVERS_TABLE, PARAMETERS_TABLE, copy_world
from totalplace.sim.model.metrics import MEASURES
from totalplace.sim.model.network import link_chance

#: Technical: steps of the grid of shares at which a deal is appraised; finer where little is ceded.
GRID_STEPS: Final = 20
#: Technical: rows of scratch that rules address by number.
SCRATCH_ROWS: Final = 6
#: Part of the budget raised locally (council tax 25.2% of local government's net current spend in 2010-11: DCLG, Local
#: Authority Revenue Expenditure and Financing 2010-11 Final Outturn, 17 Nov 2011).
LOCAL_TAX: Final = 0.252
#: Flags of an agency's kind that its row holds as they are.
AGENCY_FLAGS: Final = ("council", "health_commissioner", "employment_service", "national")
#: How a parameter can be drawn, by number from 1.
_DISTRIBUTIONS: Final = (*DISTRIBUTIONS, POSTERIOR)


@dataclass(frozen=True, eq=False)
class Template:
    """The world of a scenario before a run begins, and the names of its rows."""

    scenario: Scenario
    place: Place
    world: World
    commissioner_names: tuple[str, ...]
    cohort_names: tuple[str, ...]
    most_deals: int

    def fresh(self) -> World:
        """A world of its own for a run, with room for the record of its negotiations."""
        return copy_world(self.world)._replace(deals=DEALS.empty(self.most_deals))


def _record(kind: Table, values: dict[str, Any]) -> Any:
    rows = kind.empty(1)
    _fill(rows, values)
    return rows[0]


def _fill(rows: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        rows[name] = value


def lever_place(name: str, index: int) -> int:
    """Position of one value of a lever in the row of lever numbers."""
    offset: int = LEVERS_TABLE.dtype.fields[name][1]  # type: ignore[index]
    return offset // 8 + index


def _clock(scenario: Scenario, place: Place) -> Any:
    period = period_of(scenario.year)
    return _record(CLOCK, {
        "pays_for_change": DEPARTMENT_NAMES.the("pays_for_change", period),
        "receives_benefits": COHORT_KINDS.the("receives_benefits", period),
        "domains": len(OUTCOME_NAMES.in_use(period)),
        "quarters": scenario.quarters,
        "calendar": (int(scenario.start[5:7]) - 1) // 3,
        "population": place.population,
        "entitlements": sum(place.entitlements.values()),
        "unallocated": place.unallocated,
        "council_direct": place.council_direct,
        "place_total": place.total,
    })


def _lever_values(scenario: Scenario) -> NDArray[np.float64]:
    return np.concatenate([np.array(scenario.levers[name], dtype=np.float64) for name in LEVERS])


def _priors(scenario: Scenario) -> Any:
    rows = PRIORS.empty(len(PARAMETERS))
    for row, name in zip(rows, PARAMETERS, strict=True):
        row.key = zlib.crc32(name.encode())
        given = scenario.uncertainties[name]
        if isinstance(given, int | float):
            row.low = row.high = row.mode = float(given)
            continue
        row.distribution = 1 + _DISTRIBUTIONS.index(given.distribution)
        row.low, row.high = given.low, given.high
        row.mode = given.mode if given.distribution == "triangular" else 0.5 * (given.low + given.high)
    return rows


def _particles(scenario: Scenario) -> NDArray[np.float64]:
    """The posterior, if a parameter is drawn from it."""
    drawn = any(getattr(given, "distribution", "") == POSTERIOR for given in scenario.uncertainties.values())
    return np.array(particles()) if drawn else np.zeros((0, len(PARAMETERS)))


def _events(scenario: Scenario) -> Any:
    rows = EVENTS.empty(len(scenario.events))
    for row, event in zip(rows, scenario.events, strict=True):
        row.quarter, row.place, row.value = event.quarter, lever_place(event.lever, event.index), event.value
    return rows


def _board(scenario: Scenario) -> Any:
    arrangement = scenario.arrangement
    values = {column.name: getattr(arrangement, column.name) for column in BOARD.columns if column.name != "mandate"}
    return _record(BOARD, values | {"decision_rule": DECISION_RULES.index(arrangement.decision_rule)})


def _agency_keys(place: Place) -> NDArray[np.int64]:
    """An identity for each agency that does not depend on which others there are."""
    seen: dict[int, int] = {}
    keys = []
    for kind in place.agency_kind.tolist():
        seen[kind] = seen.get(kind, -1) + 1
        keys.append(64 * (kind + 1) + seen[kind])
    return np.array(keys, dtype=np.int64)


def _agencies(scenario: Scenario, place: Place) -> Any:
    rows = AGENCIES.empty(len(place.agency_names))
    mandated = [AGENCY_KINDS.index(kind) for kind in scenario.arrangement.mandated_agencies]
    period = period_of(place.year)
    weight = np.zeros((len(COHORT_KINDS), len(THEME_NAMES)))
    np.add.at(weight, place.cohort_kind, place.size[:, None] * place.need)
    served = place.spend @ (weight / np.maximum(weight.sum(axis=0), 1e-12)).T
    _fill(rows, {
        "key": _agency_keys(place),
        "kind": place.agency_kind,
        "department": place.department,
        **{flag: np.array(AGENCY_KINDS.marks(flag, period))[place.agency_kind] for flag in AGENCY_FLAGS},
        "mandated": np.isin(place.agency_kind, mandated),
        "local_share": LOCAL_TAX * np.array(AGENCY_KINDS.marks("locally_taxed", period))[place.agency_kind],
        "estate": place.estate,
        "estate_start": place.estate,
        "leadership_start": place.leadership,
        "control_aversion": place.control_aversion,
        "accountability": place.accountability,
        "target_pressure": place.target_pressure,
        "incidence": place.incidence,
        "remit": place.remit,
        "kind_weight": served / np.maximum(served.sum(axis=1, keepdims=True), 1e-12),
    })
    return rows


def _shares(place: Place) -> Any:
    rows = SHARES.empty(*place.spend.shape)
    _fill(rows, {"spend": place.spend, "reactive_given": place.reactive, "common_given": place.common})
    period, benefits = period_of(place.year), sum(place.entitlements[name] for name in ENTITLEMENTS.flagged("working_age"))
    for a in np.flatnonzero(place.agency_kind == AGENCY_KINDS.the("employment_service", period)):
        rows[a, THEME_NAMES.the("benefits", period)].benefits_start = benefits
    return rows


def _commissioners(scenario: Scenario, place: Place) -> Any:
    given = scenario.arrangement.commissioners
    rows = COMMISSIONERS.empty(len(given))
    for row, commissioner in zip(rows, given, strict=True):
        of_board = commissioner.host == BOARD_HOST
        host = AGENCY_KINDS[AGENCY_KINDS.the("council", period_of(place.year))] if of_board else commissioner.host
        row.key = 1 + min(THEME_NAMES.index(theme) for theme in commissioner.themes)
        row.host = place.first_agency(host, "host")
        row.on_board = of_board
        row.leadership_start = commissioner.leadership
    return rows


def _themes(scenario: Scenario, place: Place) -> Any:
    rows = THEMES.empty(len(THEME_NAMES))
    weight = np.zeros((len(COHORT_KINDS), len(THEME_NAMES)))
    np.add.at(weight, place.cohort_kind, place.size[:, None] * place.need)
    period, measured = period_of(place.year), THEME_NAMES.flagged("pooled_share")
    _fill(rows, {
        "back_office": THEME_NAMES.marks("back_office", period),
        "neighbourhoods": THEME_NAMES.marks("neighbourhoods", period),
        "metric": [measured.index(name) if name in measured else -1 for name in THEME_NAMES],
        "commissioner": -1,
        "talked": -1,
        "overlap": place.overlap,
        "effect": place.effect,
        "kind_share": (weight / np.maximum(weight.sum(axis=0), 1e-12)).T,
    })
    for c, commissioner in enumerate(scenario.arrangement.commissioners):
        for theme in commissioner.themes:
            rows[THEME_NAMES.index(theme)].commissioner = c
    return rows


def _cohorts(place: Place) -> Any:
    rows = COHORTS.empty(len(place.size))
    wellbeing, domains = np.zeros(len(place.size)), OUTCOME_NAMES.in_use(period_of(place.year))
    for o in domains:
        wellbeing += place.baseline[:, o] / len(domains)
    _fill(rows, {
        "key": place.cohort_neighbourhood * len(COHORT_KINDS) + place.cohort_kind,
        "kind": place.cohort_kind,
        "neighbourhood": place.cohort_neighbourhood,
        "persons": place.size,
        "need": place.need,
        "fit": 1.0,
        "baseline": place.baseline,
        "outcome": place.baseline,
        "wellbeing": wellbeing,
        "expectation": wellbeing,
    })
    return rows


def _kinds(place: Place) -> Any:
    rows = KINDS.empty(len(COHORT_KINDS))
    size = np.bincount(place.cohort_kind, weights=place.size, minlength=len(COHORT_KINDS))
    _fill(rows, {"persons": size, "burden": 1.0})
    return rows


def _neighbourhoods(place: Place) -> Any:
    rows = NEIGHBOURHOODS.empty(len(place.neighbourhood_population))
    _fill(rows, {"population": place.neighbourhood_population, "capacity": place.capacity, "capacity_start": place.capacity})
    return rows


def _accounts(agencies: int) -> Any:
    rows = ACCOUNTS.empty(AGENCY_ACCOUNT + agencies)
    rows["passing"][CAPITAL_POT:] = 1
    return rows


def cohort_labels(place: Place) -> tuple[str, ...]:
    """A name for each cohort: its kind and its neighbourhood."""
    return tuple(f"{label(COHORT_KINDS[kind])}, {place.neighbourhood_name[place_index]}"
                 for kind, place_index in zip(place.cohort_kind, place.cohort_neighbourhood, strict=True))


@lru_cache(maxsize=256)
def build(scenario: Scenario) -> Template:
    """The world of a scenario, for any seed. Raises InputError for a place or network that cannot be used."""
    place = places.load(scenario.place, scenario.year, scenario.clusters, scenario.nhs)
    agencies, quarters = len(place.agency_names), scenario.quarters
    commissioners = _commissioners(scenario, place)
    grid = np.zeros((GRID_STEPS + 1, 2))
    grid[:, 0] = (np.arange(GRID_STEPS + 1) / GRID_STEPS) ** 2
    world = World(
        clock=_clock(scenario, place),
        parameters=PARAMETERS_TABLE.empty(1)[0],  # laid over the values below when the world is copied
        parameter_values=np.zeros(len(PARAMETERS)),
        priors=_priors(scenario),
        particles=_particles(scenario),
        levers=LEVERS_TABLE.empty(1)[0],
        lever_values=_lever_values(scenario),
        events=_events(scenario),
        board=_board(scenario),
        departments=DEPARTMENTS.empty(len(DEPARTMENT_NAMES)),
        agencies=_agencies(scenario, place),
        commissioners=commissioners,
        appraisals=APPRAISALS.empty(agencies, len(THEME_NAMES)),
        shares=_shares(place),
        ties=TIES.empty(agencies, len(commissioners)),
        links=np.zeros((agencies, agencies)),
        link_chance=link_chance(scenario.network, place.agency_kind, place.agency_names, period_of(place.year)),
        themes=_themes(scenario, place),
        domains=_domains(place),
        cohorts=_cohorts(place),
        neighbourhoods=_neighbourhoods(place),
        kinds=_kinds(place),
        accounts=_accounts(agencies),
        flows=np.zeros((AGENCY_ACCOUNT + agencies,) * 2),
        gains=np.zeros((agencies, agencies)),
        budget_path=np.ascontiguousarray(budget_path(scenario.cuts, scenario.start, quarters, place.agency_kind, scenario.year)),
        scratch=np.zeros((max(SCRATCH_ROWS, len(COHORT_KINDS)),
                          max(2 * len(THEME_NAMES), agencies, len(commissioners), len(AGENCY_KINDS)))),
        coalitions=np.full((agencies, SAMPLES), -1.0),
        grid=grid,
        deals=DEALS.empty(0),
        measures=MEASURES.empty(quarters),
    )
    names = tuple(commissioner.name for commissioner in scenario.arrangement.commissioners)
    return Template(scenario, place, copy_world(world), names, cohort_labels(place), _most_deals(scenario, agencies))


def _domains(place: Place) -> Any:
    rows = DOMAINS.empty(len(OUTCOME_NAMES))
    _fill(rows, {"speed": place.speed, "in_use": OUTCOME_NAMES.used(period_of(place.year))})
    return rows


def _most_deals(scenario: Scenario, agencies: int) -> int:
    """Most requests of a run: one for each agency in each negotiation that commissioners may open."""
    arrangement = scenario.arrangement
    opened = sum(min(arrangement.themes_a_quarter, len(c.themes)) for c in arrangement.commissioners)
    return max(1, scenario.quarters * opened * agencies)
