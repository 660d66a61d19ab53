"""A report as a document and as a workbook: what is in them, the same to the byte, whole or not at all."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
from itertools import groupby
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
import yaml
from docx.oxml.ns import qn

from tests.drawing import reports_drawing_little
from tests.signing import signed_again
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.cli import exit_code
from totalplace.sim.report import document as documents
from totalplace.sim.report import report, workbook, write_report
from totalplace.sim.report.archive import is_ours, settled, text_of, when
from totalplace.sim.report.columns import columns_of
from totalplace.sim.report.content import Listing, Report, Section, Sheet
from totalplace.sim.report.document import document
from totalplace.sim.report.provenance import CITED
from totalplace.sim.report.workbook import CONTENTS, HEAD_ROW, MOST_NAME, PROVENANCE, WORDS

BOTH = ("docx", "xlsx")
EVIL = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(scope="module")
def written(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the report of a comparison in every format."""
    folder = tmp_path_factory.mktemp("written")
    with reports_drawing_little(but=("differences",)):
        write_report(compared, folder / "leeds.docx", formats=("html", *BOTH))
    return folder


@pytest.fixture(scope="module")
def content(compared: Path) -> Report:
    return report(compared)


@pytest.fixture(scope="module")
def made(written: Path) -> Any:
    return docx.Document(str(written / "leeds.docx"))


@pytest.fixture(scope="module")
def book(written: Path) -> Any:
    return openpyxl.load_workbook(written / "leeds.xlsx")


def test_formats_stand_side_by_side_with_one_folder(written: Path) -> None:
    assert sorted(path.name for path in written.iterdir()) == ["leeds", "leeds.docx", "leeds.html", "leeds.xlsx"]


def test_every_table_has_a_numbered_caption_that_stands_alone(content: Report, made: Any, written: Path) -> None:
    tables = [table for section in content.sections for table in section.tables]
    captions = [content.caption(table) for table in tables]
    assert [one.label for one in captions] == [f"Table {number}" for number in range(1, len(tables) + 1)]
    in_document = [line.text for line in made.paragraphs if line.style.name == "Caption" and line.text.startswith("Table ")]
    assert in_document == [str(one) for one in captions]
    page = (written / "leeds.html").read_text("utf-8")
    for table, caption in zip(tables, captions, strict=True):
        assert f"{caption.label}. <span" in page
        if table.setting is None:  # of these runs: where, when, how many
            assert "Hartlepool (E06000001), 2010-10 to 2013-09 (12 quarters), 6 runs of each scenario" in str(caption)
    for table, caption in zip(tables, captions, strict=True):
        if any("(" in entry for row in table.rows for entry in row[table.words:]) and table.name.startswith("headline-"):
            assert "in brackets, the band that holds 90% of the runs" in str(caption)


def unjoined(words: str) -> str:
    """Without the marks that keep a sign and its number on one line."""
    return words.replace("\u2060", "")


def test_no_line_ends_between_a_sign_and_its_number(made: Any) -> None:
    cells = [entry.text for grid in made.tables for row in grid.rows for entry in row.cells]
    texts = [*cells, *(line.text for line in made.paragraphs if line.style.name == "List Bullet")]
    signed = [words for words in texts if re.search("[−+]\u2060?£", words)]
    assert signed
    assert not [words for words in signed if re.search("[−+]£", words)]


def test_the_document_has_the_parts_of_the_page_in_order(content: Report, made: Any) -> None:
    headings = [line.text for line in made.paragraphs if line.style.name == "Heading 1"]
    assert headings == ["In short", *(section.title for section in content.sections)]
    assert made.paragraphs[0].style.name == "Title"
    text = "\n".join(unjoined(line.text) for line in made.paragraphs)
    for section in content.sections:
        for words in (*section.paragraphs, *section.points, *section.notes):
            assert words in text
    for words in content.summary:
        assert words in text


def test_the_document_has_every_table_with_a_header_that_repeats(content: Report, made: Any) -> None:
    tables = [table for section in content.sections for table in section.tables]
    assert len(made.tables) == len(tables)
    for grid, table in zip(made.tables, tables, strict=True):
        rows = [tuple(unjoined(entry.text) for entry in row.cells) for row in grid.rows]
        has_head = any(table.head)
        assert rows == [*([table.head] if has_head else []), *table.rows]
        marks = grid.rows[0]._tr.trPr.findall(qn("w:tblHeader")) if grid.rows[0]._tr.trPr is not None else []
        assert bool(marks) is has_head
        order = [child.tag for child in grid._tbl.tblPr]
        assert order.index(qn("w:tblBorders")) < order.index(qn("w:tblLayout")), "Word refuses another order"


def test_wide_tables_stand_on_pages_across_and_pages_are_numbered(made: Any) -> None:
    assert {section.page_width > section.page_height for section in made.sections} == {True, False}
    foot = made.sections[0].footer._element.xml
    assert "PAGE" in foot
    assert "NUMPAGES" in foot
    assert all(section.footer.is_linked_to_previous for section in made.sections[1:])


def test_figures_have_alternative_text_and_dots_enough(made: Any, content: Report) -> None:
    shapes = made.inline_shapes
    assert len(shapes) == len(content.pictures)
    assert [shape._inline.docPr.get("descr") for shape in shapes] == [picture.says for picture in content.pictures.values()]
    number = list(content.pictures).index("differences")
    picture = made.part.related_parts[shapes[number]._inline.graphic.graphicData.pic.blipFill.blip.embed].blob
    pixels = struct.unpack(">I", picture[16:20])[0]
    assert pixels / (shapes[number].width / 914_400) >= 200


def test_documents_say_what_they_are_and_how_to_cite(made: Any, book: Any, content: Report) -> None:
    for about in (made.core_properties, book.properties):
        assert about.title == content.title
        assert about.language == "en-GB"
        assert str(about.modified) == str(about.created) == when(content.made).strftime("%Y-%m-%d %H:%M:%S") + (
            "+00:00" if about.modified.tzinfo else "")
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert f"{cited['authors'][0]['name']}, {cited['title']}" == CITED
    rows = {row[0]: row[1] for table in content.sections[-1].tables if table.name == "provenance" for row in table.rows}
    assert rows["to cite"].startswith(CITED)
    assert rows["seeds"] == "3 to 8"


def test_the_workbook_has_a_sheet_for_each_table(book: Any, content: Report) -> None:
    names = book.sheetnames
    tables = [table for section in content.sections[:-1] for table in section.tables]
    assert [names[0], names[1], names[-1]] == [CONTENTS, WORDS, PROVENANCE]
    assert len(names) == len(tables) + 3
    assert all(len(name) <= MOST_NAME for name in names)
    links = [cell.hyperlink for row in book[CONTENTS].iter_rows() for cell in row if cell.hyperlink]
    assert [str(link.location or link.target).strip("#") for link in links] == [f"'{name}'!A1" for name in names[1:]]
    for name, table in zip(names[2:-1], tables, strict=True):
        sheet = book[name]
        caption = content.caption(table)
        assert sheet["A1"].value == (str(caption) if table.numbers is None else caption.of_numbers)
        by_scenario = isinstance(table.sheet, Sheet)
        assert sheet.freeze_panes == f"{'C' if by_scenario else 'B'}{HEAD_ROW + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{HEAD_ROW}:")
        assert all(sheet.column_dimensions[column].width >= 9 for column in "ABC")
        if table.numbers is not None and not by_scenario:
            heads = [cell.value for cell in sheet[HEAD_ROW]]
            assert heads == [column.heading for column in columns_of(table.numbers)]
            assert sheet.max_row - HEAD_ROW == len(table.numbers)


def test_all_metrics_stand_by_scenario_in_plain_words(book: Any, content: Report) -> None:
    sheet = book["2 headline"]
    heads = [cell.value for cell in sheet[HEAD_ROW]]
    assert heads[:7] == ["group", "measure", "unit", "better", "silo", "joint-commissioning", "single-pot"]
    assert heads[-2:] == ["name in files", "what it is"]
    assert sheet.cell(HEAD_ROW - 1, 5).value == "Last year, median"
    assert sheet.cell(HEAD_ROW - 1, 8).value == "Difference from silo, median"
    assert {str(one) for one in sheet.merged_cells.ranges} >= {"E3:G3", "H3:I3"}
    rows = {row[-2]: row for row in sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True)}
    assert len(rows) == sheet.max_row - HEAD_ROW, "one row for each metric"
    assert rows["net_saving"][:4] == ("Money", "Net saving", "£m a year of resources", "more")
    assert rows["emergency_admissions"][:4] == ("Natural units", "Emergency admissions", "admissions a year", "less")
    assert not [row[1] for row in rows.values() if "_" in row[1]]
    groups = [row[0] for row in rows.values()]
    assert len(list(groupby(groups))) == len(set(groups)), "each group in one piece"


def test_all_metrics_print_on_few_pages_across_with_their_headings(book: Any) -> None:
    sheet = book["2 headline"]
    assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert sheet.page_setup.fitToWidth <= 2
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$3:$4", "$A:$B")
    assert "what it is" in [cell.value for cell in sheet[HEAD_ROW]][-1:], "beside what is printed"
    last = sheet.cell(HEAD_ROW, sheet.max_column - 1).column_letter
    assert sheet.print_area.replace("$", "").endswith(f"A1:{last}{sheet.max_row}")


def test_numbers_are_numbers_with_their_unit_in_the_heading(book: Any, content: Report) -> None:
    sheet = book[next(name for name in book.sheetnames if name.endswith("headline-net-saving"))]
    heads = [cell.value for cell in sheet[HEAD_ROW]]
    at = heads.index("difference from baseline, median (£m a year of resources)")
    cells = [row[at] for row in sheet.iter_rows(min_row=HEAD_ROW + 1)]
    assert all(cell.data_type == "n" and cell.number_format == "#,##0.00" for cell in cells)
    better = [row[heads.index("share of runs that are better (%)")] for row in sheet.iter_rows(min_row=HEAD_ROW + 1)]
    assert {cell.number_format for cell in better if cell.value is not None} == {"0.0%"}


def hostile() -> Report:
    """A report whose every text is one that a spreadsheet or XML may take for something else."""
    texts = (EVIL, "+1", "-1+1", "@SUM(A1)", "#N/A", "\x07bell", "\ufffe\uffff", "\ud800", "x" * 40_000, "1,234")
    named = [text for text in texts if text != "\ud800"]  # which no column of text can hold
    frame = pd.DataFrame({"=name": named, "value": [1.0, float("nan"), float("inf"), *[0.1 + 0.2] * (len(named) - 3)]})
    long = "a-table-with-a-name-that-is-much-longer-than-any-sheet"
    tables = tuple(Listing(f"{long}:{number}", EVIL, (EVIL, "b"), tuple((text, text) for text in texts), note=EVIL,
                           frame=frame if number else None) for number in range(3))
    section = Section("one", EVIL, (EVIL,), texts, texts, tables, texts={EVIL: EVIL})
    return Report("=title\x07", EVIL, (("=word", EVIL),), texts, (section,), setting=EVIL, made="not a date")


def test_text_is_text_whatever_it_begins_with() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(hostile(), "=beside")))
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames) == 6
    assert all(len(name) <= MOST_NAME for name in book.sheetnames)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}
    sheet = book.worksheets[3]
    assert [sheet.cell(HEAD_ROW + 1 + row, 2).value for row in range(4)] == [1.0, None, None, 0.1 + 0.2]
    assert sheet.cell(HEAD_ROW + 1, 1).value == EVIL
    assert sheet.cell(HEAD_ROW + 1, 1).quotePrefix
    assert "\\x07bell" in [sheet.cell(HEAD_ROW + 1 + row, 1).value for row in range(10)]
    made = docx.Document(io.BytesIO(document(hostile(), {}, {}, "=beside")))
    assert EVIL in "\n".join(line.text for line in made.paragraphs)
    assert text_of("a\x00\ufffe") == "a\\x00\\ufffe"


def test_the_same_results_give_the_same_bytes(compared: Path, written: Path, tmp_path: Path) -> None:
    with reports_drawing_little(but=("differences",)):
        write_report(compared, tmp_path / "leeds.xlsx", formats=BOTH)
    for name in ("leeds.docx", "leeds.xlsx"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes(), name
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    once = (tmp_path / "leeds.docx").read_bytes()
    assert settled(once, when(report(compared).made)) == once


@pytest.mark.parametrize("name", BOTH)
def test_damaged_results_are_refused_and_nothing_is_written(compared: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    (folder / "metrics.parquet").write_bytes(b"no Parquet")
    with pytest.raises(InputError, match="is damaged or was changed"):
        write_report(folder, tmp_path / f"out.{name}")
    signed_again(folder)
    with pytest.raises(InputError, match="cannot be read"):
        write_report(folder, tmp_path / f"out.{name}")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


@pytest.mark.parametrize(("error", "module", "function"), [
    (RuntimeError, documents, "document"), (KeyboardInterrupt, workbook, "workbook"),
    pytest.param(KeyboardInterrupt, documents, "document", marks=pytest.mark.soak),
    pytest.param(RuntimeError, workbook, "workbook", marks=pytest.mark.soak),
])
def test_a_failure_while_writing_leaves_what_was_there(
    compared: Path, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], module: Any,
    function: str,
) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    before = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fails(*given: Any) -> bytes:
        raise error

    monkeypatch.setattr(module, function, fails)
    with reports_drawing_little(), pytest.raises(error):
        write_report(compared, tmp_path / "leeds.html", formats=("html", *BOTH), force=True)
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_document_of_somebody_else_is_not_replaced(compared: Path, tmp_path: Path, written: Path) -> None:
    docx.Document().save(str(tmp_path / "mine.docx"))
    openpyxl.Workbook().save(tmp_path / "mine.xlsx")
    (tmp_path / "text.docx").write_text("my own words")
    for name in ("mine.docx", "mine.xlsx", "text.docx"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(InputError, match="no report of totalplace"):
            write_report(compared, tmp_path / name, force=True)
        assert (tmp_path / name).read_bytes() == before
    assert is_ours(written / "leeds.docx")
    assert is_ours(written / "leeds.xlsx")


def test_the_command_takes_the_format_from_the_name_or_the_option(
    compared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with reports_drawing_little():
        assert exit_code(["report", str(compared), "--out", str(tmp_path / "a.docx")]) == 0
        both = ["--format", "html", "--format", "xlsx"]
        assert exit_code(["report", str(compared), "--out", str(tmp_path / "b.html"), *both]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.docx", "b", "b.html", "b.xlsx"]
    said = capsys.readouterr().out
    assert all(f"Report: {tmp_path / name}" in said for name in ("a.docx", "b.html", "b.xlsx"))
    assert exit_code(["report", str(compared), "--out", str(tmp_path / "c.docx"), "--format", "xlsx"]) == 2
    assert "c.docx' is not the name of a workbook. Allowed: --out FILE.xlsx." in capsys.readouterr().err
    with pytest.raises(UnknownName, match=r"no format of a report 'doc'. Did you mean 'docx'"):
        write_report(compared, tmp_path / "c.docx", formats="doc")
    assert not (tmp_path / "c").exists()


def test_a_figure_that_cannot_be_drawn_is_said_in_the_document(
    compared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from totalplace.sim.report import refusals
    from totalplace.sim.results.store import DrawingFailed

    def fails(*given: Any) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(refusals, "reasons_for_refusal", fails)
    words = r"refusals \(no ink\).*All else is whole in"
    with reports_drawing_little(but=("refusals",)), pytest.raises(DrawingFailed, match=words):
        write_report(compared, tmp_path / "out.docx", formats=BOTH)
    text = "\n".join(line.text for line in docx.Document(str(tmp_path / "out.docx")).paragraphs)
    assert "This figure could not be drawn." in text
    assert "The reason: no ink." in text


def test_a_sweep_has_a_document_and_a_workbook(swept: Path, tmp_path: Path) -> None:
    with reports_drawing_little():
        write_report(swept, tmp_path / "sweep.docx", formats=BOTH)
    book = openpyxl.load_workbook(tmp_path / "sweep.xlsx")
    content = report(swept)
    lines = docx.Document(str(tmp_path / "sweep.docx")).paragraphs
    headings = [line.text for line in lines if line.style is not None and line.style.name == "Heading 1"]
    assert headings == ["In short", *(section.title for section in content.sections)]
    sheet = book[next(name for name in book.sheetnames if name.endswith(" summary"))]
    assert any(cell.data_type == "n" for row in sheet.iter_rows(min_row=HEAD_ROW + 1) for cell in row)
    for table in (table for section in content.sections for table in section.tables):
        assert str(content.caption(table)).startswith("Table ")
        assert table.setting or content.setting
