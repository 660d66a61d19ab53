"""The posterior of the uncertainties that is shipped: rows of parameters that go together, written by ``totalplace calibrate``."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InputError
from scenarios.registry import PARAMETERS

FILE: Final = Path(__file__).with_name("posterior.csv")
_AGAIN: Final = "totalplace calibrate --out DIR --ship scenarios/posterior.csv"


def read(path: Path) -> NDArray[np.float64]:
    """The rows of a posterior (N, parameters), columns in the order of the registry, all of the same weight.

    Columns may stand in any order. Rows have no key: which seed draws which follows from their order.

    Raises InputError for a file that is missing or empty, lacks a parameter, has others, or leaves a prior range.
    """
    try:
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if line and not line.startswith("#")]
    except OSError as error:
        raise InputError(f"There is no posterior: '{path.name}' cannot be read", allowed=f"'prior', or {_AGAIN}") from error
    table = csv.DictReader(lines, strict=True)
    rows, header = list(table), list(table.fieldnames or ())
    double = next((name for name in header if header.count(name) > 1), None)
    if double is not None:
        raise InputError(f"The posterior '{path.name}' has the column '{double}' twice", allowed=_AGAIN)
    if not rows or set(header) != set(PARAMETERS):
        differing = sorted(set(header) ^ set(PARAMETERS))
        raise InputError(f"The posterior '{path.name}' is of other parameters: {', '.join(map(str, differing))}", allowed=_AGAIN)
    try:
        if any(None in row for row in rows):
            raise ValueError("a row has more cells than the header")
        found = np.array([[float(row[name]) for name in PARAMETERS] for row in rows])
    except (TypeError, ValueError) as error:
        raise InputError(f"The posterior '{path.name}' is damaged: {error}", allowed=_AGAIN) from error
    for column, parameter in zip(found.T, PARAMETERS.values(), strict=True):
        if not ((column >= parameter.low) & (column <= parameter.high)).all():
            raise InputError(f"The posterior '{path.name}' leaves the range of '{parameter.name}'", allowed=_AGAIN)
    return found


@lru_cache(maxsize=1)
def particles() -> NDArray[np.float64]:
    """The posterior that is shipped (N, parameters); not to be written to. Raises InputError if there is none that fits."""
    found = read(FILE)
    found.setflags(write=False)
    return found
