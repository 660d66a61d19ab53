"""Quarters and financial years.

A month is ``YYYY-MM``. Quarters start in January, April, July and October; a financial year runs from April to
March, is written ``2010-11`` and holds whole quarters.
"""

from __future__ import annotations

import re

from scenarios.errors import InputError

_MONTH = re.compile(r"((?:19|20|21)[0-9]{2})-(0?[1-9]|1[0-2])\Z")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})\Z")


def parse_month(text: str) -> int:
    """Months since year 0 of ``YYYY-MM``. Raises InputError for anything else."""
    found = _MONTH.match(text.strip())
    if not found:
        raise InputError(f"'{text[:40]}' is not a month", allowed="a year and a month such as 2013-04")
    return int(found[1]) * 12 + int(found[2]) - 1


def format_month(month: int) -> str:
    """``YYYY-MM`` of months since year 0."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def parse_quarter_start(text: str) -> int:
    """Months since year 0 of a month in which a quarter starts. Raises InputError for anything else."""
    month = parse_month(text)
    if month % 3:
        raise InputError(f"No quarter starts in {text.strip()}", allowed="months 01, 04, 07 and 10")
    return month


def quarter_index(start: str, date: str) -> int:
    """The quarter of a run from ``start`` in which the month ``date`` falls; negative before the start."""
    return (parse_month(date) - parse_quarter_start(start)) // 3


def quarter_dates(start: str, quarters: int) -> list[str]:
    """The first month of each quarter of a run."""
    first = parse_quarter_start(start)
    return [format_month(first + 3 * quarter) for quarter in range(quarters)]


def parse_financial_year(text: str) -> int:
    """The calendar year in which a financial year starts, 2010 for ``2010-11``. Raises InputError for other text."""
    found = _YEAR.match(text.strip())
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise InputError(f"'{text[:40]}' is not a financial year", allowed="two years in a row such as 2010-11")
    return int(found[1])


def format_financial_year(first: int) -> str:
    """``2010-11`` of 2010."""
    return f"{first:04d}-{(first + 1) % 100:02d}"


def financial_year_starts(start: str, quarters: int) -> list[int]:
    """For each quarter of a run, the calendar year in which its financial year started."""
    first = parse_quarter_start(start)
    return [(first + 3 * quarter - 3) // 12 for quarter in range(quarters)]
