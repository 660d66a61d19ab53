"""Design points from a CSV file: a header of factors, then one row a point."""

from __future__ import annotations

import array
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.checking import on_disk
from totalplace.scenarios.errors import GivenTwice, InputError
from totalplace.scenarios.plain_values import plain_value
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.sweeps.factors import Factor, factor_named, factor_value

#: Largest file read, bytes.
MOST_BYTES: Final = 200_000_000
#: Most columns: more than there are levers, with their targets, and parameters.
MOST_COLUMNS: Final = 1000


def read_rows(written: Marked) -> tuple[tuple[Factor, ...], NDArray[np.float64]]:
    """The factors of the header and the points (rows, factors) of the CSV file that ``written`` names.

    Raises InputError with the line of the file, or at ``written`` when there is no such file.
    """
    given = written.text("'file'")
    path = on_disk(Path(written.file).parent if written.line is not None else Path(), given)
    with _opened(path, written) as file:
        factors, numbers = _read(file, path)
    if not numbers:
        raise InputError("The file holds no points", file=str(path), line=1, allowed="a header of factors, then rows of values")
    return _spanned(factors, np.array(numbers).reshape(-1, len(factors)))


def _read(file: Iterable[str], path: Path) -> tuple[tuple[Factor, ...], Sequence[float]]:
    """The factors of the header, and the numbers of all rows one after the other, read line by line."""
    lines = csv.reader(file, strict=True)
    factors: tuple[Factor, ...] = ()
    numbers = array.array("d")
    try:
        for cells in lines:
            place = Marked("", str(path), lines.line_num)
            if not cells:
                continue
            if factors:
                numbers.extend(_point(factors, cells, place))
            else:
                factors = _header(cells, place)
    except csv.Error as problem:
        raise InputError(f"The CSV cannot be read: {problem}", file=str(path), line=lines.line_num) from None
    except UnicodeDecodeError:
        raise InputError("The file is not text in UTF-8", file=str(path)) from None
    return factors, numbers


def _opened(path: Path, written: Marked) -> TextIO:
    try:
        if not path.is_file():
            raise written.error(f"There is no such file: {written.shown()}")
        if path.stat().st_size > MOST_BYTES:
            raise InputError("The file is too large", file=str(path), allowed=f"at most {MOST_BYTES:,} bytes")
        return path.open(encoding="utf-8-sig", newline="")
    except (OSError, ValueError):
        raise written.error(f"The file {written.shown()} cannot be read") from None


def _header(cells: list[str], place: Marked) -> tuple[Factor, ...]:
    if len(cells) > MOST_COLUMNS:
        raise place.error(f"The header has {len(cells):,} columns", f"at most {MOST_COLUMNS:,}")
    if len(cells) == 1 and (";" in cells[0] or "\t" in cells[0]):
        mark = "semicolons" if ";" in cells[0] else "tabs"
        raise place.error(f"The columns are parted by {mark}", "a CSV file parted by commas")
    factors = tuple(factor_named(cell, place, cells) for cell in cells)
    owner: dict[tuple[str, int], str] = {}
    for factor in factors:
        for index in factor.indices:
            if (factor.name, index) in owner:
                raise GivenTwice(factor.label, owner[factor.name, index], file=place.file, line=place.line)
            owner[factor.name, index] = factor.label
    return factors


def _point(factors: tuple[Factor, ...], cells: list[str], place: Marked) -> list[float]:
    if len(cells) != len(factors):
        raise place.error(f"The row has {len(cells)} values", f"{len(factors)}, one for each column")
    point = []
    for factor, cell in zip(factors, cells, strict=True):
        value = plain_value(cell.strip())
        if value is None:
            raise place.error(f"The column '{factor.label}' has no value")
        point.append(factor_value(factor, Marked(value, place.file, place.line)))
    return point


def _spanned(factors: tuple[Factor, ...], points: NDArray[np.float64]) -> tuple[tuple[Factor, ...], NDArray[np.float64]]:
    """The factors, each over the span of its column, and the points, read-only."""
    points.setflags(write=False)
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    spans = zip(factors, low, high, strict=True)
    return tuple(Factor(f.kind, f.name, f.indices, (), least, most) for f, least, most in spans), points
