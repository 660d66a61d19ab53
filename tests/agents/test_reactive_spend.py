"""Reactive spend: it follows need by an exponent and drifts with unit cost, which by itself need and outcomes do not feel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import demand_avoided
from tests.worlds import begun, edited, fixed, run_edited, small
from totalplace.agents.agency import demand_index, receive, unit_cost
from totalplace.agents.budget import compound
from totalplace.agents.compiled import python
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES
from totalplace.sim.model.metrics import METRICS

QUIET = {"outcome_noise": 0.0, "demand_growth": 0.0, "looked_after_growth": 0.0}
OUTCOME_METRICS = [name for name in METRICS if name.startswith("outcome_")]
COUNCIL = AGENCY_KINDS.index("council")


def needy(quarter: int, burden: list[float], **parameters: float) -> Any:
    """A world in a quarter in which the burdens of all kinds of people are those of ``burden``, by outcome."""
    world = begun(small("silo", "uncertainties.drift_elsewhere=0"))
    world.clock.quarter = quarter
    world.kinds["burden"] = np.array(burden)
    for name, value in parameters.items():
        setattr(world.parameters, name, value)
    python(compound)(world)
    return world


BURDENS = st.lists(st.floats(0.2, 3.0), min_size=len(OUTCOMES), max_size=len(OUTCOMES))


@given(st.integers(0, 7), BURDENS, st.floats(0.0, 0.015))
def test_with_an_elasticity_of_one_and_no_drift_spend_is_need_to_the_bit(quarter: int, burden: list[float], growth: float) -> None:
    world = needy(quarter, burden, reactive_elasticity=1.0, unit_cost_drift=0.0, demand_growth=growth, looked_after_growth=0.0)
    for a in range(len(world.agencies)):
        agency, index = world.agencies[a], 0.0
        for i in range(len(COHORT_KINDS)):
            one = 0.0
            for o in range(len(OUTCOMES)):
                one += agency.incidence[o] * world.kinds[i].burden[o]
            index += agency.kind_weight[i] * one
        demand = index * (1.0 + growth) ** (0.25 * quarter)
        assert python(demand_index)(world, a) == demand
        python(receive)(world, a)
        assert agency.reactive == agency.reactive_start * demand


@given(st.integers(0, 7), BURDENS, st.floats(0.6, 1.0), st.floats(0.0, 0.07))
def test_spend_follows_the_stated_rule(quarter: int, burden: list[float], elasticity: float, drift: float) -> None:
    still = {"demand_growth": 0.0, "looked_after_growth": 0.0}
    world = needy(quarter, burden, reactive_elasticity=elasticity, unit_cost_drift=drift, **still)
    index = world.agencies["kind_weight"].sum(axis=1) * (world.agencies["incidence"] @ np.array(burden))
    risen = (1.0 + drift) ** (quarter / 4) - 1.0
    for a in range(len(world.agencies)):
        agency = world.agencies[a]
        python(receive)(world, a)
        priced = 1.0 + agency.unit_cost_exposure * risen
        assert agency.unit_cost == pytest.approx(priced)
        assert agency.reactive == pytest.approx(agency.reactive_start * index[a] ** elasticity * priced)


@given(st.integers(0, 40), st.floats(0.0, 0.06), st.floats(-0.01, 0.03), st.floats(0.0, 0.5))
def test_more_children_in_care_cost_the_council_what_each_costs(quarter: int, drift: float, more: float, part: float) -> None:
    """The part of spend that is looked-after care grows by numbers times unit cost; the other part, and other agencies, stay."""
    world = needy(quarter, [1.0] * len(OUTCOMES), unit_cost_drift=drift, demand_growth=0.0, looked_after_growth=more)
    world.agencies["unit_cost_exposure"] = part
    years = quarter / 4
    for a in range(len(world.agencies)):
        agency = world.agencies[a]
        spent = python(demand_index)(world, a) * python(unit_cost)(world, a)
        numbers = (1.0 + more) ** years if agency.council == 1 else 1.0
        assert spent == pytest.approx(1.0 - part + part * numbers * (1.0 + drift) ** years)
        assert python(demand_index)(world, a) == pytest.approx(1.0 - part + part * numbers)


def test_only_the_council_has_care_that_gets_dearer() -> None:
    world = needy(4, [1.0] * len(OUTCOMES), unit_cost_drift=0.05, looked_after_growth=0.0)
    cost = np.array([python(unit_cost)(world, a) for a in range(len(world.agencies))])
    assert cost[world.agencies["kind"] == COUNCIL] == pytest.approx(1.0 + 0.39 * 0.05)
    assert (cost[world.agencies["kind"] != COUNCIL] == 1.0).all()


@pytest.mark.parametrize("elasticity", [0.6, 0.75, 1.0])
def test_more_need_asks_for_more_money_but_never_more_than_in_line(elasticity: float) -> None:
    spent = [needy(0, [burden] * len(OUTCOMES), reactive_elasticity=elasticity) for burden in (0.8, 1.0, 1.2)]
    less, same, more = (np.array([python(demand_index)(world, a) for a in range(len(world.agencies))]) for world in spent)
    assert same == pytest.approx(1.0)
    assert ((more > 1.0) & (more <= 1.2 + 1e-12)).all()
    assert ((less < 1.0) & (less >= 0.8 - 1e-12)).all()


def played(name: str, **values: float) -> Any:
    template = edited(small(name, quarters=40, place="Nottingham"))
    fixed(template.world, **{**QUIET, **values})
    return run_edited(template, seed=2)


def test_drift_is_money_and_reaches_outcomes_only_through_what_is_left_to_plan() -> None:
    """Prices squeeze planned spend; where planned spend does nothing for outcomes they stay, however dear care becomes."""
    inert, calm = (played("silo-no-cuts", epsilon=epsilon, unit_cost_drift=0.07) for epsilon in (0.0, 0.05))
    for name in OUTCOME_METRICS:
        assert np.ptp(inert.metrics[name]) < 1e-12, name
    assert inert.metrics["reactive_demand"][-1] > 1.05
    assert inert.metrics["funding_gap"][-1] > 0.0
    assert calm.metrics["wellbeing"][-1] < calm.metrics["wellbeing"][0]
    assert calm.metrics["reactive_demand"][-1] > inert.metrics["reactive_demand"][-1]


def test_without_drift_a_silo_without_cuts_stays_at_its_baseline_whatever_the_elasticity() -> None:
    for elasticity in (0.6, 0.75, 1.0):
        still = played("silo-no-cuts", unit_cost_drift=0.0, reactive_elasticity=elasticity)
        for name in (*OUTCOME_METRICS, "reactive_demand", "funding_gap"):
            assert np.ptp(still.metrics[name]) < 1e-9, (name, elasticity)


def test_what_integration_avoids_is_priced_at_the_unit_cost_of_the_day() -> None:
    world = begun(small("single-pot"))
    world.themes["gain"] = 0.01
    plain = demand_avoided(world)
    world.agencies["unit_cost"] = 1.1
    assert demand_avoided(world) == pytest.approx(1.1 * plain)
    world.parameters.reactive_elasticity *= 0.5
    assert demand_avoided(world) == pytest.approx(0.55 * plain)


def test_the_ranges_hold_the_published_estimates() -> None:
    for name, values in {"epsilon": (0.0, 0.05, 0.2), "reactive_elasticity": (0.60, 0.72, 0.84),
                         "unit_cost_drift": (0.009, 0.032, 0.052)}.items():
        row = PARAMETERS[name]
        assert all(row.low <= value <= row.high for value in values), name
