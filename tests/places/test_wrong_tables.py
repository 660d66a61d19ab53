"""Tables that a user has changed by hand: what is wrong is reported with table, line and column, never as a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import finding, money, people, tables
from totalplace.scenarios.places.money import COUNCIL_LINES
from totalplace.sim.cli import exit_code

HARTLEPOOL = "E06000001"
Edit = Callable[[str, Callable[[str], str]], None]


def forget() -> None:
    """Let every table be read anew."""
    kept: list[Any] = [
        tables.judgements, tables.values, tables.indicators, tables.spending, tables.spending_of,
        tables._spending_rows, tables._small_area_columns, people._indicator_moments, finding._all_places,
        money.destinations, money._profiles,
    ]
    for function in kept:
        function.cache_clear()


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Edit]:
    """Changes the text of a table in a copy of the folder of places, which is read instead of it."""
    folder = tmp_path / "places"
    shutil.copytree(tables.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(tables, "HERE", folder)
    forget()

    def change(name: str, how: Callable[[str], str]) -> None:
        (folder / name).write_text(how((folder / name).read_text("utf-8")), "utf-8")

    yield change
    forget()


def cell(code: str, column: str, value: str) -> Callable[[str], str]:
    """Puts a value into a column of the first row of a place."""

    def change(text: str) -> str:
        lines = text.splitlines()
        line = next(number for number, row in enumerate(lines) if row.startswith(f"{code},"))
        cells = lines[line].split(",")
        cells[lines[0].split(",").index(column)] = value
        return "\n".join([*lines[:line], ",".join(cells), *lines[line + 1:]]) + "\n"

    return change


def place_added(text: str) -> str:
    """A row of a place X1, like that of Hartlepool, after all others."""
    row = next(line for line in text.splitlines() if line.startswith(f"{HARTLEPOOL},"))
    return text + row.replace(f"{HARTLEPOOL},Hartlepool", "X1,Newplace") + "\n"


def money_added(text: str) -> str:
    """Rows of spending of the place X1, like those of Hartlepool."""
    rows = [line for line in text.splitlines() if line.startswith(f"{HARTLEPOOL},")]
    return text + "".join(row.replace(HARTLEPOOL, "X1") + "\n" for row in rows)


def refused(name: str) -> str:
    with pytest.raises(InputError) as caught:
        places.load(name)
    return str(caught.value)


def test_an_added_place_without_spending_is_named_with_its_table(edit: Edit) -> None:
    edit("indicators.csv", place_added)
    assert refused("Newplace") == (
        "scenarios/places/spending.csv: There is no row for the place 'X1' in 2010-11. "
        "Allowed: a row for each place of indicators.csv in each of the years 2010-11 and 2017-18."
    )


def test_an_added_place_without_small_areas_is_named_with_its_table(edit: Edit) -> None:
    edit("indicators.csv", place_added)
    edit("spending.csv", money_added)
    assert refused("Newplace") == (
        "scenarios/places/small_areas.parquet: There are no small areas of the place 'X1'. "
        "Allowed: at least one row whose 'place' is X1."
    )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "The column 'nhs' is empty"),
        ("1 234", "The column 'nhs' is '1 234', which is no number"),
        ("n/a", "The column 'nhs' is 'n/a', which is no number"),
        ("nan", "The column 'nhs' is 'nan', which is no number"),
    ],
)
def test_a_cell_of_spending_that_is_no_number_stops_its_place_only(edit: Edit, value: str, says: str) -> None:
    edit("spending.csv", cell(HARTLEPOOL, "nhs", value))
    assert refused("Hartlepool") == f"scenarios/places/spending.csv:4: {says}. Allowed: a number, such as 1234.5."
    assert places.load("Birmingham").total > 0
    assert places.load("Hartlepool", "2017-18").total > 0
    with pytest.raises(InputError, match="spending.csv:4: "):
        tables.spending()


@pytest.mark.parametrize(
    ("table", "how", "says"),
    [
        ("indicators.csv", cell(HARTLEPOOL, "population", "many"), "indicators.csv:3: The column 'population' is 'many'"),
        ("indicators.csv", cell(HARTLEPOOL, "frailty_2015", ""), "indicators.csv:3: The column 'frailty_2015' is empty"),
        ("indicators.csv", lambda text: text + text.splitlines()[2] + "\n", "150: There are two rows of the place 'E06000001'"),
        ("indicators.csv", lambda text: text.replace("population", "persons", 1), "1: There is no column 'population'"),
        ("spending.csv", lambda text: text.replace(",nhs,", ",NHS,", 1), "spending.csv:1: There is no column 'nhs'"),
        ("spending.csv", lambda text: text + "X1,2010-11,5\n", "spending.csv:298: The row has 3 cells. Allowed: 33 cells"),
        ("spending.csv", lambda text: text + text.splitlines()[2] + "\n", "298: There are two rows of the place 'DORSET_BP' in"),
        ("judgement/speed.csv", lambda text: text.replace("0.", "o.", 1), "judgement/speed.csv:2: The column 'value' is 'o."),
    ],
    ids=["word", "empty", "place twice", "column", "line", "short row", "money twice", "judgement"],
)
def test_other_faults_are_reported_at_their_line(edit: Edit, table: str, how: Callable[[str], str], says: str) -> None:
    edit(table, how)
    assert says in refused("Hartlepool")


def test_a_council_without_money_is_reported_at_its_row(edit: Edit) -> None:
    for line in COUNCIL_LINES:
        edit("spending.csv", cell(HARTLEPOOL, line, "0"))
    assert "spending.csv:4: The lines of the council add up to £0m. Allowed: more than 0" in refused("Hartlepool")


def test_a_table_from_a_spreadsheet_is_read(edit: Edit) -> None:
    edit("spending.csv", lambda text: "\ufeff" + text.replace("\n", "\r\n") + "\r\n\r\n")
    assert places.load("Birmingham").total > 0


def test_a_table_in_another_encoding_is_refused(edit: Edit) -> None:
    path = tables.HERE / "indicators.csv"
    path.write_bytes(path.read_bytes().replace(b"Hartlepool", "Hârtlepool".encode("cp1252")))
    assert refused("Birmingham").startswith("scenarios/places/indicators.csv: The table is not text in UTF-8")


def test_the_command_line_says_it_in_one_line(edit: Edit, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit("spending.csv", cell(HARTLEPOOL, "nhs", ""))
    out = tmp_path / "out"
    assert exit_code(["run", "silo", "--place", "Hartlepool", "--runs", "1", "--quarters", "4", "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "scenarios/places/spending.csv:4: The column 'nhs' is empty" in said
    assert "Traceback" not in said
    assert not out.exists()
