"""Quarters and financial years.

A month is ``YYYY-MM``. Quarters start in January, April, July and October; a financial year runs from April to
March, is written ``2010-11`` and holds whole quarters.
"""

from __future__ import annotations

import re

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import typed

_MONTH = re.compile(r"((?:19|20|21)[0-9]{2})-(0?[1-9]|1[0-2])\Z")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})\Z")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Other ways in which people write a month: 2014/4, 2014-04-01, 4/2014, 01.04.2014, April 2014, 1 April 2014, 2014 Apr, Apr-14.
_YEAR_FIRST = re.compile(r"((?:19|20|21)[0-9]{2})[-/. ]?(0?[1-9]|1[0-2])(?:[-/. ][0-9]{1,2})?\Z")
_YEAR_LAST = re.compile(r"(?:[0-9]{1,2}[-/. ])?(0?[1-9]|1[0-2])[-/. ]((?:19|20|21)[0-9]{2})\Z")
_IN_WORDS = re.compile(r"(?:[0-9]{1,2}(?:st|nd|rd|th)? )?([a-z]{3})[a-z]*[., -]*((?:19|20|21)[0-9]{2})\Z")
_SHORT = re.compile(r"([a-z]{3})[a-z]*[., /-]*['\u2019]?([0-9]{2})\Z")
_WORDS_LAST = re.compile(r"((?:19|20|21)[0-9]{2})[., -]*([a-z]{3})[a-z]*\Z")
#: Other ways in which people write a financial year: 2017/18, 2017-2018, 2017 to 2018, FY2017-18, 2017.
_YEARS = re.compile(r"(?:fy ?)?((?:19|20)[0-9]{2})(?: ?(?:[-/]|to) ?((?:19|20)?[0-9]{2}))?\Z")


def parse_month(text: str) -> int:
    """Months since year 0 of ``YYYY-MM``. Raises InputError for anything else, with the form wanted of what can be guessed."""
    found = _MONTH.match(text.strip())
    if not found:
        raise InputError(
            f"'{text[:40]}' is not a month", allowed="a year and a month such as 2013-04", nearest=_month_meant(text)
        )
    return int(found[1]) * 12 + int(found[2]) - 1


def _month_meant(text: str) -> str | None:
    """The month that somebody means by ``April 2014`` or ``2014/04``, in the form wanted; None if there is no telling."""
    plain = re.sub(" ?([-/.]) ?", r"\1", typed(text[:40]).casefold())
    if found := _YEAR_FIRST.match(plain):
        return f"{found[1]}-{int(found[2]):02d}"
    if found := _YEAR_LAST.match(plain):
        return f"{found[2]}-{int(found[1]):02d}"
    for pattern, year, month in ((_IN_WORDS, 2, 1), (_WORDS_LAST, 1, 2)):
        found = pattern.match(plain)
        if found and found[month] in _MONTHS:
            return f"{found[year]}-{_MONTHS.index(found[month]) + 1:02d}"
    found = _SHORT.match(plain)
    return f"20{found[2]}-{_MONTHS.index(found[1]) + 1:02d}" if found and found[1] in _MONTHS else None


def format_month(month: int) -> str:
    """``YYYY-MM`` of months since year 0."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def parse_quarter_start(text: str) -> int:
    """Months since year 0 of a month in which a quarter starts. Raises InputError for anything else."""
    month = parse_month(text)
    if month % 3:
        allowed = "months 01, 04, 07 and 10"
        nearest = format_month(month - month % 3)
        raise InputError(f"No quarter starts in {text.strip()}", allowed=allowed, nearest=nearest)
    return month


def quarter_index(start: str, date: str) -> int:
    """The quarter of a run from ``start`` in which the month ``date`` falls; negative before the start."""
    return (parse_month(date) - parse_quarter_start(start)) // 3


def quarter_dates(start: str, quarters: int) -> list[str]:
    """The first month of each quarter of a run."""
    first = parse_quarter_start(start)
    return [format_month(first + 3 * quarter) for quarter in range(quarters)]


def period(start: str, quarters: int) -> str:
    """The months that a run covers, from its first to its last: ``2010-10 to 2020-09`` for 40 quarters."""
    first = parse_quarter_start(start)
    return f"{format_month(first)} to {format_month(first + 3 * quarters - 1)}"


def parse_financial_year(text: str) -> int:
    """The calendar year in which a financial year starts, 2010 for ``2010-11``. Raises InputError for other text."""
    found = _YEAR.match(text.strip())
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        allowed = "two years in a row such as 2010-11"
        raise InputError(f"'{text[:40]}' is not a financial year", allowed=allowed, nearest=_year_meant(text))
    return int(found[1])


def _year_meant(text: str) -> str | None:
    """The financial year that somebody means by ``2017/18`` or ``2017-2018``, in the form wanted."""
    found = _YEARS.match(typed(text[:40]).casefold())
    if not found or (found[2] and (int(found[1]) + 1) % 100 != int(found[2]) % 100):
        return None
    return format_financial_year(int(found[1]))


def format_financial_year(first: int) -> str:
    """``2010-11`` of 2010."""
    return f"{first:04d}-{(first + 1) % 100:02d}"


def october_of(year: str) -> str:
    """The start of a run that names none: the quarter of a financial year in which the Spending Review of 2010 fell."""
    return f"{parse_financial_year(year):04d}-10"


def financial_year_starts(start: str, quarters: int) -> list[int]:
    """For each quarter of a run, the calendar year in which its financial year started."""
    first = parse_quarter_start(start)
    return [(first + 3 * quarter - 3) // 12 for quarter in range(quarters)]
