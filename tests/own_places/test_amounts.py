"""Noughts at the end of a number are its own: only what is set apart says thousands."""

from __future__ import annotations

import pytest

from totalplace.scenarios.own_places.amounts import Amount, read_amount


@pytest.mark.parametrize("text", ["170000", "170 000", "170,000", "170'000", "£170000", "170000.00"])
def test_a_round_number_is_in_the_unit_of_the_sheet(text: str) -> None:
    mark = "." if "." in text or "," in text else "?"
    assert read_amount(text, mark) == Amount(170_000.0)


@pytest.mark.parametrize("text", ["12.3k", "12.3 thousand", "12.3 000s", "12.3 '000"])
def test_thousands_that_are_set_apart_count_in_any_unit(text: str) -> None:
    assert read_amount(text, ".") == Amount(12_300.0, scaled=True)
