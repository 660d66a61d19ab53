"""Three promises, and a record that agencies learn from: belief in business cases, trust won and lost, what budgets count on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import after, begun, fixed, small
from totalplace.agents.agency import hear, learn, review
from totalplace.agents.compiled import python
from totalplace.agents.department import observe, steer
from totalplace.agents.promises import believed, delivered_on, kept_word, weigh_record
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.model import kernel
from totalplace.sim.model.world import build

UNIT = st.floats(0.0, 1.0)
MONEY = st.floats(0.001, 100.0)


def ceding(promised: float, delivered: float, live: int = 40, agency: int = 1) -> Any:
    """A world in which one agency cedes half of a theme on a promise (£m a year) of which it has ``delivered``."""
    world = begun(small())
    share = world.shares[agency, 0]
    share.ceded, share.live, share.promised, share.delivered = 0.5, live, promised, delivered
    world.ties[agency, int(world.themes[0].commissioner)].tied = 1
    world.links[:] = 0.0
    return world


@given(MONEY, MONEY, MONEY)
def test_better_delivery_never_costs_trust(expected: float, one: float, other: float) -> None:
    world = begun(small())
    low, high = sorted((one, other))
    assert python(kept_word)(world, expected, low) <= python(kept_word)(world, expected, high)
    assert python(kept_word)(world, expected, expected) == world.parameters.trust_gain > 0.0, "a kept promise raises trust"
    assert python(kept_word)(world, expected, 0.0) == -world.parameters.trust_loss < 0.0
    most = (1.0 + world.parameters.surprise_bound) * world.parameters.trust_gain
    assert python(kept_word)(world, expected, 1e9 * expected) == pytest.approx(most)


@given(st.one_of(st.just(0.0), st.just(1.0), st.floats(0.001, 2.0)))
def test_gain_and_loss_of_trust_are_two_effects(kept: float) -> None:
    """More gain never lowers trust, whatever is delivered, and more loss never raises it."""
    world = begun(small())
    found = []
    for name in ("trust_gain", "trust_loss"):
        row = PARAMETERS[name]
        values = []
        for value in (row.low, row.high):
            setattr(world.parameters, name, value)
            values.append(python(kept_word)(world, 1.0, kept))
        setattr(world.parameters, name, row.default)
        found.append(values[1] - values[0])
    assert found[0] >= 0.0 >= found[1]
    assert (found[0] > 0.0) == (kept > 0.0)
    assert (found[1] < 0.0) == (kept < 1.0)


@pytest.mark.parametrize(("delivered", "sign"), [(0.0, -1), (1.0, 1)])
def test_trust_falls_or_rises_by_delivery_against_what_was_expected(delivered: float, sign: int) -> None:
    trust = []
    for promised in (0.0, 2.0):  # without a promise nothing is held against it
        world = ceding(promised, delivered)
        world.agencies[1].belief = 0.5
        world.ties["heard"] = world.ties["trust"]
        world.parameters.reputation_spread = 0.0
        python(hear)(world, 1)
        python(learn)(world, 1)
        trust.append(float(world.ties[1, int(world.themes[0].commissioner)].trust))
    assert np.sign(trust[1] - trust[0]) == sign


@given(UNIT, UNIT)
def test_belief_moves_to_the_record_and_stops_there(belief: float, record: float) -> None:
    world = ceding(10.0, 10.0 * record)
    world.agencies[1].belief = belief
    python(hear)(world, 1)
    assert (world.agencies[1].due, world.agencies[1].delivered) == pytest.approx((10.0, 10.0 * record))
    for _ in range(4):
        python(weigh_record)(world, 1)
    left = (1.0 - world.parameters.record_learning) * (belief - record)
    assert world.agencies[1].belief == pytest.approx(record + left), "a year closes the part of the gap that the parameter says"
    for _ in range(400):
        python(weigh_record)(world, 1)
    assert world.agencies[1].belief == pytest.approx(record, abs=1e-6)


def test_an_agency_hears_of_the_record_of_those_it_is_linked_with() -> None:
    world = ceding(10.0, 0.0)
    python(hear)(world, 1)
    python(hear)(world, 2)
    before = float(world.agencies[2].belief)
    python(weigh_record)(world, 2)
    assert world.agencies[2].belief == before, "it has no pool, and is linked with nobody"
    world.links[1, 2] = world.links[2, 1] = 1.0
    python(weigh_record)(world, 2)
    assert world.agencies[2].belief == pytest.approx(before * (1.0 - world.parameters.reputation_spread))


def test_over_promising_loses_its_effect() -> None:
    """Agencies that begin by believing the same part of a case twice as inflated expect less of it with every year."""
    ratios = []
    for years in (0, 1, 5, 20):
        expected = []
        for inflation in (3.0, 6.0):
            world = ceding(10.0 * inflation / 3.0, 3.0)
            world.parameters.business_case = inflation
            world.agencies[1].belief = 0.3
            python(hear)(world, 1)
            for _ in range(4 * years):
                python(weigh_record)(world, 1)
            expected.append(python(believed)(world, 1))
        ratios.append(expected[1] / expected[0])
    assert ratios[0] == pytest.approx(2.0)
    assert ratios[-1] == pytest.approx(1.0, abs=1e-3)
    assert np.all(np.diff(ratios) < 0.0)


def test_the_first_belief_knows_how_cases_are_written() -> None:
    """What is expected at first does not depend on how much cases promise, until belief would pass all of it."""
    for inflation in (1.5, 3.0, 6.0):
        template = build(small())
        world = template.fresh()
        fixed(world, business_case=inflation, first_expectation=1.2)
        world.clock.seed = 1
        kernel.start(world)
        assert python(believed)(world, 0) == pytest.approx(1.2)
    fixed(world, business_case=1.5, first_expectation=2.1)
    kernel.start(world)
    assert world.agencies["belief"].max() == 1.0


def test_nobody_promised_what_a_single_pot_takes() -> None:
    world = ceding(10.0, 4.0)
    share = world.shares[1, 0]
    assert python(delivered_on)(share) == 4.0
    share.single_pot = 0.25
    assert python(delivered_on)(share) == pytest.approx(2.0)
    share.single_pot = 0.75
    assert python(delivered_on)(share) == 0.0


def test_departments_hold_delivery_against_the_political_claim() -> None:
    """The louder the claim, the cooler the department that saw no more delivered."""
    stance = []
    for claim in (1.0, 3.0):
        world = ceding(10.0, 3.0)
        world.parameters.political_claim = claim
        d = int(world.agencies[1].department)
        python(observe)(world, d)
        assert world.departments[d].due == pytest.approx(10.0 * claim)
        python(steer)(world, d)
        stance.append(float(world.departments[d].encouragement))
    assert stance[1] < stance[0]


def notices(target: float, delivered: float) -> int:
    """How many of many agencies with one pool each give notice in a quarter."""
    world = ceding(10.0, delivered)
    world.parameters.budget_target, world.parameters.exit_rate = target, 0.3
    given_notice = 0
    for quarter in range(400):
        world.clock.quarter = quarter
        share = world.shares[1, 0]
        share.notice, share.live = 0, 40
        python(review)(world, 1)
        given_notice += int(share.notice > 0)
    return given_notice


def test_missed_budget_targets_drive_partners_out() -> None:
    assert notices(1.0, 3.0) > notices(0.3, 3.0), "what budgets count on in vain"
    assert notices(0.3, 3.0) == notices(0.3, 30.0), "a target that is met pushes nobody, however far"
    assert notices(1.0, 0.0) > notices(1.0, 5.0)


def test_joint_working_is_better_for_nobody_in_the_first_quarter() -> None:
    """And only noticeably better counts: partners of a single pot that expect no more than comes trust a little more at once."""
    sober = "uncertainties.first_expectation=0.9"
    found = ensemble(small("single-pot", sober, place="Nottingham", quarters=12), runs=4, threads=1).metrics["joint_working_better"]
    assert found[:, 0].max() == 0.0
    assert found.max(axis=1).min() > 50.0
    world = after(3, small("single-pot", sober, place="Nottingham", quarters=12))
    pooling = world.ties["money"] > 0.0
    rise = (world.ties["trust"] - world.ties["trust_joined"])[pooling]
    assert (rise > 0.0).mean() > (rise > world.parameters.noticed_trust).mean() > 0.0


def test_what_was_planned_and_what_was_delivered() -> None:
    """Business cases count in money what pilots counted, and promise more than comes."""
    run = ensemble(small("single-pot", "uncertainties=default", place="Nottingham", quarters=40), runs=4, threads=1)
    planned, delivered = run.metrics["planned_benefit_cost_ratio"], run.metrics["benefit_cost_ratio"]
    assert planned[:, 0].min() >= 0.0
    assert (planned[:, -1] > 1.0).all()
    assert (delivered[:, -1] > 0.0).all()
    claimed, promised, budgeted = (run.metrics[name] for name in ("claimed_saving", "promised_saving", "budgeted_saving"))
    assert np.allclose(claimed, PARAMETERS["political_claim"].default * promised)
    assert np.allclose(budgeted, PARAMETERS["budget_target"].default * promised)
    assert (promised[:, -1] > 0.0).all()
