"""Dated changes of the depth of cuts: what was cut in years already played is not cut again overnight.

The lever ``cuts`` is a multiple of the whole budget path. A dated rise would therefore cut the years before it once more, all in
one quarter, where its author means the years from then on; so it is refused once a year of the path has been played. A fall gives
back money that was cut, which is a policy that can be meant; it is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from totalplace.scenarios.calendar import financial_year_starts
from totalplace.scenarios.cuts import Cuts, level
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.events import Event

#: The lever that scales the budget path.
CUTS: Final = "cuts"


def eased_cuts(path: Cuts, start: str, depth: float, events: Sequence[Event]) -> list[str]:
    """The texts of the events that give back cuts of years already played, in the order in which they take effect.

    ``path`` is the budget path of a run from ``start``, ``depth`` the lever ``cuts`` at the start (the least, where it varies) and
    ``events`` those of the run, in order. Raises InputError at an event that would deepen the cuts of years already played.
    """
    eased = []
    last = {event.quarter: event for event in events if event.lever == CUTS}  # of two in a quarter the later stands
    for quarter, event in sorted(last.items()):
        if event.value != depth and not _level_before(path, start, quarter):
            if event.value > depth:
                raise deepened(event.text)
            eased.append(event.text)
        depth = event.value
    return eased


def deepened(text: str) -> InputError:
    """The error of a change, in words, that would cut years already played again."""
    return InputError(
        f"'{text}' would cut the years already played again, all in one quarter: the lever is a multiple of the whole budget path",
        allowed="a budget path of your own with deeper cuts in later years (cuts: FILE.yaml), the lever from the start, "
        "or a lower value",
    )


def _level_before(path: Cuts, start: str, quarter: int) -> bool:
    """Whether the budget path is level over the financial years played before that of ``quarter``."""
    years = financial_year_starts(start, quarter + 1)
    return level(path, [years[0], *(year for year in years if year < years[-1])])
