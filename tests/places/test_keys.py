"""Tables are read by their keys: in any order they give the same place to the bit; missing, double, unknown keys are refused."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.places.test_wrong_tables import HARTLEPOOL, Edit, edit, forget
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.shapes import SHAPES

__all__ = ["edit"]
CHECKED = (("Birmingham", "2010-11"), ("Hartlepool", "2017-18"), ("Dorset, Bournemouth and Poole", "2010-11"))
JUDGEMENTS = [f"judgement/{name}.csv" for name in SHAPES]


def bits(name: str, year: str) -> dict[str, Any]:
    """Everything of a place, arrays as their bytes."""
    found = vars(places.load(name, year))
    return {key: value.tobytes() if isinstance(value, np.ndarray) else value for key, value in found.items()}


def everything() -> list[dict[str, Any]]:
    forget()
    return [bits(*one) for one in CHECKED]


def shuffled(seed: int) -> Callable[[str], str]:
    """Rows and columns of a table in another order."""

    def change(text: str) -> str:
        order = random.Random(seed)
        rows = list(csv.reader(io.StringIO(text)))
        head, body = rows[0], rows[1:]
        order.shuffle(body)
        columns = list(range(len(head)))
        order.shuffle(columns)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([[row[column] for column in columns] for row in (head, *body)])
        return out.getvalue()

    return change


def test_every_table_has_a_shape() -> None:
    assert {path.stem for path in (tables.HERE / "judgement").glob("*.csv")} == set(SHAPES)


@pytest.mark.parametrize("table", [*JUDGEMENTS, "indicators.csv", "spending.csv"])
def test_the_order_of_rows_and_columns_changes_nothing(edit: Edit, table: str) -> None:
    before = everything()
    for seed in (1, 2):
        edit(table, shuffled(seed))
        assert everything() == before


def test_all_tables_shuffled_at_once_change_nothing(edit: Edit) -> None:
    before = everything()
    for number, table in enumerate([*JUDGEMENTS, "indicators.csv", "spending.csv"]):
        edit(table, shuffled(number))
    path = tables.HERE / "small_areas.parquet"
    areas = pq.read_table(path)
    order = list(range(areas.num_rows))
    random.Random(5).shuffle(order)
    pq.write_table(areas.take(order), path)
    assert everything() == before


def test_a_place_between_others_leaves_their_neighbourhoods_alone(edit: Edit) -> None:
    """Small areas name their place by its code: a row more in the table of indicators moves none of them."""
    before = [people_of(name) for name, _ in CHECKED]
    edit("indicators.csv", lambda text: with_row(text, 3, lambda row: ["A0000000", "Newplace", *row[2:]]))
    edit("spending.csv", lambda text: with_row(text, 3, lambda row: ["A0000000", *row[1:]]))
    edit("spending.csv", lambda text: with_row(text, 5, lambda row: ["A0000000", *row[1:]]))
    forget()
    assert [people_of(name) for name, _ in CHECKED] == before


def people_of(name: str) -> list[bytes]:
    place = places.load(name)
    return [place.size.tobytes(), place.need.tobytes(), place.neighbourhood_population.tobytes()]


def with_row(text: str, after: int, made: Callable[[list[str]], list[str]]) -> str:
    """The table with a row, made from row ``after``, before it."""
    rows = list(csv.reader(io.StringIO(text)))
    rows.insert(after, made(rows[after]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def lines(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(text.splitlines())) + "\n"


def first_cell(word: str) -> Callable[[str], str]:
    return lines(lambda rows: [rows[0], ",".join([word, *rows[1].split(",")[1:]]), *rows[2:]])


@pytest.mark.parametrize("table", JUDGEMENTS)
def test_a_missing_a_double_and_an_unknown_row_are_refused(edit: Edit, table: str) -> None:
    said = []
    original = (tables.HERE / table).read_text("utf-8")
    for change in (lines(lambda rows: [*rows[:2], *rows[3:]]), lines(lambda rows: [*rows, rows[2]]), first_cell("nobody")):
        edit(table, lambda text, change=change: change(original))  # type: ignore[misc]
        forget()
        with pytest.raises(InputError) as caught:
            places.load("Birmingham")
        said.append(str(caught.value))
        assert str(caught.value).startswith(f"scenarios/places/{table}")
    missing, double, unknown = said
    sums = "add up to" in missing
    assert sums or "There is no row of" in missing
    assert f"{len(original.splitlines()) + 1}: There are two rows of" in double
    assert "other is in line 3" in double
    assert ":2: There is no " in unknown or ("themes" in table and "add up to" in unknown)


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("judgement/speed.csv", lambda text: text.replace(",", ";"), "speed.csv:1: The columns are parted by semicolons"),
        ("judgement/speed.csv", lambda text: text.replace(",", "\t"), "speed.csv:1: The columns are parted by tabs"),
        ("judgement/speed.csv", lambda text: text.replace("value", "value ", 1), "The column 'value ' has a blank before or after"),
        ("judgement/speed.csv", lambda text: text.replace("health", "health ", 1),
         "speed.csv:2: The column 'outcome' has a blank before or after 'health'"),
        ("judgement/speed.csv", lambda text: text.replace("health", "helth", 1),
         "speed.csv:2: There is no outcome 'helth'. Did you mean 'health'? "
         "Allowed: health, independence, safety, learning, work, community."),
        ("judgement/speed.csv", lambda text: text.replace("source", "value", 1), "speed.csv:1: There is no column 'source'"),
        ("judgement/speed.csv", lines(lambda rows: [row + ",x" for row in rows]), "There is no column that is read here 'x'"),
        ("judgement/speed.csv", lines(lambda rows: [row + "," + row.split(",")[0] for row in rows]),
         "The column 'outcome' is given 2 times"),
        ("judgement/lines.csv", lambda text: text.replace("nhs,all,nhs,nhs,0.98", "nhs,all,nhs,nhs,0.89"),
         "The shares of the line 'nhs' in 2010-11 add up to 0.91. Allowed: 1"),
        ("judgement/lines.csv", lambda text: text.replace("nhs,all,nhs,nhs,", "nhs,all,nhs,nsh,"),
         "There is no profile 'nsh' in themes.csv, for the line 'nhs'"),
        ("spending.csv", lines(lambda rows: [*rows, rows[3].replace(HARTLEPOOL, "E06099999")]),
         "spending.csv:298: There is no code 'E06099999'"),
        ("spending.csv", lines(lambda rows: [*rows, rows[3].replace("2010-11", "2024-25")]),
         "spending.csv:298: There is no year '2024-25'. Allowed: 2010-11, 2017-18"),
        ("indicators.csv", lines(lambda rows: [*rows, rows[2].replace(HARTLEPOOL, "X1")]),
         "indicators.csv:150: There are two places 'Hartlepool'; the other is in line 3"),
        ("indicators.csv", lambda text: text.replace("frailty_2015", "frailty_2016", 1), "There is no column 'frailty_2015'"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_faults_of_keys_are_said_with_their_cause(edit: Edit, table: str, change: Callable[[str], str], says: str) -> None:
    edit(table, change)
    forget()
    with pytest.raises(InputError) as caught:
        places.load("Hartlepool")
    assert says in str(caught.value)
    assert str(caught.value).startswith("scenarios/places/")


def written(folder: Path, change: Callable[[pa.Table], pa.Table]) -> str:
    """What is said of small areas that a change makes wrong."""
    path = folder / "small_areas.parquet"
    pq.write_table(change(pq.read_table(path)), path)
    forget()
    with pytest.raises(InputError) as caught:
        places.load("Birmingham")
    return str(caught.value)


def test_wrong_small_areas_are_refused(edit: Edit) -> None:
    folder = tables.HERE
    original = (folder / "small_areas.parquet").read_bytes()
    changes: dict[str, Callable[[pa.Table], pa.Table]] = {
        "There are two rows of the small area E0": lambda areas: pa.concat_tables([areas, areas.slice(7, 1)]),
        "There is no place 'Z' in indicators.csv": lambda areas: areas.set_column(
            2, "place", pa.array(["Z", *areas["place"].to_pylist()[1:]])
        ),
        "The column 'place' does not hold codes of places": lambda areas: areas.set_column(
            2, "place", pa.array(np.zeros(areas.num_rows, np.uint8))
        ),
        "The columns differ in health": lambda areas: areas.drop_columns("health"),
    }
    for says, change in changes.items():
        (folder / "small_areas.parquet").write_bytes(original)
        said = written(folder, change)
        assert said.startswith("scenarios/places/small_areas.parquet: ")
        assert says in said
    (folder / "small_areas.parquet").write_bytes(original[:5000])
    forget()
    with pytest.raises(InputError, match="small_areas.parquet: The table cannot be read"):
        places.load("Birmingham")
