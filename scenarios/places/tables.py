"""Read the tables that ship with the package: three built from open data, the rest hand-made judgement tables.

Every judgement table ends in the columns value, low, high, source. Tables are read once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InputError
from scenarios.places.rows import Row, read_rows, table_name
from scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS

HERE: Final = Path(__file__).resolve().parent
YEARS: Final = ("2010-11", "2017-18")

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Judgement:
    """One value of a judgement table: its keys, the value, its plausible range and where it comes from."""

    keys: tuple[str, ...]
    value: float
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Indicators:
    """Facts of one place: ``values[indicator, round]`` holds Health Index indicators by year of the round."""

    code: str
    name: str
    region: str
    population: float
    complex_families: float
    values: Mapping[tuple[str, int], float]


def judgement_names() -> tuple[str, ...]:
    """Names of the judgement tables, sorted."""
    return tuple(sorted(path.stem for path in (HERE / "judgement").glob("*.csv") if path.stem != "departments"))


@lru_cache(maxsize=64)
def judgements(name: str) -> tuple[Judgement, ...]:
    """All rows of a judgement table, in the order of the file. Raises InputError for a cell that is no number."""
    last = ("value", "low", "high", "source")
    return tuple(
        Judgement(
            keys=tuple(text for column, text in row.cells.items() if column not in last),
            value=row.number("value"),
            low=row.number("low"),
            high=row.number("high"),
            source=row.cells["source"],
        )
        for row in read_rows(HERE / "judgement" / f"{name}.csv", last)
    )


@lru_cache(maxsize=64)
def values(name: str) -> Mapping[tuple[str, ...], float]:
    """Values of a judgement table by its keys."""
    return MappingProxyType({row.keys: row.value for row in judgements(name)})


def matrix(name: str, rows: Sequence[str], columns: Sequence[str]) -> FloatArray:
    """A judgement table with two keys as an array (rows, columns); a pair that is not in the table is 0."""
    table = values(name)
    return np.array([[table.get((row, column), 0.0) for column in columns] for row in rows], dtype=np.float64)


def column(name: str, keys: Sequence[str], attribute: str) -> FloatArray:
    """One attribute of a judgement table with the keys (row, attribute), as an array in the order of ``keys``."""
    table = values(name)
    return np.array([table[key, attribute] for key in keys], dtype=np.float64)


def number(parameter: str) -> float:
    """A single number of the table ``people``."""
    return values("people")[(parameter,)]


@lru_cache(maxsize=1)
def departments() -> IntArray:
    """Index of the sponsor department of each kind of agency, shape (11,)."""
    rows = read_rows(HERE / "judgement" / "departments.csv", ("agency", "department"))
    sponsor = {row.cells["agency"]: row.cells["department"] for row in rows}
    return np.array([DEPARTMENTS.index(sponsor[agency]) for agency in AGENCY_KINDS], dtype=np.int64)


@lru_cache(maxsize=1)
def indicators() -> Mapping[str, Indicators]:
    """Facts of every place by code, in the order of codes. Raises InputError for a cell that is no number."""
    result: dict[str, Indicators] = {}
    for row in read_rows(HERE / "indicators.csv", ("code", "name", "region", "population", "complex_families")):
        code = row.cells["code"]
        if code in result:
            raise row.error(f"There are two rows of the place '{code}'", "one row for each place")
        by_round = {
            (name.rpartition("_")[0], int(name.rpartition("_")[2])): row.number(name)
            for name in row.cells
            if name.rpartition("_")[2].isdigit()
        }
        result[code] = Indicators(
            code=code,
            name=row.cells["name"],
            region=row.cells["region"],
            population=row.number("population"),
            complex_families=row.number("complex_families"),
            values=MappingProxyType(by_round),
        )
    return MappingProxyType(result)


@lru_cache(maxsize=1)
def _spending_rows() -> Mapping[tuple[str, str], Row]:
    """Rows of the table of spending by (place code, year), as they are written."""
    lines = dict.fromkeys(row.keys[0] for row in judgements("lines"))
    found: dict[tuple[str, str], Row] = {}
    for row in read_rows(HERE / "spending.csv", ("code", "year", *lines)):
        key = row.cells["code"], row.cells["year"]
        if key in found:
            raise row.error(f"There are two rows of the place '{key[0]}' in {key[1]}", "one row for each place and year")
        found[key] = row
    return MappingProxyType(found)


def spending_row(code: str, year: str) -> Row:
    """The row of the table of spending for one place and year. Raises InputError when there is none."""
    rows = _spending_rows()
    if (code, year) not in rows:
        raise InputError(
            f"There is no row for the place '{code}' in {year}", file=table_name(HERE / "spending.csv"),
            allowed=f"a row for each place of indicators.csv in each of the years {' and '.join(YEARS)}",
        )
    return rows[code, year]


@lru_cache(maxsize=512)
def spending_of(code: str, year: str) -> Mapping[str, float]:
    """£m by line of the source for one place and year, with ``source_total``; lines may be negative (net of income).

    Raises InputError when the place has no row for the year, or a cell of that row is no number. Faults in rows of other
    places do not count.
    """
    row = spending_row(code, year)
    return MappingProxyType({line: row.number(line) / 1000.0 for line in row.cells if line not in ("code", "year")})


@lru_cache(maxsize=1)
def spending() -> Mapping[tuple[str, str], Mapping[str, float]]:
    """What ``spending_of`` gives, for every row of the table, by (place code, year). Raises InputError for any fault."""
    return MappingProxyType({key: spending_of(*key) for key in _spending_rows()})


@lru_cache(maxsize=1)
def _small_area_columns() -> tuple[Mapping[str, NDArray[np.generic]], tuple[str, ...]]:
    """Columns of the small-area table as stored, and the names of the small areas."""
    import pyarrow.parquet as parquet  # late: costs more than all else in this module

    table = parquet.ParquetFile(HERE / "small_areas.parquet").read()
    names = tuple(table.column("name").to_pylist())
    # from_dlpack, since to_numpy() would import pandas, which takes longer than all the rest
    numbers = {
        name: np.from_dlpack(table.column(name).combine_chunks()) for name in table.column_names if name != "name"
    }
    return MappingProxyType(numbers), names


def small_areas(code: str) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Columns of the small areas of one place and their names, in the order of their codes.

    Persons: pop_0_15, pop_16_24, pop_25_64, pop_65_plus, income_deprived_children. Share: employment_rate.
    Scores from 0 (best) to 100: imd_2015, imd_2019 and seven domains. Raises InputError for a place that has none.
    """
    stored, names = _small_area_columns()
    scale = {"employment_rate": 1000.0, "imd_2015": 100.0, "imd_2019": 100.0}
    scale |= dict.fromkeys(("income", "employment", "education", "health", "crime", "barriers", "environment"), 10.0)
    number = list(indicators()).index(code)
    rows = np.flatnonzero(stored["place"] == number)
    if not len(rows):
        raise InputError(
            f"There are no small areas of the place '{code}'", file=table_name(HERE / "small_areas.parquet"),
            allowed=f"at least one row whose 'place' is {number}: rows of places in indicators.csv, counted from 0",
        )
    columns = {
        name: array[rows].astype(np.float64) / scale.get(name, 1.0)
        for name, array in stored.items()
        if name not in ("place", "code")
    }
    return columns, tuple(names[row] for row in rows)
