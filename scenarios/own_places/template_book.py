"""The sheet to fill in as a workbook: coloured cells, notes in them, lists to choose from, and a sheet that says how."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.own_places.amounts import UNITS
from totalplace.scenarios.own_places.rows import AGES, ALL_TOTAL, MONEY, PEOPLE, ROWS, TOTAL, WORD
from totalplace.scenarios.own_places.template_rows import HOW, INTRODUCTION, LISTED, TITLE, Filled, heads
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.shapes import QUALITIES, YEARS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from totalplace.scenarios.places.finding import PlaceName

SHEET: Final = "My place"
_WIDTHS: Final = (44, 26, 16, 22, 22, 78)
#: Said in every cell: programs take another font where none is.
_FONT: Final = "Calibri"
_YELLOW, _PALE, _DARK, _GREY = "FFF2CC", "F2F2F2", "1F3864", "808080"


def workbook_of(groups: list[tuple[str, list[Filled]]], like: PlaceName | None, year: str) -> bytes:
    """The template as a workbook: the sheet to fill, one that says how, and one with the names of places to choose from."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    _fill(sheet, groups, like)
    _explain(book.create_sheet(HOW))
    listed = book.create_sheet(LISTED)
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
    sheet["A1"], sheet["A1"].font = TITLE, Font(name=_FONT, bold=True, size=14, color=_DARK)
    for number, line in enumerate(INTRODUCTION, start=2):
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=6)
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = 18
    head = 5
    for column, text in enumerate(heads(like), start=1):
        cell = sheet.cell(head, column, text)
        cell.font, cell.fill = Font(name=_FONT, bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_DARK)
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="left" if column in (1, 6) else "center",
                                   indent=1 if column == 6 else 0)
    sheet.row_dimensions[head].height = 34
    sheet.freeze_panes = "B6"
    at, totals = head + 1, list[int]()
    for heading, rows in groups:
        sheet.cell(at, 1, heading).font = Font(name=_FONT, bold=True, color=_DARK)
        for column in range(1, 7):
            sheet.cell(at, column).fill = PatternFill("solid", fgColor=_PALE)
        first = at + 1
        for at, filled in enumerate(rows, start=first):
            formula = None
            if filled.row.kind == TOTAL:
                whole = filled.row.key == ALL_TOTAL
                formula = f"={'+'.join(f'B{row}' for row in totals)}" if whole else f"=SUM(B{first}:B{at - 1})"
                totals.append(at)
            _row(sheet, at, filled, formula)
        at += 2
    _grey_where_left(sheet, head + 1, at)
    _print_setup(sheet)
    sheet.print_title_rows = f"{head}:{head}"


def _print_setup(sheet: Worksheet) -> None:
    """On A4 paper: across the page, as wide as it."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


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
    if row.key == "made_from":
        value.fill, value.font = PatternFill(fill_type=None), Font(name=_FONT, italic=True, color=_GREY)
    if row.kind == TOTAL:
        label.font = value.font = Font(name=_FONT, bold=True)
        value.fill = PatternFill(fill_type=None)
    if row.kind == MONEY:
        how.fill, how.alignment = PatternFill("solid", fgColor=_YELLOW), Alignment(horizontal="center")
    for column, number, shown in ((4, filled.theirs, numbers if row.key != "deprivation" else "0.0"), (5, filled.a_head, "#,##0")):
        if number is not None:
            cell = sheet.cell(at, column, number)
            cell.number_format, cell.font = shown, Font(name=_FONT, color=_GREY)
    what = sheet.cell(at, 6, row.what)
    what.font, what.alignment = Font(name=_FONT, color=_GREY), Alignment(horizontal="left", indent=1, wrap_text=True)
    if len(row.what) > _WIDTHS[5]:
        sheet.row_dimensions[at].height = 30
    note = _NOTES.get(row.key)
    if note:
        comment = Comment(note, "totalplace", width=320, height=110)
        value.comment = comment


#: Notes in cells that need more words than a line.
_NOTES: Final = {
    "unit": "One unit for all amounts of the sheet: £m, £ thousand or £. An amount may have its own, such as £12.5m or £300k.",
    "like": "The place of England that is most like yours. It fills what you do not know, in proportion to people.",
    "people": "How many people live in the place. Change this first: what you leave open is taken in proportion to it.",
    **dict.fromkeys(AGES, "A number of people, or a share such as 18%. Empty: as in the place like yours."),
    "deprivation": "The mean score of the Index of Multiple Deprivation over the small areas of the place, weighted by people; or "
                   "the name of a place that is as deprived.",
    "total_council": "Adds up the rows above. If you know only the whole, write it here in place of the formula: it is split as in "
                     "the place like yours.",
    "council_highways_transport": "Net of income from parking and permits. It may be below zero.",
    "police": "What the force spends on the place. If it serves several places: its spending times your share of its residents.",
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

    lists = {"year": f'"{",".join(YEARS)}"', "unit": f'"{",".join(UNITS)}"', "like": f"'{LISTED}'!$A$1:$A${places}"}
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
    HOW,
    "1. Write the name of your place, the number of people and the unit of your amounts. Choose the place of England that is most "
    "like it.",
    "2. Overwrite the amounts that you know. Grey slanted figures are those of the place like yours: what you leave is not "
    "taken as it stands, but in proportion to people.",
    "3. If you know a body only as a whole, write its total and leave the services. If you know the services, leave the total: it "
    "is only checked.",
    "4. Column C says how good an amount is, if you want to say it: actual (filed or published for the place), formula (part of a "
    "larger body, split by a formula), estimate. Empty means actual.",
    "5. Numbers may be written as usual: 1,234.5, £1.2m, 300k, (12.3) for a negative one. Rows may be moved or left out, columns "
    "and sheets added. A row with an amount that is not known is refused by name, so that no money is lost.",
    "6. Then: totalplace places check my-place.xlsx says what is missing or unlikely, and draws your place beside three like it.",
    "Nothing in this workbook is locked. It has no macros and no links.",
)


def _explain(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    _print_setup(sheet)
    for number, line in enumerate(_HOW, start=1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[number].height = 34 if number > 1 else 24
    sheet["A1"].font = Font(name=_FONT, bold=True, size=14, color=_DARK)
