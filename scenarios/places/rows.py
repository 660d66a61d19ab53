"""Rows of the tables of this package, which a user may edit: every fault is reported with file, line and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import InputError, nearest_name


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by column, its file as messages name it, and its line, counted from 1."""

    cells: dict[str, str]
    file: str
    line: int

    def number(self, column: str) -> float:
        """The number in a column. Raises InputError for a cell that is empty or is no finite number."""
        text = self.cells[column].strip()
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        what = f"'{text[:60]}', which is no number" if text else "empty"
        raise self.error(f"The column '{column}' is {what}", "a number, such as 1234.5")

    def error(self, message: str, allowed: str | Iterable[str] = "") -> InputError:
        """An error about this row, at its line."""
        return InputError(message, file=self.file, line=self.line, allowed=allowed)


def table_name(path: Path) -> str:
    """A table as messages name it, the same on every machine."""
    folder = "judgement/" if path.parent.name == "judgement" else ""
    return f"scenarios/places/{folder}{path.name}"


def read_rows(path: Path, columns: Collection[str]) -> list[Row]:
    """All rows of a table with a header, each with a cell for every column of the header.

    Raises InputError for a table that is missing or is not text in UTF-8, for a header that lacks one of ``columns``, and
    for a row with too many or too few cells.
    """
    name = table_name(path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The table is not text in UTF-8", file=name, allowed="a CSV file saved as UTF-8") from None
    except OSError as problem:
        raise InputError(f"The table cannot be read: {problem.strerror}", file=name) from None
    lines = csv.reader(io.StringIO(text))
    header = next(lines, [])
    for column in columns:
        if column not in header:
            nearest = nearest_name(column, header)
            raise InputError(f"There is no column '{column}'", file=name, line=1, allowed=columns, nearest=nearest)
    found = []
    for cells in filter(None, lines):  # an empty line is no row
        row = Row(dict(zip(header, cells, strict=False)), name, lines.line_num)
        if len(cells) != len(header):
            raise row.error(f"The row has {len(cells)} cells", f"{len(header)} cells, one for each column of the header")
        found.append(row)
    return found
