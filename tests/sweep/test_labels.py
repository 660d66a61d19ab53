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
from totalplace.sim.engine.sweep.labels import labels_of
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.report import report, write_report

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
    assert ["Slough (estimate)" in cell for row in page.tables["Places"][1:] for cell in row].count(True) == 2


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
