"""Columns and tables: every attribute of every row is declared once, with its unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of a row. ``shape`` is empty for a scalar, ``(8,)`` for one number per theme, and so on."""

    name: str
    unit: str
    meaning: str
    shape: tuple[int, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows that all have the same columns."""

    name: str
    row: str
    columns: tuple[Column, ...]
    dtype: np.dtype[Any]

    def empty(self, *shape: int) -> Any:
        """Rows of zeros: a NumPy record array of ``shape``, whose rows are read as ``rows[i].column``."""
        return np.zeros(shape, self.dtype).view(np.recarray)


def plain(value: Any) -> Any:
    """A number of NumPy, or an array of no dimensions, as Python has it; anything else as it is."""
    return value.item() if isinstance(value, np.generic | np.ndarray) and np.ndim(value) == 0 else value


def number(name: str, unit: str, meaning: str, *shape: int) -> Column:
    """A real-valued column."""
    return Column(name, unit, meaning, shape)


def whole(name: str, meaning: str, unit: str = "count") -> Column:
    """A whole-number column: an index, a flag or a count."""
    return Column(name, unit, meaning, (), whole=True)


def table(name: str, row: str, *columns: Column) -> Table:
    """Declare a table; every field takes eight bytes, so that rows are aligned."""
    fields = [(c.name, np.int64 if c.whole else np.float64, c.shape) for c in columns]
    return Table(name, row, columns, np.dtype(fields))
