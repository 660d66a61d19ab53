"""Random whole scenarios keep the laws of the model: money, ranges, sums, records. Ten thousand of them in the soak."""

from __future__ import annotations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.laws import BOUNDS, assert_lawful
from tests.whole_scenarios import fields_not_drawn, whole_scenarios
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.model.metrics import METRICS

SEEDS = st.integers(0, 2**63 - 1)
#: Blocks of the soak and scenarios in each.
BLOCKS, A_BLOCK = 10, 1000


def test_every_field_of_an_arrangement_and_every_unit_is_covered() -> None:
    assert fields_not_drawn() == set()
    units = {metric.unit for metric in METRICS.values() if metric.name not in INDICATORS}
    assert units == set(BOUNDS), "give the unit its bounds in tests/laws.py"


@settings(max_examples=60)
@given(whole_scenarios(), SEEDS)
def test_random_scenarios_keep_the_laws(scenario: Scenario, run_seed: int) -> None:
    assert_lawful(scenario, run_seed)


@pytest.mark.soak
@pytest.mark.parametrize("block", range(BLOCKS))
def test_ten_thousand_random_scenarios_keep_the_laws(block: int) -> None:
    @seed(block)
    @settings(max_examples=A_BLOCK, derandomize=False, database=None)
    @given(whole_scenarios(most_quarters=40), SEEDS)
    def check(scenario: Scenario, run_seed: int) -> None:
        assert_lawful(scenario, run_seed)

    check()
