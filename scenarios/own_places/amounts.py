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
#: Marks in numbers, and what they are called.
_SIGNS: Final = {",": "comma", ".": "point"}
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


def decimal_mark(texts: Iterable[str], usual: str, people: Iterable[str] = ()) -> str:
    """The decimal mark of a sheet, from all its numbers as text: "." or ","; ``usual`` where none shows it.

    Where no other number does, those of ``people`` show it: they are whole, so that a mark in 300,000 parts thousands. Raises
    InputError where numbers show both.
    """
    whole = [_grouped_by(text) for text in people]
    for shown in ([(mark, text) for text in texts if (mark := _shown(text)) in (".", ",")], [one for one in whole if one[0]]):
        first = dict(reversed(shown))  # by mark the first number that shows it
        if len(first) > 1:
            ways = " and ".join(_way(text, mark) for mark, text in sorted(first.items(), reverse=True))
            raise InputError(f"Numbers are written in two ways: {ways}", allowed="one way for all, such as 1,234.5 or 1 234,5")
        if first:
            return next(iter(first))
    return usual


def _way(text: str, mark: str) -> str:
    """How a number shows its decimal mark."""
    if mark in text:
        return f"the {_SIGNS[mark]} before decimals in '{tidy(text)[:40]}'"
    return f"the {next(_SIGNS[letter] for letter in text if letter in _SIGNS)} between thousands in '{tidy(text)[:40]}'"


def _shown(text: str) -> str:
    """The decimal mark that a number shows by itself; empty for one that shows none, and for what is no number."""
    try:
        digits, suffix, _ = _bare(text)
        return _mark(digits) if _is_suffix(suffix) else ""
    except ValueError:
        return ""


def _grouped_by(text: str) -> tuple[str, str]:
    """The decimal mark that a whole number shows whose only mark must part thousands, empty for none; and its text."""
    plain = tidy(text)
    mark = next((letter for letter in plain if letter in ".,"), "")
    return {",": ".", ".": ","}.get(mark, "") if plain.replace(mark, "", 1).isdigit() and _shown(text) == "?" else "", text


def _is_suffix(letters: str) -> bool:
    """Whether letters after a number multiply it, or say that it is a share."""
    plain = letters.rstrip("%").strip()
    return not plain or plain in SUFFIXES


#: Letters that people type for digits.
_LIKE_DIGITS: Final = str.maketrans("OoIl", "0011")


def _meant(text: str) -> str | None:
    """The number that a text is with digits for the letters that look like them; None where it is none with them either."""
    plain = tidy(text)
    number = plain.translate(_LIKE_DIGITS)
    try:
        digits, suffix, _ = _bare(number)
        _mark(digits)
    except ValueError:
        return None
    return number[:60] if number != plain and _is_suffix(suffix) else None


def read_amount(text: str, mark: str) -> Amount:
    """The number in a text, with ``mark`` ("." or ",", or "?" where the sheet does not show it) for decimals.

    Raises InputError for what is no number, and for one that can be read two ways.
    """
    try:
        digits, suffix, negative = _bare(text)
        own = _mark(digits)
    except ValueError:
        raise InputError(f"'{tidy(text)[:60]}' is no number", allowed="a number, such as 1234.5, £1,234.5k or (12.3)",
                         nearest=_meant(text)) from None
    percent = suffix.endswith("%")
    letters = suffix.rstrip("%").strip()
    if not _is_suffix(suffix):
        raise InputError(f"'{tidy(text)[:60]}' has letters that are no unit: '{letters[:20]}'", allowed="m, k, bn or %, or none",
                         nearest=_meant(text))
    if own == "?" and mark == "?":
        plain = re.sub("[.,]", "", digits)
        other = "," if "," in digits else "."
        sign = _SIGNS[other]
        settles = f"the number of people written alike, such as 300{other}000, or an amount such as 1{other}048{other}800"
        raise InputError(f"'{tidy(text)[:60]}' can be read two ways, as {plain} or {digits.replace(',', '.')}",
                         allowed=f"the number without a {sign}, or one that settles what the {sign} is: {settles}")
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


