"""What the posterior says of parameters, and the rule by which defaults are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.registry import PARAMETERS
from sim.analysis.calibration.pictures import prior_values
from sim.analysis.calibration.posterior import (
    best,
    candidates,
    distance_from_prior,
    in_prior,
    marginals,
    resampled,
    rounded,
    weighted_quantiles,
)

NAMES = list(PARAMETERS)
DEFAULTS = np.array([row.default for row in PARAMETERS.values()])


def test_weighted_quantiles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25])
    assert weighted_quantiles(values, weights, (0.05, 0.5, 0.51, 0.75, 1.0)).tolist() == [1.0, 1.0, 2.0, 2.0, 3.0]


def test_the_prior_is_its_own_inverse_and_level() -> None:
    unit = np.random.default_rng(1).random((2000, len(NAMES)))
    values = prior_values(unit)
    for i, row in enumerate(PARAMETERS.values()):
        assert np.allclose(in_prior(row, values[:, i]), unit[:, i])
        assert (values[:, i] >= row.low).all()
        assert (values[:, i] <= row.high).all()
    assert distance_from_prior(unit[:, 0], np.ones(2000)) < 1.95 / np.sqrt(2000)
    assert distance_from_prior(unit[:, 0] ** 2, np.ones(2000)) == pytest.approx(0.25, abs=0.05)


def particles(number: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A posterior in which only eta is known: it is near a fourth of its range."""
    unit = np.random.default_rng(2).random((number, len(NAMES)))
    unit[:, NAMES.index("eta")] = 0.25 + 0.05 * (unit[:, NAMES.index("eta")] - 0.5)
    return prior_values(unit), np.full(number, 1.0 / number)


def test_only_what_the_facts_inform_moves_the_defaults() -> None:
    values, weights = particles()
    known = marginals(values, weights)
    assert known["eta"].informed
    assert known["eta"].share_of_range < 0.1
    assert sum(one.informed for one in known.values()) < 4
    rows = candidates(values, weights, known, DEFAULTS, 10)
    assert rows.shape == (11, len(NAMES))
    still = [i for i, name in enumerate(NAMES) if not known[name].informed]
    assert (rows[:, still] == DEFAULTS[still]).all()
    eta = rows[:, NAMES.index("eta")]
    assert eta[0] == rounded(known["eta"].median)
    assert np.abs(eta - known["eta"].median).max() < 0.01


def test_the_candidate_whose_worst_fact_holds_most_often_comes_first() -> None:
    inside = np.array([[[1, 0], [1, 0]], [[1, 1], [1, 0]], [[1, 1], [0, 1]], [[1, 1], [0, 1]]], dtype=float)
    parts = 1.0 - inside
    parts[2] *= 2.0
    assert best(inside, parts) == [1, 3, 2, 0]


def test_numbers_are_rounded_to_two_digits() -> None:
    assert [rounded(value) for value in (0.01467, 4.449, 0.0, 12.7)] == [0.015, 4.4, 0.0, 13.0]


def test_resampling_keeps_the_weights() -> None:
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    rows = resampled(weights, 400, 1)
    assert np.bincount(rows, minlength=4).tolist() == [200, 100, 100, 0]
    assert np.array_equal(rows, resampled(weights, 400, 1))
