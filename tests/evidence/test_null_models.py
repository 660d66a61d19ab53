"""Null models: scores with known answers, and every way predicts from what was known before."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from totalplace.scenarios import places
from totalplace.sim.evidence.fact_runs import Observed, draws, observe
from totalplace.sim.evidence.facts import CHECKED, facts, settings
from totalplace.sim.evidence.null_models import (
    AGENTS,
    EQUATION,
    FUND,
    INCOME_YEAR,
    LAST_YEAR,
    MANDATE,
    NO_CHANGE,
    Contest,
    Prediction,
    contests,
    crps,
)
from totalplace.sim.evidence.panel import prediction
from totalplace.sim.evidence.panel.tables import LAST, children_logs
from totalplace.sim.evidence.validation_words import beside

PLACES = ("Knowsley", "Devon", "North Yorkshire")


@pytest.fixture(scope="module")
def seen() -> Observed:
    return observe([settings()[name] for name in ("bcf", "bcf_floor", "silo_2017")], PLACES, draws("default", 3))


@pytest.fixture(scope="module")
def found(seen: Observed) -> tuple[Contest, ...]:
    return contests(seen, seen)


def test_the_score_of_a_point_is_its_absolute_error_and_of_a_normal_what_gneiting_and_raftery_give() -> None:
    actual = np.array([1.0, -2.0])
    assert crps(np.array([[3.0, -2.5]]), actual) == pytest.approx([2.0, 0.5])
    members = norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    for at in (0.0, 1.3):
        exact = at * (2.0 * norm.cdf(at) - 1.0) + 2.0 * norm.pdf(at) - 1.0 / np.sqrt(np.pi)
        assert crps(members, np.array([at]))[0] == pytest.approx(exact, abs=1e-3)


def test_the_score_is_that_of_all_pairs() -> None:
    chance = np.random.default_rng(4)
    members, actual = chance.normal(size=(7, 3)), chance.normal(size=3)
    pairs = np.abs(members[:, None, :] - members[None, :, :]).mean(axis=(0, 1))
    assert crps(members, actual) == pytest.approx(np.abs(members - actual).mean(axis=0) - 0.5 * pairs)


def test_a_way_is_beaten_by_its_score() -> None:
    ways = (Prediction(AGENTS, np.array([[1.0]])), Prediction("near", np.array([[0.5]])), Prediction("far", np.array([[3.0]])))
    assert Contest("figure", "%", np.array([0.0]), ways).better() == (["far"], ["near"])


def test_the_error_is_that_of_the_median_and_an_interval_holds_nine_members_of_ten() -> None:
    skew = Prediction("skew", np.array([[0.0], [1.0], [11.0]]))
    assert skew.error(np.array([1.0])) == 0.0
    grid = Prediction("grid", np.repeat(np.arange(101.0)[:, None], 4, axis=1))
    assert grid.covered(np.array([4.0, 5.0, 95.0, 96.0])) == 0.5
    assert np.isnan(Prediction("point", np.array([[1.0]])).covered(np.array([1.0])))


def test_only_the_fund_and_other_income_say_what_was_known_of_them(found: tuple[Contest, ...]) -> None:
    assert [bool(one.known) for one in found] == [True, True, *[False] * 6]
    role = next(one.role for fact in facts() for one in fact.criteria if one.measure == "top_up_later")
    assert role == CHECKED
    assert found[0].known.startswith("looked at before")
    text = " ".join(beside(found))
    assert f"in 2019-20 ({found[0].known}): " in text
    assert text.count("Its 90% intervals by place hold the figure in") == 3


def test_figures_of_england_take_every_history_and_those_of_places_one(seen: Observed, found: tuple[Contest, ...]) -> None:
    country = Observed(seen.places[:1], seen.parameters, {name: {key: rows[:, :1] for key, rows in kept.items()}
                                                          for name, kept in seen.data.items()})
    fund, *others = contests(country, seen)
    assert not np.array_equal(fund.predictions[0].ensemble, found[0].predictions[0].ensemble)
    assert all(np.array_equal(one.predictions[0].ensemble, other.predictions[0].ensemble)
               for one, other in zip(others, found[1:], strict=True))


def test_no_change_is_as_wide_as_other_places_moved_before(found: tuple[Contest, ...]) -> None:
    """Its spread is that of changes over as many years that end by 2021-22, in other places than those predicted."""
    logs = children_logs()["looked_after"].unstack("year").loc[[*prediction.numbers()[0].codes]]
    others = logs.drop(index=[code for name in PLACES if (code := places.find(name, "2024-25").code) in logs.index])
    for one, ahead in zip([one for one in found if one.figure.startswith("looked-after children")], (1, 2, 3), strict=True):
        moved = np.concatenate([others[year + ahead] - others[year] for year in logs.columns if year + ahead <= LAST])
        spread = next(way.ensemble[:, 0] for way in one.predictions if way.way == NO_CHANGE)
        assert len(spread) == len(moved)
        assert spread.std() == pytest.approx(moved.std())


def test_every_contest_has_the_agents_first_and_one_prediction_a_place(found: tuple[Contest, ...]) -> None:
    assert len(found) == 8
    for one in found:
        assert one.predictions[0].way == AGENTS
        assert all(way.ensemble.shape[1] == len(one.actual) for way in one.predictions)
        assert all(np.isfinite(way.score(one.actual)) for way in one.predictions)


def test_the_fund_is_the_mandate_times_its_first_ratio(found: tuple[Contest, ...]) -> None:
    (first, pooled), (minimum, actual) = FUND
    fund = found[0]
    assert fund.actual == [actual]
    assert next(way.ensemble[0, 0] for way in fund.predictions if way.way == MANDATE) == pytest.approx(minimum * pooled / first)


def test_last_years_value_is_that_of_the_place_under_its_code_of_today(found: tuple[Contest, ...]) -> None:
    import pandas as pd

    from totalplace.sim.evidence.panel.tables import HERE

    table = pd.read_csv(HERE / "other_income.csv").set_index(["code", "year"])["share"]
    income = found[1]
    codes = [places.find(name, "2024-25").code for name in PLACES]
    assert income.actual == pytest.approx([100.0 * table[code, INCOME_YEAR] for code in codes])
    last = next(way.ensemble for way in income.predictions if way.way == LAST_YEAR)
    moved = last - [100.0 * table[code, INCOME_YEAR - 1] for code in codes]
    assert np.ptp(moved, axis=1) == pytest.approx(np.zeros(len(moved)), abs=1e-9)  # one set of errors, of others, round each


def test_children_start_from_what_was_known_and_the_equation_is_the_panels(found: tuple[Contest, ...], seen: Observed) -> None:
    numbers = [one for one in found if one.figure.startswith("looked-after children")]
    held = prediction.numbers()
    assert len(numbers) == len(held) == 3
    for one, other in zip(numbers, held, strict=True):
        rows = sorted(other.codes.index(code) for name in PLACES if (code := places.find(name, "2024-25").code) in other.codes)
        assert one.actual == pytest.approx(other.actual[rows])
        ways = {way.way: way.ensemble for way in one.predictions}
        for way in (NO_CHANGE, prediction.TREND):
            assert ways[way].mean(axis=0) == pytest.approx(other.predicted[way][rows])
            assert np.ptp(ways[way] - ways[way].mean(axis=0), axis=1) == pytest.approx(np.zeros(len(ways[way])), abs=1e-9)
        assert np.median(ways[EQUATION], axis=0) == pytest.approx(other.predicted[prediction.OURS][rows])
        assert ways[AGENTS].shape == (3, len(rows))
        assert np.abs(ways[AGENTS] - other.predicted[NO_CHANGE][rows]).max() < 0.1
