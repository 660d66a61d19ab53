"""Runs repeat to the bit; draws have addresses, so that a lever or a new partner leaves the draws of others alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import scenarios
from tests.worlds import ARRAYS, begun, differing, small
from totalplace.scenarios import InputError
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.uncertainties import Range
from totalplace.sim.engine.ensemble import ensemble, run
from totalplace.sim.engine.place_model import PlaceModel


@settings(max_examples=20)
@given(scenarios())
def test_one_seed_gives_one_run(scenario: Scenario) -> None:
    first = run(scenario, seed=9)
    run(scenario, seed=10)
    assert differing(first, run(scenario, seed=9)) == []


def test_seeds_differ() -> None:
    scenario = small(quarters=12)
    runs = [run(scenario, seed) for seed in range(5)]
    for name in ("wellbeing", "mean_trust"):
        assert len({result.metrics[name].tobytes() for result in runs}) == 5


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_any_number_of_threads_gives_the_same_ensemble(threads: int) -> None:
    scenario = small("single-pot", "uncertainties=prior", quarters=12)
    one, many = (ensemble(scenario, runs=12, first_seed=5, threads=number) for number in (1, threads))
    for name in (*ARRAYS, "seeds"):
        assert getattr(one, name).tobytes() == getattr(many, name).tobytes(), name
    single = run(scenario, seed=9)
    assert one.metrics[4].tobytes() == single.metrics.tobytes()
    assert one.gains[4].tobytes() == single.gains.tobytes()


def test_progress_and_numbers_of_runs() -> None:
    scenario = small(quarters=2)
    seen: list[tuple[int, int]] = []
    ensemble(scenario, runs=3, first_seed=1, threads=2, progress=lambda done, runs: seen.append((done, runs)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    for wrong in (0, -1):
        with pytest.raises(ValueError):
            ensemble(scenario, runs=wrong)


def leaders_and_turnover(nhs: int) -> dict[str, list[object]]:
    """What is drawn for each agency, by name and kind: leadership, trust and turnover."""
    scenario = small("joint-commissioning", f"nhs={nhs}", quarters=12, network="complete")
    model = PlaceModel(scenario, rng=3)
    drawn: dict[str, list[object]] = defaultdict(list)
    for agency in model.agencies:
        drawn[agency.name] += [agency.leadership, *model.world.ties["trust_start"][agency.index].tolist()]
    while model.running:
        model.step()
        for agency in model.agencies:
            drawn[agency.name] += [agency.leader_left, agency.leadership]
    return drawn


def test_another_gp_consortium_leaves_the_draws_of_others_alone() -> None:
    two, three = leaders_and_turnover(2), leaders_and_turnover(3)
    assert set(three) - set(two) == {"gp_consortium_3"}
    host_of_commissioner = {name for name in two if name.startswith("gp_")}
    for name in set(two) - host_of_commissioner:
        assert two[name] == three[name], name
    assert two["gp_consortium_2"] == three["gp_consortium_2"]
    assert len({str(values) for values in three.values()}) == len(three)


def test_links_of_others_do_not_depend_on_another_consortium() -> None:
    two, three = (begun(small(nhs=nhs, network="core_periphery"), seed=8) for nhs in (2, 3))
    new = int(np.flatnonzero(three.agencies["key"] == max(set(three.agencies["key"]) - set(two.agencies["key"])))[0])
    rest = np.delete(np.delete(three.links, new, axis=0), new, axis=1)
    assert np.array_equal(rest, two.links)
    assert np.array_equal(three.links, three.links.T)


def test_scenarios_differ_only_after_the_event_that_parts_them() -> None:
    plain = small("joint-commissioning", "uncertainties=prior", quarters=28)
    for lever in ("encouragement", "mandate", "clawback", "neighbourhood_share", "cuts", "transition_fund"):
        low, high = LEVERS[lever].low, LEVERS[lever].high
        value = high if plain.levers[lever][0] != high else low
        other = plain.with_settings([f'events=[{{date: "2015-10", lever: {lever}, value: {value}}}]'])
        assert {event.quarter for event in other.events} == {20}
        one, two = run(plain, seed=6), run(other, seed=6)
        assert one.metrics[:20].tobytes() == two.metrics[:20].tobytes(), lever
        assert one.metrics[20:].tobytes() != two.metrics[20:].tobytes(), lever
        early = [result.deals[result.deals["quarter"] < 20].tobytes() for result in (one, two)]
        assert early[0] == early[1], lever


def test_parameters_are_drawn_inside_their_ranges_and_by_name() -> None:
    triangle = "uncertainties.kappa={low: 0.4, high: 0.8, distribution: triangular, mode: 0.7}"
    scenario = small("silo", "uncertainties=prior", triangle)
    drawn: dict[str, list[float]] = {name: [] for name in scenario.uncertainties}
    for seed in range(300):
        world = begun(scenario, seed)
        for name in drawn:
            drawn[name].append(float(world.parameters[name]))
    for name, given_range in scenario.uncertainties.items():
        assert isinstance(given_range, Range)
        values = np.array(drawn[name])
        assert values.min() >= given_range.low, name
        assert values.max() <= given_range.high, name
        place = (values - given_range.low) / (given_range.high - given_range.low)
        peak = (given_range.mode - given_range.low) / (given_range.high - given_range.low)
        assert name != "kappa" or peak == pytest.approx(0.75)
        expected = (0.0 + peak + 1.0) / 3.0 if given_range.distribution == "triangular" else 0.5
        assert abs(place.mean() - expected) < 5.0 * 0.29 / np.sqrt(300), name
    correlation = np.corrcoef(np.array(list(drawn.values())))
    assert np.abs(correlation - np.eye(len(drawn))).max() < 5.0 / np.sqrt(300)
    fixed = scenario.with_settings(["uncertainties.eta=0.8"])
    world, other = begun(fixed, seed=4), begun(scenario, seed=4)
    assert world.parameters.eta == 0.8
    assert [name for name in drawn if world.parameters[name] != other.parameters[name]] == ["eta"]


@pytest.mark.parametrize("wrong", [-1, 1.5, True, np.True_, np.float64(2.5), np.array([1]), np.array(-1), "one", 2**63, 2**64])
@pytest.mark.parametrize("face", [run, lambda scenario, seed: PlaceModel(scenario, rng=seed)], ids=["compiled", "mesa"])
def test_a_seed_must_be_a_whole_number(face: Callable[..., Any], wrong: object) -> None:
    with pytest.raises(InputError):
        face(small(quarters=2), wrong)
