"""Cells of a workbook: numbers as numbers, text as text, rows as high and headings as they need to be."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from totalplace.sim.report.archive import text_of
from totalplace.sim.report.columns import Column

if TYPE_CHECKING:
    from openpyxl.styles import Font
    from openpyxl.worksheet.worksheet import Worksheet

#: Most letters of a cell.
_MOST_TEXT: Final = 32_000
#: Letters of prose to a figure of the width of a column: judgement, 1.1 to 1.3 in common fonts.
_NARROWER: Final = 1.15
#: How much wider bold letters are.
_BOLDER: Final = 1.15
_DARK, _PALE = "FF1F3A4D", "FFE8EEF2"


def write(sheet: Worksheet, row: int, column: int, value: Any, shown: str = "") -> Any:
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


def prose(sheet: Worksheet, row: int, words: str, *, bold: bool = False, size: float = 11, across: int = 1) -> None:
    """A text of its own row, broken over as many lines as it needs at the width of ``across`` columns."""
    from openpyxl.styles import Alignment

    cell = write(sheet, row, 1, words)
    cell.font = font_of(bold=bold, size=size, color=_DARK if bold else None)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if across > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=across)
    letters = sum(width_of(sheet, column) for column in range(1, across + 1)) * 11 / size
    sheet.row_dimensions[row].height = min(409.0, lines_of(words, letters / (_BOLDER if bold else 1.0)) * size * 1.4 + 3)


def lines_of(words: str, letters: float) -> int:
    """How many lines a text takes in a column so wide: letters of prose are narrower than the figures that widths count."""
    width = max(int(_NARROWER * (letters - 1)), 8)
    return sum(len(textwrap.wrap(line, width)) or 1 for line in text_of(words).split("\n"))


def lines_below(sheet: Worksheet, first: int, texts: Iterable[str], across: int = 1) -> int:
    """Texts below each other from a row on; the row after them."""
    row = first
    for words in texts:
        prose(sheet, row, words, across=across)
        row += 1
    return row


def fit(sheet: Worksheet, row: int, texts: Sequence[Any], columns: Sequence[int]) -> None:
    """Make a row as high as its texts need in their columns, which some programs do not do by themselves."""
    from openpyxl.styles import Alignment

    lines = [lines_of(str(text), width_of(sheet, column)) for text, column in zip(texts, columns, strict=True)]
    if max(lines, default=1) > 1:
        sheet.row_dimensions[row].height = min(409.0, 15.0 * max(lines) + 1)
        for cell in sheet[row]:
            cell.alignment = Alignment(wrap_text=cell.column in columns, vertical="top")


def font_of(**look: Any) -> Font:
    """The font of all cells."""
    from openpyxl.styles import Font

    return Font(name="Calibri", **({"size": 11} | look))


def width_of(sheet: Worksheet, column: int) -> float:
    """The width of a column in letters."""
    from openpyxl.utils import get_column_letter

    return float(sheet.column_dimensions[get_column_letter(column)].width)


def set_width(sheet: Worksheet, column: int, width: float) -> None:
    """Make a column so many letters wide."""
    from openpyxl.utils import get_column_letter

    sheet.column_dimensions[get_column_letter(column)].width = width


def write_headings(sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    """The headings of a table, broken over as many lines as they need."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    line, fill, font = Border(bottom=Side("thin", color=_DARK)), PatternFill("solid", _PALE), font_of(bold=True)
    longest = 1
    for number, column in enumerate(columns, start=1):
        cell = write(sheet, row, number, column.heading)
        cell.font, cell.border, cell.fill = font, line, fill
        cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="left" if column.is_text else "right")
        longest = max(longest, len(textwrap.wrap(column.heading, max(8, int(width_of(sheet, number)) - 2))))
    sheet.row_dimensions[row].height = 15.5 * longest


def write_heading_over(sheet: Worksheet, row: int, first: int, last: int, words: str) -> None:
    """A heading over the columns from ``first`` to ``last``, as high as it needs."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    cell = write(sheet, row, first, words)
    cell.font, cell.fill = font_of(bold=True), PatternFill("solid", _PALE)
    cell.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="left")
    cell.border = Border(left=Side("thin", color=_DARK))
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
    lines = lines_of(words, sum(width_of(sheet, column) for column in range(first, last + 1)))
    known = sheet.row_dimensions[row].height
    sheet.row_dimensions[row].height = max(0.0 if known is None else float(known), 15.5 * lines)
