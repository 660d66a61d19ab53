"""Sheets as grids of cells, whatever program wrote them, and the limits of their size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import InputError

#: Technical: largest file, in bytes; most rows and columns that may hold something.
MOST_BYTES: Final = 10_000_000
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 200
#: Longest text of a cell that counts, characters: more is cut off.
MOST_TEXT: Final = 1_000

WORKBOOK: Final = ".xlsx"
TEXTS: Final = (".csv", ".tsv", ".txt")
#: Kinds of files that are not read, with what to do about it.
OTHERS: Final[Mapping[str, str]] = {
    ".xls": "saved from Excel as .xlsx, since 2007 its usual kind of workbook",
    ".xlsm": "saved as .xlsx: a workbook without macros",
    ".xlsb": "saved as .xlsx", ".ods": "saved as .xlsx or .csv", ".numbers": "exported as .xlsx or .csv",
    ".pdf": "the table in it as .xlsx or .csv", ".docx": "the table in it as .xlsx or .csv",
}


#: A formula that adds up: ``=SUM(B2:B9)``, ``=B10+B20``.
_SUM: Final = re.compile(r"=\s*(?:(?:SUM|SUBTOTAL)\([^()]*\)|\+?\$?[A-Z]{1,3}\$?\d+(?:\s*\+\s*\$?[A-Z]{1,3}\$?\d+)+)\s*$")


def name_of(row: int, column: int) -> str:
    """What a spreadsheet calls a cell, from its row and column from 0: ``B7``."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its ``value`` (text, number, or another value of a workbook that is neither), its row and column from 0.

    ``formula`` of which the value is the result, empty for none. ``percent``: a number that is shown in %.
    """

    value: object
    row: int
    column: int
    formula: str = ""
    percent: bool = False

    @property
    def name(self) -> str:
        """What a spreadsheet calls the cell: ``B7``."""
        return name_of(self.row, self.column)

    @property
    def adds_up(self) -> bool:
        """Whether the value is the sum of other cells: a check, and nothing that its author knows."""
        return _SUM.match(self.formula.upper()) is not None

    @property
    def text(self) -> str:
        """The value if it is text, cut to a length that a message can show; else an empty text."""
        return self.value[:MOST_TEXT].strip() if isinstance(self.value, str) else ""


@dataclass(frozen=True, slots=True, order=True)
class Merged:
    """Cells of several rows that are merged into one: first and last row and column, from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """What a spreadsheet calls the cells: ``C19:C20``."""
        return f"{name_of(self.top, self.left)}:{name_of(self.bottom, self.right)}"


@dataclass(frozen=True)
class Grid:
    """A sheet: its rows, each the cells in it that hold something. ``name`` is empty for a text table, ``file`` that of the file.

    ``usual_mark`` is the decimal mark where numbers do not show it: "?" where the file leaves it open. ``merged`` are the cells
    that are merged over several rows.
    """

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    usual_mark: str = "."
    merged: tuple[Merged, ...] = ()

    def where(self, cell: Cell | None = None) -> str:
        """The sheet or a cell of it as messages name it."""
        sheet = f", sheet '{self.name[:40]}'" if self.name else ""
        return f"{self.file}{sheet}{f', cell {cell.name}' if cell is not None else ''}"

    def error(self, message: str, cell: Cell | None = None, allowed: str | Sequence[str] = "",
              nearest: str | None = None) -> InputError:
        """An error about the sheet or a cell of it."""
        return InputError(message, file=self.where(cell), allowed=allowed, nearest=nearest)


@dataclass(frozen=True)
class Book:
    """A file that was read: its name, the SHA-256 of its bytes, and its sheets."""

    file: str
    sha256: str
    grids: tuple[Grid, ...]


def is_place_file(given: str) -> bool:
    """Whether the name of a place is that of a file: by its ending, of a spreadsheet that is read here or of another kind."""
    return Path(given).suffix.casefold() in (WORKBOOK, *TEXTS, *OTHERS)


def check_size(file: str, sheet: str, rows: Sequence[Sequence[Cell]]) -> None:
    """Raise InputError for a sheet with more rows or columns than a place has."""
    for row in rows:
        if row and (row[-1].row >= MOST_ROWS or row[-1].column >= MOST_COLUMNS):
            where = f"{file}{f', sheet {sheet!r}' if sheet else ''}, cell {row[-1].name}"
            allowed = f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns: a sheet of its own for the place"
            raise InputError("The sheet is too large", file=where, allowed=allowed)
