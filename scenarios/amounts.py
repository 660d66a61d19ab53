"""Amounts of money as files give them: ``£3.8bn`` and ``£3,800m`` are 3800 wherever £m are asked for, ``£66`` is £66 a head."""

from __future__ import annotations

import re
from typing import Final

#: How many £m a word after a number makes of it.
_IN_MILLIONS: Final = {"": 1e-6, "k": 1e-3, "m": 1.0, "million": 1.0, "bn": 1000.0, "billion": 1000.0}
_AMOUNT: Final = re.compile(
    r"£\s*(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)\s*(?P<word>k|m|bn|million|billion)?", re.IGNORECASE
)
#: The pattern of a written amount, for editors.
PATTERN: Final = r"^\s*£\s*[0-9][0-9,.]*\s*(k|m|bn|million|billion)?\s*$"


def in_pounds(unit: str) -> bool:
    """Whether a unit is one of money, such as ``£m a year``."""
    return unit.startswith("£")


def amount(text: str, unit: str) -> float | None:
    """The number, in a ``unit`` of money, that a text such as ``£3.8bn`` stands for; None for one that is no amount of money."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found or not in_pounds(unit):
        return None
    millions = float(found["number"].replace(",", "")) * _IN_MILLIONS[(found["word"] or "").casefold()]
    return round(millions if unit.startswith("£m") else millions * 1e6, 9)


def shown(number: float, unit: str) -> str:
    """A number in a unit of money in words that :func:`amount` reads back: ``£3,800m``, ``£66``."""
    whole = f"{number:,.9f}".rstrip("0").rstrip(".")
    return f"£{whole}m" if unit.startswith("£m") else f"£{whole}"
