"""Financial years as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from totalplace.scenarios.own_places.amounts import tidy

_YEAR: Final = re.compile(r"(?<![\d/.-])(?:20)?(\d\d) ?[-/] ?(?:20)?(\d\d)(?!\d|[-/.]\d)")


def years_in(text: str) -> tuple[str, ...]:
    """The financial years in a text as this program writes them, ``2024-25`` of ``FY2024/2025``; a day, 11/12/2024, is none."""
    found = [(int(one[1]), int(one[2])) for one in _YEAR.finditer(tidy(text))]
    return tuple(f"20{first:02d}-{last:02d}" for first, last in found if last == (first + 1) % 100)


def year_in(text: str) -> str | None:
    """The first financial year in a text; None for none."""
    return next(iter(years_in(text)), None)


def month_taken(text: str) -> str | None:
    """The financial year that a spreadsheet took for a month: ``Nov-10`` and ``01/11/2010`` are 2010-11."""
    plain = tidy(text).casefold()
    found = re.fullmatch(r"nov[a-z]*[- ](?:20)?(\d\d)", plain) or re.fullmatch(r"0?1[/.]11[/.](?:20)?(\d\d)", plain)
    return "2010-11" if found is not None and found[1] == "10" else None


def year_of_date(day: date) -> str | None:
    """The financial year that begins or ends on a day: 1 April 2024 and 31 March 2025 are 2024-25; None for any other day."""
    first = {(4, 1): day.year, (3, 31): day.year - 1}.get((day.month, day.day))
    return f"{first}-{(first + 1) % 100:02d}" if first is not None else None
