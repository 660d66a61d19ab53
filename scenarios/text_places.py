"""Where something stands in a text: lines and columns count from 1."""

from __future__ import annotations

import re
from typing import Final


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """The line and column of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


#: Why YAML with a tab cannot be read.
TAB: Final = "a tab stands where blanks are needed; YAML is indented with blanks"


def at_tab(text: str, line: int, column: int) -> bool:
    """Whether a tab stands at a place of the text, or before the words of its line."""
    rows = text.split("\n")
    row = rows[line] if line < len(rows) else ""
    return row[column : column + 1] == "\t" or "\t" in row[: len(row) - len(row.lstrip())]


def control_character(text: str) -> tuple[int | None, int | None]:
    """Where the first character stands that YAML does not allow."""
    found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return line_and_column(text, found.start()) if found else (None, None)
