"""Spreadsheets as grids of cells: workbooks (.xlsx) and text tables (.csv, .tsv, .txt), whatever program wrote them.

A file is read once, as bytes, within limits of size; nothing that it links to is followed and nothing in it is run.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
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


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its ``value`` (text, number, or another value of a workbook that is neither), its row and column from 0.

    ``formula``: the value is the result of one. ``percent``: a number that is shown in %.
    """

    value: object
    row: int
    column: int
    formula: bool = False
    percent: bool = False

    @property
    def name(self) -> str:
        """What a spreadsheet calls the cell: ``B7``."""
        letters, number = "", self.column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.row + 1}"

    @property
    def text(self) -> str:
        """The value if it is text, cut to a length that a message can show; else an empty text."""
        return self.value[:MOST_TEXT].strip() if isinstance(self.value, str) else ""


@dataclass(frozen=True)
class Grid:
    """A sheet: its rows, each the cells in it that hold something. ``name`` is empty for a text table, ``file`` that of the file.

    ``usual_mark`` is the decimal mark where numbers do not show it: "?" where the file leaves it open.
    """

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    usual_mark: str = "."

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


def read_book(path: Path) -> Book:
    """The sheets of a file. Raises InputError for one that is not there, is too large, or is none that can be read."""
    name = path.name
    try:
        if not path.is_file():
            raise InputError(f"There is no such file: '{path}'", allowed="the path of a spreadsheet (.xlsx or .csv)")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "the name cannot be a file name"
        raise InputError(f"The file cannot be read: {reason}", file=name) from None
    return book_of(content, name)


def book_of(content: bytes, name: str) -> Book:
    """The sheets of a file from its bytes. Raises InputError."""
    ending = Path(name).suffix.casefold()
    if ending in OTHERS:
        raise InputError(f"Files that end in {ending} are not read", file=name, allowed=OTHERS[ending])
    if ending not in (WORKBOOK, *TEXTS):
        raise InputError(f"The file ends in '{ending[:12]}'", file=name, allowed=(WORKBOOK, *TEXTS))
    if len(content) > MOST_BYTES:
        raise InputError("The file is too large", file=name, allowed=f"at most {MOST_BYTES:,} bytes")
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InputError("The file is empty", file=name, allowed="a sheet as 'totalplace places template' writes it")
    _check_kind(content, name, ending)
    if ending == WORKBOOK:
        from totalplace.scenarios.own_places.workbook import grids_of_workbook

        grids = grids_of_workbook(content, name)
    else:
        grids = (grid_of_text(content, name),)
    return Book(name, hashlib.sha256(content).hexdigest(), tuple(grid for grid in grids if grid.rows))


def _check_kind(content: bytes, name: str, ending: str) -> None:
    """Raise InputError where the bytes are those of another kind of file than the ending says."""
    zipped, old = content[:4] == b"PK\x03\x04", content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    if old:
        raise InputError("The file is a workbook with a password, or one of before 2007", file=name, allowed="a plain .xlsx")
    if zipped != (ending == WORKBOOK):
        is_what = "a workbook or another archive" if zipped else "no workbook"
        raise InputError(f"The file ends in {ending} and is {is_what}", file=name, allowed=f"{'.xlsx' if zipped else '.csv'} as ending")
    if content[:4] == b"%PDF" or content[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        raise InputError("The file is no text table", file=name, allowed="a .csv or .xlsx file, saved by a spreadsheet")


def decoded(content: bytes, name: str) -> str:
    """The text of a table: UTF-8 or UTF-16 with or without a mark, else Windows-1252. Raises InputError for what is no text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    raise InputError("The file is no text", file=name, allowed="a table saved as CSV UTF-8")


#: What may part the cells of a text table.
_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "strokes"}


def grid_of_text(content: bytes, name: str) -> Grid:
    """The grid of a text table. Raises InputError for what is no text, no table, or a row whose commas part a number."""
    text = decoded(content, name)
    told = re.match(r"sep=(.)\n", text)
    delimiter = told[1] if told else _delimiter(text)
    lines = text.split("\n", 1)[1] if told else text
    try:
        rows = list(_rows(lines, delimiter))
    except csv.Error as problem:
        raise InputError(f"The table cannot be read: {problem}", file=name, allowed="quotes that are closed") from None
    skipped = 1 if told else 0
    grid = Grid(name, "", tuple(
        tuple(Cell(cell, number + skipped, column) for column, cell in enumerate(row) if cell.strip())
        for number, row in enumerate(rows)
    ), usual_mark="." if delimiter == "," else "?")
    check_size(name, "", grid.rows)
    return Grid(name, "", tuple(row for row in grid.rows if row), grid.usual_mark)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of a text, each at the number of its line: an open quote of several lines counts as one row."""
    yield from csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """What parts the cells: the sign with which most rows have a label that is known and something beside it."""
    from totalplace.scenarios.own_places.rows import key_of

    def rows_known(delimiter: str) -> tuple[int, int]:
        rows: list[list[str]] = []
        with contextlib.suppress(csv.Error):  # a quote that is not closed is told when all is read
            for row in islice(_rows(text, delimiter), MOST_ROWS):
                rows.append([cell for cell in row if cell.strip()])
        return sum(len(row) > 1 and key_of(row[0]) is not None for row in rows), sum(len(row) > 1 for row in rows)

    return max(_DELIMITERS, key=rows_known)


def check_size(file: str, sheet: str, rows: Sequence[Sequence[Cell]]) -> None:
    """Raise InputError for a sheet with more rows or columns than a place has."""
    for row in rows:
        if row and (row[-1].row >= MOST_ROWS or row[-1].column >= MOST_COLUMNS):
            where = f"{file}{f', sheet {sheet!r}' if sheet else ''}, cell {row[-1].name}"
            allowed = f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns: a sheet of its own for the place"
            raise InputError("The sheet is too large", file=where, allowed=allowed)
