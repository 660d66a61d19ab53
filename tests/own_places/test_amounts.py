"""Noughts at the end of a number are its own: only what is set apart says thousands."""

from __future__ import annotations

import pytest

from tests.own_places.spreadsheets import ABOUT, rows, text
from totalplace.scenarios.own_places.amounts import Amount, read_amount
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
