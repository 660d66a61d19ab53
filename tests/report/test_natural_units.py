"""Outcomes in units that people know, in tables and sentences: the right figures, the right words, the quality of every base."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.worlds import small
from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.cli.tables import chosen_metrics, natural_units_table
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.report.natural_units import natural_units
from totalplace.sim.results.natural_units import LEADING, based, basis_words, change, fewer, known, of_base, said
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import manifest


@pytest.fixture(scope="module")
def results() -> list[Ensemble]:
    names = ("silo", "silo-no-cuts", "single-pot")
    return [ensemble(small(name, quarters=24, place="Nottingham"), runs=40, threads=1) for name in names]


@pytest.mark.parametrize(("name", "gap", "words"), [
    ("looked_after_children", -24.2, "about 24 fewer looked-after children"),
    ("looked_after_children", 119.7, "about 120 more looked-after children"),
    ("emergency_admissions", -1234.0, "about 1,234 fewer emergency admissions"),
    ("healthy_life_expectancy", 0.05, "healthy life expectancy 0.050 years higher"),
    ("claimants", -0.07, "claimants 0.070 points lower"),
    ("life_satisfaction", -0.02, "life satisfaction 0.020 lower"),
])
def test_a_difference_is_told_in_its_unit(name: str, gap: float, words: str) -> None:
    assert fewer(name, [gap] * 40) == words


def test_what_is_not_clear_is_not_told_as_if_it_were() -> None:
    assert fewer("looked_after_children", [-1.0, 1.0] * 20) == "no clear difference in looked-after children (−1 to +1)"
    assert fewer("looked_after_children", [0.0] * 40) == "no difference in looked-after children"


def test_the_band_stands_beside_the_middle() -> None:
    gaps = np.linspace(-40.0, -8.0, 65).tolist()
    assert fewer("looked_after_children", gaps) == "about 24 (10 to 38) fewer looked-after children"
    assert fewer("claimants", [gap / 1000.0 for gap in gaps]) == "claimants 0.024 (0.010 to 0.038) points lower"


def test_a_clear_difference_never_has_a_band_that_touches_zero_and_may_be_too_small_to_matter() -> None:
    children = np.linspace(-4.0, -0.3, 65).tolist()
    assert fewer("looked_after_children", children) == "about 2 (0.5 to 4) fewer looked-after children"
    assert fewer("looked_after_children", [gap / 10.0 for gap in children]) == (
        "a difference in looked-after children too small to matter (0.05 to 0.4 fewer)")
    rate = [gap / 5000.0 for gap in children]
    assert fewer("claimants", rate) == "claimants 0.0004 (0.0001 to 0.001) points lower"
    assert fewer("claimants", rate, 4.5) == "a difference in claimants too small to matter (0.0001 to 0.001 points lower)"
    assert fewer("claimants", [gap / 10.0 for gap in children], 4.5).startswith("claimants 0.215 (")
    wide = np.linspace(-0.25, -0.003, 65).tolist()  # years, of 60: the middle is small, the ends are not
    assert fewer("looked_after_children", [20.0 * gap for gap in wide]).startswith("about 3 (")
    assert "too small" not in fewer("healthy_life_expectancy", [-gap for gap in wide], 100.0)
    assert "too small" in fewer("healthy_life_expectancy", [-gap for gap in wide], 300.0)


def test_a_median_below_half_a_case_is_too_small_to_matter_where_no_end_is_beyond_one_case() -> None:
    gaps = np.concatenate([np.linspace(-0.1, -0.02, 60), np.linspace(-1.2, -1.0, 6)])
    assert fewer("looked_after_children", gaps.tolist()) == (
        "a difference in looked-after children too small to matter (0.02 to 1 fewer)")
    gaps[-6:] *= 40.0
    assert fewer("looked_after_children", gaps.tolist()) == "about 0.06 (0.02 to 43) fewer looked-after children"


@pytest.mark.parametrize(("name", "gaps", "words"), [
    ("looked_after_children", np.linspace(-65.0, -29.0, 20), "looked-after children −47 (−63 to −31), but 20 runs are too few"),
    ("claimants", np.linspace(-0.2, -0.1, 20), "claimants −0.1500 (−0.1950 to −0.1050) points, but 20 runs are too few"),
    ("claimants", np.array([-0.2]), "claimants −0.2000 (−0.2000 to −0.2000) points, but one run says nothing of chance"),
])
def test_of_few_runs_it_is_the_runs_that_are_too_few_and_not_the_difference(name: str, gaps: np.ndarray, words: str) -> None:
    assert fewer(name, gaps.tolist()).startswith(words)
    assert fewer(name, np.zeros(len(gaps)).tolist()).startswith("no difference in ")


def test_bases_have_their_unit_and_the_figures_that_are_published(results: list[Ensemble]) -> None:
    place = results[0].place
    bases = dict(zip(INDICATORS, place.indicator_base.tolist(), strict=True)) | {"healthy_life_expectancy": 60.65, "claimants": 4.5}
    one = replace(results[0], place=replace(place, indicator_base=np.array(list(bases.values()))))
    assert of_base(one, "healthy_life_expectancy").startswith("from 60.65 years")
    assert of_base(one, "claimants").startswith("from 4.5%")
    assert based(one, "healthy_life_expectancy").startswith("60.65 (")


def test_the_table_of_a_report_has_all_indicators_with_base_quality_and_differences(results: list[Ensemble]) -> None:
    (table,) = natural_units(results, results[0], chosen_metrics(None))
    assert [row[0].lower() for row in table.rows] == [row.label.lower() for row in INDICATORS.values()]
    assert table.head == ("indicator", "unit", "base", "silo-no-cuts", "single-pot")
    children = table.rows[list(INDICATORS).index("looked_after_children")]
    gap = np.median(results[1].at_end("looked_after_children") - results[0].at_end("looked_after_children"))
    assert children[2] == "594 (estimated 2016)"
    assert children[3].startswith(f"\u2212{abs(round(gap))} (\u2212")
    assert "90% of seeds" in table.title
    assert "estimated for" in table.note
    assert "actual for healthy life expectancy" in table.note
    frame = table.frame
    assert frame is not None
    assert len(frame) == len(INDICATORS) * len(results)
    assert set(frame.loc[frame.indicator == "looked_after_children", "basis"]) == {"estimated 2016"}
    (alone,) = natural_units(results[:1], results[0], chosen_metrics(None))
    assert alone.head[-1] == "silo"
    assert alone.rows[4][-1].startswith("+")  # more looked-after children than in the first quarter


def test_a_command_shows_a_few_beside_the_index_and_not_where_the_index_is_not_shown(results: list[Ensemble]) -> None:
    tables, bases = natural_units_table(results, results[0], chosen_metrics(None))
    assert len(tables[0].columns) == 1 + len(LEADING)
    assert tables[0].row_count == len(results)
    assert bases.startswith("Bases of indicators: actual for")
    assert natural_units_table(results, results[0], chosen_metrics(["pooled_share"])) == ([], "")


def test_sentences_and_cells_agree(results: list[Ensemble]) -> None:
    words = said(results[1], results[0])
    assert "fewer looked-after children (of 594, estimated)" in words
    middle, _, band = change(results[1], results[0], "looked_after_children").partition(" ")
    assert f"about {middle.lstrip('\u2212')} (" in words
    assert all(end.lstrip("\u2212") in words for end in band.strip("()").split(" to "))
    assert based(results[0], "emergency_admissions") == "28,828 (estimated 2012 to 2013)"


def test_files_of_results_say_how_good_every_base_is(results: list[Ensemble]) -> None:
    told = manifest(results, ["totalplace"], {}, 0.0)["scenarios"][0]["indicators"]
    assert list(told) == list(INDICATORS)
    assert told["looked_after_children"] == {"base": 594.0, "basis": "estimated 2016"}


def test_results_of_a_version_without_indicators_say_nothing(results: list[Ensemble]) -> None:
    older = [replace(one, metrics=one.metrics[[name for name in METRICS if name not in INDICATORS]]) for one in results]
    assert known(older) == []
    assert natural_units(older, older[0], chosen_metrics(["wellbeing"])) == ()
    assert natural_units(results, results[0], chosen_metrics(["pooled_share"])) == ()
    assert said(older[1], older[0]) == ""
    assert natural_units_table(older, older[0], chosen_metrics(["wellbeing"])) == ([], "")
    assert basis_words(older[0], []) == ""
