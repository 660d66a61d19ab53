"""What steers joint working has effects and costs: partnership work, programmes, departments, neighbourhoods, property."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import totalplace as tp
from tests.worlds import after, begun, small
from totalplace.agents.commissioner import hurried
from totalplace.agents.compiled import python
from totalplace.agents.department import keep_standing
from totalplace.agents.estate import hand_back_receipts, year_of_change
from totalplace.agents.ledger import AGENCY_ACCOUNT, CAPITAL_POT, CHANGE_SUPPLIERS, DEPARTMENT_ACCOUNT, PUBLIC_DEBT
from totalplace.agents.request import network
from totalplace.agents.stance import heeded
from totalplace.agents.steering import on_the_table, pieces, slip, steering

MONEY = st.floats(0.001, 1e3)


def quick(name: str, *settings: str, quarters: int = 24, place: str = "Nottingham") -> Any:
    return tp.run(small(name, *settings, quarters=quarters, place=place), 1).metrics


# ---- partnership work

def met_for_certain(world: Any, c: int = 0, a: int = 4) -> Any:
    world.parameters.networking = 10.0
    world.ties[a, c].met, world.ties[a, c].tied = 0, 0
    world.links[a], world.links[:, a] = 0.0, 0.0
    return world.ties[a, c]


def test_to_meet_ties_links_and_counts_as_contact() -> None:
    world = begun(small())
    tie = met_for_certain(world)
    python(network)(world, 0, 4)
    host = world.commissioners[0].host
    assert (tie.tied, tie.met, world.links[4, host], world.links[host, 4]) == (1, 1, 1.0, 1.0)


def test_without_partnership_work_nobody_is_met() -> None:
    world = begun(small())
    tie = met_for_certain(world)
    world.parameters.networking = 0.0
    python(network)(world, 0, 4)
    assert (tie.tied, tie.met) == (0, 0)


@pytest.mark.parametrize(("spread", "quarter", "part"), [(0.1, 0, 0.0), (0.1, 1, 0.1), (0.1, 2, 0.19), (0.0, 9, 0.0)])
def test_a_new_tie_carries_what_word_of_links_would_have_brought(spread: float, quarter: int, part: float) -> None:
    world = begun(small())
    tie = met_for_certain(world)
    world.parameters.reputation_spread, world.clock.quarter, tie.trust, tie.heard = spread, quarter, 0.4, 0.8
    python(network)(world, 0, 4)
    assert tie.trust == pytest.approx(0.4 + part * 0.4)


def test_an_old_tie_gets_no_trust_from_meeting_but_by_contact() -> None:
    world = begun(small())
    tie = met_for_certain(world)
    tie.tied, tie.trust, tie.heard, world.clock.quarter = 1, 0.4, 0.8, 8
    python(network)(world, 0, 4)
    assert (tie.met, tie.trust) == (1, 0.4)


def test_partnership_work_builds_trust_and_costs_agencies_staff_time() -> None:
    little, much = (quick("joint-commissioning", f"uncertainties.networking={n}") for n in (0.03, 0.2))
    assert much["mean_trust"][-1] > little["mean_trust"][-1]
    assert much["steering_cost"][-1] == pytest.approx(little["steering_cost"][-1] * 0.2 / 0.03)


# ---- costs and who pays them

@pytest.mark.parametrize(("name", "setting", "cost"), [
    ("joint-commissioning", "levers.leadership_programme=1", "programme_cost"),
    ("joint-commissioning", "levers.capital_pot=1", "asset_board_cost"),
])
def test_agencies_pay_programme_and_board_by_people(name: str, setting: str, cost: str) -> None:
    plain, dear = (begun(small(name, *extra)) for extra in ((), (setting,)))
    for world in (plain, dear):
        world.clock.on_table = python(on_the_table)(world)
    more = sum(python(steering)(dear, a) - python(steering)(plain, a) for a in range(len(dear.agencies)))
    people = float(dear.clock.population) * 1e-6
    assert more == pytest.approx(float(dear.clock.on_table) * float(getattr(dear.parameters, cost)) * people)
    assert 0.0 < dear.clock.on_table <= 1.0


def test_nothing_on_the_table_costs_nothing() -> None:
    for settings in (("levers.scope=0",), ("arrangement=silo",)):
        m = quick("joint-commissioning", "levers.leadership_programme=1", "levers.encouragement=1", *settings, quarters=8)
        assert not m["steering_cost"].any()
        assert not m["oversight_cost"].any()


def test_departments_pay_for_pressing_and_not_for_forbidding() -> None:
    flows = {}
    for stance in (-1, 0, 1):
        scenario = small("joint-commissioning", f"levers.encouragement={stance}", "uncertainties.attention=0", "levers.freedom=0",
                         "uncertainties.department_stance=0",
                         quarters=4)
        world = after(4, scenario)
        flows[stance] = np.asarray(world.flows)[DEPARTMENT_ACCOUNT : DEPARTMENT_ACCOUNT + 9, CHANGE_SUPPLIERS].sum()
    assert flows[-1] == flows[0] == 0.0
    assert flows[1] == pytest.approx(world.parameters.support_cost * world.clock.population * 1e-6 * world.clock.on_table)


def test_freedom_costs_assurance_and_part_of_what_targets_secured() -> None:
    bound, free = (after(12, small("single-pot", f"levers.freedom={n}", quarters=12)) for n in (0, 1))
    assert free.departments.assurance.sum() > bound.departments.assurance.sum()
    for j in range(len(free.themes)):
        assert python(slip)(bound, j) == 0.0
        assert 0.0 < python(slip)(free, j) < free.parameters.target_worth


def test_statute_costs_compliance() -> None:
    none, some = (quick("mandated-pooling", "levers.mandate=0", f"levers.mandate_money={n}", "arrangement.themes_a_quarter=0",
                        "arrangement.annual_plan=false", quarters=12) for n in (0, 40))
    assert some["steering_cost"][-1] > none["steering_cost"][-1]


# ---- standing of a department

@pytest.mark.parametrize(("stance", "delivered", "falls"), [(1.0, 0.0, True), (1.0, 3.0, False), (0.0, 0.0, False),
                                                            (-1.0, 0.0, False)])
def test_pressing_in_vain_costs_standing(stance: float, delivered: float, falls: bool) -> None:
    world = begun(small())
    department = world.departments[0]
    department.encouragement, department.due, department.delivered = stance, 10.0, delivered
    python(keep_standing)(world, 0)
    assert (department.standing < 1.0) == falls
    if falls:
        assert department.standing == pytest.approx(1.0 - 0.25 * world.parameters.pressed_reputation)
    department.standing, department.encouragement = 0.5, 0.0
    python(keep_standing)(world, 0)
    assert 0.5 < department.standing < 1.0


def test_a_push_is_heeded_by_standing_and_a_prohibition_always() -> None:
    world = begun(small())
    row = world.departments[world.agencies[0].department]
    row.standing = 0.25
    for stance, expected in ((0.8, 0.2), (-0.8, -0.8)):
        row.encouragement = stance
        assert python(heeded)(world, 0) == pytest.approx(expected)


# ---- neighbourhoods

@pytest.mark.parametrize(("people", "size", "expected"), [(1e6, 100, 1.0), (2e5, 100, 2.0), (2e4, 100, 4.0), (1e5, 50, 2.0)])
def test_devolving_breaks_into_pieces_only_below_the_efficient_size(people: float, size: float, expected: float) -> None:
    world = begun(small(clusters=4))
    world.clock.population, world.parameters.efficient_size = people, size
    assert python(pieces)(world) == pytest.approx(expected)


def test_neighbourhoods_win_where_need_is_unequal_and_lose_scale_where_it_is_not() -> None:
    """Fit and local knowledge help people; boards and lost scale cost money, in a small place more for each head."""
    change = {}
    for place in ("Liverpool", "Rutland"):
        quiet = ("uncertainties.outcome_noise=0", "uncertainties.eta=0.78")
        people = tp.load("single-pot", place=place).material.place.population
        one, other = (tp.run(tp.load("single-pot", place=place, set=[*quiet, f"levers.neighbourhood_share={n}"]), 1).metrics
                      for n in (0, 1))
        change[place] = [float(other[name][-1] - one[name][-1]) * by
                         for name, by in (("wellbeing", 1.0), ("net_saving", 1e6 / people), ("inequality", 1.0))]
    assert change["Liverpool"][0] > 0.0 > change["Rutland"][0]
    assert change["Rutland"][1] < change["Liverpool"][1] < 0.0
    assert change["Liverpool"][2] < 0.0


def test_boards_are_paid_by_those_whose_money_they_steer() -> None:
    world = after(12, small("single-pot", "levers.neighbourhood_share=1", quarters=12, clusters=3))
    world.levers.neighbourhood_share[:] = 0.0
    without = [python(steering)(world, a) for a in range(len(world.agencies))]
    world.levers.neighbourhood_share[:] = 1.0
    more = sum(python(steering)(world, a) - one for a, one in enumerate(without))
    live = (world.shares.ceded > 0).any(axis=0).sum()
    assert more == pytest.approx(world.parameters.board_cost * 2 * live)


# ---- property receipts and money for change

def test_the_pot_keeps_a_year_of_change_and_owners_a_year_of_double_running() -> None:
    world = begun(small("single-pot"))
    world.levers.capital_pot = 1.0
    reserve = python(year_of_change)(world)
    world.agencies.estate[:] = 0.5 * world.agencies.estate_start
    world.accounts[CAPITAL_POT].held = reserve + 10.0
    world.agencies[0].transition = 0.5
    python(hand_back_receipts)(world)
    part = world.agencies.estate_start / world.agencies.estate_start.sum()
    assert world.accounts[CAPITAL_POT].held == pytest.approx(reserve)
    assert world.flows[CAPITAL_POT, AGENCY_ACCOUNT:] == pytest.approx(10.0 * part)
    kept = min(0.5, 10.0 * part[0])
    assert world.agencies.receipts.tolist() == pytest.approx([kept, *([0.0] * (len(part) - 1))])
    assert world.flows[:, PUBLIC_DEBT].sum() == world.agencies.handed_back.sum() == pytest.approx(10.0 - kept)


def test_without_a_pot_nothing_stays_in_one() -> None:
    world = begun(small("single-pot"))
    world.levers.capital_pot = 0.0
    world.agencies.estate[:] = 0.9 * world.agencies.estate_start
    world.accounts[CAPITAL_POT].held = 3.0
    python(hand_back_receipts)(world)
    assert world.accounts[CAPITAL_POT].held == pytest.approx(0.0)
    assert world.flows[:, PUBLIC_DEBT].sum() == pytest.approx(3.0)


def test_more_property_released_saves_upkeep_and_brings_receipts() -> None:
    few, many = (quick("single-pot", f"uncertainties.estate_release={n}", quarters=40) for n in (0.05, 0.3))
    for metric in ("upkeep_saved", "net_saving", "receipts_returned", "capital_receipts"):
        assert many[metric][-1] > few[metric][-1], metric


@given(MONEY, MONEY, MONEY)
def test_spare_money_buys_speed_with_diminishing_returns(cost: float, spare: float, more: float) -> None:
    world = begun(small())
    once, twice = (python(hurried)(world, money, cost) for money in (spare, spare + more))
    assert 1.0 < once <= twice <= 1.0 + world.parameters.hurry
    assert (once - 1.0) * cost <= spare * (1.0 + 1e-12)
    assert python(hurried)(world, -spare, cost) == python(hurried)(world, spare, 0.0) == 1.0


def test_a_transition_fund_speeds_redesign_and_what_is_not_drawn_is_not_paid() -> None:
    none, some, plenty = (quick("joint-commissioning", f"levers.transition_fund={n}", "uncertainties.transition_willingness=0",
                                quarters=40) for n in (0, 10, 50))
    assert none["redesign"].mean() < some["redesign"].mean() < plenty["redesign"].mean()
    assert not none["change_by_treasury"].any()
    population = tp.load("joint-commissioning", place="Nottingham").material.place.population
    assert plenty["change_by_treasury"].max() < 50.0 * population * 1e-6
    assert plenty["change_by_treasury"].sum() == pytest.approx(plenty["transition_cost"].sum())
