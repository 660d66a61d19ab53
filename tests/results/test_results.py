from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from totalplace.agents.bargaining import DEALS
from totalplace.scenarios.calendar import quarter_dates
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import Ensemble, Run, at_end


def test_quarters_have_dates_across_years() -> None:
    assert quarter_dates("2010-10", 3) == ["2010-10", "2011-01", "2011-04"]
    assert quarter_dates("2012-01", 5)[-1] == "2013-01"


def test_the_end_is_the_last_quarter_or_the_mean_of_the_last_year() -> None:
    series = np.arange(12.0).reshape(2, 6)
    assert at_end(series, METRICS["wellbeing"]).tolist() == [3.5, 9.5]
    assert at_end(series, METRICS["deals_agreed"]).tolist() == [5.0, 11.0]
    assert at_end(series[:, :2], METRICS["wellbeing"]).tolist() == [0.5, 6.5]


def test_a_run_gives_a_row_for_each_quarter(run: Run) -> None:
    frame = run.frame()
    assert len(frame) == 8
    assert list(frame.columns) == ["scenario", "place", "seed", "quarter", "date", *METRICS]
    assert frame["seed"].unique().tolist() == [3]
    assert frame["date"].dt.strftime("%Y-%m").tolist() == run.dates
    assert np.array_equal(frame["wellbeing"], run.metrics["wellbeing"])


def test_an_ensemble_gives_a_row_for_each_seed_and_quarter(single_pot: Ensemble) -> None:
    frame = single_pot.frame()
    assert len(frame) == 4 * 8
    one = frame[frame["seed"] == 3]
    assert np.array_equal(one["pooled_share"], single_pot.metrics["pooled_share"][2])
    assert one["quarter"].tolist() == list(range(8))


def test_a_run_of_an_ensemble_is_the_run_of_its_seed(run: Run, single_pot: Ensemble) -> None:
    assert np.array_equal(single_pot.metrics[2], run.metrics)
    assert np.array_equal(single_pot.gains[2], run.gains)
    together = Ensemble.of([run])
    deals = single_pot.deals[single_pot.deals["seed"] == 3]
    assert np.array_equal(together.deals, deals)


def test_summaries_carry_units_and_an_ordered_band(run: Run, single_pot: Ensemble) -> None:
    one, many = run.summary(), single_pot.summary()
    assert list(one.index) == list(many.index) == list(METRICS)
    assert one.loc["net_saving", "unit"] == "£m a year of resources"
    assert np.allclose(one["change"], one["last_year"] - one["first_quarter"])
    assert one.loc["net_saving", "measured_as"] == "mean of the last 4 quarters"
    assert one.loc["net_saving_cumulative", "measured_as"] == "last quarter"
    known = many.dropna(subset=["last_year"])
    assert (known["last_year_p05"] <= known["last_year"]).all()
    assert (known["last_year"] <= known["last_year_p95"]).all()
    assert many["last_year_from"].isna().all(), "four runs are too few for an interval of a median"
    assert (many["runs"] == 4).all()


def test_deals_have_names_in_place_of_numbers(single_pot: Ensemble) -> None:
    frame = single_pot.deals_frame()
    assert len(frame) == len(single_pot.deals) > 0
    assert set(DEALS.dtype.names or ()) <= set(frame.columns)
    assert set(frame["agency"].astype(str)) <= set(single_pot.agency_names)
    assert set(frame["commissioner"].astype(str)) <= set(single_pot.commissioner_names)
    refused = frame["outcome"] == "refused"
    assert frame.loc[~refused, "reason"].isna().all()
    first = single_pot.dates[int(frame["quarter"].iloc[0])]
    assert frame["date"].iloc[0].strftime("%Y-%m") == first


def test_words_for_a_notebook(run: Run, single_pot: Ensemble) -> None:
    assert repr(run).startswith("<Run of single-pot in Birmingham from 2010-10, 8 quarters, seed 3: pooled share ")
    assert "4 runs" in repr(single_pot)
    for result in (run, single_pot):
        html = result._repr_html_()
        assert html.count("<tr>") == len(METRICS) + 1
        assert "£m" not in html.split("<tbody>")[0]


def test_an_unknown_metric_is_named(run: Run) -> None:
    with pytest.raises(KeyError, match="no metric happiness"):
        run.plot(["happiness"])


def test_run_ensemble_and_model_can_be_used_in_any_order() -> None:
    code = (
        "import totalplace as tp\n"
        "scenario = tp.load('silo', quarters=2)\n"
        "model = tp.PlaceModel(scenario, rng=1)\n"
        "assert tp.run(scenario, seed=1).quarters == 2\n"
        "assert tp.ensemble(scenario, runs=2).runs == 2\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
