"""Discovery: boxes that are known, conditions that are read and never run, runs compared with those of another scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.analysis.cases import Varied, of_sweep
from totalplace.sim.analysis.conditions import parse, where
from totalplace.sim.analysis.discovery.analysis import boxes, discover
from totalplace.sim.analysis.discovery.boxes import Box, Limit
from totalplace.sim.analysis.discovery.figure import limits_figure
from totalplace.sim.analysis.discovery.words import warnings as words_to_know
from totalplace.sim.analysis.discovery.words import weak_words
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.metrics import METRICS

KNOWN = list(METRICS)


@pytest.fixture(scope="module")
def cube() -> pd.DataFrame:
    points = qmc.LatinHypercube(4, rng=1).random(1500)
    return pd.DataFrame(points, columns=["trust", "clawback", "noise", "other"])


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_known_box_is_found(cube: pd.DataFrame, method: str) -> None:
    inside = ((cube["trust"] > 0.42) & (cube["clawback"] < 0.3)).to_numpy()
    found = boxes(cube, inside, method)[0]
    limits = {limit.factor: limit for limit in found.limits}
    assert set(limits) == {"trust", "clawback"}
    assert limits["trust"].low == pytest.approx(0.42, abs=0.04)
    assert limits["trust"].high is None
    assert limits["clawback"].high == pytest.approx(0.3, abs=0.04)
    assert found.coverage > 0.9
    assert found.density > 0.9
    assert found.runs == found.inside.sum()
    assert found.hits == (found.inside & inside).sum()
    assert found.density == pytest.approx(found.hits / found.runs)


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_known_box_of_names_is_found(cube: pd.DataFrame, method: str) -> None:
    rule = np.array(["nash", "equal", "shapley"])[(cube["other"].to_numpy() * 3).astype(int)]
    points = cube.drop(columns="other").assign(rule=rule)
    inside = ((points["rule"] == "nash") & (points["trust"] > 0.5)).to_numpy()
    found = boxes(points, inside, method)[0]
    limits = {limit.factor: limit for limit in found.limits}
    assert limits["rule"].members == ("nash",)
    assert limits["trust"].low == pytest.approx(0.5, abs=0.04)
    assert found.density > 0.9


def test_chance_gives_no_box(cube: pd.DataFrame) -> None:
    of_interest = qmc.Sobol(1, rng=3).random(2048)[:1500, 0] < 0.3
    for method in ("prim", "cart"):
        for box in boxes(cube, of_interest, method):
            assert box.density < 0.6, "no box of noise is nearly pure"


def test_a_denser_box_covers_less(cube: pd.DataFrame) -> None:
    chance = cube["trust"].to_numpy()
    of_interest = chance > qmc.LatinHypercube(1, rng=5).random(1500)[:, 0]
    wide, dense = boxes(cube, of_interest)[0], boxes(cube, of_interest, density=0.9)[0]
    assert dense.density >= 0.9
    assert dense.coverage < wide.coverage
    assert dense.limits[0].factor == "trust"


def test_too_few_cases_are_refused(cube: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="too few on one side"):
        boxes(cube, np.zeros(1500, dtype=bool))
    with pytest.raises(InputError, match="method"):
        boxes(cube, np.zeros(1500, dtype=bool), "guess")


def test_conditions_are_read_with_precedence() -> None:
    table = pd.DataFrame({"net_saving": [1.0, -1.0, 5.0, -5.0], "wellbeing": [0.6, 0.6, 0.4, 0.7]})
    either = parse("net_saving > 2 or net_saving > 0 and wellbeing >= 0.6", KNOWN)
    assert either.holds(table).tolist() == [True, False, True, False]
    grouped = parse("(net_saving > 2 or net_saving < -2) and wellbeing > .5", KNOWN)
    assert grouped.holds(table).tolist() == [False, False, False, True]
    assert grouped.metrics == ("net_saving", "wellbeing")
    assert "net saving above £2" in grouped.words


def test_a_pattern_stands_for_every_metric_that_begins_so() -> None:
    condition = parse("wellbeing_* >= silo", KNOWN, ["silo"])
    assert set(condition.metrics) == {name for name in KNOWN if name.startswith("wellbeing_")}
    assert condition.references == ("silo",)
    assert condition.words == "every wellbeing metric at least that under silo"


@pytest.mark.parametrize(
    "text",
    ["", "net_saving", "net_saving >", "net_saving > 0 and", "(net_saving > 0", "net_saving > 0)", "> 0", "net_saving = 0",
     "net_saving > 0 net_saving < 1", "__import__('os')", "net_saving > nan", "net_saving > 1e999", "net_saving > 0;1",
     "(" * 60 + "net_saving > 0" + ")" * 60, "net_saving > " + "1" * 2000, "not net_saving > 0", "and > 0"],
)
def test_bad_conditions_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse(text, KNOWN)


def test_unknown_names_in_conditions_have_a_nearest_one() -> None:
    with pytest.raises(UnknownName) as error:
        parse("net_savings > 0", KNOWN)
    assert error.value.nearest == "net_saving"
    with pytest.raises(UnknownName):
        parse("net_saving > sil", KNOWN, ["silo"])


def test_comparison_with_a_scenario_pairs_the_same_runs(choice_store: Store) -> None:
    cases = of_sweep(choice_store)
    condition = parse("pooled_share > silo", cases.metrics, cases.scenarios)
    holds, known = where(cases, condition)
    assert known.all()
    table = cases.table.assign(holds=holds).set_index(["scenario", "place", "point"])
    silo = table.loc["silo"]
    for name in ("silo", "joint-commissioning", "single-pot"):
        ours = table.loc[name]
        assert (ours["holds"] == (ours["pooled_share"] > silo["pooled_share"])).all()
    assert not table.loc["silo"]["holds"].any()


@pytest.mark.parametrize(("density", "coverage", "said"), [
    (0.9, 0.8, ""), (0.75, 0.5, ""), (0.6, 0.8, "weak: density 60%"), (0.9, 0.2, "weak: coverage 20%"),
    (0.6, 0.2, "weak: density 60% and coverage 20%"),
])
def test_a_box_with_little_density_or_coverage_is_called_weak(density: float, coverage: float, said: str) -> None:
    box = Box((), coverage, density, 100, round(100 * density), np.zeros(0, dtype=np.bool_))
    assert weak_words(box) == said
    noted = [one for one in words_to_know([box], 0) if one.startswith("Every box is weak")]
    assert len(noted) == bool(said)
    strong = Box((), 0.9, 0.9, 100, 90, np.zeros(0, dtype=np.bool_))
    assert not any(one.startswith("Every box is weak") for one in words_to_know([box, strong], 0))


def test_a_sweep_gives_boxes_and_sentences(choice_store: Store) -> None:
    found = discover(choice_store, "pooled_share > 15")
    assert found.boxes
    assert found.boxes[0].limits[0].factor == "arrangement"
    assert "holds where arrangement is single-pot" in found.sentences[1]
    assert found.runs == 180
    assert "(coverage)" in found.sentences[1]
    assert len(found.tables["boxes"]) == sum(len(box.limits) for box in found.boxes)
    compared = discover(choice_store, "pooled_share > 15 and wellbeing_* >= silo", method="cart", place="Rutland")
    assert compared.runs == 60, "the scenario that is compared with is left out"


def test_the_limits_of_boxes_stand_below_the_whole_condition_and_a_range_is_no_unit(choice_store: Store) -> None:
    said = "pooled_share > 15 and wellbeing_* >= silo and net_saving > 1"
    cube = pd.DataFrame({"encouragement": [-1.0, 0.0, 1.0], "clawback": [0.0, 0.5, 1.0], "agreement_money": [5.0, 10.0, 20.0]})
    factors = {name: Varied(name, "lever", unit) for name, unit in
               (("encouragement", "-1 to 1"), ("clawback", "share"), ("agreement_money", "£m"))}
    limits = (Limit("encouragement", low=-0.25), Limit("clawback", high=0.75), Limit("agreement_money", low=8.0))
    condition = parse(said, KNOWN, ["silo", "single-pot"])
    drawn = limits_figure([Box(limits, 0.9, 0.9, 100, 90, np.zeros(0, dtype=np.bool_))], cube, factors, condition, "a sweep")
    assert {words.get_text() for words in drawn.axes[0].texts} == {"−0.25", "0.75", "£8.00m"}
    title = max((words for words in drawn.texts if words.get_fontweight() == "bold"), key=lambda words: words.get_fontsize())
    assert " ".join(title.get_text().split()) == f"When {condition.words}"
