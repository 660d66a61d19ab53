"""Text that users give (titles, names, paths) as text wherever it is shown: one function for each place that reads signs as orders.

A terminal obeys control characters, Markdown obeys its marks, a spreadsheet takes a cell that begins with ``=`` for a formula.
HTML is escaped by the templates, and mathematics in figures is switched off by :mod:`totalplace.sim.figures.style`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

#: What a terminal may obey or nobody sees: control characters but for line ends and tabs, marks that turn the direction of writing,
#: separators that some screens take for line ends, halves of characters that stand for bytes of no character.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
#: Signs that mean something in Markdown, also within a table.
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|~!$])")
#: Beginnings that a spreadsheet takes for a formula, also after blanks.
_FORMULA: Final = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
#: A number or, as units have it, a range of numbers: no formula, though it may begin with a sign.
_NUMBER: Final = re.compile(r"{0}( to {0})?".format(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?"))
#: Signs that a file name is made of.
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


def printable(text: str) -> str:
    r"""A text for a terminal: what it would obey is shown as an escape (``\x1b``), not sent. Line ends and tabs stay."""
    return _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not UTF-8, as Python keeps it
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def for_markdown(text: str) -> str:
    """A text for a page of Markdown or a cell of its tables: marks have no effect, and it stays on one line."""
    return " ".join(_MARKS.sub(r"\\\1", printable(text)).split())


def for_csv(cell: object) -> object:
    """A cell of a CSV file: a text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def csv_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """A table for a CSV file: :func:`for_csv` on the headings and on every cell of columns that may hold text."""
    safe = frame.rename(columns=for_csv)
    for number, kind in enumerate(frame.dtypes):
        if kind.kind not in "biufcmM":
            column = frame.iloc[:, number]
            safe.isetitem(number, column.astype(object).map(for_csv, na_action="ignore"))
    return safe


def file_names(names: Iterable[str]) -> list[str]:
    """Names as parts of file names: plain small letters and digits, no two alike, whatever scenarios are called."""
    made: list[str] = []
    for name in names:
        plain = anchor(name) or "scenario"
        wanted, number = plain, 2
        while wanted in made:
            wanted, number = f"{plain}-{number}", number + 1
        made.append(wanted)
    return made


def anchor(text: str) -> str:
    """A text as an identifier: small letters and digits with hyphens between."""
    return _NOT_IN_NAMES.sub("-", text.casefold()).strip("-")
