"""The posterior of the uncertainties that is shipped: rows of parameters that go together, written by ``totalplace calibrate``.

A parameter that is newer than the posterior has no column in it: such a one is drawn from its prior, independently of the
others. A column that is no longer a parameter is left out. :func:`differences` says both.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.notices import say_once
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.stamps import Stamp, stamp

FILE: Final = Path(__file__).with_name("posterior.csv")
#: Most names of parameters in one message.
MOST_NAMED: Final = 8
_AGAIN: Final = "totalplace calibrate --out DIR --ship scenarios"


@dataclass(frozen=True, slots=True)
class Posterior:
    """Rows of parameters that go together, all of the same weight.

    ``rows`` (N, parameters): columns in the order of the registry, NaN in those of the parameters ``missing``, which calibration
    did not know. ``left_out``: columns of the file that are no parameters any more.
    """

    rows: NDArray[np.float64]
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read(path: Path) -> Posterior:
    """The posterior in a file.

    Columns may stand in any order. Rows have no key: which seed draws which follows from their order.

    Raises InputError for a file that is missing or empty, has no column of a parameter, or leaves a prior range.
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
    if not rows or not set(header) & set(PARAMETERS):
        raise InputError(f"The posterior '{path.name}' is of other parameters: {', '.join(header)}", allowed=_AGAIN)
    found = _numbers(path.name, rows, set(header))
    for column, parameter in zip(found.T, PARAMETERS.values(), strict=True):
        if parameter.name in header and not ((column >= parameter.low) & (column <= parameter.high)).all():
            raise InputError(f"The posterior '{path.name}' leaves the range of '{parameter.name}'", allowed=_AGAIN)
    missing = tuple(name for name in PARAMETERS if name not in header)
    return Posterior(found, missing, tuple(name for name in header if name not in PARAMETERS))


def _numbers(file: str, rows: list[dict[str, str]], header: set[str]) -> NDArray[np.float64]:
    """The parameters of the rows (N, parameters), NaN where there is no column. Raises InputError for cells that are no numbers."""
    try:
        for row in rows:
            if None in row or None in row.values():
                raise ValueError(f"a row has {'more' if None in row else 'fewer'} cells than the header")
        return np.array([[float(row[name]) if name in header else np.nan for name in PARAMETERS] for row in rows])
    except (TypeError, ValueError) as error:
        raise InputError(f"The posterior '{file}' is damaged: {error}", allowed=_AGAIN) from error


def shipped() -> Posterior:
    """The posterior that is shipped, as its file is now; not to be written to. Raises InputError if there is none that fits."""
    return _kept(stamp(FILE))


@lru_cache(maxsize=1)
def _kept(file: Stamp) -> Posterior:
    found = read(Path(file[0]))
    found.rows.setflags(write=False)
    return found


def particles() -> NDArray[np.float64]:
    """The rows of the posterior that is shipped (N, parameters); NaN in columns of parameters that it does not have."""
    return shipped().rows


def learnt() -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Positions in the registry of the K parameters that the posterior has columns of, and its rows of these alone (N, K)."""
    return _columns(stamp(FILE))


@lru_cache(maxsize=1)
def _columns(file: Stamp) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    found = _kept(file)
    known = tuple(place for place, name in enumerate(PARAMETERS) if name not in found.missing)
    rows = np.ascontiguousarray(found.rows[:, known])
    rows.setflags(write=False)
    return known, rows


def few(names: Sequence[str]) -> str:
    """Names one after the other: all of them up to ``MOST_NAMED``, beyond that the first three and how many more."""
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{', '.join(names[:3])} and {len(names) - 3} more"


def differences(found: Posterior | None = None) -> str:
    """One line on the parameters that a posterior (that which is shipped) lacks or has no more; empty if it fits the registry."""
    found = found or shipped()
    said = []
    if found.missing:
        theirs = "its prior" if len(found.missing) == 1 else "their priors"
        said.append(f"it has no column for {few(found.missing)}, drawn from {theirs}")
    if found.left_out:
        said.append(f"its {'column' if len(found.left_out) == 1 else 'columns'} {few(found.left_out)} "
                    f"{'is no parameter' if len(found.left_out) == 1 else 'are no parameters'} any more and left out")
    return f"The posterior is older than the parameters: {'; '.join(said)}" if said else ""


def say_differences() -> None:
    """Say once, on standard error, where the posterior that is shipped does not fit the registry, and how to mend it."""
    if said := differences():
        say_once(f"{said}. To rebuild it: {_AGAIN}")
