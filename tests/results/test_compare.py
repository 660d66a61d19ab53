from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios import posterior
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.figures import drawings
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.report.read_results import read_results
from totalplace.sim.results.compare import clearly, compare, difference, probability_better
from totalplace.sim.results.ranking import only_just_words, standing, without_value_words
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import whole_folder, write_tables

#: Metrics that a scenario without commissioners has no value of.
SILENT = ["mean_trust", "joint_working_better"]


def shifted(ensemble: Ensemble, metric: str, by: list[float]) -> Ensemble:
    """An ensemble whose runs have ``by`` added to a metric, under another name."""
    metrics = ensemble.metrics.copy()
    metrics[metric] += np.array(by)[:, np.newaxis]
    scenario = ensemble.scenario.with_settings(["name=shifted"])
    return replace(ensemble, metrics=metrics, scenario=scenario)


def test_differences_are_paired_by_seed(silo: Ensemble) -> None:
    other = shifted(silo, "wellbeing", [0.1, 0.2, 0.3, 0.4])
    assert np.allclose(difference(other, silo, "wellbeing"), [0.1, 0.2, 0.3, 0.4])
    table = compare([silo, other]).set_index(["scenario", "metric"])
    row = table.loc[("shifted", "wellbeing")]
    assert row["difference"] == pytest.approx(0.25)
    assert row["difference_mean"] == pytest.approx(0.25)
    assert row["difference_p05"] == pytest.approx(np.quantile([0.1, 0.2, 0.3, 0.4], 0.05))
    assert row["difference_p95"] == pytest.approx(np.quantile([0.1, 0.2, 0.3, 0.4], 0.95))
    assert row["level"] == pytest.approx(np.median(other.at_end("wellbeing")))
    assert (row["share_better"], row["clear"], row["baseline"], row["runs"]) == (1.0, "no", "silo", 4)  # too few to be clear
    assert (row["share_better_from"], row["share_better_to"]) == pytest.approx((0.5101, 1.0), abs=1e-4)
    assert (row["place"], row["unit"], row["better"]) == ("Birmingham", "0-1", "more")
    assert row["measured_as"] == "mean of the last 4 quarters"
    assert (table.loc["silo", ["difference", "difference_p05", "difference_p95"]].drop(index=SILENT) == 0.0).all().all()
    assert set(table.loc["silo", "clear"]) == {"no", ""}
    assert table.loc[("silo", "mean_trust"), "clear"] == ""


@pytest.mark.parametrize(("runs", "side"), [(3, 0), (34, 0), (35, 1), (100, 1)])
def test_too_few_runs_make_nothing_clear(runs: int, side: int) -> None:
    assert clearly(np.full(runs, 0.5)) == side
    assert clearly(np.full(runs, -0.5)) == -side


def test_less_is_better_where_the_registry_says_so(silo: Ensemble) -> None:
    other = shifted(silo, "inequality", [-0.1, -0.1, 0.1, 0.1])
    table = compare([silo, other]).set_index(["scenario", "metric"])
    assert METRICS["inequality"].direction == -1
    assert table.loc[("shifted", "inequality"), "share_better"] == 0.5


def test_no_probability_without_a_difference_or_a_direction(silo: Ensemble) -> None:
    assert np.isnan(probability_better(np.zeros(4), 1))
    assert np.isnan(probability_better(np.ones(4), 0))
    same = shifted(silo, "wellbeing", [0.0, 0.0, 0.0, 1e-14])
    assert not difference(same, silo, "wellbeing").any()


def test_the_baseline_may_be_named(silo: Ensemble, single_pot: Ensemble) -> None:
    table = compare([silo, single_pot], baseline="single-pot")
    assert set(table["baseline"]) == {"single-pot"}
    assert (table.loc[table["scenario"] == "single-pot", "difference"] == 0.0).all()
    with pytest.raises(UnknownName, match="silo"):
        compare([silo, single_pot], baseline="sillo")


def test_what_cannot_be_paired_is_refused(silo: Ensemble, single_pot: Ensemble) -> None:
    with pytest.raises(InputError, match="given twice"):
        compare([silo, silo])
    with pytest.raises(InputError, match="other seeds"):
        compare([silo, replace(single_pot, seeds=single_pot.seeds + 1)])
    longer = single_pot.scenario.with_settings(["quarters=9"])
    with pytest.raises(InputError, match="number of quarters"):
        compare([silo, replace(single_pot, scenario=longer)])


def test_a_flat_line_by_definition_is_no_difference(silo: Ensemble, single_pot: Ensemble) -> None:
    assert np.isnan(silo.at_end("mean_trust")).all()
    assert np.isnan(difference(single_pot, silo, "mean_trust")).all()
    assert clearly(difference(single_pot, silo, "mean_trust")) == 0
    row = compare([silo, single_pot]).set_index(["scenario", "metric"]).loc[("single-pot", "mean_trust")]
    assert row["clear"] == ""
    assert np.isnan(row["share_better"])
    said = without_value_words([silo, single_pot], [METRICS["mean_trust"], METRICS["wellbeing"]])
    assert said == "Without a value: mean trust under silo (no commissioner)."


def test_first_is_who_is_clearly_ahead_and_level_who_is_not_clearly_behind() -> None:
    rng = np.linspace(0.0, 1.0, 41)
    values = {"low": rng, "high": rng + 2.0, "near": rng[::-1] + 1.9}
    found = standing(values, 1)
    assert (found.first, found.level, found.behind, found.differ) == ("high", ("near",), ("low",), True)
    assert standing(values, -1).first == "low"
    assert standing(values, -1).behind == ("high", "near")
    same = standing({"one": rng, "other": rng[::-1]}, 1)
    assert (same.level, same.behind, same.differ) == (("other",), (), False)


def test_who_has_the_best_median_is_not_first_if_another_is_clearly_ahead_of_it() -> None:
    ours = np.array([1.0] * 30 + [5.0] * 30)
    theirs = ours - 0.01
    theirs[:2] = 50.0  # two seeds in which it does better lift its median over ours
    assert np.median(theirs) > np.median(ours)
    assert clearly(ours - theirs) == 1
    assert standing({"ours": ours, "theirs": theirs}, 1) == ("ours", (), ("theirs",), True)


def test_missing_values_leave_their_pairs_out() -> None:
    rng = np.linspace(0.0, 1.0, 40)
    other = rng + 1.0
    other[3] = np.nan
    assert standing({"one": rng, "other": other}, 1).first == "other"


def test_what_is_clear_by_a_hair_is_said(silo: Ensemble) -> None:
    many = replace(silo, metrics=np.repeat(silo.metrics, 15, axis=0), seeds=np.arange(60))
    hair = shifted(many, "wellbeing", [0.1] * 58 + [-0.1] * 2)
    sure = shifted(many, "wellbeing", [0.1] * 60)
    metric = METRICS["wellbeing"]
    assert clearly(difference(hair, many, "wellbeing")) == clearly(difference(sure, many, "wellbeing")) == 1
    assert only_just_words([many, sure], many, [metric]) == ""
    said = only_just_words([many, hair], many, [metric])
    assert said == "Clear, but only just, for 60 runs: wellbeing of shifted. More runs may say otherwise."


def told(**changes: Any) -> str:
    """What is said of a comparison of a silo with a single pot that differs in what is given."""
    usual: dict[str, Any] = {"place": "Rutland", "quarters": 4}
    with pytest.raises(InputError) as caught:
        tp.compare([tp.load("silo", **usual), tp.load("single-pot", **{**usual, **changes})], runs=2)
    return str(caught.value)


def test_what_is_paired_shares_place_year_start_length_and_draws() -> None:
    assert told(place="Leeds") == (
        "'single-pot' and 'silo' differ in place: Leeds and Rutland. Allowed: one place for all, such as --place Rutland."
    )
    assert "differ in year of the budgets: 2017-18 and 2010-11. Allowed: one year for all" in told(year="2017-18")
    assert "differ in start: 2010-04 and 2010-10. Allowed: one start for all, such as --set start=2010-10" in told(start="2010-04")
    assert "differ in number of quarters: 5 and 4" in told(quarters=5)
    learnt = len(PARAMETERS) - len(posterior.shipped().missing)
    assert f"do not draw the same uncertainties (eta and {learnt - 1} more)" in told(uncertainties="prior")
    assert "do not draw the same uncertainties (eta): " in told(uncertainties={"eta": "prior"})
    assert f"do not draw the same uncertainties (eta and {len(PARAMETERS) - 1} more)" in told(uncertainties="default")
    assert "Allowed: the same ranges for all, such as --set uncertainties=posterior" in told(uncertainties="default")


def test_a_parameter_that_one_of_two_fixes_is_compared_under_the_draws_of_the_rest() -> None:
    usual: dict[str, Any] = {"place": "Rutland", "quarters": 6}
    fixed = tp.load("single-pot", **usual, uncertainties={"eta": 0.95}, name="little to save")
    table = tp.compare([tp.load("single-pot", **usual), fixed], runs=4).set_index(["scenario", "metric"])
    assert table.loc[("little to save", "duplication"), "difference"] != 0.0


def test_fixed_parameters_that_differ_are_what_is_compared() -> None:
    usual: dict[str, Any] = {"place": "Rutland", "quarters": 6}
    one, two = (tp.load("single-pot", **usual, uncertainties={"eta": eta}, name=f"eta {eta}") for eta in (0.7, 0.9))
    table = tp.compare([one, two], runs=2).set_index(["scenario", "metric"])
    assert table.loc[("eta 0.9", "duplication"), "difference"] < 0.0
    drawn = [tp.load(name, place="Rutland", quarters=4, uncertainties="prior") for name in ("silo", "lsp")]
    assert len(tp.compare(drawn, runs=2))


def test_scenarios_are_compared_by_name_file_or_object(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: single-pot\nplace: Rutland\nquarters: 4\n")
    two, five = cast(int, np.int64(2)), cast(int, np.array(5))
    silo = tp.ensemble(tp.load("silo", place="Rutland", quarters=4), runs=two, first_seed=five)
    table = tp.compare([silo, str(file)])
    assert table.equals(tp.compare([silo, file]))
    assert table.equals(compare([silo, tp.load(file)]))
    assert table.equals(compare([silo, tp.ensemble(str(file), runs=2, first_seed=5)]))
    assert set(tp.compare(["silo", "lsp"], baseline="lsp", runs=1)["scenario"]) == {"silo", "lsp"}
    with pytest.raises(InputError, match="a list of scenarios or ensembles"):
        tp.compare("silo")


def test_nothing_else_subtracts_what_cannot_be_paired() -> None:
    one = tp.ensemble(tp.load("silo", place="Rutland", quarters=4), runs=2)
    other = tp.ensemble(tp.load("lsp", place="Leeds", quarters=4), runs=2)
    ways = (lambda: difference(other, one, "wellbeing"), lambda: drawings([one, other], one), lambda: compare([one, other]))
    for subtract in ways:
        with pytest.raises(InputError, match="differ in place: Leeds and Rutland"):
            subtract()
    with pytest.raises(InputError, match="differ in place"):
        tp.decompose(one.scenario, other.scenario)


def test_a_folder_of_results_that_cannot_be_paired_is_refused(tmp_path: Path) -> None:
    apart = (("silo", "Kent"), ("lsp", "Leeds"))
    ensembles = [tp.ensemble(tp.load(name, place=place, quarters=4), runs=2) for name, place in apart]
    with whole_folder(tmp_path / "out", False) as folder:
        write_tables(folder, ensembles, command=["test"], options={}, seconds=0.0)
    with pytest.raises(InputError, match="differ in place: Leeds and Kent"):
        read_results(tmp_path / "out")
