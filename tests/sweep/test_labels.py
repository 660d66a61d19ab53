"""What a sweep shows of places and bodies: estimates marked, and the words of the period of its budgets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import totalplace as tp
from tests.report.page_text import Page
from totalplace.scenarios import sweeps
from totalplace.scenarios.registry import named
from totalplace.sim.analysis.cases import of_sweep
from totalplace.sim.analysis.discovery.analysis import described
from totalplace.sim.analysis.robustness.analysis import robust
from totalplace.sim.browser.charts.ensembles import short_names
from totalplace.sim.browser.state import sweep_data
from totalplace.sim.cli import exit_code
from totalplace.sim.engine.sweep.labels import labels_of, what_if_texts
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.metrics import metric
from totalplace.sim.report import report, write_report
from totalplace.sim.report.spread import spread

TEXT = """
title: Of today
scenarios: [board-political, joint-commissioning]
places: [Slough, Leeds]
settings: {year: 2024-25, quarters: 4, clusters: 1}
levers: {merger: {nhs: [1, 2]}}
metrics: [net_saving, ceded_nhs]
every: last
"""


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tp.sweep(sweeps.loads(TEXT, "today"), tmp_path_factory.mktemp("swept") / "today", threads=1)


def test_the_table_of_a_sweep_marks_places_and_has_words_of_the_period(today: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["sweep", "show", str(today.folder)]) == 0
    said = capsys.readouterr().out
    assert "board-political, Slough (estimate): 2 runs done" in said
    assert "joint-commissioning, Leeds: 2 runs done" in said
    assert "ceded by NHS (integrated care board)" in said


def test_captions_factors_and_tables_of_analyses_do_so_too(today: Store) -> None:
    cases = of_sweep(today)
    assert cases.places_shown == ("Slough (estimate)", "Leeds")
    assert "Slough (estimate)" in cases.only(place="Slough").source
    assert [factor.words for factor in cases.factors] == ["merger of NHS (integrated care board)"]
    assert set(described(cases)[0]["place"]) == {"Slough (estimate)", "Leeds"}
    answer = robust(today, "net_saving")
    assert answer.labels.place("Slough") == "Slough (estimate)"
    assert set(answer.tables["places"]["place"]) == {"Slough", "Leeds"}, "tables that machines read have the name alone"


def test_a_report_of_a_sweep_does_so_too(today: Store, tmp_path: Path) -> None:
    assert "Slough (estimate)" in report(today.folder).title
    page = Page(write_report(today.folder, tmp_path / "page.html").read_text())
    assert "Slough (estimate) and Leeds" in page.text
    assert "merger of NHS (integrated care board)" in page.text
    (places,) = [rows for title, rows in page.tables.items() if title.endswith(": places")]
    assert ["Slough (estimate)" in cell for row in places[1:] for cell in row].count(True) == 2


def test_the_sweep_page_does_so_too_and_still_finds_the_scenario(today: Store) -> None:
    opened = sweep_data.open_store_of("today", today)
    assert opened.axes[sweep_data.PLACE].choices == ("Slough (estimate)", "Leeds")
    assert opened.axes["merger.nhs"].label == "merger of NHS (integrated care board)"
    texts = {(row.scenario, row.place): row.text for row in today.scenarios().itertuples()}
    shown = sweep_data.replace(opened, texts=texts)
    assert sweep_data.scenario_of(shown, 0).place == "Slough"
    assert short_names(opened.axes[sweep_data.PLACE].choices, 14)[0] == "Slough\n(estimate)"


def test_words_are_plain_labels_where_years_differ_and_names_as_they_are_where_a_place_is_gone() -> None:
    def table(*rows: tuple[str, str]) -> pd.DataFrame:
        return pd.DataFrame([{"place": place, "text": f"title: x\nyear: {year}\n"} for place, year in rows])

    mixed = labels_of(table(("Slough", "2024-25"), ("Slough", "2010-11"), ("Atlantis", "2024-25")))
    assert (mixed.period, dict(mixed.places)) == ("", {"Slough": "Slough (estimate)"})
    assert labels_of(table(("Slough", "2010-11"))).place("Slough") == "Slough"
    assert named("merger.nhs") == "merger of NHS"
    assert named("merger.all", "today") == "merger of others"


def test_captions_of_sweeps_say_what_a_place_could_not_have(tmp_path: Path) -> None:
    text = """
scenarios: [today, integrated-settlement]
places: [Kent, Manchester]
settings: {quarters: 4, clusters: 1}
levers: {clawback: [0, 1]}
metrics: [net_saving]
every: last
"""
    cases = of_sweep(tp.sweep(sweeps.loads(text, "settled"), tmp_path / "settled", threads=1))
    assert cases.what_if == ". What if: 1 of 4 pairs of scenario and place could not be so"
    assert cases.only("today").what_if == cases.only(place="Manchester").what_if == ""
    alone = cases.only("integrated-settlement", "Kent")
    assert alone.caption == (f"{alone.source}. What if: Kent lies in no strategic authority, so that nobody could hold an "
                             "integrated settlement for it")
    caption = " ".join(" ".join(words.get_text().split()) for words in spread(cases, [metric("net_saving")]).texts)
    assert "What if: 1 of 4 pairs" in caption


@pytest.mark.parametrize("name", [
    "integrated-settlement", "police-to-mayor", "reorganisation", "place-budget-pilot", "better-care-fund-2025", "section-75",
])
@pytest.mark.parametrize("place", ["Kent", "Leicester", "Sheffield"])
def test_no_what_if_is_overlooked_by_the_first_look_at_texts(name: str, place: str) -> None:
    scenario = tp.load(name, place=place)
    found = what_if_texts(pd.DataFrame([{"scenario": name, "place": place, "text": scenario.text}]))
    assert found or not any(note.startswith("what if") for note in scenario.notes)


@pytest.mark.parametrize("settings", [["levers.reorganisation={all: 0, council: 1}"], ["levers.shared_governance=0.5"],
                                      ["arrangement.open_to=unnamed_places"], ["events=2026-04: reorganisation council at 1"]])
def test_nor_where_it_is_set_by_hand(settings: list[str]) -> None:
    scenario = tp.load("section-75", place="Leicester", set=settings)
    assert any(note.startswith("what if") for note in scenario.notes)
    assert what_if_texts(pd.DataFrame([{"scenario": "x", "place": "Leicester", "text": scenario.text}]))
    plain = tp.load("section-75", place="Leicester")
    assert not what_if_texts(pd.DataFrame([{"scenario": "x", "place": "Leicester", "text": plain.text}]))
