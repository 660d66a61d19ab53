"""Scenarios that draw from the posterior: one row a seed, the same in both faces, correlations kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import scenarios
import scenarios.posterior
import sim
from scenarios.errors import InputError
from scenarios.registry import PARAMETERS
from scenarios.uncertainties import POSTERIOR, written_uncertainties
from sim import kernel
from sim.world import build

ROWS = 40


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A posterior of its own in which kappa and eta go together."""
    rng = np.random.default_rng(1)
    unit = rng.random((ROWS, len(PARAMETERS)))
    unit[:, list(PARAMETERS).index("kappa")] = unit[:, list(PARAMETERS).index("eta")]
    low, high = (np.array([getattr(row, end) for row in PARAMETERS.values()]) for end in ("low", "high"))
    path = tmp_path / "posterior.csv"
    rows = [",".join(repr(float(value)) for value in row) for row in low + (high - low) * unit]
    path.write_text("# how it was made\n" + ",".join(PARAMETERS) + "\n" + "\n".join(rows) + "\n")
    monkeypatch.setattr(scenarios.posterior, "FILE", path)
    scenarios.posterior.particles.cache_clear()
    build.cache_clear()
    yield scenarios.posterior.particles()
    scenarios.posterior.particles.cache_clear()
    build.cache_clear()


def drawn(scenario: scenarios.Scenario, seed: int) -> np.ndarray:
    world = build(scenario).fresh()
    world.clock.seed = seed
    kernel.start(world)
    return np.asarray(world.parameter_values).copy()


def test_each_seed_draws_one_row_and_seeds_differ(shipped: np.ndarray) -> None:
    scenario = sim.load("joint-commissioning", place="Reading", set=["uncertainties=posterior"])
    rows = [int(np.flatnonzero((shipped == drawn(scenario, seed)).all(axis=1))[0]) for seed in range(1, 201)]
    assert rows == [int(np.flatnonzero((shipped == drawn(scenario, seed)).all(axis=1))[0]) for seed in range(1, 201)]
    counts = np.bincount(rows, minlength=ROWS)
    assert len(set(rows)) > 0.9 * ROWS
    assert counts.max() < 20


def test_a_parameter_given_after_stays_and_the_others_stay_together(shipped: np.ndarray) -> None:
    scenario = sim.load("joint-commissioning", place="Reading", set=["uncertainties=posterior", "uncertainties.eta=0.9"])
    names = list(PARAMETERS)
    for seed in range(1, 20):
        values = drawn(scenario, seed)
        assert values[names.index("eta")] == 0.9
        others = [i for i, name in enumerate(names) if name != "eta"]
        assert (shipped[:, others] == values[others]).all(axis=1).any()
    assert written_uncertainties(scenario.uncertainties)["kappa"] == POSTERIOR


def test_both_faces_draw_the_same(shipped: np.ndarray) -> None:
    scenario = sim.load("joint-commissioning", place="Reading", set=["uncertainties=posterior", "quarters=12"])
    model = sim.PlaceModel(scenario, rng=3)
    for _ in range(scenario.quarters):
        model.step()
    measured = np.asarray(model.world.measures).view(np.float64)
    assert np.array_equal(measured, sim.run(scenario, 3).metrics.view(np.float64))


def test_all_other_draws_are_left_alone() -> None:
    plain = sim.load("joint-commissioning", place="Reading", set=["uncertainties=prior"])
    assert len({drawn(plain, seed)[0] for seed in range(5)}) == 5
    assert build(plain).world.particles.shape == (0, len(PARAMETERS))


@pytest.mark.parametrize(("text", "words"), [
    ("", "other parameters"),
    ("eta,kappa\n0.7,0.5\n", "other parameters"),
    (",".join(PARAMETERS) + "\n" + ",".join("x" for _ in PARAMETERS) + "\n", "damaged"),
    (",".join(PARAMETERS) + "\n" + ",".join("1e9" for _ in PARAMETERS) + "\n", "range"),
])
def test_a_posterior_that_does_not_fit_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "posterior.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        scenarios.posterior.read(path)


def test_no_posterior_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios.posterior, "FILE", tmp_path / "none.csv")
    scenarios.posterior.particles.cache_clear()
    with pytest.raises(InputError, match="no posterior"):
        sim.load("joint-commissioning", set=["uncertainties=posterior"])
    scenarios.posterior.particles.cache_clear()
