"""Tables of results as they are read back: of a size that can be, with the columns they must have, each row once, no infinity."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

#: Bytes that a table may declare, uncompressed, a row and column, and beyond that; names are stored once.
_CELL: Final = 64
_ROOM: Final = 10_000_000


class Rows:
    """The rows of a table by scenario. ``unread`` are the scenarios of which no rows were asked for yet."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.unread = {str(name) for name in table["scenario"].unique().to_pylist()}

    def of(self, scenario: str, place: str) -> pa.Table:
        """The rows of a scenario, in the order of the file. Raises ValueError when some are of another place."""
        import pyarrow.compute as pc

        self.unread.discard(scenario)
        rows = self._table.filter(pc.equal(self._table["scenario"], scenario))
        if others := set(rows["place"].unique().to_pylist()) - {place}:
            raise ValueError(f"rows of '{scenario}' in {', '.join(map(str, sorted(others, key=str)))[:200]}, not in {place}")
        return rows


def table_of(folder: Path, name: str, most_rows: int) -> Rows:
    """The table ``name`` of a folder. Raises InputError for one that cannot be read or declares more than ``most_rows``."""
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    try:
        with path.open("rb") as stream, pq.ParquetFile(stream) as file:
            about = file.metadata
            declared = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
            if about.num_rows > most_rows or declared > _ROOM + _CELL * most_rows * max(1, about.num_columns):
                raise InputError(
                    f"'{path}' declares {about.num_rows:,} rows of {declared:,} bytes, and its manifest {most_rows:,} rows at most",
                    allowed="a file as it was written",
                )
            return Rows(_placed(path, file.read()))
    except FileNotFoundError:
        raise InputError(f"The folder '{folder}' has no {path.name}", allowed="a folder as it was written") from None
    except InputError:
        raise
    except Exception as error:  # damaged bytes make Arrow raise errors of all kinds
        raise InputError(f"'{path}' cannot be read: {error}"[:400], allowed="a file as it was written") from error


def _placed(path: Path, table: pa.Table) -> pa.Table:
    """The table, if every row says of which scenario and place it is; else InputError."""
    for name in ("scenario", "place"):
        number = table.column_names.count(name)
        wrong = "" if number == 1 else f"{number} columns called {name}" if number else f"no column {name}"
        if not wrong and any(value is None or not str(value).strip() for value in table[name].unique().to_pylist()):
            wrong = f"rows without a {name}"
        if wrong:
            allowed = "a file as it was written, with the scenario and the place of every row"
            raise InputError(f"'{path}' has {wrong}", allowed=allowed)
    return table


def whole_numbers(table: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of whole numbers. Raises ValueError for one that is missing, of another kind, or has gaps."""
    column = _column(table, name)
    if column.dtype.kind not in "iu":
        raise ValueError(f"the column {name} holds {column.dtype}, not whole numbers")
    return column.astype(np.int64)


def real_numbers(table: pa.Table, name: str, silent: bool = False) -> NDArray[np.float64]:
    """A column of real numbers. Raises ValueError for one that is missing, of another kind, or not finite throughout.

    A ``silent`` one may have no value at all: not a number throughout, or, where another program wrote the table, nothing.
    """
    if silent and table.column_names.count(name) == 1 and table[name].null_count == table.num_rows:
        return np.full(table.num_rows, np.nan)
    column = _column(table, name)
    if column.dtype.kind not in "fiu":
        raise ValueError(f"the column {name} holds {column.dtype}, not numbers")
    values = column.astype(np.float64)
    if not np.isfinite(values).all() and not (silent and np.isnan(values).all()):
        raise ValueError(f"{np.count_nonzero(~np.isfinite(values)):,} values of {name} are missing or infinite")
    return values


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    if table.column_names.count(name) != 1:
        raise ValueError(f"{table.column_names.count(name)} columns called {name}")
    if table[name].null_count:
        raise ValueError(f"{table[name].null_count:,} values of {name} are missing or infinite")
    return np.asarray(table[name].to_numpy())


def codes(column: Any, names: Sequence[str], missing: bool = False) -> NDArray[np.int64]:
    """The index number of each value of a column of names, -1 for none. Raises ValueError for names that are not known."""
    import pandas as pd

    values = column.to_pandas().astype("category").cat.remove_unused_categories()
    unknown = set(values.cat.categories) - set(names)
    if unknown:
        raise ValueError(f"unknown names {sorted(map(str, unknown))}"[:200])
    found = np.asarray(pd.Categorical(values, categories=list(names)).codes, dtype=np.int64)
    if not missing and (found < 0).any():
        raise ValueError("names are missing")
    return found


def index_of(values: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """The position of each value in ``among``, whose values are distinct. Raises ValueError for one that is not there."""
    order = np.argsort(among, kind="stable")
    place = np.minimum(np.searchsorted(among[order], values), max(0, len(among) - 1))
    found = order[place] if len(among) else place
    if len(values) and (not len(among) or not np.array_equal(among[found], values)):
        raise ValueError("rows of seeds that the manifest does not name")
    return np.asarray(found, dtype=np.int64)


def every_cell(shape: tuple[int, ...], *indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of rows that fills an array: each cell once. Raises ValueError when one is missing, double or outside."""
    if any(len(index) and not (index.min() >= 0 and index.max() < size) for size, index in zip(shape, indices, strict=True)):
        raise ValueError("rows outside of the runs")
    flat = np.ravel_multi_index(tuple(indices), shape)
    times = np.bincount(flat, minlength=int(np.prod(shape)))
    if (times != 1).any():
        double, missing = int((times > 1).sum()), int((times == 0).sum())
        raise ValueError(f"{missing:,} rows are missing and {double:,} are there more than once")
    return np.asarray(np.argsort(flat, kind="stable"), dtype=np.int64)
