"""A place of one's own from Python: the sheet, what is to be known of it, and runs in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import totalplace as tp
from tests.own_places.spreadsheets import rows, text
from totalplace.scenarios.errors import InputError


def test_a_template_is_a_place_and_is_not_replaced_unasked(tmp_path: Path) -> None:
    sheet = tp.place_template(tmp_path / "mine.csv", like="Bristol")
    found = tp.own_place(sheet)
    assert found.title == "My place"
    assert "people. Its money is of 2024-25, in £m." in found.sentences[0]
    assert not any(one.startswith("wrong") for one in found.warnings)
    with pytest.raises(InputError, match="is there already"):
        tp.place_template(sheet, like="Bristol")
    assert tp.place_template(sheet, like="Bolton", force=True) == sheet


def test_what_is_filled_in_stands_beside_real_places_and_can_be_run(tmp_path: Path) -> None:
    sheet = tmp_path / "newtown.csv"
    sheet.write_bytes(text(rows()))
    found = tp.own_place(sheet)
    table = found.tables["beside"].set_index("label")
    assert table.loc["NHS", "amount"] == pytest.approx(1042.75)
    assert table.loc["NHS", "mine"] == pytest.approx(1e6 * 1042.75 / 300_000)
    assert tp.load("today", place=str(sheet), quarters=2).place_shown.startswith("Newtown")


def test_an_amount_that_is_a_thousand_times_too_large_is_said(tmp_path: Path) -> None:
    sheet = tmp_path / "newtown.csv"
    sheet.write_bytes(text(rows(money={"Public health": 21_500.0, "NHS": 1042.75})))
    try:
        warnings = " ".join(tp.own_place(sheet).warnings)
    except InputError as error:
        warnings = str(error)
    assert "Public health" in warnings
