"""One model, two faces: the Mesa run and the compiled run of one scenario and seed are equal to the bit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import scenarios
from tests.worlds import ARRAYS, differing_tables, small
from totalplace.scenarios import arrangement as arrangements
from totalplace.scenarios import names as scenario_names
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.engine.play import Stage


def assert_faces_equal(scenario: Scenario, seed: int) -> PlaceModel:
    """Run both faces; every table of the two worlds must be the same to the bit, and so must what they report."""
    model = PlaceModel(scenario, rng=seed)
    while model.running:
        model.step()
    assert differing_tables(model.world, Stage(scenario).play(seed)) == []
    return model


@pytest.mark.parametrize("name", arrangements.names())
def test_faces_are_equal_for_every_arrangement(name: str) -> None:
    scenario = small("october-2010", f"arrangement={name}", place="Birmingham", quarters=24, clusters=5)
    model = assert_faces_equal(scenario, seed=11)
    assert (model.world.clock.deals > 0) == (name != "silo")


@pytest.mark.parametrize("name", ["combined", "better-care-fund", "gp-consortia", "jobcentre-decides"])
def test_faces_are_equal_for_scenarios_of_their_own_kind(name: str) -> None:
    assert name in scenario_names()
    assert_faces_equal(small(name, quarters=12, place="Hartlepool"), seed=3)


@pytest.mark.parametrize("examples", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_faces_are_equal_for_random_scenarios(examples: int) -> None:
    @settings(max_examples=examples)
    @given(scenarios(), st.integers(0, 2**32 - 1))
    def check(scenario: Scenario, seed: int) -> None:
        assert_faces_equal(scenario, seed)

    check()


def test_results_of_both_faces_are_equal() -> None:
    import totalplace as tp

    scenario = small("single-pot", quarters=12)
    model = assert_faces_equal(scenario, seed=5)
    compiled, mesa = tp.run(scenario, seed=5), model.result()
    for name in ARRAYS:
        assert getattr(compiled, name).tobytes() == getattr(mesa, name).tobytes(), name
    assert (mesa.seed, mesa.commissioner_names) == (5, compiled.commissioner_names)
    assert mesa.dates == compiled.dates
