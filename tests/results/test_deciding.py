"""What decides an answer, from its own runs: what goes with it is found, chance is not named, sign and size are told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

import totalplace as tp
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.play import Stage
from totalplace.sim.results.compare import shared_draws
from totalplace.sim.results.deciding import deciders, decides_words, named
from totalplace.sim.results.parameters_drawn import Drawn, parameters_drawn
from totalplace.sim.results.rank_correlations import FALSE_ALARM, beyond_chance, rank_correlations
from totalplace.sim.results.run import Ensemble

RUNS = 100


@pytest.fixture(scope="module")
def played() -> list[Ensemble]:
    names = ("silo", "joint-commissioning", "single-pot")
    return [tp.ensemble(tp.load(name, place="Hartlepool", quarters=8), runs=RUNS, first_seed=1) for name in names]


def with_saving(one: Ensemble, ends: np.ndarray) -> Ensemble:
    metrics = one.metrics.copy()
    metrics["net_saving"] = ends[:, np.newaxis]
    return replace(one, metrics=metrics)


@pytest.mark.parametrize("settings", [["uncertainties=posterior"], ["uncertainties=prior"]])
def test_parameters_given_back_are_those_that_the_runs_had(settings: list[str]) -> None:
    scenario = tp.load("single-pot", place="Hartlepool", quarters=4, set=settings)
    found = parameters_drawn(tp.ensemble(scenario, runs=5, first_seed=7))
    stage, places = Stage(scenario), [list(PARAMETERS).index(name) for name in found.names]
    for row, seed in zip(found.values, range(7, 12), strict=True):
        np.testing.assert_array_equal(row, stage.play(seed).parameter_values[places])


def test_nothing_is_given_back_where_nothing_is_drawn_or_draws_were_others(played: list[Ensemble]) -> None:
    held = tp.ensemble(tp.load("silo", place="Hartlepool", quarters=4, set=["uncertainties=default"]), runs=3)
    assert parameters_drawn(held).names == ()
    assert parameters_drawn(replace(played[0], seeds_a_draw=1)).names == ()


def test_rank_correlations_are_spearmans() -> None:
    rng = np.random.default_rng(1)
    sets, values = rng.random((30, 4)), rng.random(30)
    sets[:, 3] = 1.0
    expected = [spearmanr(column, values).statistic for column in sets.T[:3]]
    np.testing.assert_allclose(rank_correlations(sets, values)[:3], expected, rtol=1e-12)
    assert rank_correlations(sets, values)[3] == 0.0


@pytest.mark.parametrize(("draws", "parameters"), [(20, 190), (50, 190), (200, 10)])
def test_chance_alone_names_a_parameter_in_one_case_of_twenty(draws: int, parameters: int) -> None:
    rng, tries = np.random.default_rng(2), 400
    limit = beyond_chance(draws, parameters)
    named = sum(np.abs(rank_correlations(rng.random((draws, parameters)), rng.random(draws))).max() > limit for _ in range(tries))
    assert 0.01 < named / tries < 2.0 * FALSE_ALARM


def test_a_parameter_that_decides_is_found_by_its_words_and_one_that_does_not_is_not(played: list[Ensemble]) -> None:
    drawn = parameters_drawn(played[2])
    eta = drawn.values[:, drawn.names.index("eta")]
    chance = np.random.default_rng(3).normal(0.0, 0.01, RUNS)
    base = with_saving(played[0], np.zeros(RUNS))
    size = decides_words(with_saving(played[2], 10.0 + (eta - eta.mean()) / eta.std() + chance), base)
    assert "scale exponent of common functions (eta, +0.9" in size or "scale exponent of common functions (eta, +1.00" in size
    assert "most how much it is, not whether: it saves in 100% of the runs" in size
    sign = decides_words(with_saving(played[2], (eta - np.median(eta)) / eta.std() + chance), base)
    assert "whether it saves hangs most on scale exponent of common functions (eta, +" in sign
    assert "not whether" not in sign
    none = decides_words(with_saving(played[2], 10.0 + chance), base)
    assert f"no single one of the {len(drawn.names)} parameters stands out above chance in 50 draws" in none


def test_no_page_is_named_that_does_not_go_with_the_answer(played: list[Ensemble]) -> None:
    assert ".md" not in decides_words(played[2], played[0])


def test_held_parameters_are_said_to_be_held(played: list[Ensemble]) -> None:
    def said(*settings: str) -> str:
        base, other = (tp.ensemble(tp.load(name, place="Hartlepool", quarters=8, set=list(settings)), runs=40)
                       for name in ("silo", "single-pot"))
        return decides_words(other, base)

    held = said("uncertainties=default")
    assert "that nobody knows are held at their defaults here, so that all of the spread in net saving is chance" in held
    assert "0%" not in held.partition(";")[0]
    assert "are held at one value each here" in said("uncertainties=default", "uncertainties.eta=0.7")


def test_runs_that_share_a_draw_count_once(played: list[Ensemble]) -> None:
    drawn, draws = parameters_drawn(played[2]), shared_draws(played[2], played[0])
    assert deciders(np.arange(float(RUNS)), drawn, draws).draws == RUNS // 2
    assert deciders(np.arange(float(RUNS)), drawn, None).draws == RUNS


def test_at_most_three_are_named_and_size_alone_comes_after_the_sign() -> None:
    rng = np.random.default_rng(4)
    values = rng.random((200, 5))
    gap = (values[:, :4] - 0.5).sum(axis=1)
    found = deciders(gap, Drawn(("eta", "kappa", "common_share", "redesign_rate", "partner_drag"), values), None)
    assert len(found.size) == 4
    said = named(found, gap)
    assert said.startswith("whether it saves hangs most on ")
    whether = said.partition(", how much")[0]
    assert sum(name in whether for name in ("eta, ", "kappa, ", "common share", "redesign rate")) == 3
    assert "it saves in " in said


def test_how_agencies_answer_stands_beside_the_baseline(played: list[Ensemble]) -> None:
    asked, agreed = (played[1].at_end(name).sum() for name in ("deals_proposed", "deals_agreed"))
    words = f"{100.0 * agreed / asked:.0f}% of {asked / RUNS:,.0f} requests"
    said = decides_words(played[1], played[0])
    assert f"agencies agree to {words} a run, and refuse most often for " in said
    assert decides_words(replace(played[1], deals=played[1].deals[:0]), played[0]) == said.partition(", and refuse")[0] + "."
    assert f"(under joint-commissioning {words})" in decides_words(played[2], played[1])
    same = replace(played[1], scenario=played[1].scenario.with_settings(["name=same"]))
    assert f"agencies agree to {words} a run (as under joint-commissioning)" in decides_words(same, played[1])
    assert decides_words(played[0], played[0]) == ""
