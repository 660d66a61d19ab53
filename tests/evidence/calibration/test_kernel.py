"""Kernels, implausibility, and what is expected of a kernel where a misfit is not known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from tests.evidence.calibration.toys import figure
from totalplace.sim.evidence.calibration.kernel import (
    FARTHEST,
    expected_log_kernel,
    implausibility,
    is_bound,
    log_kernel,
    misfit,
    misfits,
)
from totalplace.sim.evidence.facts import Criterion, targets

LOG = Criterion("r", "", "", "", central=2.0, observation=0.3, discrepancy=0.4, scale="log")
UPPER = Criterion("u", "", "", "", high=2.0, observation=0.3, discrepancy=0.4)
LOWER = Criterion("l", "", "", "", low=2.0, observation=0.3, discrepancy=0.4)


def test_misfits_are_in_standard_deviations_of_both_errors() -> None:
    one = Criterion("m", "", "", "", central=5.0, observation=3.0, discrepancy=4.0)
    assert misfit(one, np.array([5.0, 10.0, 0.0])).tolist() == [0.0, 1.0, -1.0]
    assert misfit(LOG, np.array([2.0, 2.0 * np.exp(0.5), 1.0])) == pytest.approx([0.0, 1.0, -np.log(2.0) / 0.5])
    assert misfit(UPPER, np.array([1.5, 2.5])) == pytest.approx([-1.0, 1.0])
    assert misfit(LOWER, np.array([1.5, 2.5])) == pytest.approx([1.0, -1.0])
    assert [is_bound(row) for row in (one, LOG, UPPER, LOWER)] == [False, False, True, True]


def test_what_cannot_be_measured_is_as_far_as_can_be() -> None:
    for one in (LOG, UPPER, LOWER):
        assert misfit(one, np.array([np.nan])).tolist() == [FARTHEST]
    assert misfit(UPPER, np.array([np.inf])).tolist() == [FARTHEST]
    assert misfit(LOG, np.array([0.0])).tolist() == [-FARTHEST]


@pytest.mark.parametrize("one", [*targets(), LOG, UPPER, LOWER], ids=lambda one: one.measure)
def test_the_kernel_is_that_of_the_fact(one: Criterion) -> None:
    centre = one.central if one.central is not None else one.high if np.isfinite(one.high) else one.low
    way = one.deviation * np.linspace(-4.0, 4.0, 40)
    values = np.abs(centre) * np.exp(way) if one.scale == "log" else centre + way
    ours = log_kernel(misfits([one], values[:, None]), np.array([is_bound(one)]))[:, 0]
    near = np.abs(misfit(one, values)) < FARTHEST
    assert near.sum() > 20
    assert ours[near] == pytest.approx(one.log_likelihood(values)[near])


@pytest.mark.parametrize("bound", [False, True])
def test_the_expected_kernel_is_the_mean_over_what_is_not_known(bound: bool) -> None:
    z = np.linspace(-12.0, 14.0, 20_001)
    for mean, variance in ((0.0, 1.0), (2.0, 0.25), (-1.5, 3.0)):
        density = norm.pdf(z, mean, np.sqrt(variance))
        kernel = np.exp(log_kernel(z[:, None], np.array([bound]))[:, 0])
        exact = np.log(np.trapezoid(density * kernel, z))
        ours = expected_log_kernel(np.array([[mean]]), np.array([variance]), np.array([bound]))[0, 0]
        assert ours == pytest.approx(exact, abs=1e-3)


def test_implausibility_counts_all_that_is_not_known_and_nothing_on_the_right_side_of_a_bound() -> None:
    far = implausibility(np.array([[6.0, 6.0, -6.0]]), np.array([8.0, 3.0, 0.0]), np.array([False, True, True]))
    assert far.tolist() == [[2.0, 3.0, 0.0]]


def test_a_criterion_without_errors_has_no_misfit() -> None:
    with pytest.raises(ValueError, match="no errors"):
        misfit(Criterion("m", "", "", "", central=1.0), np.array([1.0]))
    assert misfit(figure("x", 1.0), np.array([1.0])).tolist() == [0.0]
