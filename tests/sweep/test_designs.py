"""Designs: sizes, bounds, stratification, repeatability."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from totalplace.scenarios import sweeps
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.sweeps import Sweep
from totalplace.sim.engine.sweep.designs import points, problem

FACTORS = """
levers:
  clawback: {low: 0.1, high: 0.6}
  freedom: {health: [0, 0.2, 0.9], all: range}
  savings_rule: range
  capital_pot: range
uncertainties:
  eta: prior
  iota: {low: 0.1, high: 0.5, distribution: triangular, mode: 0.2}
  kappa: [0.4, 0.8]
"""
SAMPLED = ("latin-hypercube", "random", "sobol", "morris")


def sweep_of(design: str, factors: str = FACTORS) -> Sweep:
    return sweeps.loads(f"{factors}\ndesign: {design}")


def test_a_grid_is_the_product_of_its_values_the_last_factor_fastest() -> None:
    text = "levers: {clawback: [0, 0.3, 0.6], savings_rule: [nash, equal]}\nuncertainties: {eta: {low: 0.7, high: 0.9, steps: 2}}"
    sweep = sweeps.loads(text)
    rules = [LEVERS["savings_rule"].choices.index(name) for name in ("nash", "equal")]
    assert points(sweep).tolist() == [list(point) for point in itertools.product((0, 0.3, 0.6), rules, (0.7, 0.9))]
    assert sweep.points == 12


def test_without_factors_there_is_one_point() -> None:
    assert points(sweeps.loads("places: Kent")).shape == (1, 0)


@pytest.mark.parametrize("design", SAMPLED)
@given(power=st.integers(0, 5), seed=st.integers(0, 2**32 - 1), second=st.booleans())
def test_every_design_has_its_size_keeps_its_bounds_and_repeats(design: str, power: int, seed: int, second: bool) -> None:
    extra = f", second_order: {str(second).lower()}" if design == "sobol" else ""
    sweep = sweep_of(f"{{kind: {design}, samples: {2**power}, seed: {seed}{extra}}}")
    table = points(sweep)
    assert table.shape == (sweep.points, len(sweep.factors))
    assert table.dtype == np.float64
    for column, factor in zip(table.T, sweep.factors, strict=True):
        assert factor.low <= column.min() <= column.max() <= factor.high
        if factor.values:
            assert set(column) <= set(factor.values)
    assert table.tobytes() == points(sweep).tobytes()


@pytest.mark.parametrize("design", SAMPLED)
def test_another_seed_gives_other_points(design: str) -> None:
    first, second = (points(sweep_of(f"{{kind: {design}, samples: 8, seed: {seed}}}")) for seed in (1, 2))
    assert first.shape == second.shape
    assert (first != second).any()


@given(samples=st.integers(1, 60), seed=st.integers(0, 1000))
def test_a_latin_hypercube_has_one_point_in_each_slice_of_every_factor(samples: int, seed: int) -> None:
    text = "levers: {clawback: range, cuts: {low: 0.5, high: 1.5}}\nuncertainties: {eta: prior}"
    sweep = sweep_of(f"{{kind: latin-hypercube, samples: {samples}, seed: {seed}}}", text)
    for column, factor in zip(points(sweep).T, sweep.factors, strict=True):
        slices = np.floor((column - factor.low) / (factor.high - factor.low) * samples)
        assert sorted(slices.tolist()) == list(range(samples))


@pytest.mark.parametrize(("second_order", "size"), [(False, 16 * (8 + 2)), (True, 16 * (2 * 8 + 2))])
def test_sobol_has_the_points_of_saltelli(second_order: bool, size: int) -> None:
    sweep = sweep_of(f"{{kind: sobol, samples: 16, second_order: {str(second_order).lower()}}}")
    assert len(sweep.factors) == 8
    assert len(points(sweep)) == sweep.points == size


def test_saltellis_points_change_one_factor_at_a_time_between_two_samples() -> None:
    text = "levers: {clawback: range, freedom: range, cuts: range}"
    blocks = points(sweep_of("{kind: sobol, samples: 8}", text)).reshape(8, 5, 3)
    first, second = blocks[:, 0], blocks[:, 4]
    for factor in range(3):
        mixed = blocks[:, 1 + factor]
        others = [index for index in range(3) if index != factor]
        assert (mixed[:, factor] == second[:, factor]).all()
        assert (mixed[:, others] == first[:, others]).all()


def test_sobol_indices_of_a_known_sum_are_found() -> None:
    """First-order indices of a x + b y are a^2 / (a^2 + b^2) and the rest, for inputs of equal variance."""
    from SALib.analyze import sobol

    sweep = sweep_of("{kind: sobol, samples: 1024}", "levers: {clawback: range, freedom: range, reinvested_share: range}")
    table = points(sweep)
    found = sobol.analyze(problem(sweep), 3 * table[:, 0] + table[:, 1], calc_second_order=sweep.second_order, seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)
    assert found["ST"] == pytest.approx([0.9, 0.1, 0.0], abs=0.02)


def test_morris_moves_one_factor_at_a_time() -> None:
    sweep = sweep_of("{kind: morris, samples: 10, levels: 4}")
    trajectories = points(sweep).reshape(10, len(sweep.factors) + 1, len(sweep.factors))
    moved = np.diff(trajectories, axis=1) != 0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()


def test_morris_finds_the_effects_of_a_known_sum() -> None:
    from SALib.analyze import morris

    sweep = sweep_of("{kind: morris, samples: 16}", "levers: {clawback: range, freedom: range, cuts: range}")
    table = points(sweep)
    found = morris.analyze(problem(sweep), table, 3 * table[:, 0] - table[:, 1], num_levels=sweep.levels, seed=1)
    assert list(found["mu"]) == pytest.approx([3.0, -1.0, 0.0])


def test_the_points_of_a_smaller_random_sample_are_the_first_of_a_larger_one() -> None:
    small, large = (points(sweep_of(f"{{kind: random, samples: {samples}}}")) for samples in (5, 50))
    assert (large[:5] == small).all()


def test_lists_are_equally_likely_and_triangles_have_their_mean() -> None:
    sweep = sweep_of("{kind: latin-hypercube, samples: 6000}")
    table = points(sweep)
    column = {factor.label: table[:, f] for f, factor in enumerate(sweep.factors)}
    assert np.unique(column["freedom.health"], return_counts=True)[1].tolist() == [2000, 2000, 2000]
    assert np.unique(column["savings_rule"], return_counts=True)[1].tolist() == [1500] * 4
    assert column["iota"].mean() == pytest.approx((0.1 + 0.5 + 0.2) / 3, abs=1e-3)
    assert np.mean(column["iota"] <= 0.2) == pytest.approx((0.2 - 0.1) / (0.5 - 0.1), abs=1e-3)


@pytest.mark.parametrize(("low", "mode", "high"), [(0.1, 0.1, 0.5), (0.1, 0.5, 0.5)])
def test_a_triangle_may_lean_on_an_end(low: float, mode: float, high: float) -> None:
    text = f"uncertainties: {{iota: {{low: {low}, high: {high}, distribution: triangular, mode: {mode}}}}}"
    table = points(sweep_of("{kind: latin-hypercube, samples: 3000}", text))
    assert table.mean() == pytest.approx((low + mode + high) / 3, abs=1e-3)


def test_a_problem_is_what_salib_takes() -> None:
    sweep = sweep_of("{kind: sobol, samples: 2}")
    described = problem(sweep)
    assert described["num_vars"] == 8
    assert described["names"] == [
        "clawback", "freedom.health", "freedom.all", "savings_rule", "capital_pot", "eta", "iota", "kappa"
    ]
    assert described["bounds"][0] == [0.1, 0.6]
    assert described["bounds"][5] == [PARAMETERS["eta"].low, PARAMETERS["eta"].high]
    assert described["bounds"][6] == [0.1, 0.5, pytest.approx(0.25)]
    assert described["dists"] == ["unif"] * 6 + ["triang", "unif"]
    from SALib.sample import latin

    assert latin.sample(described, 4, seed=1).shape == (4, 8)


def test_a_design_leaves_the_global_generator_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002 (it is the global generator that is meant)
    for design in SAMPLED:
        points(sweep_of(f"{{kind: {design}, samples: 4}}"))
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
