"""The shadow price of cash: 1 without a gap, rising with it; it weighs on all that is cash, and bound money costs flexibility."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import after, begun, small
from totalplace.agents.appraisal import (
    ACCOUNTABILITY,
    AVOIDED,
    CONTROL,
    ENCOURAGEMENT,
    MISSION,
    PARTS,
    SAVING,
    TRANSACTION,
    TRANSITION,
    VOICE,
    consider,
    itemise,
)
from totalplace.agents.avoidance import gain_of_spending
from totalplace.agents.cash import lost_flexibility, price_of_cash, retreat
from totalplace.agents.compiled import python
from totalplace.agents.joint_commission import avoided_demand, distribute, integrate
from totalplace.scenarios.registry import LEVERS
from totalplace.sim.engine.ensemble import ensemble

UNIT = st.floats(0.0, 1.0)
CASH = (SAVING, AVOIDED, TRANSACTION, TRANSITION)
NOT_CASH = (MISSION, VOICE, ENCOURAGEMENT, ACCOUNTABILITY)


@given(UNIT, UNIT, st.floats(0.5, 3.0))
def test_the_price_is_one_without_a_gap_and_rises_with_it(one: float, other: float, pressure: float) -> None:
    world = begun(small())
    world.parameters.cash_pressure = pressure
    low, high = sorted((one, other))
    assert python(price_of_cash)(world, 0.0) == 1.0
    assert 1.0 <= python(price_of_cash)(world, low) <= python(price_of_cash)(world, high) <= world.parameters.least_left**-pressure


def test_the_price_is_the_marginal_outcome_of_a_pound() -> None:
    """With an exponent of 1 + epsilon it is the slope of ``m^-epsilon`` at what is left, against that at the base year."""
    world = begun(small())
    epsilon, step = world.parameters.epsilon, 1e-6
    world.parameters.cash_pressure = 1.0 + epsilon
    for left in (1.0, 0.8, 0.5):
        slope = (left - step) ** -epsilon - (left + step) ** -epsilon
        base = (1.0 - step) ** -epsilon - (1.0 + step) ** -epsilon
        assert python(price_of_cash)(world, 1.0 - left) == pytest.approx(slope / base, rel=1e-4)


@pytest.fixture(scope="module")
def lived_in() -> Any:
    """A world with live deals and history."""
    return after(10, small("joint-commissioning", place="Birmingham", quarters=12), seed=2)


def parts(world: Any, stress: float, a: int = 1, j: int = 0, z: float = 0.3) -> Any:
    """What agency ``a`` weighs about share ``z`` of theme ``j`` when its gap has taken ``stress`` of its money, (parts,)."""
    world.agencies[a].stress, world.agencies[a].price = stress, python(price_of_cash)(world, stress)
    c = int(world.themes[j].commissioner)
    world.shares[a, j].ceded, world.shares[a, j].agreed = 0.0, 0.0
    world.themes[j].plan_apart, world.themes[j].plan_volume = world.shares.common[:, j].sum(), world.shares.volume_start[:, j].sum()
    world.shares.plan[:, j], world.shares.plan_volume[:, j] = 1.0, world.shares.volume_start[:, j]
    python(consider)(world, a, c, j)
    python(itemise)(world, a, j, z)
    return world.appraisals[a, j].parts.copy()


def test_all_that_is_cash_is_priced_alike_and_nothing_else(lived_in: Any) -> None:
    level, short = parts(lived_in, 0.0), parts(lived_in, 0.4)
    price = python(price_of_cash)(lived_in, 0.4)
    assert price > 1.5
    for part in CASH:
        assert level[part] != 0.0, PARTS[part]
        assert short[part] == pytest.approx(price * level[part]), PARTS[part]
    for part in NOT_CASH:
        assert short[part] == level[part], PARTS[part]
    assert short[CONTROL] < level[CONTROL] < 0.0, "money that is bound cannot be cut"


def flexibility_lost(world: Any, stress: float, trust: float) -> float:
    """What a pound that is bound costs an agency (£ present value) whose gap has taken ``stress`` of its money."""
    world.agencies["stress"], world.agencies["price"] = stress, python(price_of_cash)(world, stress)
    return float(python(lost_flexibility)(world, 0, trust))


@given(st.floats(0.05, 0.7), st.floats(0.0, 0.95), st.floats(3.0, 10.0))
def test_bound_money_costs_flexibility(stress: float, trust: float, horizon: float) -> None:
    """It grows with the gap, falls with trust and with how far the agency looks, and is nothing without a gap."""
    world = begun(small())
    world.parameters.horizon = horizon
    cost = flexibility_lost(world, stress, trust)
    assert cost > flexibility_lost(world, stress, trust + 0.05) >= 0.0
    assert flexibility_lost(world, 1.1 * stress, trust) > 1.2 * cost
    assert flexibility_lost(world, 0.0, trust) == 0.0
    world.parameters.horizon = 1.1 * horizon
    assert flexibility_lost(world, stress, trust) < cost


def test_lost_flexibility_is_what_uneven_cuts_cost() -> None:
    """Against the price of cash added up over the pounds cut: off the rest alone, less off all alike."""
    world = begun(small("joint-commissioning", "uncertainties.horizon=5"))
    stress, z, money = 0.3, 0.05, 100.0
    opening = stress * 0.25 * world.parameters.notice / world.parameters.horizon

    def cost(cut: float, of: float) -> float:
        """Worth of the pounds ``cut`` off present money, each at the price of the moment."""
        part = np.linspace(0.0, cut / of, 20_001)
        return float(of * np.trapezoid(((1.0 - stress) * (1.0 - part)) ** -world.parameters.cash_pressure, part))

    uneven = cost(opening * money, (1.0 - z) * money) - cost(opening * money, money)
    found = flexibility_lost(world, stress, 0.0) / world.clock.annuity * money * (z + z * z)
    assert found == pytest.approx(uneven, rel=0.1)


@given(st.floats(0.05, 0.7), st.floats(0.0, 0.95))
def test_a_gap_makes_partners_retreat_unless_they_trust(stress: float, trust: float) -> None:
    world = begun(small())
    world.agencies["price"] = python(price_of_cash)(world, stress)
    assert python(retreat)(world, 0, trust) > python(retreat)(world, 0, trust + 0.05) >= 0.0
    assert python(retreat)(world, 0, 1.0) == 0.0
    world.agencies["price"] = 1.0
    assert python(retreat)(world, 0, trust) == 0.0


def test_how_cash_is_priced_changes_nothing_where_there_is_no_gap() -> None:
    world = after(10, small("joint-commissioning", quarters=12))
    found = []
    for pressure in (0.5, 3.0):
        world.parameters.cash_pressure = pressure
        found.append((parts(world, 0.0), parts(world, 0.3)))
    assert np.array_equal(found[0][0], found[1][0])
    assert found[1][1][SAVING] > found[0][1][SAVING] > found[0][0][SAVING] > 0.0, "and something where there is one"


def test_both_forces_of_cuts_are_visible(lived_in: Any) -> None:
    """Deeper cuts raise what a pound saved is worth and what control is worth."""
    level, short = parts(lived_in, 0.05), parts(lived_in, 0.5)
    assert short[SAVING] > level[SAVING] > 0.0
    assert short[CONTROL] < level[CONTROL]


def test_cuts_go_up_to_three_times_the_path() -> None:
    assert LEVERS["cuts"].high == 3.0
    deep, deeper = (
        ensemble(small("joint-commissioning", f"levers.cuts={depth}", quarters=40), runs=2, threads=1) for depth in (2.0, 3.0)
    )
    assert (deeper.metrics["funding_gap"][:, -1] > deep.metrics["funding_gap"][:, -1]).all()
    assert deeper.metrics["ledger_error"].max() == 0.0


def test_reinvested_money_is_worth_something_and_clawed_back_money_nothing(lived_in: Any) -> None:
    """Outcomes in its remit and demand it avoids; the more is reinvested the less comes back."""
    a, found = 1, []
    department = int(lived_in.agencies[a].department)
    kept = float(lived_in.levers.clawback[department])
    for reinvested, clawback in ((0.0, kept), (0.5, kept), (1.0, kept), (0.0, 1.0)):
        lived_in.levers.reinvested_share, lived_in.levers.clawback[department] = reinvested, clawback
        found.append(parts(lived_in, 0.1))
    lived_in.levers.reinvested_share, lived_in.levers.clawback[department] = 0.5, kept
    none, half, all_of_it, clawed = found
    assert none[SAVING] > half[SAVING] > all_of_it[SAVING] == clawed[SAVING] == 0.0
    for part in (AVOIDED, MISSION):
        assert none[part] == clawed[part] < half[part] < all_of_it[part]
        assert half[part] == pytest.approx(0.5 * (none[part] + all_of_it[part]))


def test_savings_spent_again_avoid_demand_by_the_elasticity_of_other_spend() -> None:
    """A pound of them does for outcomes what a pound of prevention does: the gain that is expected is the one that comes."""
    world = after(6, small("single-pot", quarters=8))
    theme, j = world.themes[0], 0
    world.levers.reinvested_share, theme.scale_loss, theme.unearned, theme.removed = 1.0, 0.0, 0.0, 0.01
    theme.gain[:], theme.gain_again[:], world.domains["speed"] = 0.0, 0.0, 1.0
    world.parameters.rho = 1.0
    python(distribute)(world, j, float(world.shares.frontline[:, j].sum()))
    python(integrate)(world, j)
    theme.gain[:] = 0.0
    avoided = sum(python(avoided_demand)(world, a, j) for a in range(len(world.agencies)))
    driven = sum(float(row.reactive_start * row.unit_cost * (row.incidence @ theme.effect)) for row in world.agencies)
    driven *= world.parameters.reactive_elasticity
    at_once = python(gain_of_spending)(world, j) / world.parameters.outcome_delay
    assert avoided == pytest.approx(driven * at_once * 0.01, rel=1e-3)


@pytest.mark.parametrize("scenario", ["joint-commissioning", "single-pot"])
def test_reinvesting_all_is_not_clawing_back_all(scenario: str) -> None:
    """Pooling is larger where savings are reinvested than where they are clawed back, and so is wellbeing."""
    def played(*settings: str) -> Any:
        found = ensemble(small(scenario, *settings, place="Nottingham", quarters=40), runs=20, threads=1).metrics
        return found["pooled_share"][:, 20:].mean(), found["wellbeing"][:, 20:].mean()

    reinvested, clawed = played("levers.reinvested_share=1"), played("levers.reinvested_share=0", "levers.clawback=1")
    assert reinvested[0] > clawed[0]
    assert reinvested[1] > clawed[1]
