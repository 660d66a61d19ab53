"""Sampling from scores: a normal distribution by tempering, a thin region by thresholds, weights and resampling."""

from __future__ import annotations

import numpy as np
import pytest

from totalplace.sim.evidence.calibration.sampler import (
    effective_size,
    narrowed,
    normalised,
    resampled,
    tempered,
    truncated,
    wrapped,
)

ACTIVE = np.array([0, 1])


def start(number: int, columns: int = 4) -> np.ndarray:
    return np.random.default_rng(1).random((number, columns))


def test_effective_size() -> None:
    assert effective_size(np.full(8, 0.125)) == pytest.approx(8.0)
    assert effective_size(np.array([1.0, 0.0, 0.0])) == pytest.approx(1.0)
    assert effective_size(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.0 / 0.375)
    assert normalised(np.array([-1000.0, -1000.0 + np.log(3.0), -np.inf])) == pytest.approx([0.25, 0.75, 0.0])


def test_one_weight_cannot_outweigh_all_others() -> None:
    """What the root of their number times the mean leaves is as it was."""
    mild = np.log(np.arange(1.0, 101.0))
    assert truncated(mild) == pytest.approx(normalised(mild))
    wild = np.zeros(10_000)
    wild[7] = 12.0
    weights = truncated(wild)
    assert weights.sum() == pytest.approx(1.0)
    assert normalised(wild)[7] > 0.9
    assert weights[7] < 0.2
    assert effective_size(normalised(wild)) < 2.0 < 100.0 < effective_size(np.delete(weights, 7))


def test_resampling_keeps_the_weights() -> None:
    rows = resampled(np.array([0.5, 0.25, 0.25, 0.0]), 400, np.random.default_rng(1))
    assert np.bincount(rows, minlength=4).tolist() == [200, 100, 100, 0]
    assert np.array_equal(rows, resampled(np.array([0.5, 0.25, 0.25, 0.0]), 400, np.random.default_rng(1)))


def test_points_beyond_an_end_come_in_at_the_other() -> None:
    assert wrapped(np.array([-0.2, 0.3, 1.1, 2.4])) == pytest.approx([0.8, 0.3, 0.1, 0.4])


def test_tempering_ends_at_the_distribution() -> None:
    """Two parameters that go together, far from the middle; the two others keep their prior."""
    precision = np.linalg.inv(np.array([[0.01, 0.006], [0.006, 0.01]]))
    middle = np.array([0.35, 0.6])

    def score(unit: np.ndarray, _: np.ndarray) -> np.ndarray:
        away = unit[:, :2] - middle
        return np.asarray(-0.5 * ((away @ precision) * away).sum(axis=1))

    unit, scores = tempered(score, start(2000), ACTIVE, 1.0, np.random.default_rng(2))
    assert unit[:, :2].mean(axis=0) == pytest.approx(middle, abs=0.012)
    assert np.cov(unit[:, 0], unit[:, 1]) == pytest.approx(np.array([[0.01, 0.006], [0.006, 0.01]]), abs=0.0015)
    assert unit[:, 2:].mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.05)
    assert np.array_equal(scores, score(unit, ACTIVE))


def test_groups_of_other_data_know_nothing_of_each_other() -> None:
    middles = np.array([0.2, 0.8])

    def score(unit: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.asarray(-0.5 * ((unit[:, 0] - middles[rows // 600]) / 0.05) ** 2)

    unit, _ = tempered(score, start(1200), ACTIVE, 1.0, np.random.default_rng(2), groups=2)
    assert unit[:600, 0].mean() == pytest.approx(0.2, abs=0.01)
    assert unit[600:, 0].mean() == pytest.approx(0.8, abs=0.01)
    assert unit[:600, 0].std() == pytest.approx(0.05, abs=0.008)


def test_what_is_ruled_out_is_never_drawn() -> None:
    def score(unit: np.ndarray, _: np.ndarray) -> np.ndarray:
        return np.where(unit[:, 0] + unit[:, 1] < 0.5, 0.0, -np.inf)

    unit, _ = tempered(score, start(1000), ACTIVE, 1.0, np.random.default_rng(2))
    assert (unit[:, 0] + unit[:, 1]).max() < 0.5


@pytest.mark.parametrize("edge", [0.5, 0.1])
def test_thresholds_find_a_small_part_its_size_and_its_shape(edge: float) -> None:
    """A corner of the square: a triangle of area edge² / 2, over which points lie evenly."""
    unit, share = narrowed(lambda unit: unit[:, 0] + unit[:, 1], edge, start(3000), ACTIVE, np.random.default_rng(3))
    assert (unit[:, 0] + unit[:, 1]).max() <= edge
    assert share == pytest.approx(edge**2 / 2.0, rel=0.2)
    assert unit[:, :2].mean(axis=0) == pytest.approx([edge / 3.0, edge / 3.0], rel=0.08)
    assert len(np.unique(unit[:, 0])) > 2000
    assert len(np.unique(unit[:, 3])) == 3000  # what nothing reads has as many ancestors as points
