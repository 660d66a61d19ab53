"""What the posterior says of parameters, and the rule by which defaults are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.pictures import prior_values
from totalplace.sim.evidence.calibration.posterior import (
    best,
    candidates,
    crossed,
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
    """A posterior in which only eta is known: it is near a fourth of its range.

    Those of a parameter stay what they are when others are added at the end.
    """
    unit = np.random.default_rng(2).random((len(NAMES), number)).T
    unit[:, NAMES.index("eta")] = 0.25 + 0.05 * (unit[:, NAMES.index("eta")] - 0.5)
    return prior_values(unit), np.full(number, 1.0 / number)


def test_what_the_facts_inform_is_told_from_what_they_do_not() -> None:
    values, weights = particles()
    known = marginals(values, weights)
    assert known["eta"].informed
    assert known["eta"].share_of_range < 0.1
    assert sum(one.informed for one in known.values()) < 4


def test_candidates_move_together_what_was_moved_and_nothing_else() -> None:
    values, weights = particles()
    distance = np.random.default_rng(3).random(len(values))
    moving = [NAMES.index("eta"), NAMES.index("kappa")]
    rows = candidates(values, weights, distance, moving, DEFAULTS, 10)
    assert rows.shape == (11, len(NAMES))
    still = [i for i in range(len(NAMES)) if i not in moving]
    assert (rows[:, still] == DEFAULTS[still]).all()
    nearest = values[np.argsort(distance)[:10]]
    assert rows[1:, moving].tolist() == [[rounded(value) for value in row[moving]] for row in nearest]
    assert rows[0, moving].tolist() == [rounded(float(np.sort(values[:, i])[149])) for i in moving]


def test_the_candidate_that_meets_most_facts_comes_first_then_the_mean_then_the_distance() -> None:
    """The first two criteria are of one fact, which is met only if both are."""
    shares = {"one met": (1.0, 0.5, 0.7), "none met": (1.0, 0.6, 0.6), "two met": (0.7, 0.7, 0.7), "nearer": (0.7, 0.7, 0.7)}
    inside = np.array([[[t < 10 * share for share in one] for t in range(10)] for one in shares.values()], dtype=float)
    parts = 1.0 - inside
    parts[3] *= 0.5
    assert [list(shares)[i] for i in best(inside, parts, ((0, 1), (2,)))] == ["nearer", "two met", "one met", "none met"]


def test_children_lie_between_their_parents() -> None:
    parents = np.stack([DEFAULTS, DEFAULTS])
    eta = NAMES.index("eta")
    parents[1, eta] = 0.9
    children = crossed(parents, 50, 1)
    assert np.array_equal(children, crossed(parents, 50, 1))
    others = [i for i in range(len(NAMES)) if i != eta]
    assert (children[:, others] == DEFAULTS[others]).all()
    assert (children[:, eta] >= DEFAULTS[eta]).all()
    assert (children[:, eta] <= 0.9).all()
    assert len(set(children[:, eta])) > 5


def test_numbers_are_rounded_to_two_digits() -> None:
    assert [rounded(value) for value in (0.01467, 4.449, 0.0, 12.7)] == [0.015, 4.4, 0.0, 13.0]


def test_resampling_keeps_the_weights() -> None:
    weights = np.array([0.5, 0.25, 0.25, 0.0])
    rows = resampled(weights, 400, 1)
    assert np.bincount(rows, minlength=4).tolist() == [200, 100, 100, 0]
    assert np.array_equal(rows, resampled(weights, 400, 1))
