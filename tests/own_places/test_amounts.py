"""Noughts at the end of a number are its own: only what is set apart says thousands."""

from __future__ import annotations

import pytest

from tests.own_places.spreadsheets import ABOUT, rows, text
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.amounts import Amount, decimal_mark, read_amount
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import place_of_book


@pytest.mark.parametrize("text", ["170000", "170 000", "170,000", "170'000", "£170000", "170000.00"])
def test_a_round_number_is_in_the_unit_of_the_sheet(text: str) -> None:
    mark = "." if "." in text or "," in text else "?"
    assert read_amount(text, mark) == Amount(170_000.0)


@pytest.mark.parametrize("text", ["12.3k", "12.3 thousand", "12.3 000s", "12.3 '000"])
def test_thousands_that_are_set_apart_count_in_any_unit(text: str) -> None:
    assert read_amount(text, ".") == Amount(12_300.0, scaled=True)


@pytest.mark.parametrize(("unit", "shown", "amount"), [
    *(("£ thousand", one, 74.0) for one in ("74,000", "£74,000", "74 000", "74000", "£74,000 ", "£74.000m")),
    *(("£m", one, 74.0) for one in ("74.000", "£74.000", "74,000k", "74 000k")),
    ("£m", "156.000", 156.0), ("£ thousand", "156,000", 156.0),
])
def test_a_round_amount_in_a_sheet_keeps_the_unit_of_the_sheet(unit: str, shown: str, amount: float) -> None:
    factor = 1000.0 if unit == "£ thousand" else 1.0
    money = {"Adult social care": f"{126.5 * factor:,.1f}", "NHS": f"{1042.7 * factor:,.1f}", "Police": shown}
    own = place_of_book(book_of(text(rows(ABOUT | {"Amounts are in": unit}, money)), "a.csv"))
    assert own.lines["police"].amount == pytest.approx(amount)
    assert own.lines["nhs"].amount == pytest.approx(1042.7)


def council(people: str, show: str, police: str = "79{0}800") -> bytes:
    """A sheet whose amounts all have one mark before three figures, in a table that says nothing of marks."""
    money = {"Adult social care": "£131{0}400", "Children's social care": "£83{0}700", "Police": police}
    return text(rows(ABOUT | {"Amounts are in": "£ thousand", "People, all ages": people},
                     {label: value.format(show) for label, value in money.items()}), ";")


@pytest.mark.parametrize("show", [",", "."])
def test_people_are_whole_and_settle_what_a_mark_parts(show: str) -> None:
    own = place_of_book(book_of(council(f"300{show}000", show), "a.csv"))
    assert own.people == 300_000.0
    assert own.lines["police"].amount == pytest.approx(79.8)
    assert own.lines["council_adult_social_care"].amount == pytest.approx(131.4)


@pytest.mark.parametrize(("people", "mark"), [
    ("300,000", "."), ("300.000", ","), ("300000", "?"), ("0.300m", "?"), ("12.345%", "?"), ("300,000k", "?"), ("300 000", "?"),
])
def test_only_whole_numbers_of_people_settle_it(people: str, mark: str) -> None:
    assert decimal_mark(["£131,400", "79.800"], "?", [people]) == mark


def test_an_amount_that_shows_its_mark_counts_before_people() -> None:
    assert decimal_mark(["131,4", "300,000"], "?", ["300,000"]) == ","
    with pytest.raises(InputError, match="The place has 300 people, as '300,000' is read beside the other numbers"):
        place_of_book(book_of(council("300,000", ",", "79{0}8"), "a.csv"))


def test_what_can_be_read_two_ways_says_what_would_settle_it() -> None:
    with pytest.raises(InputError, match="'£131,400' can be read two ways") as caught:
        place_of_book(book_of(council("300000", ","), "a.csv"))
    assert "people written alike, such as 300,000, or an amount such as 1,048,800" in str(caught.value)
    with pytest.raises(InputError, match="without a point.* such as 300.000, or an amount such as 1.048.800"):
        place_of_book(book_of(council("300000", "."), "a.csv"))


@pytest.mark.parametrize("people", ["300000", "300,000"])
def test_what_is_no_number_is_the_fault_and_not_a_mark_that_is_open(people: str) -> None:
    with pytest.raises(InputError, match="a.csv, cell B13: '£8\"' is no number"):
        place_of_book(book_of(council(people, ",", '£8"'), "a.csv"))


@pytest.mark.parametrize(("typed", "meant"), [
    ("79,8OO", "79,800"), ("£3OO", "£300"), ("l2.5m", "12.5m"), ("1O5", "105"), ("abc", None),
])
def test_a_letter_typed_for_a_digit_is_named(typed: str, meant: str | None) -> None:
    assert decimal_mark([typed, "£1,048,800"], "?") == "."
    with pytest.raises(InputError) as caught:
        read_amount(typed, ".")
    assert caught.value.nearest == meant


def test_numbers_written_in_two_ways_are_told_apart_by_what_their_mark_does() -> None:
    with pytest.raises(InputError, match="the comma between thousands in '£1,048,800' and the comma before decimals in '£213,00'"):
        decimal_mark(["£1,048,800", "£213,00"], "?")
    with pytest.raises(InputError, match=r"the point before decimals in '12\.5' and the point between thousands in '1\.048\.800'"):
        decimal_mark(["1.048.800", "12.5"], "?")
