"""Whatever a file holds, it gives a place or an InputError: no other error, and nothing that takes long."""

from __future__ import annotations

import io
import zipfile
from typing import Final

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.own_places.spreadsheets import ABOUT, MONEY, Variant, bad, book, good, rows, text
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import own_place_of
from totalplace.scenarios.own_places.plausible import compared, findings
from totalplace.scenarios.own_places.sheet import given_in
from totalplace.scenarios.places import keeping
from totalplace.scenarios.stamps import Stamp

#: One file of each kind, with what is in the middle of people's work.
FILES: Final = (
    ("a.csv", text(rows())), ("a.csv", text(rows(), ";", "\r\n", "utf-16")), ("a.tsv", text(rows(), "\t", encoding="cp1252")),
    ("a.xlsx", book(rows())),
)
#: What people have in cells.
CELLS: Final = st.one_of(
    st.sampled_from([
        "", " ", "-", "n/a", "£", "%", "1,5", "1.5", "1,234", "(5)", "5-", "£m", "£5bn", "12%", "#N/A", "=1+1", "TRUE", "1e9",
        "NHS", "Police", "Total", "2024-25", "like Leeds", "\u00a0", "0", "-0", "NaN", "inf", "9" * 400, "'", '"',
    ]),
    st.text(max_size=12), st.integers(-10**9, 10**9), st.floats(), st.booleans(), st.none(), st.dates(),
)


def reads(name: str, content: bytes) -> bool:
    """Whether a file gives a place; raises whatever is no InputError."""
    try:
        sheet = given_in(book_of(content, name))
        place = own_place_of(sheet)
        findings(sheet, place)
        compared(place)
    except InputError as problem:
        refused = problem
    else:
        return True
    assert str(refused)
    assert refused.file is not None
    return False


@settings(max_examples=40)
@given(st.sampled_from(FILES), st.data())
def test_bytes_that_are_spoilt(file: tuple[str, bytes], data: st.DataObject) -> None:
    bytes_that_are_spoilt(file, data)


@pytest.mark.soak
@settings(max_examples=150)
@given(st.sampled_from(FILES), st.data())
def test_bytes_that_are_spoilt_in_many_ways(file: tuple[str, bytes], data: st.DataObject) -> None:
    bytes_that_are_spoilt(file, data)


def bytes_that_are_spoilt(file: tuple[str, bytes], data: st.DataObject) -> None:
    name, content = file
    spoilt = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
        if not spoilt:
            break
    reads(name, bytes(spoilt))


@settings(max_examples=25)
@given(st.data())
def test_parts_of_a_workbook_that_are_spoilt(data: st.DataObject) -> None:
    parts_of_a_workbook_that_are_spoilt(data)


@pytest.mark.soak
@settings(max_examples=100)
@given(st.data())
def test_parts_of_a_workbook_that_are_spoilt_in_many_ways(data: st.DataObject) -> None:
    parts_of_a_workbook_that_are_spoilt(data)


def parts_of_a_workbook_that_are_spoilt(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(book(rows()))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    at = data.draw(st.integers(0, len(parts[name])))
    parts[name] = parts[name][:at] + data.draw(st.binary(max_size=20)) + parts[name][at + data.draw(st.integers(0, 60)) :]
    if data.draw(st.booleans()):
        del parts[data.draw(st.sampled_from(sorted(parts)))]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    reads("a.xlsx", stream.getvalue())


@settings(max_examples=50)
@given(st.data())
def test_cells_that_are_spoilt(data: st.DataObject) -> None:
    cells_that_are_spoilt(data)


@pytest.mark.soak
@settings(max_examples=200)
@given(st.data())
def test_cells_that_are_spoilt_in_many_ways(data: st.DataObject) -> None:
    cells_that_are_spoilt(data)


def cells_that_are_spoilt(data: st.DataObject) -> None:
    table = rows()
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.integers(0, len(table) - 1))
        wide = [*table[row], None, None][: max(2, len(table[row]))]
        wide[data.draw(st.integers(0, len(wide) - 1))] = data.draw(CELLS)
        table[row] = wide
    if data.draw(st.booleans()):
        reads("a.csv", text(table, data.draw(st.sampled_from([",", ";", "\t"])), encoding="utf-16"))
        return
    try:
        content = book(table)
    except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):  # a spreadsheet has no such cell
        return
    reads("a.xlsx", content)


@pytest.mark.parametrize("variant", [*good(), *bad()], ids=lambda one: one.name)
def test_every_variant_twice_gives_the_same_answer(variant: Variant) -> None:
    assert reads(variant.file, variant.content) == reads(variant.file, variant.content)


def test_tables_are_looked_at_once_for_a_whole_check_and_not_for_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    name, content = FILES[0]
    sheet = given_in(book_of(content, name))
    place, looks, look = own_place_of(sheet), [0], keeping._now

    def counted() -> tuple[Stamp, ...]:
        looks[0] += 1
        return look()

    monkeypatch.setattr(keeping, "_now", counted)
    findings(sheet, place)
    compared(place)
    assert looks[0] == 2


def test_a_long_label_and_a_huge_number_are_shown_short() -> None:
    table = [*rows(ABOUT, MONEY), ["x" * 100_000, 5.0]]
    with pytest.raises(InputError) as caught:
        given_in(book_of(text(table), "a.csv"))
    assert len(str(caught.value)) < 2000
