"""Spreadsheets as they come: workbooks (.xlsx) and text tables (.csv, .tsv, .txt).

A file is read once, as bytes, within limits of size; nothing that it links to is followed and nothing in it is run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.grids import MOST_BYTES, OTHERS, TEXTS, WORKBOOK, Book
from totalplace.scenarios.own_places.text_table import grid_of_text
from totalplace.scenarios.own_places.workbook import grids_of_workbook


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
    grids = grids_of_workbook(content, name) if ending == WORKBOOK else [grid_of_text(content, name)]
    return Book(name, hashlib.sha256(content).hexdigest(), tuple(grid for grid in grids if grid.rows))


def _check_kind(content: bytes, name: str, ending: str) -> None:
    """Raise InputError where the bytes are those of another kind of file than the ending says."""
    zipped, old = content[:4] == b"PK\x03\x04", content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    if old:
        raise InputError("The file is a workbook with a password, or one of before 2007", file=name, allowed="a plain .xlsx")
    if zipped != (ending == WORKBOOK):
        told = f"The file ends in {ending} and is {'a workbook or another archive' if zipped else 'no workbook'}"
        raise InputError(told, file=name, allowed=f"{'.xlsx' if zipped else '.csv'} as ending")
    if content[:4] == b"%PDF" or content[:5].lower() in (b"<html", b"<!doc", b"<?xml"):
        raise InputError("The file is no text table", file=name, allowed="a .csv or .xlsx file, saved by a spreadsheet")
