"""The report as a workbook (XLSX): a sheet of contents, the sentences, a sheet for each table with full numbers, and provenance.

Numbers are numbers, whole as they were computed; a format shows few of their figures. Text is text, whatever it begins with.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.user_text import anchor
from totalplace.sim.report.archive import GENERATOR, settled, text_of, when
from totalplace.sim.report.columns import Column, sheet_of, shown_columns
from totalplace.sim.report.content import Listing, Report
from totalplace.sim.report.sheet_cells import (
    fit,
    font_of,
    lines_below,
    prose,
    set_width,
    width_of,
    write,
    write_heading_over,
    write_headings,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

CONTENTS, WORDS, PROVENANCE = "Contents", "In words", "Provenance"
#: Letters that the name of a sheet may have.
MOST_NAME: Final = 31
#: Rows above the table of a sheet: its caption, its note, one that is blank or has what stands over the headings, the headings.
HEAD_ROW: Final = 4
_WIDEST, _NARROWEST, _PROSE = 48, 9, 110
#: Letters that a printed page is wide.
_PAGE: Final = 220
_WHOLE_NUMBER: Final = re.compile(r"\d{1,3}(,\d{3})*|\d+")


def workbook(report: Report, beside: str) -> bytes:
    """The workbook. ``beside`` names the folder with the figures and the tables as CSV."""
    from openpyxl import Workbook

    book = Workbook()
    contents = book.active
    assert contents is not None
    contents.title = CONTENTS
    tables = [table for section in report.sections if section.name != "provenance" for table in section.tables]
    sheets = {sheet_name(report, table): table for table in tables}
    _words(book.create_sheet(WORDS), report)
    for name, table in sheets.items():
        _table(book.create_sheet(name), report, table)
    _provenance(book.create_sheet(PROVENANCE), report)
    _contents(contents, report, sheets, beside)
    _properties(book, report)
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), when(report.made))


def sheet_name(report: Report, table: Listing) -> str:
    """The name of the sheet of a table: its number, which no other has, and what it is called."""
    number = report.caption(table).label.rpartition(" ")[2]
    return f"{number} {anchor(table.name)}"[:MOST_NAME].rstrip("-")


def _properties(book: Workbook, report: Report) -> None:
    about = book.properties
    about.title, about.subject = text_of(report.title)[:250], text_of(report.lead)[:250]
    about.creator, about.category, about.language = f"totalplace {metadata.version('totalplace')}", GENERATOR, "en-GB"
    about.created = about.modified = when(report.made).replace(tzinfo=None)


def _table(sheet: Worksheet, report: Report, table: Listing) -> None:
    """A sheet: caption, note, headings that stay in view and filter, rows."""
    content = sheet_of(table)
    columns, values = content.columns, content.values
    printed = len(columns) - content.beside
    _rows(sheet, HEAD_ROW, columns, values, broken=printed)
    across = _across(sheet, len(columns))
    prose(sheet, 1, _caption(report, table), bold=True, across=across)
    prose(sheet, 2, content.note, across=across)
    for first, last, words in content.over:
        write_heading_over(sheet, HEAD_ROW - 1, first, last, words)
    # Without columns by scenario the first column alone stays in view: three would leave a narrow window.
    sheet.freeze_panes = sheet.cell(row=HEAD_ROW + 1, column=(content.names if content.over else 1) + 1)
    bottom = sheet.cell(row=HEAD_ROW + max(len(values), 1), column=len(columns)).coordinate
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{bottom}"
    _page(sheet, printed, HEAD_ROW - bool(content.over), HEAD_ROW, content.names)


def _caption(report: Report, table: Listing) -> str:
    """The caption of a table on its sheet, where a band has columns of its own."""
    caption = report.caption(table)
    return str(caption) if table.numbers is None else caption.of_numbers


def _across(sheet: Worksheet, columns: int) -> int:
    """How many columns a text may run over so that it is not wider than a screen."""
    width, number = 0.0, 0
    while number < columns and (number == 0 or width + width_of(sheet, number + 1) <= _PROSE):
        number += 1
        width += width_of(sheet, number)
    return number


def _page(sheet: Worksheet, columns: int = 0, first: int = 0, head: int = 0, names: int = 0) -> None:
    """How a sheet is printed: on pages of A4 across, as many beside each other as it is wide.

    The first ``columns`` are printed, or all. Each page has the headings in the rows from ``first`` to ``head`` and the first
    columns, so many as hold ``names``.
    """
    from openpyxl.utils import get_column_letter

    wide = sum(width_of(sheet, number) for number in range(1, (columns or sheet.max_column) + 1))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = math.ceil(wide / _PAGE), 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A, page &P of &N"
    if head:
        sheet.print_title_rows = f"{first}:{head}"
    if columns:
        sheet.print_area = f"A1:{get_column_letter(columns)}{sheet.max_row}"
    if names:
        sheet.print_title_cols = f"A:{get_column_letter(names)}"


def _rows(
    sheet: Worksheet, head: int, columns: Sequence[Column], values: Sequence[Sequence[Any]], widths: Sequence[float] = (),
    broken: int | None = None,
) -> None:
    """Headings in a row and the values below; columns of given ``widths``, or as wide as what is in them, within bounds.

    Texts are broken over lines in the first ``broken`` columns, or in all.
    """
    for number, column in enumerate(columns, start=1):
        own = [row[number - 1] for row in values]
        set_width(sheet, number, widths[number - 1] if widths else _fitting(column, own))
        for row, (value, shown) in enumerate(zip(own, column.formats, strict=True), start=head + 1):
            write(sheet, row, number, _number(value) if shown else value, shown)
    write_headings(sheet, head, columns)
    words = [number for number, column in enumerate(columns[:broken], start=1) if column.is_text]
    for number, texts in enumerate(values, start=head + 1):
        fit(sheet, number, [texts[column - 1] for column in words], words)


def _number(value: Any) -> Any:
    """A whole number that is shown as text, as the number; whatever else as it is."""
    return int(value.replace(",", "")) if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) else value


def _fitting(column: Column, values: Iterable[Any]) -> float:
    """The width of a column in letters."""
    longest = max((len(str(value)) for value in values), default=0) if column.is_text else 12
    words = max(map(len, column.heading.split()), default=0) + 2
    return float(min(_WIDEST, max(_NARROWEST, longest + 2, words, 16 if len(column.heading) > 32 else 0)))


def _words(sheet: Worksheet, report: Report) -> None:
    """What the report says in sentences, part by part; texts in full are left to the page."""
    set_width(sheet, 1, _PROSE)
    row = 1
    for section in report.sections:
        if not (section.paragraphs or section.points or section.notes):
            continue
        prose(sheet, row, section.title, bold=True, size=13)
        said = (*section.paragraphs, *(f"• {point}" for point in section.points), *(f"Note. {note}" for note in section.notes))
        row = lines_below(sheet, row + 1, said) + 1
    _page(sheet)


def _provenance(sheet: Worksheet, report: Report) -> None:
    """How the results were made: version, seeds, hashes, files, one table below the other."""
    widths = (34.0, 90.0, 16.0)
    for number, width in enumerate(widths, start=1):
        set_width(sheet, number, width)
    row = 1
    for section in report.sections:
        for table in section.tables if section.name == "provenance" else ():
            prose(sheet, row, str(report.caption(table)), bold=True, across=3)
            _rows(sheet, row + 1, shown_columns(table), table.rows, widths)
            row += len(table.rows) + 4
    _page(sheet)


def _contents(sheet: Worksheet, report: Report, sheets: dict[str, Listing], beside: str) -> None:
    """The first sheet: title, question, facts, what came out, and where each table is."""
    set_width(sheet, 1, 34.0)
    set_width(sheet, 2, _PROSE - 20.0)
    prose(sheet, 1, report.title, bold=True, size=16, across=2)
    prose(sheet, 2, report.lead, across=2)
    for number, (word, value) in enumerate(report.facts, start=4):
        write(sheet, number, 1, word).font = font_of(bold=True)
        write(sheet, number, 2, value)
        fit(sheet, number, [value], [2])
    row = 5 + len(report.facts)
    prose(sheet, row, "In short", bold=True, size=13, across=2)
    said = (*(f"• {words}" for words in report.summary), "What follows from the rules and values of a model, not a forecast.")
    row = lines_below(sheet, row + 1, said, across=2) + 1
    prose(sheet, row, "Sheets", bold=True, size=13, across=2)
    listed = {WORDS: "What the report says in sentences"} | {name: _caption(report, one) for name, one in sheets.items()}
    listed |= {PROVENANCE: "Version, seeds, hashes, how to cite"}
    row += 1
    for name, says in listed.items():
        cell = write(sheet, row, 1, name)
        cell.hyperlink = f"#'{name}'!A1"
        cell.font = font_of(color="FF0563C1", underline="single")
        write(sheet, row, 2, says)
        fit(sheet, row, [says], [2])
        row += 1
    prose(sheet, row + 1, f"Numbers are as they were computed; formats show a few of their figures. The folder {beside} beside "
           "this file has the figures, with their data, and the tables as CSV.", across=2)
    _page(sheet)


__all__ = ["CONTENTS", "HEAD_ROW", "PROVENANCE", "WORDS", "sheet_name", "workbook"]
