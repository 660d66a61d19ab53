"""Sensitivity: functions with known indices through the same code as sweeps; runs that are missing; what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.analysis.cases import Cases, Varied, of_sweep
from totalplace.sim.analysis.sensitivity.analysis import _chance, analyse, feature_scores, morris_effects, sobol_indices
from totalplace.sim.analysis.sensitivity.sign import FALSE_ALARM
from totalplace.sim.engine.sweep.store import Store

#: Stand in for x1, x2 and x3 of Ishigami's function.
NAMES = ("eta", "kappa", "iota")
UNIT = {"num_vars": 3, "names": list(NAMES), "bounds": [[0.0, 1.0]] * 3}
#: Analytic indices for a = 7, b = 0.1 (Ishigami and Homma 1990; Saltelli et al. 2008, p. 179).
FIRST = np.array([0.3139, 0.4424, 0.0])
TOTAL = np.array([0.5576, 0.4424, 0.2437])


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = -np.pi + 2.0 * np.pi * unit
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def cases_of(points: np.ndarray, values: np.ndarray, samples: int, second_order: bool) -> Cases:
    """A plain design and its results as the cases of a sweep."""
    table = pd.DataFrame(points, columns=list(NAMES)).assign(
        run=range(len(points)), scenario="function", place="nowhere", point=range(len(points)), replicate=0, seed=1,
        net_saving=values,
    )
    return Cases(
        name="ishigami", title="Ishigami", factors=tuple(Varied(name, "uncertainty", "") for name in NAMES),
        design={"kind": "sobol", "samples": samples, "second_order": second_order, "levels": 4, "design_seed": 1},
        metrics=("net_saving",), table=table, scenarios=("function",), places=("nowhere",), points=len(points), replicates=1,
        total=len(points),
    )


@pytest.fixture
def noise_cases() -> Cases:
    """A hundred points of 150 factors, and results that have to do with none of them."""
    rng, names = np.random.default_rng(7), list(PARAMETERS)[:150]
    table = pd.DataFrame(rng.random((100, 150)), columns=names).assign(
        run=range(100), scenario="function", place="nowhere", point=range(100), replicate=0, seed=1,
        net_saving=rng.normal(size=100))
    return Cases(
        name="noise", title="Noise", factors=tuple(Varied(name, "uncertainty", "") for name in names),
        design={"kind": "latin-hypercube", "samples": 100, "second_order": False, "levels": 4, "design_seed": 1},
        metrics=("net_saving",), table=table, scenarios=("function",), places=("nowhere",), points=100, replicates=1, total=100,
    )


def in_order(table: pd.DataFrame, column: str) -> np.ndarray:
    return table.set_index("factor").loc[list(NAMES), column].to_numpy()


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_indices_of_the_ishigami_function(second_order: bool) -> None:
    points = sobol_sample.sample(UNIT, 1024, calc_second_order=second_order, seed=1)
    found = analyse(cases_of(points, ishigami(points), 1024, second_order), "net_saving")
    assert found.indices is not None
    assert in_order(found.indices.table, "first") == pytest.approx(FIRST, abs=0.03)
    assert in_order(found.indices.table, "total") == pytest.approx(TOTAL, abs=0.03)
    for measure, analytic in (("first", FIRST), ("total", TOTAL)):
        low, high = (in_order(found.indices.table, f"{measure}_{end}") for end in ("low", "high"))
        assert ((low <= analytic + 0.01) & (analytic - 0.01 <= high)).all()
    assert found.indices.named[0] == "eta"
    assert list(found.indices.table["factor"]) == ["eta", "kappa", "iota"]
    if second_order:
        assert found.indices.pairs is not None
        first = found.indices.pairs.iloc[0]
        assert {first["factor"], first["other"]} == {"eta", "iota"}
        assert first["second"] == pytest.approx(0.2437, abs=0.05)


def test_a_block_with_a_missing_point_is_dropped_whole_and_counted() -> None:
    points = sobol_sample.sample(UNIT, 512, calc_second_order=False, seed=1)
    values = ishigami(points)
    values[[0, 3, 500, 501]] = np.nan  # two in the first block of five, one each in two further ones
    found = sobol_indices(UNIT, values)
    assert (found.used, found.dropped) == (510, 2)
    whole = np.delete(ishigami(points).reshape(-1, 5), [0, 100], axis=0).ravel()
    pd.testing.assert_frame_equal(found.table, sobol_indices(UNIT, whole).table)
    assert in_order(found.table, "total") == pytest.approx(TOTAL, abs=0.06)


def test_missing_runs_of_a_sweep_are_dropped_and_said(broken_store: Store) -> None:
    found = analyse(broken_store, "net_saving")
    assert found.indices is not None
    assert (found.indices.used, found.indices.dropped) == (15, 1)
    assert any("2 runs missing: 1 of 16 blocks" in warning for warning in found.warnings)
    assert "78 runs" in found.source


def test_a_small_sweep_ranks_factors_and_names_those_that_chance_does_not_give(sobol_store: Store) -> None:
    found = analyse(sobol_store, "net_saving")
    assert found.indices is not None
    assert set(found.indices.named) == {"eta", "initial_trust", "kappa"}
    clear = set(found.indices.table.loc[found.indices.table["total_low"] > 0.0, "factor"])
    said = found.sentences[0].casefold().replace(" ", "_")
    assert {name for name in found.indices.named if f"{name}_(" in said} == clear
    assert clear or found.sentences[0].startswith("32 points cannot tell any of 3 factors from chance")
    assert any("Samples are few" in warning for warning in found.warnings), "16 base samples are few"
    assert found.scores["score"].sum() == pytest.approx(1.0)
    assert set(found.drawings) == {"sobol", "scores"}


def test_replicates_are_averaged_and_one_missing_makes_the_point_missing(sobol_store: Store) -> None:
    cases = of_sweep(sobol_store, ["net_saving"])
    twice = pd.concat([cases.table, cases.table.assign(replicate=1, net_saving=cases.table["net_saving"] + 2.0)])
    twice = twice[~((twice["point"] == 3) & (twice["replicate"] == 1))]
    doubled = Cases(**{**vars(cases), "table": twice, "replicates": 2, "total": 2 * cases.total})
    values = doubled.at_points("net_saving")
    assert np.isnan(values[3])
    assert np.isnan(values).sum() == 1
    assert values[0] == pytest.approx(cases.at_points("net_saving")[0] + 1.0)


def test_morris_effects_of_a_linear_function() -> None:
    points = morris_sample.sample(UNIT, 12, num_levels=4, seed=1)
    values = 5.0 * points[:, 0] - 2.0 * points[:, 1] + 0.5 * points[:, 2]
    values[2] = np.nan
    found = morris_effects(UNIT, points, values)
    assert (found.used, found.dropped) == (11, 1)
    assert in_order(found.table, "effect") == pytest.approx([5.0, 2.0, 0.5])
    assert in_order(found.table, "mean") == pytest.approx([5.0, -2.0, 0.5])
    assert in_order(found.table, "spread") == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert found.named == NAMES


def test_feature_scores_rank_and_give_the_direction() -> None:
    points = pd.DataFrame(sobol_sample.sample(UNIT, 256, calc_second_order=False, seed=2)[::5], columns=list(NAMES))
    values = 4.0 * points["eta"].to_numpy() - 2.0 * points["kappa"].to_numpy()
    values[7] = np.nan
    scores = feature_scores(points, values)
    assert list(scores["factor"])[:2] == ["eta", "kappa"]
    sign = scores.set_index("factor")["rank_correlation"]
    assert sign["eta"] > 0.5
    assert sign["kappa"] < -0.2
    pd.testing.assert_frame_equal(scores, feature_scores(points, values))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros(7), "not whole blocks"),
        (np.ones(50), "same at every point"),
        (np.full(50, np.nan), "Only 0 of 10"),
        (np.zeros(0), "not whole blocks"),
    ],
)
def test_results_that_say_nothing_are_refused(values: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        sobol_indices(UNIT, values)


def test_unknown_metrics_and_ambiguous_scenarios_are_refused(sobol_store: Store, choice_store: Store) -> None:
    with pytest.raises(UnknownName, match="wellbeing_of_all"):
        analyse(sobol_store, "wellbeing_of_all")
    with pytest.raises(InputError, match="3 scenarios and --scenario names none"):
        analyse(choice_store, "net_saving")
    found = analyse(choice_store, "net_saving", "single-pot", "Rutland")
    assert found.indices is None
    assert "latin-hypercube" in found.warnings[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_of_many_factors_names_nobody(noise_cases: Cases, seed: int) -> None:
    """The greatest score of two hundred factors of noise is no finding, whatever the seed of the trees."""
    found = analyse(noise_cases, "net_saving", seed=seed)
    assert "100 points cannot tell any of 150 factors from chance" in found.sentences[0]
    assert not any("matter" in said or "With more" in said for said in found.sentences)
    assert any("150 of 150 factors cannot be told from chance" in said for said in found.warnings)


def test_of_many_factors_only_those_are_named_that_differ_from_noise(noise_cases: Cases) -> None:
    first, second = (factor.name for factor in noise_cases.factors[:2])
    table = noise_cases.table.assign(net_saving=lambda t: 3.0 * t[first] + 8.0 * (t[second] - 0.5).abs())
    found = analyse(replace(noise_cases, table=table), "net_saving")
    assert set(found.scores.loc[found.scores["beyond_chance"], "factor"]) == {first, second}, "one counts both ways"
    assert "matter most for net saving; " in found.sentences[0]


def test_a_result_that_is_the_same_at_every_point_is_decided_by_nothing(noise_cases: Cases) -> None:
    found = analyse(replace(noise_cases, table=noise_cases.table.assign(net_saving=0.0)), "net_saving")
    assert found.sentences[0] == "Nothing that is varied decides net saving: it is the same at every point."
    assert not any("matter" in said for said in found.sentences)
    assert not any("More points" in said for said in found.warnings)


def test_chance_names_any_factor_in_about_one_case_of_twenty() -> None:
    rng, named = np.random.default_rng(5), 0
    for _ in range(200):
        points, values = pd.DataFrame(rng.random((60, 3)), columns=list(NAMES)), rng.normal(size=60)
        named += any(_chance(points[name], values) * len(NAMES) < FALSE_ALARM for name in NAMES)
    assert named <= 20


def test_an_index_whose_interval_includes_zero_names_nobody() -> None:
    points = sobol_sample.sample(UNIT, 64, calc_second_order=False, seed=1)
    found = analyse(cases_of(points, points[:, 0] + 1e-9 * points[:, 1], 64, second_order=False), "net_saving")
    assert found.indices is not None
    low = found.indices.table.set_index("factor")["total_low"]
    assert low["eta"] > 0.0 >= low["iota"]
    assert "iota" not in found.sentences[0]
