"""Reports of what an analysis or a ranking wrote: the same sentences, numbers and figures."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

import totalplace as tp
from tests.report.page_text import Page, cell
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.figures.house import House, in_house
from totalplace.sim.report import report, write_report
from totalplace.sim.report.analysis_report import _as_drawn
from totalplace.sim.results.answers import write
from totalplace.sim.results.wording import unit_name


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranked") / "rank"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["totalplace", "rank", "single-pot"])
        asked = ["--region", "North East", "--runs", "2", "--quarters", "8", "--out", str(folder)]
        assert exit_code(["rank", "single-pot", *asked]) == 0
    return folder


def test_a_ranking_has_its_sentences_its_numbers_and_its_figures_in_all_three(ranked: Path, tmp_path: Path) -> None:
    found = tp.rank("single-pot", region="North East", runs=2, quarters=8)
    write_report(ranked, tmp_path / "rank.html", formats=("html", "docx", "xlsx"))
    content = report(ranked)
    assert (content.lead, *content.summary) == found.sentences[: 1 + len(content.summary)]
    text = (tmp_path / "rank.html").read_text()
    rows = Page(text).tables[f"{found.title}: ranking ({unit_name(found.metric.unit)})"]
    assert [row[0] for row in rows[1:]] == found.tables["ranking"]["place"].tolist()
    assert "Code" not in rows[0], "only what the command shows"
    grids = docx.Document(str(tmp_path / "rank.docx")).tables
    assert [entry.text.replace("\u2060", "") for entry in grids[0].rows[1].cells] == [cell(one) for one in rows[1]]
    assert len(docx.Document(str(tmp_path / "rank.docx")).inline_shapes) == len(found.drawings)
    sheet = next(one for one in openpyxl.load_workbook(tmp_path / "rank.xlsx") if "ranking" in one.title)
    numbers = {value for line in sheet.iter_rows(values_only=True) for value in line if isinstance(value, float)}
    assert set(found.tables["ranking"]["value"].tolist()) <= numbers, "a workbook has full numbers"
    written = pd.read_csv(tmp_path / "rank" / "figures" / "ranking.csv")
    assert np.allclose(written["value"], found.tables["ranking"]["value"])
    assert text.count("<img ") == len(found.drawings)


def test_a_ranking_is_reported_in_its_own_folder_too(ranked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["report", str(ranked)]) == 0
    assert "rank/report.html" in capsys.readouterr().out
    with pytest.raises(InputError, match="holds figures and tables of a report"):
        report(ranked / "report")


def test_what_a_ranking_cannot_be_asked_and_a_table_that_is_gone_are_said(ranked: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds an answer that is made"):
        report(ranked, ["wellbeing"])
    with pytest.raises(InputError, match="holds an answer that is made"):
        report(ranked, when="net_saving > 0")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "manifest.json").write_bytes((ranked / "manifest.json").read_bytes())
    with pytest.raises(InputError, match=r"The table 'ranking\.parquet' of '.*copy' cannot be read"):
        report(copy)
    (copy / "ranking.parquet").write_bytes(b"PAR1 no table")
    with pytest.raises(InputError, match="cannot be read"):
        report(copy)


def test_an_answer_that_python_wrote_is_shown_whole(tmp_path: Path) -> None:
    one = tp.load("joint-commissioning", place="Rutland", quarters=8)
    found = tp.decompose(one, one.with_settings(["levers.clawback=0.9", "levers.encouragement=-0.5"]), runs=2)
    write(found, tmp_path / "parts")
    content = report(tmp_path / "parts")
    assert [table.name for table in content.sections[0].tables] == [name for name, table in found.tables.items() if len(table)]
    text = Page(write_report(tmp_path / "parts", tmp_path / "page.html").read_text()).text
    assert cell(found.sentences[0]) in cell(text)


@pytest.mark.parametrize("style", [House(), House(width=6.7, tallest=8.4, text=12.0), House(width=3.0, tallest=3.75)])
@pytest.mark.parametrize("size", [(8.4, 4.28), (7.6, 16.0), (2.0, 2.0)])
def test_a_figure_keeps_its_proportions_whatever_the_page(tmp_path: Path, style: House, size: tuple[float, float]) -> None:
    (tmp_path / "figures").mkdir()
    Figure(figsize=size).savefig(tmp_path / "figures" / "one.png", dpi=150)
    with in_house(style):
        chart = _as_drawn(tmp_path, "one")
    width, height = chart.get_size_inches()
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)
    assert width <= min(size[0], style.width or size[0]) + 0.01, "it is not drawn larger than it was"
    assert height <= (style.tallest or height) + 1e-9
    with Image.open(io.BytesIO(chart._repr_png_())) as drawn:
        assert drawn.size[0] / drawn.size[1] == pytest.approx(size[0] / size[1], rel=0.01)


def test_figures_in_a_document_have_the_proportions_of_their_files(ranked: Path, tmp_path: Path) -> None:
    write_report(ranked, tmp_path / "rank.docx")
    files = list(report(ranked).pictures)
    for shape, name in zip(docx.Document(str(tmp_path / "rank.docx")).inline_shapes, files, strict=True):
        with Image.open(ranked / "figures" / f"{name}.png") as drawn:
            assert shape.width / shape.height == pytest.approx(drawn.size[0] / drawn.size[1], rel=0.01), name
