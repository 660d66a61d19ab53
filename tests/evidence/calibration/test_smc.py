"""Sequential Monte Carlo against an answer that is known: the mean of a normal with a normal prior; and what it must not do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from totalplace.sim.evidence.calibration.distance import FARTHEST, distances, of_pictures, scales
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.posterior import distance_from_prior, effective_size
from totalplace.sim.evidence.calibration.sample import Sample
from totalplace.sim.evidence.calibration.screening import Screening, screen
from totalplace.sim.evidence.calibration.smc import sample
from totalplace.sim.evidence.facts import Criterion, Floats

PRIOR_SD, SEEN, TOLERANCE = 2.0, 3.0, 0.15
TARGET = (Criterion("x", "x", "1", SEEN - TOLERANCE, SEEN, SEEN + TOLERANCE, "made up"),)


class NormalMean:
    """``x ~ N(mean, 1)`` with ``mean ~ N(0, 2)``, a parameter that does nothing, and one that adds to the first."""

    parameters: tuple[str, ...] = ("zeta", "idle", "alpha")
    measures: tuple[str, ...] = ("x",)

    def __init__(self, weight: float = 0.0) -> None:
        self.weight = weight
        self.played = 0

    def values(self, unit: Floats) -> Floats:
        return np.column_stack([PRIOR_SD * norm.ppf(unit[:, 0]), unit[:, 1], PRIOR_SD * norm.ppf(unit[:, 2])])

    def play(self, values: Floats, first: int, progress: Callable[[int], None] | None = None) -> Floats:
        self.played += len(values)
        noise = [np.random.Generator(np.random.Philox(key=[7, first + i])).standard_normal() for i in range(len(values))]
        return (values[:, 0] + self.weight * values[:, 2] + np.array(noise))[:, None]


def calibrated(model: NormalMean, seed: int = 1, generations: int = 4) -> tuple[Screening, Sample]:
    batches = Batches(model)
    screening = screen(batches, TARGET, 200, 50, 2, seed)
    return screening, sample(batches, TARGET, screening, 250, generations, 50, 20_000, seed)


def moments(values: Floats, weights: Floats) -> tuple[float, float]:
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


@pytest.fixture(scope="module")
def known() -> tuple[Screening, Sample]:
    return calibrated(NormalMean())


def test_the_posterior_of_a_normal_mean_is_the_exact_one(known: tuple[Screening, Sample]) -> None:
    """Exact: mean 2.4 and sd sqrt(0.8). The sample's own error is about 0.9 / sqrt(effective size)."""
    _, found = known
    mean, sd = moments(found.values[:, 0], found.weights)
    error = np.sqrt(0.8 / effective_size(found.weights))
    assert abs(mean - SEEN * PRIOR_SD**2 / (1.0 + PRIOR_SD**2)) < 4.0 * error + 0.05
    assert abs(sd - np.sqrt(0.8)) < 0.25
    assert np.average(found.parts[:, 0] == 0.0, weights=found.weights) > 0.2


def test_only_the_parameter_that_matters_moves_and_the_idle_one_keeps_its_prior(known: tuple[Screening, Sample]) -> None:
    screening, found = known
    assert screening.moving == (0,)
    assert distance_from_prior(found.values[:, 1], found.weights) < 1.95 / np.sqrt(effective_size(found.weights))


def test_parameters_are_not_mixed_up_and_correlations_are_found() -> None:
    """The names are out of alphabetical order on purpose: proposals are told by name, not by position."""
    screening, found = calibrated(NormalMean(1.0), seed=2)
    assert set(screening.moving) == {0, 2}
    x, y = found.values[:, 0], found.values[:, 2]
    mean_x, sd_x = moments(x, found.weights)
    mean_y, sd_y = moments(y, found.weights)
    exact = SEEN * PRIOR_SD**2 / (1.0 + 2.0 * PRIOR_SD**2)
    assert abs(mean_x - exact) < 0.6
    assert abs(mean_y - exact) < 0.6
    together = float(np.average((x - mean_x) * (y - mean_y), weights=found.weights)) / (sd_x * sd_y)
    assert together < -0.5


def test_thresholds_fall_and_the_weights_do_not_collapse(known: tuple[Screening, Sample]) -> None:
    _, found = known
    thresholds = [one.threshold for one in found.generations]
    assert thresholds == sorted(thresholds, reverse=True)
    assert len(set(thresholds)) == len(thresholds)
    assert min(one.effective for one in found.generations) > 0.3 * len(found.weights)
    assert found.distance.max() <= thresholds[-1]
    assert found.weights.sum() == pytest.approx(1.0)


def test_one_seed_gives_one_posterior_and_leaves_global_numbers_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    _, one = calibrated(NormalMean(), generations=2)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    _, again = calibrated(NormalMean(), generations=2)
    assert np.array_equal(one.values, again.values)
    assert np.array_equal(one.weights, again.weights)
    _, other = calibrated(NormalMean(), seed=5, generations=2)
    assert not np.array_equal(one.values, other.values)


def test_too_few_pictures_are_said_to_be_too_few() -> None:
    batches = Batches(NormalMean())
    screening = screen(batches, TARGET, 200, 50, 2, 1)
    with pytest.raises(ValueError, match="not one generation"):
        sample(batches, TARGET, screening, 250, 4, 50, 100, 1)


def test_pictures_that_run_out_leave_the_generation_before() -> None:
    batches = Batches(NormalMean())
    screening = screen(batches, TARGET, 200, 50, 2, 1)
    found = sample(batches, TARGET, screening, 100, 10, 50, 700, 1)
    assert 1 <= len(found.generations) < 10
    assert len(found.weights) == 100


def test_distances() -> None:
    criteria = (Criterion("a", "", "", 1.0, None, 2.0, ""), Criterion("b", "", "", -np.inf, None, 0.0, ""))
    prior = np.column_stack([np.linspace(0.0, 4.0, 101), np.zeros(101)])
    scale = scales(criteria, prior)
    assert scale[0] == pytest.approx(2.0)
    assert scale[1] == 1.0
    measured = np.array([[1.5, -1.0], [4.0, 0.5], [np.nan, np.inf], [0.0, -np.inf]])
    parts = distances(criteria, scale, measured)
    assert parts.tolist() == [[0.0, 0.0], [1.0, 0.5], [FARTHEST, FARTHEST], [0.5, 0.0]]
    assert of_pictures(parts).tolist() == [0.0, 0.75, FARTHEST, 0.25]
