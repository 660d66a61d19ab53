"""Numbers and counts as a reader sees them: rounded sensibly, with their unit."""

from __future__ import annotations

import math
import re
from typing import Final

_MINUS = "\u2212"
_SIGN: Final = re.compile("[+\u2212±](?=£)|–(?=\\d)")
#: Most places that a number has beyond the usual ones, so that what is small does not read as nothing.
MORE: Final = 3


def is_share(unit: str) -> bool:
    """Whether a unit is a share of one, which reads better as a percentage."""
    return unit == "share" or unit.startswith("probability")


def is_percentage(unit: str) -> bool:
    """Whether values of a unit are shown as percentages."""
    return is_share(unit) or unit.startswith("%")


def amount(value: float, unit: str, *, signed: bool = False, brief: bool = False) -> str:
    """A value with its unit, to about three figures: ``£12.3m a year``, ``4.6% of spend``, ``0.512``, ``1,234``.

    What is not zero does not read as zero: it has up to :data:`MORE` places more, until its first figure shows; what shows none
    even then is ``0``, as zero is.
    ``signed`` is for differences: a plus before what is above zero. ``brief`` leaves out ``a year``, ``of spend`` and
    the like, for a table whose heading says it. A value that is not a number is a dash.
    """
    if not math.isfinite(value):
        return "–"
    size = abs(value) * unit_scale(unit)
    before, after, places = "", "", 2
    if unit.startswith("£"):
        before, after = "£", unit.removeprefix("£")
        after = after[: after.startswith("m")] if brief else after
    elif is_percentage(unit):
        after = "" if brief else " points" if signed else unit.removeprefix("%") if unit.startswith("%") else ""
        after = after if signed else f"%{after}"
    else:
        places = 0 if unit == "count" and size == round(size) else 4 if signed else 3
    number = _figures(size, places + _more(size, places))
    number = number if _shows(number) else "0"
    sign = _MINUS if value < 0 else "+" if signed else ""
    return f"{sign if _shows(number) else ''}{before}{number}{after}"


def _more(size: float, places: int) -> int:
    """How many more places a size takes until it shows a figure other than zero; none where even the most do not show one."""
    if not 0.0 < size < 1.0:
        return 0
    return next((more for more in range(MORE + 1) if _shows(f"{size:.{places + more}f}")), 0)


def _shows(number: str) -> bool:
    return any(digit in number for digit in "123456789")


def whole(value: float, *, signed: bool = False) -> str:
    """A number of people or cases without places; what is less than a half of one is told by its first figure: ``0.3``."""
    size = abs(value)
    number = f"{size:,.0f}" if size >= 0.5 else f"{float(f'{size:.1g}'):.{MORE}f}".rstrip("0").rstrip(".")
    sign = _MINUS if value < 0 else "+" if signed else ""
    return f"{sign if _shows(number) else ''}{number}"


def _figures(size: float, small: int) -> str:
    """A number without sign: whole with commas from 100, one place from 10, ``small`` places below."""
    if size >= 99.95:
        return f"{size:,.0f}"
    if size >= 9.995 and small:
        return f"{size:.1f}"
    return f"{size:.{small}f}"


def unit_name(unit: str) -> str:
    """A unit for an axis: a share is drawn as a percentage."""
    return "%" if is_share(unit) else unit


def unit_scale(unit: str) -> float:
    """What to multiply values by to draw them in :func:`unit_name`."""
    return 100.0 if is_share(unit) else 1.0


def count(number: int, thing: str, plural: str | None = None) -> str:
    """``count(1, "run")`` is ``1 run``, ``count(1200, "run")`` is ``1,200 runs``."""
    return f"{number:,} {thing if number == 1 else plural or thing + 's'}"


def listing(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def joined(words: str) -> str:
    """A text in which no line ends between a sign and its pounds, or in a range: a word joiner stands there, which nobody sees."""
    return _SIGN.sub("\\g<0>\u2060", words)
