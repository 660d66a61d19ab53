"""Rows as their agents see them: what is read and written is checked by the declaration of its column.

A Mesa agent's own row is its attributes (:class:`Cell`); rows of other tables that belong to it are views, such as
``agency.shares["health_and_care"].ceded``. Compiled rules check nothing, so that what comes from outside is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.agents.columns import Column, Table
from totalplace.scenarios.errors import InputError, UnknownAttribute, UnknownName
from totalplace.scenarios.numbers import plain


def checked_index(given: Any, rows: int, what: str) -> int:
    """A row number that compiled code may use. Raises InputError for anything but a whole number from 0 below ``rows``."""
    index = plain(given)
    index = int(index) if isinstance(index, float) and index.is_integer() else index
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < rows:
        raise InputError(f"The {what} cannot be {given!r}", allowed=f"a whole number from 0 to {rows - 1}")
    return index


def check_value(column: Column, value: Any, world: Any, whose: str) -> None:
    """Raise InputError for a value that the declaration of a column does not allow."""
    rows = len(getattr(world, column.of)) if column.of else None
    broken = column.broken(plain(value), rows)
    if broken or np.shape(value) not in ((), column.shape):
        size = f"{column.shape[0]} times " if column.shape else ""
        given = broken or f"of the shape {np.shape(value)}"
        raise InputError(f"{column.name} of {whose} cannot be {given}", allowed=size + column.allowed(rows))


class Cell:
    """An attribute of a Mesa agent that lives in a column of the world."""

    def __init__(self, column: Column) -> None:
        self.name, self.column = column.name, column
        self.__doc__ = f"{column.meaning} ({column.unit})"

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else agent.row[self.name]

    def __set__(self, agent: Any, value: Any) -> None:
        """Write the column. Raises InputError for what its declaration does not allow."""
        check_value(self.column, value, agent.world, agent.name)
        agent.row[self.name] = value


class RowView:
    """A row of a table: its columns are attributes; any other name raises UnknownAttribute with the nearest one."""

    __slots__ = ("_columns", "_row", "_whose", "_world")
    _columns: dict[str, Column]
    _row: Any
    _whose: str
    _world: Any

    def __init__(self, table: Table, row: Any, world: Any, whose: str) -> None:
        columns = {one.name: one for one in table.columns}
        for name, value in (("_columns", columns), ("_row", row), ("_world", world), ("_whose", whose)):
            object.__setattr__(self, name, value)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            return self._row[self._column(name).name]

        def __setattr__(self, name: str, value: Any) -> None:
            check_value(self._column(name), value, self._world, self._whose)
            self._row[name] = value

    def _column(self, name: str) -> Column:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._columns:
            raise UnknownAttribute("column", name, list(self._columns), where=f"of {self._whose}")
        return self._columns[name]

    def __dir__(self) -> list[str]:
        return list(self._columns)

    def __repr__(self) -> str:
        return f"<{self._whose}: {', '.join(f'{name} {self._row[name]}' for name in self._columns)}>"


class RowViews[R](Sequence[R]):
    """Rows of a table that belong to an agent, each found by number, by name, or by the agent that it is about."""

    def __init__(self, table: Table, rows: Any, names: Sequence[str], agent: Any, what: str) -> None:
        self._table, self._rows, self._names, self._agent, self._what = table, rows, tuple(names), agent, what

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: Any) -> Any:
        """The row of a theme or partner. Raises UnknownName for a name, InputError for a number, that is not there."""
        if isinstance(key, str):
            if key not in self._names:
                raise UnknownName(self._what, key, list(self._names))
            index = self._names.index(key)
        else:
            index = checked_index(getattr(key, "index", key), len(self), self._what)
        whose = f"{self._table.name} of {self._agent.name} with {self._names[index]}"
        return RowView(self._table, self._rows[index], self._agent.world, whose)

    def __iter__(self) -> Iterator[R]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} {self._table.name} of {self._agent.name}: {', '.join(self._names)}>"
