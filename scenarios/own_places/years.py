"""Financial years as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date

from totalplace.scenarios.own_places.amounts import tidy


def year_in(text: str) -> str | None:
    """A financial year in a text as this program writes it: ``2024-25`` of ``FY2024/2025``; None for none."""
    found = re.search(r"(?<!\d)(20)?(\d\d) ?[-/] ?(?:20)?(\d\d)(?!\d)", tidy(text))
    if found is None or int(found[3]) != (int(found[2]) + 1) % 100:
        return None
    return f"20{found[2]}-{found[3]}"


def month_taken(text: str) -> str | None:
    """The financial year that a spreadsheet took for a month: ``Nov-10`` and ``01/11/2010`` are 2010-11."""
    plain = tidy(text).casefold()
    found = re.fullmatch(r"nov[a-z]*[- ](?:20)?(\d\d)", plain) or re.fullmatch(r"0?1[/.]11[/.](?:20)?(\d\d)", plain)
    return "2010-11" if found is not None and found[1] == "10" else None


def year_of_date(day: date) -> str | None:
    """The financial year that begins or ends on a day: 1 April 2024 and 31 March 2025 are 2024-25; None for any other day."""
    first = {(4, 1): day.year, (3, 31): day.year - 1}.get((day.month, day.day))
    return f"{first}-{(first + 1) % 100:02d}" if first is not None else None
