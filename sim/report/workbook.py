"""The report as a workbook (XLSX): a sheet of contents, the sentences, a sheet for each table with full numbers, and provenance.

Numbers are numbers, whole as they were computed; a format shows few of their figures. Text is text, whatever it begins with.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.user_text import anchor
from totalplace.sim.report.archive import GENERATOR, settled, text_of, when
from totalplace.sim.report.columns import Column, columns_of, shown_columns, values_of
from totalplace.sim.report.content import Listing, Report

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

CONTENTS, WORDS, PROVENANCE = "Contents", "In words", "Provenance"
#: Letters that the name of a sheet may have, and those of a cell.
MOST_NAME: Final = 31
_MOST_TEXT: Final = 32_000
#: Rows above the table of a sheet: its caption, its note, a blank one, the headings.
HEAD_ROW: Final = 4
_WIDEST, _NARROWEST, _PROSE = 48, 9, 110
#: Letters of prose to a figure of the width of a column: judgement, 1.1 to 1.3 in common fonts.
_NARROWER: Final = 1.15
#: Letters that a printed page is wide.
_PAGE: Final = 220
_WHOLE_NUMBER: Final = re.compile(r"\d{1,3}(,\d{3})*|\d+")
_DARK, _PALE = "FF1F3A4D", "FFE8EEF2"


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


def _write(sheet: Worksheet, row: int, column: int, value: Any, shown: str = "") -> Any:
    """Write a cell: a number as such, with the format ``shown``; what is no number is left empty; a text always as text."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, bool) or not isinstance(value, int | float):
        if value is None:
            return cell
        words = "yes" if value is True else "no" if value is False else text_of(value)
        cell.value = words[:_MOST_TEXT]
        cell.data_type = "s"  # also what begins as a formula does, or reads like an error
        cell.quotePrefix = words[:1] in tuple("=+-@'")
    elif math.isfinite(value):
        cell.value = repr(value)  # all of its figures: openpyxl would write sixteen
        cell.data_type = "n"
        cell.number_format = shown or "General"
    return cell


def _prose(sheet: Worksheet, row: int, words: str, *, bold: bool = False, size: float = 11, across: int = 1) -> None:
    """A text of its own row, broken over as many lines as it needs at the width of ``across`` columns."""
    from openpyxl.styles import Alignment

    cell = _write(sheet, row, 1, words)
    cell.font = _font(bold=bold, size=size, color=_DARK if bold else None)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if across > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=across)
    letters = sum(_width(sheet, column) for column in range(1, across + 1)) * 11 / size
    sheet.row_dimensions[row].height = min(409.0, _lines_of(words, letters) * size * 1.4 + 3)


def _lines_of(words: str, letters: float) -> int:
    """How many lines a text takes in a column so wide: letters of prose are narrower than the figures that widths count."""
    width = max(int(_NARROWER * (letters - 1)), 8)
    return sum(len(textwrap.wrap(line, width)) or 1 for line in text_of(words).split("\n"))


def _lines(sheet: Worksheet, first: int, texts: Iterable[str], across: int = 1) -> int:
    """Texts below each other from a row on; the row after them."""
    row = first
    for words in texts:
        _prose(sheet, row, words, across=across)
        row += 1
    return row


def _fit(sheet: Worksheet, row: int, texts: Sequence[Any], columns: Sequence[int]) -> None:
    """Make a row as high as its texts need in their columns, which some programs do not do by themselves."""
    from openpyxl.styles import Alignment

    lines = [_lines_of(str(text), _width(sheet, column)) for text, column in zip(texts, columns, strict=True)]
    if max(lines, default=1) > 1:
        sheet.row_dimensions[row].height = min(409.0, 15.0 * max(lines) + 1)
        for cell in sheet[row]:
            cell.alignment = Alignment(wrap_text=cell.column in columns, vertical="top")


def _font(**look: Any) -> Font:
    from openpyxl.styles import Font

    return Font(name="Calibri", **({"size": 11} | look))


def _width(sheet: Worksheet, column: int) -> float:
    from openpyxl.utils import get_column_letter

    return float(sheet.column_dimensions[get_column_letter(column)].width)


def _set_width(sheet: Worksheet, column: int, width: float) -> None:
    from openpyxl.utils import get_column_letter

    sheet.column_dimensions[get_column_letter(column)].width = width


def _table(sheet: Worksheet, report: Report, table: Listing) -> None:
    """A sheet: caption, note, headings that stay in view and filter, rows."""
    numbers = table.numbers
    columns = shown_columns(table) if numbers is None else columns_of(numbers)
    values = [list(row) for row in table.rows] if numbers is None else values_of(numbers)
    _rows(sheet, HEAD_ROW, columns, values)
    across = _across(sheet, len(columns))
    _prose(sheet, 1, str(report.caption(table)), bold=True, across=across)
    _prose(sheet, 2, table.note, across=across)
    sheet.freeze_panes = sheet.cell(row=HEAD_ROW + 1, column=2)
    last = sheet.cell(row=HEAD_ROW + max(len(values), 1), column=len(columns)).coordinate
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}"
    _page(sheet, HEAD_ROW, _leading(columns))


def _leading(columns: Sequence[Column]) -> int:
    """How many columns at the left say what a row is of: those with words before the first number, three at most."""
    words = next((number for number, column in enumerate(columns) if not column.is_text), len(columns))
    return max(1, min(3, words))


def _across(sheet: Worksheet, columns: int) -> int:
    """How many columns a text may run over so that it is not wider than a screen."""
    width, number = 0.0, 0
    while number < columns and (number == 0 or width + _width(sheet, number + 1) <= _PROSE):
        number += 1
        width += _width(sheet, number)
    return number


def _page(sheet: Worksheet, head: int = 0, names: int = 0) -> None:
    """How a sheet is printed: on pages of A4 across, as many beside each other as it is wide.

    Each page has the headings in the row ``head`` and the first columns, so many as hold ``names``.
    """
    from openpyxl.utils import get_column_letter

    wide = sum(_width(sheet, number) for number in range(1, sheet.max_column + 1))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = math.ceil(wide / _PAGE), 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A, page &P of &N"
    if head:
        sheet.print_title_rows = f"{head}:{head}"
    if names:
        sheet.print_title_cols = f"A:{get_column_letter(names)}"


def _rows(
    sheet: Worksheet, head: int, columns: Sequence[Column], values: Sequence[Sequence[Any]], widths: Sequence[float] = ()
) -> None:
    """Headings in a row and the values below; columns of given ``widths``, or as wide as what is in them, within bounds."""
    for number, column in enumerate(columns, start=1):
        own = [row[number - 1] for row in values]
        _set_width(sheet, number, widths[number - 1] if widths else _fitting(column, own))
        for row, (value, shown) in enumerate(zip(own, column.formats, strict=True), start=head + 1):
            _write(sheet, row, number, _number(value) if shown else value, shown)
    _headings(sheet, head, columns)
    words = [number for number, column in enumerate(columns, start=1) if column.is_text]
    for number, texts in enumerate(values, start=head + 1):
        _fit(sheet, number, [texts[column - 1] for column in words], words)


def _headings(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    """The headings of a table, broken over as many lines as they need."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    line, fill, font = Border(bottom=Side("thin", color=_DARK)), PatternFill("solid", _PALE), _font(bold=True)
    longest = 1
    for number, column in enumerate(columns, start=1):
        cell = _write(sheet, row, number, column.heading)
        cell.font, cell.border, cell.fill = font, line, fill
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="left" if column.is_text else "right")
        longest = max(longest, len(textwrap.wrap(column.heading, max(8, int(_width(sheet, number)) - 2))))
    sheet.row_dimensions[row].height = 15.5 * longest


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
    _set_width(sheet, 1, _PROSE)
    row = 1
    for section in report.sections:
        if not (section.paragraphs or section.points or section.notes):
            continue
        _prose(sheet, row, section.title, bold=True, size=13)
        said = (*section.paragraphs, *(f"• {point}" for point in section.points), *(f"Note. {note}" for note in section.notes))
        row = _lines(sheet, row + 1, said) + 1
    _page(sheet)


def _provenance(sheet: Worksheet, report: Report) -> None:
    """How the results were made: version, seeds, hashes, files, one table below the other."""
    widths = (34.0, 90.0, 16.0)
    for number, width in enumerate(widths, start=1):
        _set_width(sheet, number, width)
    row = 1
    for section in report.sections:
        for table in section.tables if section.name == "provenance" else ():
            _prose(sheet, row, str(report.caption(table)), bold=True, across=3)
            _rows(sheet, row + 1, shown_columns(table), table.rows, widths)
            row += len(table.rows) + 4
    _page(sheet)


def _contents(sheet: Worksheet, report: Report, sheets: dict[str, Listing], beside: str) -> None:
    """The first sheet: title, question, facts, what came out, and where each table is."""
    _set_width(sheet, 1, 34.0)
    _set_width(sheet, 2, _PROSE - 20.0)
    _prose(sheet, 1, report.title, bold=True, size=16, across=2)
    _prose(sheet, 2, report.lead, across=2)
    for number, (word, value) in enumerate(report.facts, start=4):
        _write(sheet, number, 1, word).font = _font(bold=True)
        _write(sheet, number, 2, value)
        _fit(sheet, number, [value], [2])
    row = 5 + len(report.facts)
    _prose(sheet, row, "In short", bold=True, size=13, across=2)
    said = (*(f"• {words}" for words in report.summary), "What follows from the rules and values of a model, not a forecast.")
    row = _lines(sheet, row + 1, said, across=2) + 1
    _prose(sheet, row, "Sheets", bold=True, size=13, across=2)
    listed = {WORDS: "What the report says in sentences"} | {name: str(report.caption(one)) for name, one in sheets.items()}
    listed |= {PROVENANCE: "Version, seeds, hashes, how to cite"}
    row += 1
    for name, says in listed.items():
        cell = _write(sheet, row, 1, name)
        cell.hyperlink = f"#'{name}'!A1"
        cell.font = _font(color="FF0563C1", underline="single")
        _write(sheet, row, 2, says)
        _fit(sheet, row, [says], [2])
        row += 1
    _prose(sheet, row + 1, f"Numbers are as they were computed; formats show a few of their figures. The folder {beside} beside "
           "this file has the figures, with their data, and the tables as CSV.", across=2)
    _page(sheet)


__all__ = ["CONTENTS", "HEAD_ROW", "PROVENANCE", "WORDS", "sheet_name", "workbook"]
