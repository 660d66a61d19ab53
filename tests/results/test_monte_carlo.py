from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from totalplace.sim.results.monte_carlo import (
    BAND_RUNS,
    CLEAR_RUNS,
    CLEARLY,
    MEDIAN_RUNS,
    Z,
    plus_minus,
    quantile_interval,
    share_interval,
    share_words,
    too_few,
)


def test_the_normal_quantile_is_that_of_95_percent() -> None:
    assert norm.ppf(0.975) == pytest.approx(Z, rel=1e-15)


@pytest.mark.parametrize(
    ("hits", "runs", "low", "high"),
    [(80, 100, 0.7112, 0.8666), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_shares_have_wilsons_interval(hits: int, runs: int, low: float, high: float) -> None:
    """The last row is the example of Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 is 0.2553 to 0.3662."""
    assert tuple(share_interval(hits, runs)) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("runs", [25, 50, 100, 400])
def test_wilsons_interval_covers_about_as_often_as_it_says(runs: int) -> None:
    for share in (0.5, 0.68, 0.9):
        covered = [hits for hits in range(runs + 1) if share_interval(hits, runs).low <= share <= share_interval(hits, runs).high]
        assert binom.pmf(covered, runs, share).sum() > 0.925


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_the_interval_of_a_quantile_covers_it_whatever_the_distribution(share: float) -> None:
    """Values 0 to n - 1 give places away: the quantile lies between two of them in as many samples as a binomial says."""
    for runs in range(1, 300):
        low, high = quantile_interval(np.arange(float(runs))[::-1], share)
        if math.isnan(low):
            assert runs < (MEDIAN_RUNS if share == 0.5 else BAND_RUNS)
            continue
        first, last = int(low) + 1, int(high) + 1  # ranks from 1
        assert binom.cdf(last - 1, runs, share) - binom.cdf(first - 1, runs, share) >= 0.95
        assert binom.cdf(first, runs, share) > 0.025, "a later first place would do"
    assert not math.isnan(quantile_interval(np.arange(float(BAND_RUNS)), share).low)


def test_runs_that_a_statement_needs_follow_from_the_intervals() -> None:
    assert share_interval(CLEAR_RUNS, CLEAR_RUNS).low >= CLEARLY > share_interval(CLEAR_RUNS - 1, CLEAR_RUNS - 1).low
    assert quantile_interval(np.arange(float(MEDIAN_RUNS))).known
    assert not quantile_interval(np.arange(MEDIAN_RUNS - 1.0)).known
    assert not quantile_interval(np.arange(BAND_RUNS - 1.0), 0.05).known


def test_values_that_are_missing_have_no_interval() -> None:
    assert not quantile_interval([1.0, np.nan] * 10).known
    assert not quantile_interval([]).known
    assert math.isnan(share_interval(0, 0).low)


def test_words() -> None:
    assert plus_minus(np.arange(100.0), "£m a year") == "±10.5"
    assert plus_minus(np.zeros(100), "£m a year") == ""
    assert plus_minus(np.arange(3.0), "0-1") == ""
    assert share_words(0.68, share_interval(68, 100)) == "68% (58–76)"
    assert too_few(100) == ""
    assert "35 or more" in too_few(34)
    assert "fewer than 6" in too_few(5)
    assert too_few(1).startswith("One run only")
