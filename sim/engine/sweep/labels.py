"""How a reader sees the scenarios of a sweep: in the words of their period, with a mark where a place is an estimate."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.arrangement import EVERY_PLACE
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places.quality import marked
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.results.labels import Labels

if TYPE_CHECKING:
    import pandas as pd

#: The line of a scenario's text with the year of its budgets.
_YEAR: Final = re.compile(r"^year: *['\"]?([0-9]{4}-[0-9]{2})['\"]?$", re.MULTILINE)
#: What a text has in it that a place may not be able to have: an arrangement that is not open to all, bodies that change.
_WHAT_IF: Final = re.compile(
    rf"^ +open_to: (?!{EVERY_PLACE}$)|lever: (?:shared_governance|reorganisation)$"
    r"|^  (?:shared_governance|reorganisation):\n(?:    \w+: 0(?:\.0)?\n)*    \w+: (?!0(?:\.0)?$)", re.MULTILINE,
)


def labels_of(scenarios: pd.DataFrame) -> Labels:
    """The words of a sweep by its table of scenarios: of their period where all have one, and places marked as estimates.

    A place is marked where its council filed nothing in the year of one of the scenarios; one that the tables of today do not
    have is called by its name.
    """
    pairs = dict.fromkeys(zip(scenarios["place"], (year_in(text) for text in scenarios["text"]), strict=True))
    periods, shown = set(), {}
    for place, year in pairs:
        with suppress(InputError):
            periods.add(period_of(year))
            if (name := marked(place, year)) != place:
                shown[place] = name
    return Labels(periods.pop() if len(periods) == 1 else "", shown)


def what_if_texts(scenarios: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The texts of a sweep's scenarios, by name and place, that their place might not be able to have: the others surely can."""
    rows = zip(scenarios["scenario"], scenarios["place"], scenarios["text"], strict=True)
    return {(name, place): text for name, place, text in rows if _WHAT_IF.search(text)}


def year_in(text: str) -> str:
    """The year of the budgets of a scenario by its text; empty where it names none."""
    found = _YEAR.search(text)
    return "" if found is None else found[1]


__all__ = ["labels_of", "what_if_texts", "year_in"]
