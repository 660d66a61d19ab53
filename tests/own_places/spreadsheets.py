"""A made-up council of 300,000 people as spreadsheets: one that is tidy, and the many ways in which people write or spoil it.

A variant is a file and what must come of it: the same place, or an error that holds certain words.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import openpyxl

#: The money of the council, £m, by row of its sheet.
MONEY: Final = {
    "Adult social care": 126.4, "Children's social care": 84.2, "Public health": 21.5, "Highways and transport": -3.25,
    "Housing (general fund)": 12.8, "Culture, libraries, leisure": 9.6, "Environment, waste, regulation": 32.1,
    "Planning and development": 7.4, "Central services": 18.9, "Schools and education through the council": 214.6,
    "NHS": 1042.75, "Police": 71.3, "Fire and rescue": 14.2,
}
#: The same by line of the accounts.
LINES: Final = {
    "council_adult_social_care": 126.4, "council_childrens_social_care": 84.2, "council_public_health": 21.5,
    "council_highways_transport": -3.25, "council_housing_gfra": 12.8, "council_cultural": 9.6, "council_environmental": 32.1,
    "council_planning": 7.4, "council_central": 18.9, "council_education": 214.6, "nhs": 1042.75, "police": 71.3, "fire": 14.2,
}
ABOUT: Final = {"Name of the place": "Newtown", "Year of spending": "2024-25", "Amounts are in": "£m", "Like": "Bristol",
                "People, all ages": 300_000, "Deprivation": "like Bristol"}

type Row = list[Any]


@dataclass(frozen=True)
class Variant:
    """A file by name and bytes; ``words`` that its error must hold, none where it must give the same place."""

    name: str
    file: str
    content: bytes
    words: tuple[str, ...] = ()


def rows(
    about: dict[str, Any] | None = None, money: dict[str, Any] | None = None, heads: Sequence[str] = ("What", "Yours")
) -> list[Row]:
    """The rows of a tidy sheet, with what is given in place of its own."""
    told = ABOUT if about is None else about
    return [["Budget of Newtown"], [], [*heads], *([key, value] for key, value in told.items()), [],
            *([key, value] for key, value in (MONEY if money is None else money).items())]


def text(table: Sequence[Row], delimiter: str = ",", end: str = "\n", encoding: str = "utf-8") -> bytes:
    """Rows as a text table."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(table)
    return stream.getvalue().encode(encoding)


def book(table: Sequence[Row], change: Callable[[Any, Any], None] | None = None, title: str = "Budget") -> bytes:
    """Rows as a workbook, which ``change`` (workbook, sheet) may alter."""
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.title = title
    for row in table:
        sheet.append(row)
    if change is not None:
        change(made, sheet)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def each(show: Callable[[float], Any]) -> dict[str, Any]:
    """The money of the council, each amount as ``show`` writes it."""
    return {key: show(value) for key, value in MONEY.items()}


def with_row(label: str, value: Any, at: int = 12) -> list[Row]:
    """The tidy sheet with one row more."""
    table = rows()
    return [*table[:at], [label, value], *table[at:]]


def replaced(label: str, value: Any) -> list[Row]:
    """The tidy sheet with another value in one row."""
    return [[label, value] if row[:1] == [label] else row for row in rows()]


def english(value: float) -> str:
    """1,234.50"""
    return f"{value:,.2f}"


def continental(value: float) -> str:
    """1 234,50 with the blank that spreadsheets use"""
    return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")


def bracketed(value: float) -> str:
    """(3.25) for a negative number"""
    return f"({-value:.2f})" if value < 0 else f"{value:.2f}"


def good() -> Iterator[Variant]:
    """Spreadsheets as they come, which give the same place."""
    thousand = ABOUT | {"Amounts are in": "£ thousand"}
    pounds = ABOUT | {"Amounts are in": "£"}
    yield Variant("tidy csv", "a.csv", text(rows()))
    yield Variant("tidy workbook", "a.xlsx", book(rows()))
    yield Variant("semicolons", "a.csv", text(rows(), ";"))
    yield Variant("tabs", "a.tsv", text(rows(), "\t"))
    yield Variant("strokes", "a.txt", text(rows(), "|"))
    yield Variant("a line that names the separator", "a.csv", b"sep=;\n" + text(rows(), ";"))
    yield Variant("byte order mark and carriage returns", "a.csv", text(rows(), end="\r\n", encoding="utf-8-sig"))
    yield Variant("carriage returns alone", "a.csv", text(rows(), end="\r"))
    yield Variant("UTF-16", "a.csv", text(rows(), "\t", encoding="utf-16"))
    yield Variant("UTF-16 without a mark", "a.csv", text(rows(), encoding="utf-16-le"))
    yield Variant("Windows-1252", "a.csv", text(rows(), encoding="cp1252"))
    yield Variant("thousands separators", "a.csv", text(rows(money=each(english))))
    yield Variant("decimal commas", "a.csv", text(rows(money=each(continental)), ";"))
    yield Variant("decimal commas between commas, in quotes", "a.csv", text(rows(money=each(continental))))
    yield Variant("pound signs", "a.csv", text(rows(money=each(lambda value: f"£{value:,.2f}"))))
    yield Variant("brackets for negative numbers", "a.csv", text(rows(money=each(bracketed))))
    yield Variant("a true minus sign", "a.csv", text(rows(money=each(lambda value: f"{value}".replace("-", "\u2212")))))
    yield Variant("suffix m", "a.csv", text(rows(pounds, each(lambda value: f"£{value}m"))))
    yield Variant("suffix k", "a.csv", text(rows(money=each(lambda value: f"{value * 1000:.0f}k"))))
    yield Variant("£ thousand", "a.csv", text(rows(thousand, each(lambda value: round(value * 1e3, 6)))))
    yield Variant("£ thousand with separators", "a.csv", text(rows(thousand, each(lambda value: f"{value * 1e3:,.0f}"))))
    yield Variant("pounds", "a.xlsx", book(rows(pounds, each(lambda value: round(value * 1e6)))))
    yield Variant("£000 at the head and no row for it", "a.csv", text(rows(
        {key: value for key, value in ABOUT.items() if key != "Amounts are in"}, each(lambda value: round(value * 1e3)),
        ("What", "Budget £000"))))
    yield Variant("people as text in thousands", "a.csv", text(rows(ABOUT | {"People, all ages": "300k"})))
    yield Variant("numbers as text in a workbook", "a.xlsx", book(rows(money=each(lambda value: f"{value:,.2f}"))))
    yield Variant("empty rows and rows of blanks", "a.csv", text([row for one in rows() for row in ([], ["  ", ""], one)]))
    yield Variant("empty columns before", "a.xlsx", book([[None, None, *row] for row in rows()]))
    yield Variant("more columns", "a.csv", text([[*row, "", "see note", "x"] if len(row) == 2 else row for row in rows(
        heads=("What", "Yours"))]))
    yield Variant("last year and £ a head beside it", "a.xlsx", book([
        [*row, "Last year", "£ a head"] if row == ["What", "Yours"] else [*row, 5.0, 7.0] if row[:1] and row[0] in MONEY else row
        for row in rows()]))
    yield Variant("other sheets", "a.xlsx", book(rows(), _other_sheets))
    yield Variant("a merged heading", "a.xlsx", book(rows(), _merged))
    yield Variant("formulas with results", "a.xlsx", _calculated(book(rows(), _formula("B11", "=120+6.4")), "126.4"))
    yield Variant("a total that adds up", "a.csv", text([*rows(), ["Total", round(sum(MONEY.values()), 2)]]))
    yield Variant("a total of the council that adds up", "a.csv", text(
        with_row("Net council budget", round(sum(list(MONEY.values())[:9]), 2), at=19)))
    yield Variant("a sum that rounds", "a.csv", text([*rows(), ["TOTAL", f"{sum(MONEY.values()):,.0f}"]]))
    yield Variant("capitals, numbers and units in labels", "a.csv", text(
        [[f"{number}. {row[0].upper()} (£m)", *row[1:]] if row[:1] and row[0] in MONEY else row
         for number, row in enumerate(rows())]))
    yield Variant("other names for rows", "a.csv", text([
        [{"Adult social care": "Adults' services", "Police": "Police & Crime Commissioner", "NHS": "Integrated Care Board",
          "People, all ages": "Population"}.get(str(row[0]), row[0]), *row[1:]] if row else row for row in rows()]))
    yield Variant("the year with a stroke", "a.csv", text(rows(ABOUT | {"Year of spending": "FY 2024/25"})))
    yield Variant("rows in another order", "a.csv", text([*rows()[:9], *reversed(rows()[9:])]))
    yield Variant("an amount that is not known", "a.csv", text(with_row("Academies", "n/a")))
    yield Variant("a heading without an amount", "a.csv", text(with_row("Services of the council", "")))
    yield Variant("a percentage in a column beside", "a.xlsx", book([
        [*row, "% of all"] if row == ["What", "Yours"] else [*row, "12%"] if row[:1] and row[0] in MONEY else row
        for row in rows()]))


def bad() -> Iterator[Variant]:
    """Spreadsheets that cannot be read rightly, with words of the message."""
    yield Variant("empty", "a.csv", b"", ("empty",))
    yield Variant("only blanks", "a.csv", b" \n\n ", ("empty",))
    yield Variant("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, ("no text",))
    yield Variant("a page of the web", "a.csv", b"<html><table><tr><td>NHS</td></tr></table>", ("no text table",))
    yield Variant("a workbook called csv", "a.csv", book(rows()), (".xlsx as ending",))
    yield Variant("a text called xlsx", "a.xlsx", text(rows()), ("no workbook",))
    yield Variant("a workbook of before 2007", "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("password",))
    yield Variant("a workbook cut off", "a.xlsx", book(rows())[:2500], ("damaged",))
    yield Variant("a workbook with a broken part", "a.xlsx", _broken(book(rows())), ("damaged",))
    yield Variant("an archive that is no workbook", "a.xlsx", _archive({"readme.txt": b"x"}), ("no workbook",))
    yield Variant("an archive that swells", "a.xlsx", _archive({"[Content_Types].xml": b"0" * 70_000_000}), ("too large",))
    yield Variant("entities", "a.xlsx", _archive({"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), ("entities",))
    yield Variant("macros", "a.xlsx", _archive({"[Content_Types].xml": b"<x/>", "xl/vbaProject.bin": b"x"}), ("macros",))
    yield Variant("a macro workbook", "a.xlsm", book(rows()), (".xlsm", "without macros"))
    yield Variant("an open document", "a.ods", b"PK\x03\x04", (".ods",))
    yield Variant("a quote that is not closed", "a.csv", b'Like,Bristol\nPolice,"12\nNHS,500\n', ("cannot be read",))
    yield Variant("no row that is known", "a.csv", b"apples,3\npears,4\n", ("No sheet has a row that is known",))
    yield Variant("no unit", "a.csv", text(rows({k: v for k, v in ABOUT.items() if k != "Amounts are in"})), ("which unit",))
    yield Variant("a unit of weight", "a.csv", text(rows(ABOUT | {"Amounts are in": "kilograms"})), ("B6", "no unit of money"))
    yield Variant("two units", "a.csv", text(rows(heads=("What", "Yours (£000)"))), ("£m here, and in £ thousand",))
    yield Variant("no year", "a.csv", text(rows({k: v for k, v in ABOUT.items() if k != "Year of spending"})), ("which year",))
    yield Variant("a year there is not", "a.csv", text(rows(ABOUT | {"Year of spending": "2019-20"})), ("B5", "2019-20", "2017-18"))
    nobody = {k: v for k, v in ABOUT.items() if k != "People, all ages"}
    yield Variant("no people", "a.csv", text(rows(nobody)), ("how many people",))
    yield Variant("people in thousands", "a.csv", text(rows(ABOUT | {"People, all ages": 300})), ("300 people", "B8"))
    yield Variant("a place misspelt", "a.csv", text(rows(ABOUT | {"Like": "Bristle"})), ("Bristle", "Bristol"))
    yield Variant("a row misspelt", "a.csv", text(with_row("Adult social caring", 3.0)),
                  ("A13", "Did you mean 'Adult social care'"))
    yield Variant("a row that is not known", "a.csv", text(with_row("Pension deficit", 3.0)), ("A13", "Pension deficit"))
    yield Variant("an amount without a label", "a.csv", text([*rows(), ["", 99.0]]), ("has no label",))
    yield Variant("a row twice", "a.csv", text(with_row("Police", 71.3)), ("twice",))
    yield Variant("a total that does not add up", "a.csv", text([*rows(), ["Total", 999.0]]), ("£999.0m", "add up to"))
    yield Variant("a council total below its rows", "a.csv", text(with_row("Net council budget", 100.0, at=19)), ("£100.0m",))
    yield Variant("letters in a number", "a.csv", text(replaced("Police", "71.3x")), ("B", "71.3x"))
    yield Variant("a letter O for a nought", "a.csv", text(replaced("Police", "7O.3")), ("7O.3",))
    yield Variant("a share in %", "a.csv", text(replaced("Police", "12%")), ("no amount of money",))
    yield Variant("a share in % in a workbook", "a.xlsx", book(replaced("Police", 0.12), _percent), ("no amount of money",))
    yield Variant("a date", "a.xlsx", book(replaced("Police", datetime(2024, 3, 7))), ("date (07 March 2024)",))
    yield Variant("a formula without a result", "a.xlsx", book(rows(), _formula("B11", "=120+6.4")), ("B11", "formula"))
    yield Variant("an error of a formula", "a.xlsx", book(replaced("Police", "#REF!")), ("#REF!",))
    yield Variant("true", "a.xlsx", book(replaced("Police", True)), ("TRUE",))
    yield Variant("points and commas", "a.csv", text(rows(money=each(english) | {"Police": "71,3"})),
                  ("the point before decimals in", "the comma before decimals in"))
    yield Variant("a comma that can be two things", "a.csv", text(rows(money=each(lambda v: round(v)) | {"NHS": "1,042"}), ";"),
                  ("two ways",))
    yield Variant("a number that its comma parts", "a.csv", text(rows()).replace(b"NHS,1042.75", b"NHS,1,042"), ("parts in two",))
    yield Variant("below zero", "a.csv", text(replaced("NHS", -1042.75)), ("below zero",))
    yield Variant("£ thousand said to be £m", "a.csv", text(rows(money=each(lambda value: value * 1e3))), ("unit",))
    yield Variant("£m said to be pounds", "a.csv", text(rows(ABOUT | {"Amounts are in": "£"})), ("unit",))
    yield Variant("two columns of amounts", "a.csv", text([
        ["What", "Budget", "Outturn"] if row == ["What", "Yours"] else [*row, 5.0] if row[:1] and row[0] in MONEY else row
        for row in rows()]), ("several columns",))
    yield Variant("two sheets of amounts", "a.xlsx", book(rows(), _twice), ("Several sheets",))
    yield Variant("a million rows", "a.xlsx", _far(book(rows())), ("too large", "A1000000"))
    yield Variant("ten thousand lines", "a.csv", text(rows()) + b"\n" * 10_000 + b"Police,1\n", ("too large",))
    yield Variant("a line of another year", "a.csv", text(with_row("Adult skills", 3.0)), ("no line of its own in 2024-25",))
    yield Variant("ages that do not add up", "a.csv", text([*rows()[:9], ["Children", "30%"], ["16 to 24", "30%"],
                                                            ["25 to 64", "30%"], ["65+", "30%"], *rows()[9:]]), ("People by age",))
    yield Variant("no money", "a.csv", text(rows(money={})), ("no amount of money",))
    yield Variant("no council", "a.csv", text(rows(money={"The council": 0.0, "NHS": 900.0})), ("add up to no money",))


def _other_sheets(made: Any, sheet: Any) -> None:
    notes = made.create_sheet("Notes", 0)
    notes.append(["Prepared for the cabinet", 2024])
    made.create_sheet("Empty")


def _merged(made: Any, sheet: Any) -> None:
    sheet["A1"] = "Net current expenditure"
    sheet.merge_cells("A1:D1")
    sheet.insert_rows(2)
    sheet["B2"] = "2024-25"
    sheet.merge_cells("B2:C2")


def _formula(cell: str, formula: str) -> Callable[[Any, Any], None]:
    def change(made: Any, sheet: Any) -> None:
        assert sheet[cell].value == 126.4
        sheet[cell] = formula

    return change


def _percent(made: Any, sheet: Any) -> None:
    for row in sheet.iter_rows():
        if row[0].value == "Police":
            row[1].number_format = "0.0%"


def _twice(made: Any, sheet: Any) -> None:
    other = made.copy_worksheet(sheet)
    other.title = "Draft"


def _parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook with each part changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _archive({name: change(name, archive.read(name)) for name in archive.namelist()})


def _archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _calculated(content: bytes, result: str) -> bytes:
    """A workbook whose one formula has a result, as a spreadsheet saves it."""
    value = f"<v>{result}</v>".encode()
    return _parts(content, lambda name, part: re.sub(rb"<v ?/>|<v></v>", value, part) if "sheet1" in name else part)


def _broken(content: bytes) -> bytes:
    return _parts(content, lambda name, part: part[: len(part) // 2] if "sheet1" in name else part)


def _far(content: bytes) -> bytes:
    """A workbook with a cell in its millionth row."""
    row = b'<row r="1000000"><c r="A1000000" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return _parts(content, lambda name, part: part.replace(b"</sheetData>", row) if "sheet1" in name else part)
