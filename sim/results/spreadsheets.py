"""Tables as CSV files that spreadsheets open rightly: a mark that says UTF-8, no formulas from names, Greek letters in words.

Whoever reads such a file back reads ``utf-8-sig``, as this program does; pandas and R skip the mark by themselves.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.user_text import csv_safe

if TYPE_CHECKING:
    import pandas as pd

#: Columns that hold names of levers and parameters.
FACTORS: Final = ("factor", "other", "parameter")
#: The column that holds names of places.
PLACE: Final = "place"


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as a CSV file: UTF-8 with its mark, without which Excel takes £ for another sign; text is made safe.

    Where a column names parameters that say nothing by themselves, one beside it says what they stand for.
    """
    return bytes(csv_safe(_with_words(frame)).to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write :func:`csv_bytes` of a table."""
    path.write_bytes(csv_bytes(frame))


def _with_words(frame: pd.DataFrame) -> pd.DataFrame:
    for column in FACTORS:
        if column in frame:
            words = [PARAMETERS[name].words if name in PARAMETERS else "" for name in frame[column]]
            if any(words):
                frame = frame.copy()
                frame.insert(list(frame.columns).index(column) + 1, f"{column}_stands_for", words)
    return frame


__all__ = ["FACTORS", "PLACE", "csv_bytes", "write_csv"]
