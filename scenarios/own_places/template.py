"""The sheet that somebody fills in for a place of their own, as a workbook or a text table, filled from a real place like it.

The amounts of that place stand in the cells to fill. One that is left as it is counts as not given: it is taken a head, in proportion
to the people of the sheet, and marked as an estimate.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.errors import InputError, UnknownName, nearest_name
from totalplace.scenarios.own_places.amounts import UNITS
from totalplace.scenarios.own_places.likes import place_called, scores
from totalplace.scenarios.own_places.rows import (
    AGES,
    ALL_TOTAL,
    GROUPS,
    MONEY,
    PEOPLE,
    ROWS,
    TOTAL,
    WORD,
    SheetRow,
    ages_of,
    by_group,
)
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.quality import QUALITIES
from totalplace.scenarios.places.shapes import YEARS, geography_of
from totalplace.scenarios.user_text import for_csv

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from totalplace.scenarios.places.finding import PlaceName

SHEET: Final = "My place"
#: Decimals of amounts by unit.
DECIMALS: Final = {"£m": 3, "£ thousand": 0, "£": 0}
TITLE: Final = "A place of your own for totalplace"


@dataclass(frozen=True)
class Filled:
    """A row of the template: what it is, what stands in its cell, and what the place like it has, with £ a head."""

    row: SheetRow
    value: object
    theirs: float | None = None
    a_head: float | None = None


def template(ending: str, year: str, like: str | None, unit: str = "£m") -> bytes:
    """The template as the bytes of a file that ends in ``.xlsx`` or ``.csv``.

    Raises UnknownName for a year, unit or place there is not, InputError for another ending.
    """
    if year not in YEARS:
        raise UnknownName("year of spending", year, YEARS)
    if unit not in UNITS:
        raise InputError(f"'{unit[:40]}' is no unit of money", allowed=tuple(UNITS), nearest=nearest_name(unit, UNITS))
    if ending not in (".xlsx", ".csv"):
        raise InputError(f"A template cannot end in '{ending[:12]}'", allowed=(".xlsx", ".csv"))
    with tables.as_they_are():
        place = place_called(like, year) if like is not None else None
        groups = [(heading, list(rows)) for heading, rows in _groups(year, place, unit)]
    return _workbook(groups, place, year) if ending == ".xlsx" else _text(groups, place)


def _groups(year: str, like: PlaceName | None, unit: str) -> Iterator[tuple[str, Iterator[Filled]]]:
    yield "About the place", _about(year, like, unit)
    for group, members in by_group(year).items():
        keys = [*members, f"total_{group}"]
        yield GROUPS[group], (_money(ROWS[key], year, like, unit) for key in keys)
    yield "Together", iter([Filled(ROWS[ALL_TOTAL], None)])


def _about(year: str, like: PlaceName | None, unit: str) -> Iterator[Filled]:
    values: dict[str, object] = {"name": "My place", "year": year, "unit": unit}
    theirs: dict[str, float] = {}
    if like is not None:
        values |= {"like": like.name, "region": like.region, "people": int(like.population), "deprivation": f"like {like.name}"}
        theirs = {"people": like.population, **ages_of(like.code, year), "deprivation": scores(year)[like.code],
                  "complex_families": tables.indicators(geography_of(year))[like.code].complex_families}
    for key, row in ROWS.items():
        if row.kind not in (MONEY, TOTAL):
            yield Filled(row, values.get(key), theirs.get(key))


def _money(row: SheetRow, year: str, like: PlaceName | None, unit: str) -> Filled:
    if like is None or row.kind == TOTAL:
        return Filled(row, None)
    amount = tables.spending_of(like.code, year)[row.key]
    shown = round(amount * 1e6 / UNITS[unit], DECIMALS[unit])
    written = int(shown) if DECIMALS[unit] == 0 else shown
    return Filled(row, written, written, 1e6 * amount / like.population)


def _heads(like: PlaceName | None) -> tuple[str, ...]:
    name = like.name.partition(",")[0] if like is not None else "A place like it"
    return ("What", "Yours, in the unit said above", "How good it is", f"{name} has", f"{name}, £ a head", "What it is")


#: What stands below the title.
INTRODUCTION: Final = (
    "Fill in the yellow cells. What you leave as it is, or empty, is taken from the place like yours, in proportion to people, and "
    "marked as an estimate.",
    "Say first in which unit your amounts are. Amounts are net spending in the year, in the place, at prices of that year.",
)


def _text(groups: list[tuple[str, list[Filled]]], like: PlaceName | None) -> bytes:
    """The template as CSV in UTF-8 with its mark."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow([TITLE])
    out.writerows([line] for line in INTRODUCTION)
    out.writerow([])
    out.writerow(_heads(like))
    for heading, rows in groups:
        out.writerow([heading.upper()])
        for filled in rows:
            shown = ["" if number is None else f"{number:.2f}" for number in (filled.theirs, filled.a_head)]
            out.writerow([for_csv(cell) for cell in (filled.row.label, "" if filled.value is None else filled.value, "", *shown,
                                                     filled.row.what)])
    return stream.getvalue().encode("utf-8-sig")


_WIDTHS: Final = (44, 26, 16, 22, 22, 78)
_YELLOW, _PALE, _DARK, _GREY = "FFF2CC", "F2F2F2", "1F3864", "808080"
_SHEET_OF_PLACES: Final = "Places of England"


def _workbook(groups: list[tuple[str, list[Filled]]], like: PlaceName | None, year: str) -> bytes:
    """The template as a workbook: the sheet to fill, one that says how, and one with the names of places to choose from."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    _fill(sheet, groups, like)
    _explain(book.create_sheet("How to fill it in"))
    listed = book.create_sheet(_SHEET_OF_PLACES)
    for number, place in enumerate(names(year), start=1):
        listed.cell(number, 1, place.name)
    listed.column_dimensions["A"].width = 40
    _offer(sheet, len(names(year)))
    book.properties.creator, book.properties.title = "totalplace", TITLE
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Worksheet, groups: list[tuple[str, list[Filled]]], like: PlaceName | None) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEF"[number]].width = width
    sheet["A1"], sheet["A1"].font = TITLE, Font(bold=True, size=14, color=_DARK)
    for number, line in enumerate(INTRODUCTION, start=2):
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=6)
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = 18
    head = 5
    for column, text in enumerate(_heads(like), start=1):
        cell = sheet.cell(head, column, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_DARK)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left" if column in (1, 6) else "center")
    sheet.row_dimensions[head].height = 34
    sheet.freeze_panes = "B6"
    at, totals = head + 1, []
    for heading, rows in groups:
        sheet.cell(at, 1, heading).font = Font(bold=True, color=_DARK)
        for column in range(1, 7):
            sheet.cell(at, column).fill = PatternFill("solid", fgColor=_PALE)
        first = at + 1
        for at, filled in enumerate(rows, start=first):
            formula = None
            if filled.row.kind == TOTAL:
                formula = f"=SUM(B{first}:B{at - 1})" if filled.row.key != ALL_TOTAL else f"={'+'.join(f'B{row}' for row in totals)}"
                totals.append(at)
            _row(sheet, at, filled, formula)
        at += 2
    _grey_where_left(sheet, head + 1, at)
    _print_setup(sheet)


def _print_setup(sheet: Worksheet) -> None:
    """On paper: across the page, the head on every page."""
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "5:5"


def _row(sheet: Worksheet, at: int, filled: Filled, formula: str | None) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    row = filled.row
    label, value, how = sheet.cell(at, 1, row.label), sheet.cell(at, 2), sheet.cell(at, 3)
    value.value = formula if formula is not None else filled.value
    edge = Side(style="thin", color="BFBFBF")
    value.border = Border(left=edge, right=edge, top=edge, bottom=edge)
    value.fill = PatternFill("solid", fgColor=_YELLOW)
    value.alignment = Alignment(horizontal="left" if row.kind == WORD or isinstance(filled.value, str) else "right")
    numbers = "#,##0" if row.kind == PEOPLE or isinstance(filled.value, int) else "#,##0.0##"
    value.number_format = "@" if row.key == "year" else numbers  # as a number or a date, 2010-11 would be November 2010
    if row.kind == TOTAL:
        label.font = value.font = Font(bold=True)
        value.fill = PatternFill(fill_type=None)
    if row.kind == MONEY:
        how.fill, how.alignment = PatternFill("solid", fgColor=_YELLOW), Alignment(horizontal="center")
    for column, number, shown in ((4, filled.theirs, numbers if row.key != "deprivation" else "0.0"), (5, filled.a_head, "#,##0")):
        if number is not None:
            cell = sheet.cell(at, column, number)
            cell.number_format, cell.font = shown, Font(color=_GREY)
    sheet.cell(at, 6, row.what).font = Font(color=_GREY)
    note = _NOTES.get(row.key)
    if note:
        comment = Comment(note, "totalplace", width=320, height=110)
        value.comment = comment


#: Notes in cells that need more words than a line.
_NOTES: Final = {
    "unit": "One unit for all amounts of the sheet: £m, £ thousand or £. A single amount may have its own, such as £12.5m or £300k.",
    "like": "The place of England that is most like yours. It fills what you do not know, in proportion to people.",
    "people": "How many people live in the place. Change this first: what you leave open is taken in proportion to it.",
    **dict.fromkeys(AGES, "A number of people, or a share such as 18%. Empty: as in the place like yours."),
    "deprivation": "The mean score of the Index of Multiple Deprivation over the small areas of the place, weighted by people; or the "
                   "name of a place that is as deprived.",
    "total_council": "Adds up the rows above. If you know only the whole, write it here in place of the formula: it is split as in the "
                     "place like yours.",
    "council_highways_transport": "Net of income from parking and permits. It may be below zero.",
    "police": "What the force spends on the place. If the force serves several places: its spending times your share of its residents.",
    "fire": "What the fire authority spends on the place. If it serves several: its spending times your share of its residents.",
    "nhs": "Spending of the NHS on residents of the place. If the board serves several places: its allocation times your share of "
           "its weighted population.",
}


def _grey_where_left(sheet: Worksheet, first: int, last: int) -> None:
    """Grey slanted figures where a cell is still what the place like it has."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Font

    rule = FormulaRule(formula=[f"AND(ISNUMBER($D{first}),$B{first}=$D{first})"], font=Font(italic=True, color=_GREY))
    sheet.conditional_formatting.add(f"B{first}:B{last}", rule)


def _offer(sheet: Worksheet, places: int) -> None:
    """Lists to choose from in the cells that take a word."""
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = {"year": f'"{",".join(YEARS)}"', "unit": f'"{",".join(UNITS)}"', "like": f"'{_SHEET_OF_PLACES}'!$A$1:$A${places}"}
    quality = DataValidation(type="list", formula1=f'"{",".join(QUALITIES)}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(quality)
    by_label = {row.label: row for row in ROWS.values()}
    for cells in sheet.iter_rows(min_row=6, max_col=3):
        row = by_label.get(str(cells[0].value))
        if row is not None and row.key in lists:
            one = DataValidation(type="list", formula1=lists[row.key], allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(one)
            one.add(cells[1])
        elif row is not None and row.kind == MONEY:
            quality.add(cells[2])


_HOW: Final = (
    "How to fill it in",
    "1. Write the name of your place, the number of people and the unit of your amounts. Choose the place of England that is most like it.",
    "2. Overwrite the amounts that you know. Grey slanted figures are those of the place like yours: what you leave is not taken as it "
    "stands, but in proportion to people.",
    "3. If you know a body only as a whole, write its total and leave the services. If you know the services, leave the total: it is "
    "only checked.",
    "4. Column C says how good an amount is, if you want to say it: actual (filed or published for the place), formula (part of a larger "
    "body, split by a formula), estimate. Empty means actual.",
    "5. Numbers may be written as usual: 1,234.5, £1.2m, 300k, (12.3) for a negative one. Rows may be moved or left out, columns and sheets "
    "added. A row with an amount that is not known is refused by name, so that no money is lost.",
    "6. Then: totalplace places check my-place.xlsx says what is missing or unlikely, and draws your place beside three like it.",
    "Nothing in this workbook is locked. It has no macros and no links.",
)


def _explain(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    for number, line in enumerate(_HOW, start=1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = 34 if number > 1 else 24
    sheet["A1"].font = Font(bold=True, size=14, color=_DARK)
