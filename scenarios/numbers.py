"""Numbers as callers give them: NumPy's integers, floats, flags and arrays of one number count as numbers everywhere.

Every public function that takes a number takes it through here, so that ``runs=numpy.int64(3)`` is three runs and ``runs=2.5`` is
refused in words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any, Final

from totalplace.scenarios.errors import InputError

#: Signs that are printed like a hyphen: hyphens, dashes, a minus, and the mark at which a word may break.
_DASHES: Final = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_NUMBER: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_THOUSANDS: Final = re.compile(r"[-+]?[0-9]{1,3}([ ,][0-9]{3})+(\.[0-9]+)?")
_COMMA: Final = re.compile(r"[-+]?[0-9]*,[0-9]+")


class WrongNumber(InputError, ValueError):  # noqa: N818 (it is an InputError, and a ValueError for those who catch that)
    """A number that cannot be used."""


def plain(value: Any) -> Any:
    """A NumPy scalar or an array without dimensions as the Python number, flag or text it holds; all else as it is."""
    if hasattr(value, "item") and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return value.item()
    return value


def typed(text: str) -> str:
    """A text in the signs of a keyboard: a hyphen for every dash and minus, plain digits, and one blank for blanks of all kinds."""
    return " ".join(_DASHES.sub("-", unicodedata.normalize("NFKC", _DASHES.sub("-", text))).split())


def number_meant(text: str, low: float = -math.inf, high: float = math.inf) -> str | None:
    """The number from ``low`` to ``high`` that somebody means by ``1 000``, ``0,5`` or a number with a dash for its minus.

    It comes as it should be written. None if there is no telling, the number would be out of range, or nothing is wrong with it.
    """
    plainer = re.sub(r"(?<=^[-+]) | (?=%$)", "", typed(text[:60]))
    if _THOUSANDS.fullmatch(plainer):
        plainer = plainer.replace(",", "").replace(" ", "")
    share = plainer.endswith("%")
    digits = plainer.removesuffix("%")
    if _COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
        plainer = digits + ("%" if share else "")
    if not _NUMBER.fullmatch(digits) or not low <= float(digits) / (100 if share else 1) <= high:
        return None
    return plainer if plainer != text else None


def unfractioned(value: Any) -> Any:
    """A float without a fraction as the whole number that it is; all else as it is. NumPy's numbers count as Python's."""
    number = plain(value)
    return int(number) if isinstance(number, float) and math.isfinite(number) and number == int(number) else number


def whole(value: Any, what: str, low: int = 1, high: int | None = None) -> int:
    """A whole number, ``low`` or more and not above ``high``. ``what`` names it, such as ``number of runs``.

    A float without a fraction counts as whole, a flag does not. Raises WrongNumber.
    """
    number = unfractioned(value)
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
