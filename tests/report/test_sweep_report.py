"""Reports of sweeps: spread, sensitivity, robustness, discovery, and what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from tests.report.conftest import SWEEP
from tests.report.page_text import Page, cell
from tests.sweeps import with_bad_points
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.analysis.cases import of_sweep
from totalplace.sim.analysis.sensitivity.analysis import analyse
from totalplace.sim.report import report, sweep_notes, write_report
from totalplace.sim.report.content import Report
from totalplace.sim.results.plain import MOST_POINTS
from totalplace.sim.results.wording import amount


def test_a_sweep_has_its_parts(swept: Path) -> None:
    names = [section.name for section in report(swept).sections]
    pairs = [f"sensitivity-{s}-{p}" for s in ("joint-commissioning", "single-pot") for p in ("rutland", "hartlepool")]
    assert names[:3] + names[-3:] == ["question", "headline", "cohorts", "robustness", "validity", "provenance"]
    assert sorted(names[3:-3]) == sorted(pairs)


def test_medians_and_bands_are_those_of_the_runs(swept: Path, tmp_path: Path) -> None:
    page = Page(write_report(swept, tmp_path / "sweep.html").read_text())
    table = page.tables["Medians (90% of the runs) in the last year"]
    cases = of_sweep(swept).table
    for row in table[1:]:
        own = cases[cases["scenario"] == row[0]]["net_saving"]
        column = table[0].index("Net saving, £m a year of resources")
        low, middle, high = (amount(float(v), "£m a year", brief=True) for v in np.quantile(own, [0.05, 0.5, 0.95]))
        assert cell(row[column]) == f"{middle} ({low} to {high})"
        assert row[1] == str(len(own))
    assert "<b>where</b>" not in (tmp_path / "sweep.html").read_text()
    assert "What decides & <b>where</b>" in page.text


def test_the_head_says_money_people_what_decides_what_holds_up_and_how_far_to_trust_it(swept: Path) -> None:
    content, cases = report(swept), of_sweep(swept).table
    said = list(content.summary)
    assert len(said) <= MOST_POINTS
    paired = cases.pivot(index=["place", "point", "replicate"], columns="scenario", values="net_saving")
    gap = (paired["single-pot"] - paired["joint-commissioning"]).to_numpy()
    low, middle, high = (amount(float(v), "£m a year") for v in np.quantile(gap, [0.05, 0.5, 0.95]))
    money = next(words for words in said if words.startswith("Money: "))
    assert all(end.lstrip("+").removesuffix(" a year") in money for end in (low, middle, high))
    assert "whether single-pot saves against joint-commissioning is not clear" in money, "the band has zero in it"
    assert low.startswith("−")
    people = next(words for words in said if words.startswith("People, a place: "))
    assert "wellbeing " in people
    assert "By kind of cohort, single-pot: " in people
    first = {section.name.partition("-")[0]: section.points[0] for section in reversed(content.sections)
             if section.name.startswith(("sensitivity", "robustness")) and section.points}
    assert first["robustness"] in said
    assert any(words.endswith(first["sensitivity"]) for words in said)
    assert any(words.startswith("How far to trust it: bands hold 90% of ") for words in said)


def test_sensitivity_is_that_of_the_analysis(swept: Path) -> None:
    section = next(s for s in report(swept, ["wellbeing"]).sections if s.name == "sensitivity-single-pot-rutland")
    expected = analyse(swept, "wellbeing", "single-pot", "Rutland")
    assert section.points == expected.sentences
    assert section.notes == expected.warnings
    assert [table.name.rpartition("-")[2] for table in section.tables] == ["sobol", "scores"]


def test_discovery_and_satisficing_come_with_a_condition(swept: Path) -> None:
    content = report(swept, when="pooled_share > 10")
    found = {section.name: section for section in content.sections}
    assert "discovery" in found
    assert "Satisficing" in next(table for table in found["robustness"].tables if table.name == "robustness-criteria").head


def test_missing_runs_are_said(tmp_path: Path) -> None:
    sweep = with_bad_points(sweeps.loads(SWEEP, "small"), 1)
    store = tp.sweep(sweep, tmp_path / "bad", threads=1)
    assert store.missing == 4
    content = report(tmp_path / "bad")
    provenance = content.sections[-1]
    assert provenance.notes == (f"4 runs of {store.total} without results: every figure is of the others.",)
    assert len(provenance.texts["Errors of runs that failed"].splitlines()) == 4


def test_a_design_that_is_too_small_for_an_analysis_says_so(tmp_path: Path) -> None:
    text = SWEEP.replace("samples: 8", "samples: 2").replace("[Rutland, Hartlepool]", "Rutland")
    tp.sweep(sweeps.loads(text, "tiny"), tmp_path / "tiny", threads=1)
    sensitivity = [s for s in report(tmp_path / "tiny").sections if s.name.startswith("sensitivity")]
    assert len(sensitivity) == 2
    assert all("complete" in section.notes[0] for section in sensitivity)


def test_a_metric_without_a_better_direction_is_no_robustness(swept: Path) -> None:
    robustness = next(s for s in report(swept, ["pooled_share"]).sections if s.name == "robustness")
    assert "neither better nor worse" in robustness.notes[0]


def test_a_condition_that_cannot_be_read_is_an_error(swept: Path) -> None:
    with pytest.raises(InputError):
        report(swept, when="net_savin > 0")


def test_scenarios_that_are_crossed_with_arrangements_keep_their_names(tmp_path: Path) -> None:
    text = """
scenarios: [october-2010, better-care-fund]
arrangements: [lsp, prototype]
places: Rutland
settings: {quarters: 4, clusters: 2}
metrics: [net_saving]
every: last
"""
    tp.sweep(sweeps.loads(text, "crossed"), tmp_path / "crossed", threads=1)
    content = report(tmp_path / "crossed")
    names = [row[0] for row in content.sections[1].tables[0].rows]
    assert names == ["october-2010/lsp", "october-2010/prototype", "better-care-fund/lsp", "better-care-fund/prototype"]


def test_places_that_are_estimates_are_named(tmp_path: Path) -> None:
    text = """
title: Of today
arrangements: [joint-commissioning]
places: [Slough, Rutland]
settings: {quarters: 4, clusters: 1, year: 2024-25}
levers: {clawback: range}
design: {kind: latin-hypercube, samples: 4}
metrics: [net_saving]
every: last
"""
    tp.sweep(sweeps.loads(text, "small"), tmp_path / "sweep", threads=1)
    facts = dict(report(tmp_path / "sweep").facts)
    assert facts["Estimates, no accounts filed"] == "Slough in 2024-25"


def test_a_sweep_of_2010_has_no_estimates(swept: Path) -> None:
    assert "Estimates, no accounts filed" not in dict(report(swept).facts)


def test_what_a_place_could_not_have_is_told_up_to_a_number_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
scenarios: [today, integrated-settlement]
places: [Rutland, Kent, Manchester]
settings: {quarters: 4, clusters: 1}
metrics: [net_saving]
every: last
"""
    tp.sweep(sweeps.loads(text, "settled"), tmp_path / "settled", threads=1)
    question = report(tmp_path / "settled").sections[0]
    told = ("integrated-settlement: what if: {} lies in no strategic authority, so that nobody could hold an integrated settlement "
            "for it.")
    assert [note for note in question.notes if "what if" in note] == [told.format("Rutland"), told.format("Kent")]
    assert told.format("Kent") in Page(write_report(tmp_path / "settled", tmp_path / "page.html").read_text()).text
    monkeypatch.setattr(sweep_notes, "MOST", 1)
    shown = report(tmp_path / "settled").sections[0].notes
    assert (len(shown), shown[0]) == (2, question.notes[0])
    assert f"{len(question.notes) - 1} more note" in shown[1]


FEW = """
title: Few runs, a silo first
arrangements: [silo, joint-commissioning, single-pot]
places: Rutland
settings: {quarters: 8, clusters: 2}
levers: {clawback: range, savings_rule: range}
uncertainties: {eta: prior, initial_trust: prior, kappa: [0.4, 0.5]}
design: {kind: latin-hypercube, samples: 20}
every: last
"""


@pytest.fixture(scope="module")
def few_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few") / "sweep"
    tp.sweep(sweeps.loads(FEW, "few"), folder, threads=1)
    return folder


@pytest.fixture(scope="module")
def few(few_runs: Path) -> Report:
    return report(few_runs)


def test_few_runs_are_said_of_people_too(few_runs: Path) -> None:
    people = next(words for words in report(few_runs, ["wellbeing"]).summary if words.startswith("People: "))
    told = people.partition(" By kind")[0].split("; ")
    assert len(told) == 5, "four indicators and the index"
    assert all("20 runs are too few to call it clear" in words or "no difference in" in words for words in told)
    assert "no clear difference" not in people


def test_what_decides_is_first_told_of_who_moves_the_metric_and_last_of_the_silo(few: Report) -> None:
    sections = [section for section in few.sections if section.name.startswith("sensitivity-")]
    assert sections[-1].name == "sensitivity-silo-rutland"
    assert sections[-1].points[0].startswith("Nothing that is varied decides net saving")
    assert (sections[-1].tables, sections[-1].pictures) == ((), ())
    assert all(section.tables and section.pictures for section in sections[:-1])
    decides = [words for words in few.summary if ", Rutland: " in words]
    assert decides
    assert decides[0].endswith(sections[0].points[0])
    assert not decides[0].startswith("silo")


def test_factors_are_told_by_the_ranges_that_they_are_drawn_from(few: Report) -> None:
    (table,) = few.sections[0].tables
    over = {row[0].partition(" (")[0]: row[2] for row in table.rows}
    assert (over["clawback"], over["initial trust"], over["kappa"]) == ("0 to 1", "0.3 to 0.7", "0.4 and 0.5")


def test_of_many_factors_the_page_has_the_first_and_the_file_all(tmp_path: Path) -> None:
    names = [name for name, row in PARAMETERS.items() if row.low < row.high][:25]
    text = FEW.partition("levers:")[0] + (
        f"uncertainties: {{{', '.join(f'{name}: prior' for name in names)}}}\nmetrics: [net_saving]\n"
        "design: {kind: latin-hypercube, samples: 10}\n")
    tp.sweep(sweeps.loads(text, "many"), tmp_path / "many", threads=1)
    (table,) = report(tmp_path / "many").sections[0].tables
    assert (len(table.rows), len(table.head)) == (20, 5)
    assert table.note == "The first 20 of 25 rows; the CSV file has all."
    assert table.frame is not None
    assert list(table.frame["factor"]) == names


def test_a_metric_with_the_name_of_a_factor_is_left_out_and_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    text = SWEEP.replace("initial_trust: prior", "reactive_share: prior").replace("metrics: [", "metrics: [reactive_share, ")
    tp.sweep(sweeps.loads(text, "both"), tmp_path / "both", threads=1)
    cases = of_sweep(tmp_path / "both")
    assert "reactive_share" not in cases.metrics
    assert cases.table["reactive_share"].nunique() > 2, "the column is the factor"
    assert any(words.startswith("Money: ") for words in report(tmp_path / "both").summary)
    with pytest.raises(InputError, match="'reactive_share' is a factor of the sweep in '.*' and the name of a metric too"):
        of_sweep(tmp_path / "both", ["reactive_share"])
