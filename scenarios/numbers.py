"""Numbers as callers give them: NumPy's integers, floats, flags and arrays of one number count as numbers everywhere.

Every public function that takes a number takes it through here, so that ``runs=numpy.int64(3)`` is three runs and ``runs=2.5`` is
refused in words.
"""

from __future__ import annotations

import math
from typing import Any

from scenarios.errors import InputError


class WrongNumber(InputError, ValueError):  # noqa: N818 (it is an InputError, and a ValueError for those who catch that)
    """A number that cannot be used."""


def plain(value: Any) -> Any:
    """A NumPy scalar or an array without dimensions as the Python number, flag or text it holds; all else as it is."""
    if hasattr(value, "item") and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return value.item()
    return value


def whole(value: Any, what: str, low: int = 1, high: int | None = None) -> int:
    """A whole number, ``low`` or more and not above ``high``. ``what`` names it, such as ``number of runs``.

    A float without a fraction counts as whole, a flag does not. Raises WrongNumber.
    """
    number = plain(value)
    if isinstance(number, float) and math.isfinite(number) and number == int(number):
        number = int(number)
    fits = isinstance(number, int) and not isinstance(number, bool) and low <= number and (high is None or number <= high)
    if not fits:
        allowed = f"a whole number from {low:,}" + (f" to {high:,}" if high is not None else "")
        raise WrongNumber(f"The {what} cannot be {_shown(value)}", allowed=allowed)
    return int(number)


def real(value: Any, what: str, low: float, high: float, unit: str = "") -> float:
    """A number from ``low`` to ``high``; a flag is 0 or 1. ``what`` names it as the beginning of a sentence. Raises WrongNumber."""
    number = plain(value)
    if not isinstance(number, int | float) or not low <= number <= high:
        allowed = f"{low:g} to {high:g}"
        allowed += f" ({unit})" if unit and unit != allowed else ""
        kind = "which is out of range" if isinstance(number, int | float) and not math.isnan(number) else "which is no number"
        raise WrongNumber(f"{what} is {_shown(value)}, {kind}", allowed=allowed)
    return float(number)


def _shown(value: Any) -> str:
    text = repr(plain(value))
    return text if len(text) <= 60 else text[:57] + "..."
