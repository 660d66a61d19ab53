"""Columns and tables: every attribute of every row is declared once, with its unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import UnknownAttribute

#: Technical: the largest count or key of any column, and the largest number: far beyond any amount, and safe to add up.
MOST_COUNT: Final = 2**32 - 1
LARGEST: Final = 1e15
#: What a number may be by its unit, and the rounding that it may be out by; any other is at most ``LARGEST`` either way.
RANGES: Final = {"share": (0.0, 1.0), "0-1": (0.0, 1.0), "-1 to 1": (-1.0, 1.0)}
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of a row. ``shape`` is empty for a scalar, ``(8,)`` for one number per theme, and so on.

    A whole number lies from ``least`` to ``most``; where it is the number of a row of another table, ``of`` names that table, whose
    length sets the most. Compiled code checks no index, so that what comes from outside is held against this first.
    """

    name: str
    unit: str
    meaning: str
    shape: tuple[int, ...] = ()
    whole: bool = False
    least: int = 0
    most: int = MOST_COUNT
    of: str = ""

    def allowed(self, rows: int | None = None) -> str:
        """What a value may be, in words; ``rows`` is the length of the table that it is an index of."""
        if not self.whole:
            low, high = RANGES.get(self.unit, (-LARGEST, LARGEST))
            return f"a number from {low:g} to {high:g}"
        return f"a whole number from {self.least} to {self.most if rows is None else rows - 1}"

    def broken(self, values: Any, rows: int | None = None) -> str:
        """The first of ``values`` that cannot stand in the column, as text; empty where all can."""
        given = np.asarray(values)
        if given.dtype.kind not in "biuf":
            return repr(values)
        given = given.reshape(-1)
        low, high = RANGES.get(self.unit, (-LARGEST, LARGEST))
        good = (given >= low - ROUNDING) & (given <= high + ROUNDING)  # not for what is not a number
        if self.whole:
            good = (given >= self.least) & (given <= (self.most if rows is None else rows - 1)) & (given == np.floor(given))
        return "" if good.all() else str(given[np.flatnonzero(~good)[0]])


#: NumPy's record, whose stub says that it has no subclasses though it may have.
_RECORD: Any = np.record


class Record(_RECORD):
    """A row of a table: ``row.column`` reads and writes a column; any other name is refused with the nearest one."""

    if not TYPE_CHECKING:  # columns are made at run time, so that a type checker must take any name

        def __getattr__(self, name: str) -> Any:
            raise _unknown(name, self.dtype, "row")

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in (self.dtype.names or ()):
                raise _unknown(name, self.dtype, "row")
            super().__setattr__(name, value)


class Rows(np.recarray):
    """A table: ``rows[i]`` is a :class:`Record`, ``rows.column`` a whole column; any other name is refused with the nearest one."""

    def __array_finalize__(self, made_from: Any) -> None:
        """Leave the kind of row as it is: NumPy would make it a plain record."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            raise _unknown(name, self.dtype, "table")

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in (self.dtype.names or ()) and not hasattr(np.recarray, name):
                raise _unknown(name, self.dtype, "table")
            super().__setattr__(name, value)


def _unknown(name: str, dtype: np.dtype[Any], what: str) -> AttributeError:
    """The error for a name that is no column; a plain one where Python or NumPy only asks what an object can do."""
    if name.startswith("_") or not dtype.names:
        return AttributeError(name)
    return UnknownAttribute("column", name, dtype.names, where=f"in this {what}")


def rows_of(numbers: NDArray[Any], dtype: np.dtype[Any] | None = None) -> Any:
    """Memory read as rows of ``dtype`` (default: its own), whose columns are attributes."""
    return numbers.view(np.dtype((Record, numbers.dtype if dtype is None else dtype))).view(Rows)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows that all have the same columns."""

    name: str
    row: str
    columns: tuple[Column, ...]
    dtype: np.dtype[Any]

    def empty(self, *shape: int) -> Any:
        """Rows of zeros: a NumPy record array of ``shape``, whose rows are read as ``rows[i].column``."""
        return rows_of(np.zeros(shape, self.dtype))


def number(name: str, unit: str, meaning: str, *shape: int) -> Column:
    """A real-valued column."""
    return Column(name, unit, meaning, shape)


def whole(name: str, meaning: str, unit: str = "count", *, least: int = 0, most: int = MOST_COUNT, of: str = "") -> Column:
    """A whole-number column: an index, a flag or a count, from ``least`` to ``most`` or a row of the table ``of``."""
    return Column(name, unit, meaning, (), whole=True, least=least, most=1 if unit == "0 or 1" else most, of=of)


def table(name: str, row: str, *columns: Column) -> Table:
    """Declare a table; every field takes eight bytes, so that rows are aligned."""
    fields = [(c.name, np.int64 if c.whole else np.float64, c.shape) for c in columns]
    return Table(name, row, columns, np.dtype(fields))
