"""Bodies that change, and bodies larger than a place: officers, governors, mergers, reorganisation."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.laws import assert_lawful
from tests.worlds import after, begun, differing, differing_tables, small
from totalplace import run
from totalplace.agents.appraisal import aversion_to
from totalplace.agents.board import leaning, leans_to
from totalplace.agents.bodies import at_the_table, capacity, may_open
from totalplace.agents.commissioner import pace
from totalplace.agents.compiled import python
from totalplace.agents.reorganisation import owe, pass_time, start_again, take_shape
from totalplace.agents.request import can_join
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places.surroundings import bodies_of, part_of_body
from totalplace.scenarios.vocabulary import AGENCY_KINDS
from totalplace.sim.engine.place_model import PlaceModel

COUNCIL, NHS, POLICE = (AGENCY_KINDS.index(kind) for kind in ("council", "nhs", "police"))


def of_kind(world: Any, kind: int) -> int:
    return int(np.flatnonzero(world.agencies.kind == kind)[0])


def led_by(world: Any, a: int) -> int:
    """The first commissioner that sits in an agency."""
    return int(np.flatnonzero(world.commissioners.host == a)[0])


def shaped(kind: int, scenario: str = "joint-commissioning", **levers: float) -> tuple[Any, int]:
    """A begun world in which bodies of a kind change at once."""
    world = begun(small(scenario))
    for name, value in levers.items():
        getattr(world.levers, name)[kind] = value
    a = of_kind(world, kind)
    python(take_shape)(world, a)
    return world, a


def event(date: str, lever: str, target: str, value: float) -> str:
    return "events=" + json.dumps([{"date": date, "lever": lever, "target": target, "value": value}])


# ---- levers that stand as in the base year


def test_bodies_as_they_were_change_nothing() -> None:
    world, a = shaped(NHS)
    plain = begun(small())
    for name in plain.agencies.dtype.names or ():
        assert world.agencies[name].tobytes() == plain.agencies[name].tobytes(), name
    assert world.agencies[a].capacity == 1.0


@pytest.mark.parametrize("setting", ["uncertainties.body_attention=0.6", "uncertainties.reorganised_trust=0.8",
                                     "uncertainties.running_cost=0.02", "uncertainties.reorganisation_cost=0.05"])
def test_parameters_of_change_move_nothing_where_no_body_changes(setting: str) -> None:
    assert not differing(run(small(), seed=1), run(small("joint-commissioning", setting), seed=1))


# ---- officers


def test_half_the_officers_are_at_half_the_tables_and_redesign_half_as_fast() -> None:
    world, a = shaped(NHS, commissioning_capacity=0.5)
    plain, c = begun(small()), led_by(world, a)
    assert world.agencies[a].capacity == 0.5
    assert python(pace)(world, c, 2) == pytest.approx(0.5 * python(pace)(plain, c, 2))
    there, opened = [], []
    for quarter in range(200):
        world.clock.quarter = quarter
        there.append(python(at_the_table)(world, a, 0))
        opened.append(python(may_open)(world, c))
    assert 0.35 < np.mean(there) < 0.65
    assert 0.35 < np.mean(opened) < 0.65
    assert python(may_open)(plain, c)


def test_what_officers_cost_is_not_paid_any_more_and_frontline_money_is_as_it_was() -> None:
    world, a = shaped(NHS, commissioning_capacity=0.5)
    plain = begun(small())
    agency, before = world.agencies[a], plain.agencies[a]
    saved = 0.5 * world.parameters.running_cost * before.baseline
    assert agency.released == pytest.approx(saved)
    assert before.baseline - agency.baseline == pytest.approx(saved)
    assert before.common_start - agency.common_start == pytest.approx(saved)
    assert agency.frontline_start == before.frontline_start
    assert agency.one_off * agency.paying / 4.0 == pytest.approx(world.parameters.severance * saved)
    world.levers.commissioning_capacity[NHS] = 1.0
    python(take_shape)(world, a)
    assert agency.released == 0.0
    assert agency.baseline == pytest.approx(before.baseline)
    assert world.shares.common_start[a] == pytest.approx(plain.shares.common_start[a])


def test_fewer_officers_make_agreements_dearer_where_officers_support_them() -> None:
    world, a = shaped(NHS, commissioning_capacity=0.5)
    assert (world.shares.agreement[a] >= begun(small()).shares.agreement[a] * 0.999).all()
    assert world.shares.agreement[a].sum() > begun(small()).shares.agreement[a].sum()


def test_fewer_officers_pool_less_in_a_run() -> None:
    pooled = []
    for part in (0.05, 1.0):
        scenario = small("joint-commissioning", f"levers.commissioning_capacity={part}", quarters=24, place="Leeds")
        pooled.append(np.mean([run(scenario, seed=seed).metrics["pooled_share"][-1] for seed in range(6)]))
    assert pooled[0] < pooled[1]


# ---- bodies larger than a place


def test_a_part_of_a_larger_body_has_more_than_its_share_of_officers_and_less_than_all() -> None:
    world = begun(small())
    world.agencies[0].part_of_body, world.parameters.body_attention = 0.25, 0.25
    assert python(capacity)(world, 0) == pytest.approx(0.25**0.25)
    world.parameters.body_attention = 0.0
    assert python(capacity)(world, 0) == 1.0
    world.parameters.body_attention, world.agencies[0].merged = 0.25, 2.0
    assert python(capacity)(world, 0) == pytest.approx(0.125**0.25)


def test_places_of_2010_have_bodies_of_their_own_and_those_of_today_parts_of_larger_ones() -> None:
    assert {part_of_body("Birmingham", "2010-11", kind) for kind in AGENCY_KINDS} == {1.0}
    assert part_of_body("Leicester", "2024-25", "council") == 1.0
    board = next(body for body in bodies_of("Leicester", "2024-25") if body.kind == "integrated care board")
    assert part_of_body("Leicester", "2024-25", "nhs") == next(
        need for code, need in board.need.items() if code == "E06000016")
    today = begun(small("joint-commissioning", year="2024-25", place="Leicester"))
    a = of_kind(today, NHS)
    assert 0.0 < today.agencies[a].capacity < 1.0
    off = begun(small("joint-commissioning", "uncertainties.body_attention=0", year="2024-25", place="Leicester"))
    assert off.agencies[a].capacity == 1.0


def test_of_two_boards_of_a_place_that_which_is_more_its_own_counts_more() -> None:
    kind = "integrated care board"
    parts = [body.need["E10000030"] for body in bodies_of("Surrey", "2024-25") if body.kind == kind]
    assert len(parts) > 1
    assert min(parts) < part_of_body("Surrey", "2024-25", "nhs") < max(parts)


def test_what_statute_has_planned_each_year_everybody_is_at_the_table_for() -> None:
    world = after(3, small("better-care-fund-2025", quarters=4, place="Leicester"))
    a = of_kind(world, NHS)
    health = int(world.themes.talked.argmax())
    world.agencies[a].capacity = 0.01
    assert [python(at_the_table)(world, a, health), python(at_the_table)(world, a, health + 1)] == [True, False]
    world.agencies[a].closed = 2
    assert python(at_the_table)(world, a, health)


# ---- mergers, governors, reorganisation


@pytest.mark.parametrize(("lever", "value"), [("merger", 2.0), ("reorganisation", 1.0)])
def test_a_body_merged_or_made_anew_loses_leader_ties_and_part_of_the_trust(lever: str, value: float) -> None:
    world = after(12, small("joint-commissioning", quarters=16, place="Leeds"))
    a = of_kind(world, COUNCIL)
    before, own = world.ties.copy(), led_by(world, a)
    world.agencies[a].leadership, world.ties.money[a] = 0.123, 0.0
    world.links[a], world.links[:, a] = 1.0, 1.0
    getattr(world.levers, lever)[COUNCIL] = value
    python(take_shape)(world, a)
    back = world.parameters.reorganised_trust
    elsewhere = [c for c in range(len(world.commissioners)) if world.commissioners[c].host != a]
    wanted = before.trust + back * (before.trust_start - before.trust)
    assert world.ties.trust[a, elsewhere] == pytest.approx(wanted[a, elsewhere])
    assert world.ties.trust[:, own] == pytest.approx(wanted[:, own]), "trust in the commissioner that sits in it"
    others = [b for b in range(len(world.agencies)) if b != a]
    assert world.ties.trust[others][:, elsewhere].tolist() == before.trust[others][:, elsewhere].tolist()
    assert world.agencies[a].leadership != 0.123
    assert 0 < np.count_nonzero(world.links[a] == 0.0) < len(world.agencies)


def test_pooled_money_passes_to_the_body_that_comes_after() -> None:
    world = after(16, small("joint-commissioning", quarters=20, place="Leeds"))
    a = of_kind(world, COUNCIL)
    ceded, agreed = world.shares.ceded[a].copy(), world.shares.agreed[a].copy()
    assert ceded.sum() + agreed.sum() > 0.0
    world.levers.reorganisation[COUNCIL] = 1.0
    python(take_shape)(world, a)
    assert np.array_equal(world.shares.ceded[a], ceded)
    assert np.array_equal(world.shares.agreed[a], agreed)
    assert all(world.ties.tied[a, c] == 1 for c in range(len(world.commissioners)) if world.ties.money[a, c] > 0.0)


def test_a_body_made_anew_makes_no_deals_for_a_time() -> None:
    world, a = shaped(COUNCIL, reorganisation=1.0)
    c, free = led_by(world, a), []
    j = world.themes.commissioner.tolist().index(c)
    world.agencies[a].may_pool = 1
    for _ in range(6):
        free.append((python(can_join)(world, c, a, j), python(may_open)(world, c)))
        python(pass_time)(world.agencies[a])
    assert free == [(False, False)] * 4 + [(True, True)] * 2


def test_a_change_is_paid_for_once_in_the_time_it_takes() -> None:
    world, a = shaped(COUNCIL, reorganisation=1.0)
    agency, cost = world.agencies[a], world.parameters.reorganisation_cost * world.agencies[a].baseline
    paid = 0.0
    for quarter in range(8):
        if quarter == 2:
            python(owe)(world, a, 1.0)
        paid += 0.25 * agency.one_off
        python(pass_time)(agency)
    assert paid == pytest.approx(cost + 1.0)
    assert agency.one_off == 0.0


def test_the_cost_of_reorganisation_is_in_the_ledger_and_beside_the_net_saving() -> None:
    scenario = small("joint-commissioning", event("2012-04", "reorganisation", "council", 1), quarters=16, place="Leeds")
    plain, found = run(small("joint-commissioning", quarters=16, place="Leeds"), seed=1), run(scenario, seed=1)
    cost = found.metrics["reorganisation_cost"]  # a sum since the start
    assert np.flatnonzero(np.diff(cost, prepend=0.0)).tolist() == [6, 7, 8, 9]
    agreed = np.diff(found.metrics["deals_agreed"])
    council = found.deals[found.deals["agency"] == 0]
    assert not np.isin(council["quarter"], [6, 7, 8, 9]).any()
    assert agreed.sum() > 0
    for metric in ("net_saving", "taxpayers_cash"):  # of joint working: what services miss meanwhile moves it by a trifle
        assert abs(found.metrics[metric][6] - plain.metrics[metric][6]) < 1e-3 * 4.0 * cost[6], metric
    assert_lawful(scenario, 1)


def test_other_governors_bring_another_leader_and_less_fear_of_those_they_lead() -> None:
    world, a = shaped(POLICE, "board-political", shared_governance=1.0)
    plain, c = begun(small("board-political")), led_by(world, of_kind(world, COUNCIL))
    assert python(aversion_to)(world, a, c, 0.3, 0.5) < python(aversion_to)(plain, a, c, 0.3, 0.5)
    health = led_by(world, of_kind(world, NHS))
    assert python(aversion_to)(world, a, health, 0.3, 0.5) == python(aversion_to)(plain, a, health, 0.3, 0.5)
    assert world.agencies[a].leadership != plain.agencies[a].leadership
    assert world.agencies[a].one_off > 0.0


@pytest.mark.parametrize(("governed", "own_part"), [(0.0, 1.0), (0.3, 0.7), (1.0, 0.0)])
def test_who_is_governed_by_others_votes_as_they_do(governed: float, own_part: float) -> None:
    world = begun(small("board-political"))
    council, police = of_kind(world, COUNCIL), of_kind(world, POLICE)
    world.agencies[police].governed = governed
    one, other = python(leaning)(world, police, 0, 0), python(leaning)(world, council, 0, 0)
    assert one != other
    assert python(leans_to)(world, police, 0, 0) == pytest.approx(own_part * one + (1.0 - own_part) * other)


def test_trust_that_was_lost_is_forgotten_too() -> None:
    world = begun(small())
    a = of_kind(world, POLICE)
    c = led_by(world, of_kind(world, COUNCIL))
    tie = world.ties[a, c]
    tie.trust_start, tie.trust = 0.5, 0.1
    python(start_again)(world, a, 0.5, 0.0)
    assert tie.trust == pytest.approx(0.3)


# ---- shipped scenarios


@pytest.mark.parametrize("place", ["Rutland", "Kent", "Camden"])
@pytest.mark.parametrize("name", ["boards-halved", "police-to-mayor", "reorganisation", "multi-year-settlement"])
def test_scenarios_of_bodies_keep_the_laws_and_do_what_they_say(name: str, place: str) -> None:
    scenario = small(name, place=place, quarters=20)
    assert_lawful(scenario, 3)
    found = run(scenario, seed=3).metrics
    cost, saved = found["reorganisation_cost"], found["running_cost_saved"]
    quarters = {"boards-halved": (5, 10), "police-to-mayor": (14, 18), "reorganisation": (14, 18), "multi-year-settlement": (0, 0)}
    assert np.flatnonzero(np.diff(cost, prepend=0.0)).tolist() == list(range(*quarters[name]))
    assert np.flatnonzero(saved).tolist() == (list(range(5, 20)) if name == "boards-halved" else [])


# ---- what files may say


@pytest.mark.parametrize(("setting", "said"), [
    ("levers.merger.nhs=0.5", "1 to 10"),
    ("levers.commissioning_capacity.icb=0.5", "nhs"),
    ("levers.settlement_years=9", "0 to 5"),
    ("levers.reorganisation.council=1", "all"),
    ("levers.shared_governance={police: 130%}", "0 to 1"),
])
def test_bad_values_are_answered(setting: str, said: str) -> None:
    with pytest.raises(InputError) as problem:
        small("joint-commissioning", setting)
    assert said in str(problem.value)


@pytest.mark.parametrize("name", ["boards-halved", "reorganisation", "police-to-mayor", "multi-year-settlement"])
def test_both_faces_are_equal_to_the_bit(name: str) -> None:
    scenario = small(name, place="Rutland", quarters=18)
    model = PlaceModel(scenario, rng=5)
    for _ in range(scenario.quarters):
        model.step()
    assert not differing_tables(model.world, after(scenario.quarters, scenario, 5))
