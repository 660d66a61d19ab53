"""Rows of a table filled by the names of their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from totalplace.agents.columns import Table


def record(kind: Table, values: Mapping[str, Any]) -> Any:
    """One row of a table with the values of its columns by name; the others are 0."""
    rows = kind.empty(1)
    fill(rows, values)
    return rows[0]


def fill(rows: Any, values: Mapping[str, Any]) -> None:
    """Write values into rows, by the name of their column."""
    for name, value in values.items():
        rows[name] = value
