"""Numbers as people write them in spreadsheets: thousands separators, currency, suffixes, brackets for negative ones.

A comma or a full stop alone may stand for thousands or for decimals. :func:`decimal_mark` looks at all numbers of a sheet before
one is read; a number that can still be read two ways is refused, since the difference is a factor of a thousand.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.errors import InputError

#: What a suffix multiplies by.
SUFFIXES: Final = {
    "bn": 1e9, "b": 1e9, "billion": 1e9, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "k": 1e3, "thousand": 1e3, "000": 1e3,
    "000s": 1e3,
}
#: What says that there is no number.
NOTHING: Final = ("", "-", "--", "n/a", "na", "nil", "none", "tbc", "?", "x", "..", ".", "not known", "unknown", "not applicable")
#: A total may differ from its sum by this share of it, or by what rounding each row gives: people round.
TOLERANCE: Final = 0.005
#: Units of money, £ in one, by how people write them.
UNITS: Final = {"£m": 1e6, "£ thousand": 1e3, "£": 1.0}
_NUMBER: Final = re.compile(r"\d[\d.,' ]*|[.,]\d+")
_GROUPED: Final = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as read: its ``value``, with the suffix multiplied in; ``scaled``: it has a suffix; ``percent``: a share in %."""

    value: float
    scaled: bool = False
    percent: bool = False


def tidy(text: str) -> str:
    """A text with plain blanks, minus signs and dashes, and without blanks at its ends."""
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2013", "-").replace("\u2014", "-")
    return " ".join(text.replace("\u2019", "'").split())


def is_nothing(text: str) -> bool:
    """Whether a text says that there is no number."""
    return tidy(text).casefold() in NOTHING


def unit_of(text: str) -> str | None:
    """The unit of money (a key of :data:`UNITS`) that a text names; None for none. ``£m``, ``£000s``, ``£'000``, ``pounds``."""
    plain = tidy(text).casefold().replace("gbp", "£").replace("pounds", "£").replace("sterling", "")
    plain = " ".join(re.sub("[()]", " ", plain).split())
    if re.search(r"£ ?'?000'?s?\b|£ ?k\b|\bthousands?\b|^'?000'?s?( £)?$|^k$|£ ?th\b", plain):
        return "£ thousand"
    if re.search(r"£ ?m(n|io)?\b|\bmillions?\b|^m$", plain):
        return "£m"
    return "£" if re.fullmatch(r"(?:in |whole |amount |actual )?£s?", plain) else None


def _bare(text: str) -> tuple[str, str, bool]:
    """Digits with their marks, the letters after them, and whether the number is negative. Raises ValueError for anything else."""
    plain = tidy(text).casefold()
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        plain, negative = plain[1:-1].strip(), True
    plain = re.sub(r"(?:£|gbp)", "", plain).strip()
    if plain.endswith("-"):  # as accounting programs print it
        plain = f"-{plain[:-1].strip()}"
    if plain.endswith((" cr", " dr")):
        raise ValueError("credit or debit")
    if plain.startswith(("-", "+")):
        negative, plain = negative != plain.startswith("-"), plain[1:].strip()
    found = re.fullmatch(r"(.*?\d[.,]?)\s*([a-z%]*|'?000s|(?<= )'000)", plain)  # noughts alone are of the number: 170000
    if found is None or not _NUMBER.fullmatch(found[1]):
        raise ValueError("no number")
    return found[1].strip(), found[2].strip("'"), negative


def _mark(digits: str) -> str:
    """The decimal mark that a number shows by itself: "." or ",", "?" where it may be either, "" where it shows none.

    Raises ValueError for marks in places where no number has them.
    """
    digits = digits.rstrip(".,") if digits[-1:] in ".," else digits
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        groups = re.split("[' ]", digits)
        if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
            raise ValueError("groups")
        return ""
    last = marks[-1]
    whole, _, decimals = digits.rpartition(last)
    if not decimals.isdigit() or (last in whole and set(marks) != {last}):
        raise ValueError("marks")
    grouped = _GROUPED.fullmatch(digits)
    if len(set(marks)) == 2:
        if not _GROUPED.fullmatch(whole) or last in whole:
            raise ValueError("marks")
        return last
    if len(marks) > 1:
        if not grouped:
            raise ValueError("groups")
        return "," if last == "." else "."
    if re.search("[' ]", whole):
        if not _GROUPED.fullmatch(whole):
            raise ValueError("groups")
        return last
    return "?" if grouped and not digits.startswith("0") else last


def decimal_mark(texts: Iterable[str], usual: str) -> str:
    """The decimal mark of a sheet, from all its numbers as text: "." or ","; ``usual`` where none shows it.

    Raises InputError where numbers show both.
    """
    shown: dict[str, str] = {}
    for text in texts:
        try:
            mark = _mark(_bare(text)[0])
        except ValueError:
            continue
        if mark in (".", ","):
            shown.setdefault(mark, text)
    if len(shown) > 1:
        raise InputError(
            f"Some numbers have a decimal point and some a decimal comma: '{shown['.']}' and '{shown[',']}'",
            allowed="one way for all, such as 1,234.5 or 1 234,5",
        )
    return next(iter(shown), usual)


def read_amount(text: str, mark: str) -> Amount:
    """The number in a text, with ``mark`` ("." or ",", or "?" where the sheet does not show it) for decimals.

    Raises InputError for what is no number, and for one that can be read two ways.
    """
    try:
        digits, suffix, negative = _bare(text)
        own = _mark(digits)
    except ValueError:
        raise InputError(f"'{tidy(text)[:60]}' is no number", allowed="a number, such as 1234.5, £1,234.5k or (12.3)") from None
    percent = suffix.endswith("%")
    letters = suffix.rstrip("%").strip()
    if letters and letters not in SUFFIXES:
        raise InputError(f"'{tidy(text)[:60]}' has letters that are no unit: '{letters[:20]}'", allowed="m, k, bn or %, or none")
    if own == "?" and mark == "?":
        plain = re.sub("[.,]", "", digits)
        either = f"{plain} or {digits.replace(',', '.')}"
        raise InputError(f"'{tidy(text)[:60]}' can be read two ways, as {either}", allowed="the number without a comma")
    decimal = own if own in (".", ",") else (mark if mark != "?" else ".")
    other = "," if decimal == "." else "."
    number = float(digits.replace(other, "").replace("'", "").replace(" ", "").replace(decimal, ".").rstrip("."))
    factor = SUFFIXES[letters] if letters else 1.0
    value = -number * factor if negative else number * factor
    if not math.isfinite(value):
        raise InputError(f"'{tidy(text)[:60]}' is no number that can be used", allowed="a finite number")
    return Amount(value, bool(letters), percent)


def close(total: float, summed: float, rows: int, unit: str) -> bool:
    """Whether a total (£m) is a sum but for rounding: within half a unit as shown of each row, or :data:`TOLERANCE`."""
    return abs(total - summed) <= max(TOLERANCE * abs(summed), 0.5 * (rows + 1) * min(UNITS[unit], 1e5) / 1e6)


def in_unit(amount: float, unit: str) -> str:
    """£m in a unit as a message shows it."""
    shown = abs(amount) * 1e6 / UNITS[unit]
    words = f"£{shown:,.1f}m" if unit == "£m" else f"£{shown:,.0f}{'k' if unit == '£ thousand' else ''}"
    return f"−{words}" if amount < 0.0 else words


def a_head_in_words(pounds: float) -> str:
    """Pounds a head as a message shows them: ``−£122``; pence below a pound, so that little is not nothing: ``£0.24``."""
    places = 2 if 0.005 <= abs(pounds) < 0.995 else 0
    return f"{'−' if round(pounds, places) < 0 else ''}£{abs(pounds):,.{places}f}"


