"""The table of ``docs/then-and-now.md``: ten arrangements before the review of November 2026, as answered, and in the README."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tools import headline

#: Medians before the review of November 2026 and as it was answered, at the defaults of that time, by arrangement: its title, then
#: pairs of pooled share (%), net saving (£m a year) and wellbeing above the silo (thousandths).
THEN: Final[dict[str, tuple[str, tuple[tuple[float, float], ...]]]] = {
    "lsp": ("local strategic partnership", ((0.9, 0.2), (0.4, -0.3), (0.5, 0))),
    "board-political": ("politically led board", ((14.2, 7.3), (22.2, 14.8), (5, 1))),
    "board-officer": ("officer-led board", ((9.9, 3.5), (9.9, 4.5), (2, 0))),
    "joint-commissioning": ("joint commissioning", ((14.5, 5.4), (22.4, 16.7), (5, 1))),
    "outcome-partnership": ("outcome partnership", ((11.1, 2.7), (13.6, 8.1), (4, 0))),
    "neighbourhood": ("neighbourhood devolution", ((4.2, 1.9), (0.4, 1.4), (2, 0))),
    "prototype": ("prototype", ((6.9, 0.3), (2.2, -0.1), (2, 0))),
    "mandated-pooling": ("mandated pooling", ((1.5, 2.3), (1.2, 2.1), (0.5, 0))),
    "single-pot": ("single pot", ((28.7, 27.3), (71.4, 86.0), (12, 4))),
}


def then_and_now() -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Head and rows of the table of ``docs/then-and-now.md``: medians before the review, as it was answered, and of the README."""
    base = headline.played()[headline.ARRANGEMENTS[0]].at_end("wellbeing")
    rows = []
    for name, (title, before) in THEN.items():
        found = headline.played()[name]
        now = (float(np.median(found.at_end("pooled_share"))), float(np.median(found.at_end("net_saving"))),
               1000.0 * float(np.median(found.at_end("wellbeing") - base)))
        cells = [", ".join([*(_told(value, places) for value in one), headline.number(value, places)])
                 for one, value, places in zip(before, now, (1, 1, 0), strict=True)]
        rows.append([title, *cells])
    head = ("pooled, % of spend", "net saving, £m a year of resources", "wellbeing above the silo, thousandths")
    return ("arrangement", *(f"{words}: then, answered, now" for words in head)), rows


def _told(value: float, places: int) -> str:
    """A figure of before: with the places of today's, or more where it was told with more."""
    return headline.number(value, places if value == round(value, places) else places + 1)
