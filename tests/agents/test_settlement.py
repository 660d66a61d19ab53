"""Budgets that are known ahead: what a settlement tells agencies, and what they make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worlds import after, begun, differing, small
from totalplace import run
from totalplace.agents.cash import look_ahead, lost_flexibility, opening, outlook, price_of_cash, retreat, run_settlement
from totalplace.agents.compiled import python
from totalplace.sim.model.world import build

THREE = "levers.settlement_years=3"


def told(path: list[float], years: float, stress: float = 0.1) -> Any:
    """A world whose first agency has a gap and is told its budgets: the index of each quarter to come from ``path``."""
    world = begun(small("joint-commissioning", f"levers.settlement_years={years}", quarters=8))
    python(run_settlement)(world)
    agency = world.agencies[0]
    world.levers.cuts, agency.depth, agency.budget_held, agency.path_held = 1.0, 1.0, 1.0, 1.0
    world.budget_path[0] = np.interp(np.arange(world.budget_path.shape[1]), np.arange(len(path)), path)
    agency.budget, agency.stress = agency.baseline * path[0], stress
    agency.price = python(price_of_cash)(world, stress)
    python(look_ahead)(world, 0)
    return world


def test_without_a_settlement_the_price_of_today_is_that_of_the_horizon() -> None:
    world = told([1.0, 0.5], 0.0)
    assert world.clock.known == 0
    assert python(outlook)(world, 0) == world.agencies[0].price
    assert python(opening)(world, 0) == 0.1 * 0.25 * 4 / world.parameters.horizon


def test_a_level_settlement_keeps_the_price_and_takes_the_fear_of_losing_more() -> None:
    world, plain = told([1.0] * 24, 3.0), told([1.0] * 24, 0.0)
    assert world.clock.known == 12
    assert python(outlook)(world, 0) == pytest.approx(plain.agencies[0].price)
    uncovered = 1.0 - 3.0 / world.parameters.horizon
    assert python(opening)(world, 0) == pytest.approx(uncovered**0.5 * python(opening)(plain, 0))
    assert 0.0 < python(lost_flexibility)(world, 0, 0.3) < python(lost_flexibility)(plain, 0, 0.3), "a commitment is safer"


def test_who_knows_that_the_gap_closes_counts_on_it_and_who_knows_that_it_opens_does_too() -> None:
    level = told([1.0] * 24, 3.0)
    better, worse = told([1.0, 1.02] + [1.02] * 22, 3.0), told([1.0, *np.linspace(1.0, 0.8, 12)] + [0.8] * 12, 3.0)
    price = [python(outlook)(world, 0) for world in (better, level, worse)]
    assert price == sorted(price)
    assert price[0] < price[1] < price[2]
    fear = [python(lost_flexibility)(world, 0, 0.3) for world in (better, level, worse)]
    assert fear[0] <= fear[1] < fear[2], "known cuts are worse than feared ones where they are deeper"
    away = [python(retreat)(world, 0, 0.3) for world in (better, level, worse)]
    assert away[0] < away[1] < away[2]


def test_the_outlook_is_the_mean_price_over_the_horizon() -> None:
    path = [1.0, 0.99, 0.98, 0.97, 0.96]
    world = told(path, 1.0)
    agency, planned = world.agencies[0], world.agencies[0].frontline_start + world.agencies[0].common_start
    prices = [python(price_of_cash)(world, 0.1 + agency.baseline * (1.0 - index) / planned) for index in path[1:]]
    quarters = 4.0 * world.parameters.horizon
    assert python(outlook)(world, 0) == pytest.approx((sum(prices) + (quarters - 4) * prices[-1]) / quarters)
    assert agency.known_loss == pytest.approx(agency.baseline * 0.04 / planned)


def test_agencies_look_ahead_in_the_quarter_in_which_a_settlement_is_set() -> None:
    world = begun(small("better-care-fund", THREE, quarters=8, start="2010-04"))
    python(run_settlement)(world)
    assert (world.agencies.price_ahead >= 1.0).all(), "a plan of the year is made before money arrives"


def test_a_settlement_runs_out_and_the_next_comes() -> None:
    world = begun(small("joint-commissioning", "levers.settlement_years=1", quarters=8))
    known = []
    for quarter in range(7):
        world.clock.quarter = quarter
        python(run_settlement)(world)
        known.append(int(world.clock.known))
    assert known == [4, 3, 2, 1, 4, 3, 2]
    world.levers.settlement_years = 2.0
    python(run_settlement)(world)
    assert world.clock.known == 8, "another length begins when it is set"


def test_budgets_are_known_beyond_the_end_of_the_run_so_that_its_length_changes_nothing() -> None:
    short, long = (run(small("joint-commissioning", THREE, quarters=quarters), seed=3) for quarters in (8, 20))
    for name in short.metrics.dtype.names or ():
        assert short.metrics[name].tobytes() == long.metrics[name][:8].tobytes(), name
    for settings in ((THREE,), ()):
        world = build(small("joint-commissioning", *settings)).world
        assert world.budget_path.shape[1] == 8 + 20, "as far as the longest settlement, which may be set in play"


def test_no_settlement_is_the_model_as_it_was_and_one_to_come_changes_nothing_before() -> None:
    plain = run(small("joint-commissioning", quarters=16, place="Leeds"), seed=2)
    event = 'events=["2012-10: settlement years at 3"]'
    later = run(small("joint-commissioning", event, quarters=16, place="Leeds"), seed=2)
    assert "deals" in differing(plain, later), "agencies weigh otherwise what they are asked for"
    weighed = [one.deals[one.deals["quarter"] < 8].tobytes() for one in (plain, later)]
    assert weighed[0] == weighed[1]
    for name in plain.metrics.dtype.names or ():
        assert plain.metrics[name][:8].tobytes() == later.metrics[name][:8].tobytes(), name


def test_agencies_know_their_budgets_in_a_run_with_cuts() -> None:
    world = after(10, small("joint-commissioning", THREE, quarters=12))
    losing = world.agencies.known_loss > 0.0
    assert losing.any()
    assert (world.agencies.price_ahead[losing] > world.agencies.price[losing]).all()
