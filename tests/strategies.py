"""Hypothesis strategies: random scenarios that are cheap to run, over every part of the schema."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import strategies as st

from totalplace.scenarios import arrangement as arrangements
from totalplace.scenarios import load
from totalplace.scenarios.calendar import format_month, parse_month
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DECISION_RULES, TOPOLOGIES

START: Final = "2010-10"
PLACES: Final = ("Birmingham", "Rutland", "Kent", "Hartlepool", "Isle of Wight")
YEARS: Final = ("2010-11", "2017-18")
#: A start in the year of each budget.
START_OF: Final = {"2010-11": "2010-10", "2017-18": "2017-10"}
CUTS: Final = ("none", "spending-review-2010", "outturn-2010")
MOST_QUARTERS: Final = 16

#: Fields of an arrangement that any arrangement can have, with their values in tests.
FIELDS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "rounds": st.integers(0, 12),
    "ambition": st.floats(0, 1),
    "themes_a_quarter": st.integers(0, 8),
    "largest_coalition": st.integers(1, 14),
    "approval_threshold": st.floats(0, 1),
    "benefit_cost_threshold": st.floats(0, 3),
    "formal_agreement": st.floats(0, 1),
    "transaction_cost": st.floats(0, 3),
    "set_up": st.floats(0, 2),
    "political": st.floats(0, 1),
    "election_cycle": st.integers(0, 12),
    "officer_support": st.floats(0, 1),
    "leader_turnover": st.floats(0, 10),
    "outcome_payment": st.floats(0, 1),
    "time_limit": st.integers(0, 8),
    "extra_freedom": st.floats(0, 1),
    "annual_plan": st.booleans(),
    "cluster_boards": st.booleans(),
    "bargaining": st.booleans(),
    "mandated_agencies": st.lists(st.sampled_from(AGENCY_KINDS), unique=True, max_size=4),
    "single_pot_agencies": st.lists(st.sampled_from(AGENCY_KINDS), unique=True, max_size=8),
    "open_to": st.sampled_from(arrangements.OPEN_TO),
}


def lever_numbers(lever: Lever) -> st.SearchStrategy[Any]:
    """A value that a lever may have, as a file gives it."""
    if lever.choices:
        return st.sampled_from(lever.choices)
    if lever.kind == "flag":
        return st.sampled_from([0, 1])
    return st.one_of(st.sampled_from([lever.low, lever.high]), st.floats(lever.low, lever.high))


@st.composite
def lever_settings(draw: st.DrawFn, name: str) -> str:
    """A setting of one lever, for all its targets or for one of them."""
    lever = LEVERS[name]
    value = draw(lever_numbers(lever))
    target = draw(st.sampled_from(["", *lever.targets]))
    if target and lever.kind == "flag":  # flags by name ask what of the others
        return f"levers.{name}={json.dumps({'all': draw(st.sampled_from([0, 1])), target: value})}"
    return f"levers.{name}{'.' * bool(target)}{target}={json.dumps(value)}"


@st.composite
def parameter_settings(draw: st.DrawFn) -> list[str]:
    """Uncertainties: defaults or priors, some of them fixed inside their range or drawn from a triangle."""
    settings = [f"uncertainties={draw(st.sampled_from(['default', 'prior']))}"]
    for name in draw(st.lists(st.sampled_from(list(PARAMETERS)), unique=True, max_size=6)):
        row = PARAMETERS[name]
        triangle = {"low": row.low, "high": row.high, "distribution": "triangular"}
        value = draw(st.one_of(st.floats(row.low, row.high), st.just(triangle)))
        settings.append(f"uncertainties.{name}={json.dumps(value)}")
    return settings


@st.composite
def policy_events(draw: st.DrawFn, quarters: int, start: str = START, latest: int | None = None) -> dict[str, Any]:
    """A dated policy event from the start to month ``latest`` of the run (without it, in the run).

    A flag is switched on for all.
    """
    lever = LEVERS[draw(st.sampled_from(list(LEVERS)))]
    after = draw(st.integers(0, 3 * quarters - 1 if latest is None else latest))
    target = draw(st.sampled_from(["all", *lever.targets])) if lever.targets else "all"
    value = draw(lever_numbers(lever))
    if lever.kind == "flag" and target != "all":
        value = 0
    return {"date": format_month(parse_month(start) + after), "lever": lever.name, "target": target, "value": value}


def what_changes_when(event: dict[str, Any]) -> tuple[str, ...]:
    """What two events of one list may not share."""
    return event["date"], event["lever"], event["target"]


@st.composite
def arrangement_settings(draw: st.DrawFn) -> list[str]:
    """A shipped arrangement with some of its fields changed."""
    name = draw(st.sampled_from(arrangements.names()))
    settings = [f"arrangement={name}"]
    for field in draw(st.lists(st.sampled_from(list(FIELDS)), unique=True, max_size=4)):
        settings.append(f"arrangement.{field}={json.dumps(draw(FIELDS[field]))}")
    other_rule = draw(st.booleans())
    if other_rule and arrangements.load_arrangement(name).commissioners:
        settings.append(f"arrangement.decision_rule={draw(st.sampled_from(DECISION_RULES))}")
    return settings


@st.composite
def scenario_settings(draw: st.DrawFn) -> list[str]:
    """All that a random scenario sets, as ``key=value`` texts."""
    quarters = draw(st.integers(4, MOST_QUARTERS))
    year = draw(st.sampled_from(YEARS))
    settings = [
        f"place={draw(st.sampled_from(PLACES))}",
        f"year={year}",
        f"quarters={quarters}",
        f"clusters={draw(st.integers(1, 3))}",
        f"nhs={draw(st.integers(1, 4))}",
        f"network={draw(st.sampled_from(TOPOLOGIES))}",
        f"cuts={draw(st.sampled_from(CUTS))}",
        *draw(arrangement_settings()),
        *draw(parameter_settings()),
    ]
    for name in draw(st.lists(st.sampled_from(list(LEVERS)), unique=True, max_size=8)):
        settings.append(draw(lever_settings(name)))
    for event in draw(st.lists(policy_events(quarters, START_OF[year]), max_size=3, unique_by=what_changes_when)):
        settings.append(f"events={json.dumps([event])}")
    if draw(st.booleans()):
        date = format_month(parse_month(START_OF[year]) + draw(st.integers(0, 3 * quarters + 2)))
        settings.append(f"events={json.dumps([{'date': date, 'arrangement': draw(st.sampled_from(arrangements.names()))}])}")
    return settings


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A random scenario, cheap to run: few quarters and clusters, everything else of the schema."""
    return load("october-2010", set=draw(scenario_settings()))
