"""Scenarios that draw from the posterior: one row a seed, the same in both faces, correlations kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
import totalplace.scenarios.posterior
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.uncertainties import POSTERIOR, written_uncertainties
from totalplace.sim.evidence.calibration.marginals import distance_from_prior, in_prior
from totalplace.sim.evidence.fact_runs import draws
from totalplace.sim.model import kernel
from totalplace.sim.model.world import build
from totalplace.sim.results.setting import uncertainties_words

ROWS = 40


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A posterior of its own in which kappa and eta go together."""
    rng = np.random.default_rng(1)
    unit = rng.random((ROWS, len(PARAMETERS)))
    unit[:, list(PARAMETERS).index("kappa")] = unit[:, list(PARAMETERS).index("eta")]
    low, high = ends()
    ship(tmp_path / "posterior.csv", list(PARAMETERS), low + (high - low) * unit, monkeypatch)
    return totalplace.scenarios.posterior.particles()


def ends() -> tuple[np.ndarray, np.ndarray]:
    """The ends of all prior ranges."""
    low, high = (np.array([getattr(row, end) for row in PARAMETERS.values()]) for end in ("low", "high"))
    return low, high


def ship(path: Path, names: list[str], values: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a posterior and put it in place of that which is shipped."""
    rows = [",".join(repr(float(value)) for value in row) for row in values]
    path.write_text("# how it was made\n" + ",".join(names) + "\n" + "\n".join(rows) + "\n")
    monkeypatch.setattr(totalplace.scenarios.posterior, "FILE", path)


def drawn(scenario: scenarios.Scenario, seed: int) -> np.ndarray:
    world = build(scenario).fresh()
    world.clock.seed = seed
    kernel.start(world)
    return np.asarray(world.parameter_values).copy()


def test_each_seed_draws_one_row_and_seeds_differ(shipped: np.ndarray) -> None:
    scenario = tp.load("joint-commissioning", place="Reading", set=["uncertainties=posterior"])
    rows = [int(np.flatnonzero((shipped == drawn(scenario, seed)).all(axis=1))[0]) for seed in range(1, 201)]
    assert rows == [int(np.flatnonzero((shipped == drawn(scenario, seed)).all(axis=1))[0]) for seed in range(1, 201)]
    counts = np.bincount(rows, minlength=ROWS)
    assert len(set(rows)) > 0.9 * ROWS
    assert counts.max() < 20


def test_a_parameter_given_after_stays_and_the_others_stay_together(shipped: np.ndarray) -> None:
    scenario = tp.load("joint-commissioning", place="Reading", set=["uncertainties=posterior", "uncertainties.eta=0.9"])
    names = list(PARAMETERS)
    for seed in range(1, 20):
        values = drawn(scenario, seed)
        assert values[names.index("eta")] == 0.9
        others = [i for i, name in enumerate(names) if name != "eta"]
        assert (shipped[:, others] == values[others]).all(axis=1).any()
    assert written_uncertainties(scenario.uncertainties)["kappa"] == POSTERIOR


def test_both_faces_draw_the_same(shipped: np.ndarray) -> None:
    scenario = tp.load("joint-commissioning", place="Reading", set=["uncertainties=posterior", "quarters=12"])
    model = tp.PlaceModel(scenario, rng=3)
    for _ in range(scenario.quarters):
        model.step()
    measured = np.asarray(model.world.measures).view(np.float64)
    assert np.array_equal(measured, tp.run(scenario, 3).metrics.view(np.float64))


def test_all_other_draws_are_left_alone() -> None:
    plain = tp.load("joint-commissioning", place="Reading", set=["uncertainties=prior"])
    assert len({drawn(plain, seed)[0] for seed in range(5)}) == 5
    assert build(plain).world.particles.shape == (0, len(PARAMETERS))


@pytest.mark.parametrize(("text", "words"), [
    ("", "other parameters"),
    ("strength,weight\n0.7,0.5\n", "other parameters: strength, weight"),
    ("eta,strength\n0.7\n", "damaged"),
    (",".join(PARAMETERS) + "\n" + ",".join("x" for _ in PARAMETERS) + "\n", "damaged"),
    (",".join(PARAMETERS) + "\n" + ",".join("1e9" for _ in PARAMETERS) + "\n", "range"),
])
def test_a_posterior_that_does_not_fit_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "posterior.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        totalplace.scenarios.posterior.read(path)


def test_no_posterior_is_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totalplace.scenarios.posterior, "FILE", tmp_path / "none.csv")
    with pytest.raises(InputError, match="no posterior"):
        tp.load("joint-commissioning", set=["uncertainties=posterior"])


def test_a_parameter_that_the_posterior_does_not_have_is_drawn_from_its_prior_and_leaves_the_others_alone(
    shipped: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list(PARAMETERS)
    new = names.index("kappa")
    known = [i for i in range(len(names)) if i != new]
    seeds = range(1, 101)
    whole = tp.load("joint-commissioning", place="Reading", set=["uncertainties=posterior"])
    prior = tp.load("joint-commissioning", place="Reading", set=["uncertainties=prior"])
    before, by_prior = np.array([drawn(whole, s) for s in seeds]), np.array([drawn(prior, s) for s in seeds])
    assert uncertainties_words(whole) == "over the posterior: what is not known and chance"
    ship(tmp_path / "older.csv", [*(names[i] for i in known), "former"], np.c_[shipped[:, known], shipped[:, 0]], monkeypatch)
    monkeypatch.setattr("totalplace.scenarios.notices._said", set())
    for _ in range(3):
        older = tp.load("joint-commissioning", place="Reading", set=["uncertainties=posterior"])
    now = np.array([drawn(older, s) for s in seeds])
    assert np.array_equal(now[:, known], before[:, known])
    assert np.array_equal(now[:, new], np.repeat(by_prior[:50, new], 2))  # once a particle, which two seeds share
    assert len(set(now[:, new])) == 50
    line = ("The posterior is older than the parameters: it has no column for kappa, drawn from its prior; its column former is no "
            "parameter any more and left out. To rebuild it: totalplace calibrate --out DIR --ship scenarios\n")
    assert capsys.readouterr().err == line
    but = "over the posterior (kappa over the prior, since the posterior has no column for it): what is not known and chance"
    assert uncertainties_words(older) == but
    run, model = tp.run(older, 3), tp.PlaceModel(older, rng=3)
    for _ in range(older.quarters):
        model.step()
    assert np.array_equal(np.asarray(model.world.measures).view(np.float64), run.metrics.view(np.float64))


def test_validation_draws_it_from_its_prior_too(
    shipped: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list(PARAMETERS)
    new, known = names.index("kappa"), [i for i, name in enumerate(names) if name != "kappa"]
    before = draws("posterior", 400)
    ship(tmp_path / "older.csv", [names[i] for i in known], shipped[:, known], monkeypatch)
    monkeypatch.setattr("totalplace.scenarios.notices._said", set())
    now = draws("posterior", 400)
    assert np.array_equal(now[:, known], before[:, known])
    row = PARAMETERS["kappa"]
    unit = in_prior(row, now[:, new])
    assert distance_from_prior(unit, np.ones(400)) < 1.95 / np.sqrt(400)
    assert abs(np.corrcoef(unit, before[:, names.index("eta")])[0, 1]) < 0.15
    assert np.array_equal(now, draws("posterior", 400))
    assert "no column for kappa, drawn from its prior" in capsys.readouterr().err
    assert "no column for kappa" in totalplace.scenarios.posterior.differences()
