"""An agency's appraisal: annuity and ramp, its parts, ideal and limit against brute force, alternating concession."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.worlds import after, begun, small
from totalplace.agents.appraisal import appraise, conceded, consider, itemise, offer, own_saving, worth
from totalplace.agents.bargaining import ask
from totalplace.agents.commissioner import pace
from totalplace.agents.compiled import python
from totalplace.agents.duplication import power_volume
from totalplace.agents.horizon import annuity, ramp
from totalplace.scenarios.vocabulary import SAVINGS_RULES, THEMES

UNIT = st.floats(0.0, 1.0)


@pytest.mark.parametrize("years", [3.0, 5.0, 10.0])
@pytest.mark.parametrize("rate", [0.0, 0.02, 0.035, 0.06])
def test_annuity_is_the_sum_of_discounted_pounds(years: float, rate: float) -> None:
    world = begun(small())
    world.parameters.horizon, world.parameters.discount_rate = years, rate
    expected = sum((1.0 + rate) ** -year for year in range(1, int(years) + 1))
    assert python(annuity)(world) == pytest.approx(expected)


@given(st.floats(1.0, 10.0), st.floats(0.0, 8.0), st.floats(0.05, 0.5), UNIT, st.integers(2, 8))
def test_ramp_is_the_mean_progress_over_the_horizon(
    horizon: float, lag: float, rate: float, leadership: float, partners: int
) -> None:
    world = begun(small())
    world.parameters.horizon, world.parameters.setup_lag, world.parameters.redesign_rate = horizon, lag, rate
    world.commissioners[0].leadership, world.board.set_up = leadership, 1.0
    speed = 4.0 * python(pace)(world, 0, partners)
    time = np.linspace(0.0, horizon, 20_001)
    progress = np.where(time > 0.25 * lag, 1.0 - np.exp(-speed * (time - 0.25 * lag)), 0.0)
    expected = np.trapezoid(progress, time) / horizon
    assert python(ramp)(world, 0, partners) == pytest.approx(expected, abs=1e-5)


@pytest.fixture(scope="module")
def lived_in() -> Any:
    """A world with live deals and history."""
    return after(10, small("single-pot", place="Birmingham", quarters=12), seed=2)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Who sits at the table: random trust, stance, shares ceded and expected plans of the others."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    return {
        "random": random,
        "theme": draw(st.integers(0, len(THEMES) - 1)),
        "agency": draw(st.integers(0, 10)),
        "rule": draw(st.integers(0, len(SAVINGS_RULES) - 1)),
        "eta": draw(st.floats(0.6, 0.95)),
    }


def at_table(world: Any, table: dict[str, Any]) -> tuple[int, int, int]:
    """Set the table in a world; agency, commissioner and theme come back."""
    random, j, a = table["random"], table["theme"], table["agency"]
    c, agencies, eta = int(world.themes[j].commissioner), len(world.agencies), table["eta"]
    world.parameters.eta, world.levers.savings_rule = eta, float(table["rule"])
    world.parameters.business_case, world.levers.reinvested_share = random.uniform(1.0, 6.0), random.random()
    world.grid[:, 1] = world.grid[:, 0] ** (1.0 / eta)
    world.agencies["volume"] = world.agencies["scale"] ** (1.0 / eta)
    world.shares["volume_start"] = world.shares["common_start"] ** (1.0 / eta)
    world.ties["trust"][:, c] = random.random(agencies)
    world.agencies["stress"] = random.random(agencies)
    world.departments["encouragement"] = random.uniform(-1.0, 1.0, len(world.departments))
    shares = world.shares[:, j]
    shares["ceded"] = random.random(agencies) ** 3 * (random.random(agencies) < 0.5)
    shares["agreed"] = 0.0
    shares["plan"] = np.maximum(shares["ceded"], random.random(agencies) * (random.random(agencies) < 0.7))
    shares["plan_volume"] = [python(power_volume)(cost, eta) for cost in shares["plan"] * shares["common"]]
    world.themes[j].plan_apart = (shares["plan"] * shares["common"]).sum()
    world.themes[j].plan_volume = shares["plan_volume"].sum()
    return a, c, j


def worth_of(world: Any, a: int, j: int, z: float, eta: float) -> float:
    """Worth of a share of any size, on the grid or not."""
    appraisal = world.appraisals[a, j]
    saving = python(own_saving)(world, a, j, z, z ** (1.0 / eta)) - appraisal.saving_before
    return float(python(worth)(appraisal, z, saving))


@given(table=tables())
def test_worth_is_the_sum_of_the_named_parts(lived_in: Any, table: dict[str, Any]) -> None:
    a, c, j = at_table(lived_in, table)
    python(consider)(lived_in, a, c, j)
    for z in (0.01, 0.3, 1.0):
        total = python(itemise)(lived_in, a, j, z)
        parts = lived_in.appraisals[a, j].parts
        assert total == pytest.approx(parts.sum())
        value = worth_of(lived_in, a, j, z, table["eta"])
        assert value == pytest.approx(total, rel=1e-9, abs=1e-9 * np.abs(parts).sum())


@settings(max_examples=300)
@given(table=tables())
def test_ideal_and_limit_against_brute_force(lived_in: Any, table: dict[str, Any]) -> None:
    a, c, j = at_table(lived_in, table)
    share = lived_in.shares[a, j]
    assume(share.frontline + share.common > 0.0)
    python(appraise)(lived_in, a, c, j)
    before = max(share.ceded, share.agreed)
    fine = before + (1.0 - before) * np.linspace(0.0, 1.0, 101)[1:]
    every = np.union1d(fine, lived_in.grid[:, 0][lived_in.grid[:, 0] > before])
    value = np.array([worth_of(lived_in, a, j, z, table["eta"]) for z in every])
    rounding = 1e-9 * max(1.0, np.abs(value).max())
    cell = 2.0 / (lived_in.grid.shape[0] - 1)  # widest gap between shares that are looked at
    assert before <= share.ideal <= share.limit <= 1.0

    on_grid = np.isin(every, lived_in.grid[:, 0])
    at_ideal = value[every == share.ideal][0] if share.ideal > before else 0.0
    assert at_ideal >= value[on_grid].max() - rounding, "a share on the grid is better than the ideal"
    steepest = np.abs(np.diff(value) / np.diff(every)).max() if len(every) > 1 else 0.0
    assert value.max() - at_ideal <= steepest * cell + rounding, "a share between those of the grid is far better"
    worth_it = every[on_grid & (value >= 0.0)]
    if len(worth_it):
        largest = every[value >= -rounding].max()
        assert worth_it.max() - rounding <= share.limit <= largest + cell


@pytest.mark.parametrize("reluctance", [0.25, 1.0, 3.0])
def test_concession_goes_one_way_and_never_past_all(reluctance: float) -> None:
    world = begun(small())
    way = [python(conceded)(world, bargaining_round, reluctance) for bargaining_round in range(13)]
    assert way[0] == 0.0
    assert way[-1] <= 1.0
    assert all(later >= earlier for earlier, later in pairwise(way))


@given(st.floats(0.1, 4.0), st.floats(0.1, 4.0), st.integers(0, 12))
def test_the_more_reluctant_concedes_later(one: float, other: float, bargaining_round: int) -> None:
    low, high = sorted((one, other))
    world = begun(small())
    assert python(conceded)(world, bargaining_round, high) <= python(conceded)(world, bargaining_round, low) + 1e-12


@given(UNIT, UNIT, UNIT, UNIT, UNIT, st.floats(-1.0, 1.0))
def test_asks_come_down_and_offers_go_up(
    first: float, floor: float, ideal: float, limit: float, trust: float, stance: float
) -> None:
    world = begun(small())
    share = world.shares[1, 0]
    c = int(world.themes[0].commissioner)
    share.ask_floor, share.ask_first = sorted((first, floor))
    share.ideal, share.limit = sorted((ideal, limit))
    world.ties[1, c].trust = trust
    world.departments[world.agencies[1].department].encouragement = stance
    asks, offers = [], []
    for bargaining_round in range(13):
        python(ask)(world, c, 1, 0, bargaining_round)
        python(offer)(world, 1, c, 0, bargaining_round)
        asks.append(float(share.ask))
        offers.append(float(share.offer))
    assert asks[0] == share.ask_first
    assert offers[0] == share.ideal
    assert np.all(np.diff(asks) <= 1e-15)
    assert np.all(np.diff(offers) >= -1e-15)
    assert min(asks) >= share.ask_floor - 1e-15
    assert max(offers) <= share.limit + 1e-15
