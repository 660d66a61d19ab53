"""Text tables (.csv, .tsv, .txt) as grids: any usual encoding, separator and line end."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.grids import MOST_ROWS, Cell, Grid, check_size
from totalplace.scenarios.own_places.rows import key_of


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
    def rows_known(delimiter: str) -> tuple[int, int]:
        rows: list[list[str]] = []
        with contextlib.suppress(csv.Error):  # a quote that is not closed is told when all is read
            for row in islice(_rows(text, delimiter), MOST_ROWS):
                rows.append([cell for cell in row if cell.strip()])
        return sum(len(row) > 1 and key_of(row[0]) is not None for row in rows), sum(len(row) > 1 for row in rows)

    return max(_DELIMITERS, key=rows_known)
