"""Read the tables that ship with the package: three built from open data, the rest hand-made judgement tables.

Every judgement table has the columns value, low, high, source beside its keys. Rows and columns may stand in any order: they are
read by their keys, and put into the order of the model's words. Tables are read once and kept, until one of them changes on disk:
then all are read anew, so that nothing is made of tables of two times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.keeping import kept, tables_in, unchanged
from totalplace.scenarios.places.rows import Row, read_rows, table_name
from totalplace.scenarios.places.shapes import (
    EVERY_YEAR,
    GEOGRAPHIES,
    INDICATORS,
    LINES,
    SHAPES,
    YEARS,
    geography_of,
    in_order,
    years_of,
)

HERE: Final = Path(__file__).resolve().parent

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def as_they_are() -> AbstractContextManager[None]:
    """The tables as they are on disk now: when one has changed, all are read anew, and so is what was made of them.

    Inside, they stay what they were at the beginning. One thread at a time.
    """
    return unchanged()


def _folders() -> tuple[Path, ...]:
    """Where tables are: a folder for the places of each time, and one of judgement tables."""
    return (*(HERE / places for places in GEOGRAPHIES), HERE / "judgement")


tables_in(_folders)


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
    return tuple(sorted(path.stem for path in (HERE / "judgement").glob("*.csv")))


@kept(maxsize=64)
def judgements(name: str) -> tuple[Judgement, ...]:
    """All rows of a judgement table, in the order of the model's words.

    Raises InputError for a cell that is no number, for keys that are unknown, missing or given twice, and for shares that do not
    add up to 1.
    """
    keys = tuple(SHAPES[name].keys)
    rows = in_order(name, read_rows(HERE / "judgement" / f"{name}.csv", (*keys, "value", "low", "high", "source")))
    found = tuple(
        Judgement(
            keys=tuple(row.cells[column] for column in keys),
            value=row.number("value"),
            low=row.number("low"),
            high=row.number("high"),
            source=row.cells["source"],
        )
        for row in rows
    )
    if name in _SHARES:
        _check_shares(name, rows, found)
    return found


#: Tables of shares: the groups of which each adds up to 1.
_SHARES: Final[Mapping[str, Callable[[tuple[str, ...]], list[str]]]] = {
    "lines": lambda keys: [f"the line '{keys[0]}' in {year}" for year in YEARS if keys[1] in (EVERY_YEAR, year)],
    "themes": lambda keys: [f"the profile '{keys[0]}'"],
}


def _check_shares(name: str, rows: Sequence[Row], found: Sequence[Judgement]) -> None:
    """Raise InputError, at the last row of a group, where its shares do not add up to 1."""
    sums: dict[str, float] = {}
    last: dict[str, Row] = {}
    for row, judgement in zip(rows, found, strict=True):
        for group in _SHARES[name](judgement.keys):
            sums[group] = sums.get(group, 0.0) + judgement.value
            last[group] = row
    for group, total in sums.items():
        if abs(total - 1.0) > 1e-6:
            raise last[group].error(f"The shares of {group} add up to {total:.6g}", "1: a row is missing, doubled or wrong")


@kept(maxsize=64)
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


@kept(maxsize=2 * len(GEOGRAPHIES))
def indicators(folder: str = "") -> Mapping[str, Indicators]:
    """Facts of every place of a folder by code, in the order of codes.

    Raises InputError for a cell that is no number, and for a place given twice.
    """
    result: dict[str, Indicators] = {}
    names: dict[str, int] = {}
    rounds = tuple(GEOGRAPHIES[folder].rounds.values())
    columns = [f"{indicator}_{year}" for year in rounds for indicator in INDICATORS]
    for row in read_rows(HERE / folder / "indicators.csv", ("code", "name", "region", "population", "complex_families", *columns)):
        code, name = row.word("code"), row.word("name")
        if code in result:
            raise row.error(f"There are two rows of the place '{code}'", "one row for each place")
        if name.casefold() in names:
            other = names[name.casefold()]
            raise row.error(f"There are two places '{name}'; the other is in line {other}", "a name of its own for each")
        names[name.casefold()] = row.line
        result[code] = Indicators(
            code=code,
            name=name,
            region=row.word("region"),
            population=row.number("population"),
            complex_families=row.number("complex_families"),
            values=MappingProxyType(
                {(indicator, year): row.number(f"{indicator}_{year}") for year in rounds for indicator in INDICATORS}
            ),
        )
    return MappingProxyType(dict(sorted(result.items())))


@kept(maxsize=2 * len(GEOGRAPHIES))
def _spending_rows(folder: str = "") -> Mapping[tuple[str, str], Row]:
    """Rows of the table of spending of a folder by (place code, year), as they are written."""
    found: dict[tuple[str, str], Row] = {}
    for row in read_rows(HERE / folder / "spending.csv", ("code", "year", *LINES, "source_total")):
        key = row.word("code", tuple(indicators(folder))), row.word("year", years_of(folder))
        if key in found:
            raise row.error(f"There are two rows of the place '{key[0]}' in {key[1]}", "one row for each place and year")
        found[key] = row
    return MappingProxyType(found)


def spending_row(code: str, year: str) -> Row:
    """The row of the table of spending for one place and year. Raises InputError when there is none."""
    folder = geography_of(year)
    rows = _spending_rows(folder)
    if (code, year) not in rows:
        of = years_of(folder)
        raise InputError(
            f"There is no row for the place '{code}' in {year}", file=table_name(HERE / folder / "spending.csv"),
            allowed=f"a row for each place of indicators.csv in {f'each of the years {" and ".join(of)}' if of[1:] else of[0]}",
        )
    return rows[code, year]


@kept(maxsize=512)
def spending_of(code: str, year: str) -> Mapping[str, float]:
    """£m by line of the source for one place and year, with ``source_total``; lines may be negative (net of income).

    Raises InputError when the place has no row for the year, or a cell of that row is no number. Faults in rows of other
    places do not count.
    """
    row = spending_row(code, year)
    return MappingProxyType({line: row.number(line) / 1000.0 for line in (*LINES, "source_total")})


@kept(maxsize=2 * len(GEOGRAPHIES))
def spending(folder: str = "") -> Mapping[tuple[str, str], Mapping[str, float]]:
    """What ``spending_of`` gives, for every row of a folder's table, by (place code, year). Raises InputError for any fault."""
    return MappingProxyType({key: spending_of(*key) for key in _spending_rows(folder)})


#: Columns of small areas that hold words; all others hold whole numbers.
_WORDS: Final = ("name", "place")
_DOMAINS: Final = ("income", "employment", "education", "health", "crime", "barriers", "environment")
_PEOPLE: Final = ("pop_0_15", "pop_16_24", "pop_25_64", "pop_65_plus", "income_deprived_children", "employment_rate")


def _area_columns(folder: str) -> tuple[str, ...]:
    return ("code", *_WORDS, *_PEOPLE, *dict.fromkeys(GEOGRAPHIES[folder].deprivation.values()), *_DOMAINS)


@kept(maxsize=2 * len(GEOGRAPHIES))
def _small_area_columns(
    folder: str = "",
) -> tuple[Mapping[str, NDArray[np.generic]], tuple[str, ...], Mapping[str, NDArray[np.int64]]]:
    """Columns of the small-area table of a folder as stored, the names of the areas, and the rows of each place by its code.

    The rows of a place are in the order of the codes of its small areas. Raises InputError for a table with other columns, a place
    that is not in ``indicators.csv``, and a small area that is given twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet  # late: costs more than all else in this module

    path = HERE / folder / "small_areas.parquet"
    file, wanted = table_name(path), _area_columns(folder)
    try:
        table = parquet.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as problem:
        raise InputError(f"The table cannot be read: {problem}", file=file) from None
    different = set(wanted) ^ set(table.column_names)
    if different or len(table.column_names) != len(wanted):
        raise InputError(f"The columns differ in {', '.join(sorted(different)) or 'number'}", file=file, allowed=wanted)
    if not (pa.types.is_string(table.column("place").type) or pa.types.is_large_string(table.column("place").type)):
        allowed = "the code of a place of indicators.csv in each row"
        raise InputError("The column 'place' does not hold codes of places", file=file, allowed=allowed)
    # from_dlpack, since to_numpy() would import pandas, which takes longer than all the rest
    numbers = {name: np.from_dlpack(table.column(name).combine_chunks()) for name in wanted if name not in _WORDS}
    coded = table.column("place").combine_chunks().dictionary_encode()
    place = np.from_dlpack(coded.indices)
    order = np.argsort(numbers["code"], kind="stable")
    codes = numbers["code"][order]
    double = np.flatnonzero(codes[1:] == codes[:-1])
    if len(double):
        area = f"E{int(codes[double[0]]):08d}"
        raise InputError(f"There are two rows of the small area {area}", file=file, allowed="one row for each")
    rows = {code: order[place[order] == number] for number, code in enumerate(coded.dictionary.to_pylist())}
    for code in rows:
        if code not in indicators(folder):
            raise UnknownName("place", code, tuple(indicators(folder)), where="in indicators.csv", file=file)
    return MappingProxyType(numbers), tuple(table.column("name").to_pylist()), MappingProxyType(rows)


def small_areas(code: str, folder: str = "") -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Columns of the small areas of one place of a folder and their names, in the order of their codes.

    Persons: pop_0_15, pop_16_24, pop_25_64, pop_65_plus, income_deprived_children. Share: employment_rate.
    Scores from 0 (best) to 100: imd_2015 and imd_2019, or imd_2025, and seven domains. Raises InputError for a place that has none.
    """
    stored, names, rows_of = _small_area_columns(folder)
    scores = dict.fromkeys(GEOGRAPHIES[folder].deprivation.values(), 100.0)
    scale = {"employment_rate": 1000.0} | scores | dict.fromkeys(_DOMAINS, 10.0)
    if code not in rows_of:
        raise InputError(
            f"There are no small areas of the place '{code}'", file=table_name(HERE / folder / "small_areas.parquet"),
            allowed=f"at least one row whose 'place' is {code}",
        )
    rows = rows_of[code]
    columns = {name: array[rows].astype(np.float64) / scale.get(name, 1.0) for name, array in stored.items() if name != "code"}
    return columns, tuple(names[row] for row in rows)
