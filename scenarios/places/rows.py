"""Rows of the tables of this package, which a user may edit: every fault is reported with file, line and column."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from totalplace.scenarios.errors import InputError, UnknownName, nearest_name


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

    def word(self, column: str, allowed: Sequence[str] | None = None) -> str:
        """The word in a column, one of ``allowed`` if they are given. Raises InputError, UnknownName."""
        text = self.cells[column]
        if text != text.strip():
            raise self.error(f"The column '{column}' has a blank before or after '{text.strip()[:60]}'", "the word without blanks")
        if allowed is not None and text not in allowed:
            raise UnknownName(column.replace("_", " "), text, allowed, file=self.file, line=self.line)
        return text

    def error(self, message: str, allowed: str | Iterable[str] = "") -> InputError:
        """An error about this row, at its line."""
        return InputError(message, file=self.file, line=self.line, allowed=allowed)


def table_name(path: Path) -> str:
    """A table as messages name it, the same on every machine."""
    folder = "" if (path.parent / "judgement").is_dir() else f"{path.parent.name}/"
    return f"scenarios/places/{folder}{path.name}"


def read_rows(path: Path, columns: Collection[str]) -> list[Row]:
    """All rows of a table with a header of ``columns``, in any order, each with a cell for every column.

    Raises InputError for a table that is missing or is not text in UTF-8, for a header that lacks one of ``columns``, has another
    or one twice, and for a row with too many or too few cells.
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
    _check_header(header, columns, name)
    found = []
    for cells in filter(None, lines):  # an empty line is no row
        row = Row(dict(zip(header, cells, strict=False)), name, lines.line_num)
        if len(cells) != len(header):
            raise row.error(f"The row has {len(cells)} cells", f"{len(header)} cells, one for each column of the header")
        found.append(row)
    return found


def _check_header(header: Sequence[str], columns: Collection[str], name: str) -> None:
    """Raise InputError unless the header has every one of ``columns`` once, and no others."""
    for mark, words in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 < len(columns) and mark in header[0]:
            raise InputError(f"The columns are parted by {words}", file=name, line=1, allowed="a CSV file parted by commas")
    for column in header:
        if column != column.strip():
            allowed = "names without blanks"
            raise InputError(f"The column '{column}' has a blank before or after its name", file=name, line=1, allowed=allowed)
    for column in columns:
        if column not in header:
            nearest = nearest_name(column, header)
            raise InputError(f"There is no column '{column}'", file=name, line=1, allowed=columns, nearest=nearest)
    for column, number in Counter(header).items():
        if column not in columns:
            raise UnknownName("column that is read here", column, tuple(columns), file=name, line=1)
        if number > 1:
            raise InputError(f"The column '{column}' is given {number} times", file=name, line=1, allowed="each column once")
