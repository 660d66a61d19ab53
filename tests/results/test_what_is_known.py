from __future__ import annotations

import math

import numpy as np
import pytest

import totalplace as tp
from totalplace.sim.cli.tables import summary_table
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.compare import compare
from totalplace.sim.results.monte_carlo import quantile_interval, share_interval
from totalplace.sim.results.what_is_known import UNKNOWN_SENTENCE, draws_of, effective, split

SMALL = ("place=Rutland", "quarters=6", "clusters=1")
ONE_QUARTER = ("place=Rutland", "quarters=1", "clusters=1")


def made_up(groups: int, each: int, share: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Values of variance 1, ``share`` of it between groups, and the group of each."""
    rng = np.random.default_rng(seed)
    between = math.sqrt(share) * rng.standard_normal(groups)
    values = np.repeat(between, each) + math.sqrt(1.0 - share) * rng.standard_normal(groups * each)
    return values, np.repeat(np.arange(groups), each)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_estimator_finds_the_variances_it_was_made_with(share: float) -> None:
    found = split(*made_up(20_000, 2, share))
    assert found.share == pytest.approx(share, abs=0.02)
    assert found.chance + found.unknown == pytest.approx(1.0, abs=0.03)
    assert found.low <= found.share <= found.high


def test_the_interval_of_the_share_covers_as_it_promises() -> None:
    covered = [(found := split(*made_up(50, 2, 0.5, seed))).low <= 0.5 <= found.high for seed in range(300)]
    assert 0.91 < np.mean(covered) < 0.99


def test_the_interval_covers_where_values_are_skewed_as_savings_are() -> None:
    """Exponential of a normal with a draw's effect: the F interval holds the truth in three of four of these."""
    rng = np.random.default_rng(5)

    def savings(groups: int) -> np.ndarray:
        return np.exp(rng.normal(0.0, 0.8, (groups, 1)) + rng.normal(0.0, 0.4, (groups, 2))).ravel()

    truth = split(savings(200_000), np.repeat(np.arange(200_000), 2)).share
    found = [split(savings(100), np.repeat(np.arange(100), 2)) for _ in range(300)]
    assert np.mean([one.low <= truth <= one.high for one in found]) > 0.88
    assert 0.5 < truth < 0.9


def test_a_share_is_told_from_fifty_draws_on_and_intervals_of_medians_allow_for_pairs_before() -> None:
    values, groups = made_up(49, 2, 0.9)
    assert split(values, groups).cell == ""
    assert effective(values, groups) < 70
    assert split(*made_up(50, 2, 0.9)).cell.endswith(")")


def test_groups_may_differ_in_size() -> None:
    values, groups = made_up(5_000, 2, 0.5)
    assert split(values[1:-1], groups[1:-1]).share == pytest.approx(0.5, abs=0.03), "the first and the last pair have one run each"


def test_what_cannot_be_told_is_not_told() -> None:
    values, groups = made_up(50, 2, 0.5)
    missing = np.full(100, np.nan)
    for nothing in (split(values, None), split(values, np.arange(100)), split(values[:6], groups[:6]), split(missing, groups)):
        assert math.isnan(nothing.share)
        assert nothing.words == ""
    assert math.isnan(split(np.ones(100), groups).share), "nothing varies"
    assert split(values, np.zeros(100, np.int64)).share == 0.0, "one set of parameters: chance alone"
    assert split(np.repeat(values[:50], 2), groups).share == 1.0


def test_intervals_allow_for_pairs_that_are_alike() -> None:
    values, groups = made_up(200, 2, 0.9)
    assert effective(values, groups) == pytest.approx(400 / 1.9, rel=0.1)
    assert effective(values, None) == effective(values, np.zeros(400, np.int64)) == 400
    wide, narrow = quantile_interval(values, draws=groups), quantile_interval(values)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert share_interval(50, 100, 50.0).low < share_interval(50, 100).low


def test_the_interval_of_a_median_covers_it_whatever_the_pairs() -> None:
    covered = 0
    for seed in range(300):
        values, groups = made_up(40, 2, 0.8, seed)
        found = quantile_interval(values, draws=groups)
        covered += found.low <= 0.0 <= found.high
    assert covered / 300 > 0.92


def test_many_runs_are_over_the_posterior_unless_told_otherwise() -> None:
    scenario = tp.load("joint-commissioning", set=SMALL)
    many = tp.ensemble(scenario, runs=4).scenario
    assert many == scenario.with_settings(["uncertainties=posterior"]).for_many_runs()
    assert many.for_many_runs() is many
    fixed = scenario.with_settings(["uncertainties=default"])
    assert tp.ensemble(fixed, runs=2).scenario == fixed
    assert tp.run(scenario).scenario == fixed, "one run is at default values"
    assert tp.PlaceModel(scenario).place_scenario == fixed
    one = scenario.with_settings(["uncertainties.eta=0.7"]).for_many_runs()
    assert one.uncertainties["eta"] == 0.7
    assert one.uncertainties["kappa"] == many.uncertainties["kappa"] != fixed.uncertainties["kappa"]


def test_two_seeds_share_a_draw_whatever_the_number_of_runs() -> None:
    scenario = tp.load("joint-commissioning", set=ONE_QUARTER).for_many_runs()
    sets = [tp.PlaceModel(scenario, rng=seed).world.parameter_values.copy() for seed in range(1, 6)]
    assert np.array_equal(sets[0], sets[1])
    assert np.array_equal(sets[2], sets[3])
    assert not np.array_equal(sets[1], sets[2])
    few, more = tp.ensemble(scenario, runs=3), tp.ensemble(scenario, runs=8)
    assert more.metrics[:3].tobytes() == few.metrics.tobytes()
    assert more.metrics[2].tobytes() == tp.run(scenario, 3).metrics.tobytes(), "a run of an ensemble again, by itself"
    assert draws_of(scenario, more.seeds).tolist() == [1, 1, 2, 2, 3, 3, 4, 4]  # type: ignore[union-attr]
    assert draws_of(scenario.with_settings(["uncertainties=prior"]), more.seeds) is None


def test_runs_over_the_prior_are_as_they_were() -> None:
    scenario = tp.load("silo", set=[*ONE_QUARTER, "uncertainties=prior"])
    one, two = (tp.PlaceModel(scenario, rng=seed).world.parameter_values.copy() for seed in (1, 2))
    assert not np.array_equal(one, two), "each seed has a draw of its own"


def test_tables_and_frames_say_how_much_is_not_known() -> None:
    pair = [tp.ensemble(tp.load(name, set=SMALL), runs=100) for name in ("silo", "single-pot")]
    frame = compare(pair).set_index(["scenario", "metric"]).loc[("single-pot", "pooled_share")]
    gap = pair[1].at_end("pooled_share") - pair[0].at_end("pooled_share")
    assert frame["difference_unknown"] == split(gap, pair[1].draws).share
    assert frame["difference_unknown_from"] <= frame["difference_unknown"] < frame["difference_unknown_to"]
    assert pair[1].summary().loc["pooled_share", "last_year_unknown"] == split(pair[1].at_end("pooled_share"), pair[1].draws).share
    below = str(summary_table(pair[1], [METRICS["pooled_share"]]).renderables[-1])
    assert "over the posterior" in below
    assert "the part of the variance over runs that is what is not known" in below
    assert pair[1]._repr_html_().endswith(f"{UNKNOWN_SENTENCE}</p>")
    assert "<th>not known</th>" in pair[1]._repr_html_()
    few = tp.ensemble(tp.load("silo", set=SMALL), runs=4)
    assert UNKNOWN_SENTENCE not in few._repr_html_(), "it cannot be told"
    assert "<th>not known</th>" not in few._repr_html_()
    fixed = tp.ensemble(tp.load("silo", set=[*SMALL, "uncertainties=default"]), runs=4)
    assert "default values: chance alone" in str(summary_table(fixed, [METRICS["wellbeing"]]).renderables[-1])
