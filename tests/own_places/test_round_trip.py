"""A sheet that is written and read again gives the same place, whatever its unit and kind."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.own_places.spreadsheets import ABOUT, MONEY, rows, text
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.own_places.amounts import UNITS, decimal_mark, read_amount
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import own_place_of, place_of_book
from totalplace.scenarios.own_places.plausible import findings
from totalplace.scenarios.own_places.rows import ROWS, lines_of, mean_deprivation
from totalplace.scenarios.own_places.sheet import given_in
from totalplace.scenarios.own_places.template import template
from totalplace.scenarios.places.own import OwnPlace
from totalplace.scenarios.places.shapes import YEARS


def filled(kind: str, year: str, like: str, unit: str, values: dict[str, Any]) -> OwnPlace:
    """The place of a template with values written beside the labels of rows."""
    content = template(kind, year, like, unit)
    by_label = {ROWS[key].label: value for key, value in values.items()}
    if kind == ".xlsx":
        book: Any = openpyxl.load_workbook(io.BytesIO(content))
        for row in book.active.iter_rows():
            if row[0].value in by_label:
                row[1].value = by_label[row[0].value]
        stream = io.BytesIO()
        book.save(stream)
        return place_of_book(book_of(stream.getvalue(), f"mine{kind}"))
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for cells in table:
        if cells and cells[0] in by_label:
            cells[1] = str(by_label[cells[0]])
    return place_of_book(book_of(text(table), f"mine{kind}"))


@settings(max_examples=25)
@given(
    kind=st.sampled_from([".xlsx", ".csv"]), year=st.sampled_from(YEARS), unit=st.sampled_from(list(UNITS)),
    like=st.sampled_from(["Leeds", "Rutland", "Kent", "Wirral"]), people=st.integers(50_000, 900_000), data=st.data(),
)
def test_a_filled_template_gives_what_was_written(
    kind: str, year: str, unit: str, like: str, people: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from([line for line in lines_of(year) if "fire" not in line]), min_size=3, unique=True))
    amounts = {line: data.draw(st.integers(40_000, 60_000)) * people / 100 for line in chosen}  # pounds: £400 to £600 a head
    written = {line: round(pounds / UNITS[unit], 3 if unit == "£m" else 0) for line, pounds in amounts.items()}
    place = filled(kind, year, like, unit, {"people": people, "name": "My town", **written})
    assert (place.name, place.year, place.people, place.like) == ("My town", year, float(people), places.find(like, year).code)
    for line in lines_of(year):
        if line in written:
            assert math.isclose(place.lines[line].amount, written[line] * UNITS[unit] / 1e6, abs_tol=1e-6)
            assert place.lines[line].quality == "actual"
        else:
            real = places.tables.spending_of(place.like, year)[line] / places.find(like, year).population
            assert math.isclose(place.lines[line].amount, real * people, abs_tol=1e-5)
            assert place.lines[line].quality == "estimate"
    assert math.isclose(sum(place.ages.values()), people, rel_tol=1e-6)


@pytest.mark.parametrize("year", YEARS)
def test_an_untouched_template_is_the_place_it_was_filled_from(year: str) -> None:
    like = places.load("Leeds", year)
    own = filled(".xlsx", year, "Leeds", "£m", {})
    mine = places.load(own.code, year)
    assert {one.quality for one in own.lines.values()} == {"estimate"}
    np.testing.assert_allclose(mine.spend, like.spend, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(mine.deprivation, like.deprivation, rtol=1e-5)
    np.testing.assert_allclose(mine.baseline, like.baseline, rtol=1e-4)
    assert math.isclose(mine.total, like.total, rel_tol=1e-6)
    assert math.isclose(float(mine.size.sum()), mine.population, rel_tol=1e-6)


#: What somebody may change in a template before any amount.
CHANGED: dict[str, dict[str, Any]] = {
    "like": {"like": "Leeds"}, "unit": {"unit": "£ thousand"}, "year": {"year": "2017-18"},
    "all of them": {"like": "Leeds", "unit": "£", "year": "2010-11"}, "people": {"people": 300_000},
}


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_what_the_template_wrote_is_not_given_whatever_else_is_changed(kind: str, changed: dict[str, Any]) -> None:
    unit = changed.get("unit", "£m")
    own = filled(kind, "2024-25", "Bristol", "£m", changed | {"nhs": 1510.2 * 1e6 / UNITS[unit]})
    like = places.find(changed.get("like", "Bristol, City of"), own.year)
    assert (own.like, own.year, own.region) == (like.code, changed.get("year", "2024-25"), like.region)
    assert own.deprivation == pytest.approx(mean_deprivation(like.code, own.year), abs=1e-3)
    assert [line for line, one in own.lines.items() if one.quality == "actual"] == ["nhs"]
    assert own.lines["nhs"].amount == pytest.approx(1510.2)
    theirs = places.tables.spending_of(like.code, own.year)
    for line in set(own.lines) - {"nhs"}:
        assert own.lines[line].amount == pytest.approx(theirs[line] / like.population * own.people, abs=1e-4)


def test_a_template_of_before_said_what_it_was_made_from_in_a_column() -> None:
    table = list(csv.reader(io.StringIO(template(".csv", "2024-25", "Bristol").decode("utf-8-sig"))))
    old = [["Like", "Leeds", *row[2:]] if row[:1] == ["Like"] else row for row in table if row[:1] != ["Made from"]]
    own = place_of_book(book_of(text(old), "mine.csv"))
    assert {one.quality for one in own.lines.values()} == {"estimate"}
    assert own.like == places.find("Leeds", "2024-25").code


def test_thousands_give_the_same_place_as_millions() -> None:
    def read(unit: str) -> OwnPlace:
        money = {label: round(amount * 1e6 / UNITS[unit], 6) for label, amount in MONEY.items()}
        return place_of_book(book_of(text(rows(ABOUT | {"Amounts are in": unit}, money)), "a.csv"))

    found = [read(unit) for unit in UNITS]
    assert len({str({line: (one.amount, one.quality) for line, one in place.lines.items()}) for place in found}) == 1
    built = [places.load(place.code, place.year) for place in found]
    for other in built[1:]:
        np.testing.assert_array_equal(built[0].spend, other.spend)
        np.testing.assert_array_equal(built[0].need, other.need)


@settings(max_examples=200)
@given(st.floats(-9e9, 9e9).map(lambda number: round(number, 2)), st.sampled_from(["uk", "blank", "continent", "swiss", "bare"]))
def test_every_number_is_read_as_it_was_written(number: float, way: str) -> None:
    english = f"{number:,.2f}"
    swap = {"uk": ",.", "blank": "\u00a0,", "continent": ".,", "swiss": "'.", "bare": "_."}[way]
    shown = english.replace(",", "\1").replace(".", swap[1]).replace("\1", "" if way == "bare" else swap[0])
    mark = decimal_mark([shown], "?")
    assert mark == swap[1]
    assert read_amount(shown, mark).value == pytest.approx(number, rel=1e-12)
    assert read_amount(f"£{shown}" if number >= 0 else f"({shown[1:]})", mark).value == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("wrong", [
    "1,23,456", "12..5", "1.2.3,4", "12 34", "1 2345", "--5", "5m5", "e5", "0x10", "1/2", "½", "12:30",
])
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(InputError):
        read_amount(wrong, ".")


def test_a_total_alone_is_split_as_in_the_place_like_it() -> None:
    own = filled(".csv", "2024-25", "Leeds", "£m", {"people": 300_000, "total_council": 321.0})
    like = places.tables.spending_of(own.like, "2024-25")
    council = [line for line in own.lines if ROWS[line].group == "council"]
    assert sum(own.lines[line].amount for line in council) == pytest.approx(321.0, abs=1e-4)
    care, children = "council_adult_social_care", "council_childrens_social_care"
    assert own.lines[care].amount / own.lines[children].amount == pytest.approx(like[care] / like[children], rel=1e-4)
    assert {own.lines[line].quality for line in council} == {"estimate"}


def saved(values: dict[str, Any]) -> bytes:
    """A template like Leeds, filled in and saved by a spreadsheet, which works its formulas out."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(template(".xlsx", "2024-25", "Leeds")))
    page, by_label = sheet["My place"], {ROWS[key].label: value for key, value in values.items()}
    for row in page.iter_rows():
        if row[0].value in by_label:
            row[1].value = by_label[row[0].value]
    stream = io.BytesIO()
    sheet.save(stream)
    results: dict[str, float] = {}
    for cell in page["B"]:
        found = re.fullmatch(r"=SUM\(B(\d+):B(\d+)\)", str(cell.value))
        parts = str(cell.value)[1:].split("+") if str(cell.value).startswith("=B") else []
        if found is not None:
            inside = [page[f"B{at}"].value for at in range(int(found[1]), int(found[2]) + 1)]
            results[cell.coordinate] = sum(value for value in inside if isinstance(value, int | float))
        elif parts:
            results[cell.coordinate] = sum(results.get(part, page[part].value) for part in parts)
    with zipfile.ZipFile(stream) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for at, result in results.items():
        name = "xl/worksheets/sheet1.xml"
        pattern = rf'(<c r="{at}"[^>]*><f>[^<]*</f>)<v ?/?>(</v>)?'.encode()
        files[name], count = re.subn(pattern, rb"\g<1><v>" + str(result).encode() + b"</v>", files[name])
        assert count == 1
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("total", [None, 321.0])
def test_sums_that_a_spreadsheet_worked_out_are_only_checked(total: float | None) -> None:
    values = {"people": 300_000, "nhs": 1042.0} | ({"total_council": total} if total else {})
    own = place_of_book(book_of(saved(values), "mine.xlsx"))
    council = sum(own.lines[line].amount for line in own.lines if ROWS[line].group == "council")
    leeds = places.tables.spending_of(own.like, "2024-25")
    a_head = sum(leeds[line] for line in own.lines if ROWS[line].group == "council") / places.find("Leeds", "2024-25").population
    assert council == pytest.approx(total or 300_000 * a_head, rel=1e-6)
    assert own.lines["nhs"].amount == 1042.0
    assert own.lines["police"].quality == "estimate"


def test_a_cleared_template_is_estimated_and_not_nought() -> None:
    cleared = {line: None for line in lines_of("2024-25") if line != "nhs"}
    own = place_of_book(book_of(saved({"people": 300_000, "nhs": 1042.0, **cleared}), "mine.xlsx"))
    assert own.lines["council_adult_social_care"].amount > 50.0


@pytest.mark.parametrize(("gone", "said"), [
    (0, ""), (1, ""), (2, ""), (3, "after 'Sickness and disability benefits': the template has 2 more lines"),
    (12, "after 'Homes and communities programmes': the template has 9 more lines, from 'Enterprise and local growth' to 'Tax"),
])
def test_a_sheet_that_ends_too_soon_is_asked_whether_it_is_whole(gone: int, said: str) -> None:
    table = list(csv.reader(io.StringIO(template(".csv", "2024-25", "Bristol").decode("utf-8-sig"))))
    table = [[cells[0], "1500", *cells[2:]] if cells[:1] == ["NHS"] else cells for cells in table if cells[:1] != ["TOGETHER"]]
    table = [cells for cells in table if cells[:1] != ["All public money in the place"]]
    read = given_in(book_of(text(table[:len(table) - gone]), "mine.csv"))
    found = [one.words for one in findings(read, own_place_of(read)) if one.about == "rows"]
    assert (said in found[0] and "is the file whole" in found[0]) if said else not found


def test_what_a_total_leaves_goes_to_the_services_that_are_not_given() -> None:
    own = filled(".csv", "2024-25", "Leeds", "£m", {"people": 300_000, "total_council": 321.0, "council_adult_social_care": 140.0})
    council = [line for line in own.lines if ROWS[line].group == "council"]
    assert own.lines["council_adult_social_care"].quality == "actual"
    assert sum(own.lines[line].amount for line in council) == pytest.approx(321.0, abs=1e-4)
    with pytest.raises(InputError, match="at least the sum"):
        filled(".csv", "2024-25", "Leeds", "£m", {"people": 300_000, "total_council": 100.0, "council_adult_social_care": 140.0})


def test_without_a_place_like_it_estimates_come_from_places_as_deprived() -> None:
    about = {key: value for key, value in ABOUT.items() if key not in ("Like", "Deprivation")}
    own = place_of_book(book_of(text(rows(about | {"Deprivation": 31.0}, {"NHS": 1042.0})), "a.csv"))
    assert own.deprivation == 31.0
    assert abs(mean_deprivation(own.like, own.year) - 31.0) < 2.0
    assert own.lines["police"].how.startswith("median £ a head of ")
    mine = places.load(own.code, own.year)
    assert float(np.average(mine.deprivation, weights=mine.neighbourhood_population)) == pytest.approx(31.0, abs=0.5)
    with pytest.raises(InputError, match="neither which place it is like nor how deprived"):
        place_of_book(book_of(text(rows(about)), "a.csv"))


def test_shares_of_ages_are_of_all_people() -> None:
    table = [*rows()[:9], ["Children", "25%"], ["65+", 45_000], *rows()[9:]]
    own = place_of_book(book_of(text(table), "a.csv"))
    assert own.ages["0_to_15"] == pytest.approx(75_000)
    assert own.ages["65_and_over"] == pytest.approx(45_000)
    assert sum(own.ages.values()) == pytest.approx(300_000)
    mine = places.load(own.code, own.year)
    older = mine.size[mine.cohort_kind == _kind("older_people")].sum()
    assert older == pytest.approx(45_000)


def _kind(name: str) -> int:
    from totalplace.scenarios.vocabulary import COHORT_KINDS

    return COHORT_KINDS.index(name)


@pytest.mark.parametrize(("year", "like", "unit", "ending"), [
    ("2019-20", "Leeds", "£m", ".xlsx"), ("2024-25", "Leds", "£m", ".csv"), ("2024-25", "Leeds", "€", ".csv"),
    ("2024-25", "Leeds", "£m", ".pdf"),
])
def test_a_template_that_cannot_be_is_refused(year: str, like: str, unit: str, ending: str) -> None:
    with pytest.raises((InputError, UnknownName)):
        template(ending, year, like, unit)


def test_the_template_says_what_it_wants(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(".xlsx", "2010-11", "Leeds")))
    sheet: Any = book["My place"]
    cells = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    assert cells["Year of spending"][1].number_format == "@"
    assert cells["Police"][1].comment is not None
    assert "Social care, adults and children" in cells
    assert "Adult social care" not in cells
    assert cells["Police"][1].fill.fgColor.rgb.endswith("FFF2CC")
    assert not sheet.protection.sheet
    width = sheet.column_dimensions["A"].width
    assert all(len(str(row[0].value)) <= width + 12 for row in cells.values() if row[0].row > 5)
    assert book["Places of England"].max_row == 148


@pytest.mark.parametrize("kind", [".xlsx", ".csv"])
def test_nothing_is_said_of_columns_and_sheets_that_the_template_wrote(kind: str) -> None:
    given = given_in(book_of(template(kind, "2024-25", "Bristol", "£m"), f"mine{kind}"))
    said = [one.words for one in findings(given, own_place_of(given))]
    assert any("28 lines of money" in words for words in said)
    assert not [words for words in said if "values are read from column" in words or "other sheets" in words]


def test_the_template_prints_as_wide_as_a_page() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(".xlsx", "2024-25", "Leeds")))
    first, second = book.worksheets[:2]
    for sheet in (first, second):
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == ("landscape", 1, 0)
    assert first.print_title_rows == "$5:$5"
    assert not second.print_title_rows
