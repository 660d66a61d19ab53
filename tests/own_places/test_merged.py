"""A value in cells that are merged beside several rows belongs to none of them; merged cells that say nothing do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.own_places.spreadsheets import ABOUT, LINES, book, rows
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import place_of_book


def merging(cells: str) -> Callable[[Any, Any], None]:
    return lambda made, sheet: sheet.merge_cells(cells)


def row_of(label: str) -> int:
    return next(number for number, row in enumerate(rows(), 1) if row[:1] == [label])


@pytest.mark.parametrize(("first", "last"), [
    ("Planning and development", "Central services"), ("Culture, libraries, leisure", "Central services"),
    ("Adult social care", "Children's social care"), ("People, all ages", "Deprivation"),
])
def test_one_value_beside_several_rows_is_refused_with_the_cells_and_the_rows(first: str, last: str) -> None:
    cells = f"B{row_of(first)}:B{row_of(last)}"
    with pytest.raises(InputError, match=rf"'Budget', cell {cells[:3].rstrip(':')}: The cells {cells} are merged") as caught:
        place_of_book(book_of(book(rows(), merging(cells)), "a.xlsx"))
    assert f"'{first}' (A{row_of(first)})" in str(caught.value)
    assert f"'{last}' (A{row_of(last)})" in str(caught.value)


def test_it_is_refused_beside_a_row_that_is_not_known_too_and_over_another_column() -> None:
    table = [[*row[:1], None, *row[1:]] for row in rows()]
    at = row_of("Police")

    def change(made: Any, sheet: Any) -> None:
        sheet[f"B{at}"] = "=70+1"
        sheet.merge_cells(f"B{at}:C{at + 1}")

    content = book([*table[:at], ["of which county lines"], *table[at:]], change)
    with pytest.raises(InputError, match=rf"The cells B{at}:C{at + 1} are merged, so that one value, =70\+1"):
        place_of_book(book_of(content, "a.xlsx"))


@pytest.mark.parametrize("cells", [
    "A1:B2",  # a title over two rows
    f"B{row_of('Police')}:C{row_of('Police')}",  # one row
    f"C{row_of('Police')}:C{row_of('Fire and rescue')}",  # another column
    f"B{row_of('Fire and rescue')}:B{row_of('Fire and rescue') + 3}",  # one row with a label and empty ones
])
def test_merged_cells_beside_one_row_give_the_same_place(cells: str) -> None:
    place = place_of_book(book_of(book(rows(), merging(cells)), "a.xlsx"))
    assert {line: one.amount for line, one in place.lines.items() if one.how.startswith("given")} == pytest.approx(LINES)


def test_a_merged_cell_that_says_nothing_gives_nothing() -> None:
    money = {"Adult social care": 126.4, "NHS": 1042.75, "Police": "n/a", "Fire and rescue": None}
    table = rows(ABOUT | {"Deprivation": 31.0}, money)
    last = len(table)
    place = place_of_book(book_of(book(table, merging(f"B{last - 1}:B{last}")), "a.xlsx"))
    assert {line for line, one in place.lines.items() if one.how.startswith("given")} == {"council_adult_social_care", "nhs"}
