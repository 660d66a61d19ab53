"""Seeds are whole numbers below 2^63: what is none, or would go beyond, is refused before any work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worlds import differing, small
from totalplace.scenarios import InputError
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.branching.analysis import branch
from totalplace.sim.analysis.decomposition.analysis import decompose
from totalplace.sim.analysis.search.analysis import search
from totalplace.sim.analysis.workbench import ema_model
from totalplace.sim.cli.engines import mesa
from totalplace.sim.engine.ensemble import ensemble, run
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.evidence.calibration.plan import asked
from totalplace.sim.evidence.validation import validate


@pytest.mark.parametrize("given", [np.int32(7), np.uint64(7), np.array(7)])
def test_a_seed_may_be_a_number_of_numpy(given: Any) -> None:
    scenario = small(quarters=2)
    assert differing(run(scenario, given), run(scenario, 7)) == []
    assert PlaceModel(scenario, rng=given).place_seed == 7


LAST = 2**63 - 1
#: Everything that takes a first seed and a number of runs.
OF_SEEDS: dict[str, Callable[[Scenario, int], object]] = {
    "ensemble": lambda scenario, seed: ensemble(scenario, runs=2, first_seed=seed),
    "branch": lambda scenario, seed: branch(scenario, 1, ["levers.cuts=0"], runs=2, first_seed=seed),
    "decompose": lambda scenario, seed: decompose(scenario, small("silo", quarters=4), "wellbeing", 2, first_seed=seed),
    "search": lambda scenario, seed: search(scenario, "found", draws=2, first_draw=seed),
    "ema_model": lambda scenario, seed: ema_model(scenario, runs=2, first_seed=seed),
    "mesa": lambda scenario, seed: mesa(scenario, runs=2, first_seed=seed, progress=lambda done, runs: None),
}


@pytest.mark.parametrize("name", OF_SEEDS)
def test_seeds_beyond_the_last_are_refused_before_any_work(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = small(quarters=4)
    with pytest.raises(InputError) as caught:
        OF_SEEDS[name](scenario, LAST)
    assert "2 runs from the seed 9223372036854775807" in str(caught.value)
    assert caught.value.allowed == "a first seed of at most 9223372036854775806"
    assert list(tmp_path.iterdir()) == []


def test_more_runs_than_there_are_seeds_are_refused_in_few_letters() -> None:
    for runs in (10**30, 10**300):
        with pytest.raises(InputError, match="runs are more than there are seeds") as caught:
            ensemble(small(quarters=2), runs=runs)
        assert len(str(caught.value)) < 100


def test_the_last_seeds_can_be_run() -> None:
    many = ensemble(small(quarters=2), runs=2, first_seed=LAST - 1)
    assert many.seeds.tolist() == [LAST - 1, LAST]


def test_validation_says_so_too() -> None:
    """It plays more than one run a seed that is given: as many as it has places, histories and draws."""
    with pytest.raises(InputError, match="48 runs from the seed"):
        validate(runs=4, places=["Rutland", "Kent"], first_seed=LAST)
    with pytest.raises(InputError, match="The seed cannot be 9223372036854775808"):
        asked(seed=LAST + 1)
