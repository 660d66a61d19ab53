"""How many times the money of real places a place has: what is too far off is in another unit, or wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.amounts import UNITS
from totalplace.scenarios.own_places.rows import ROWS
from totalplace.scenarios.places import records
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.own import Line, OwnPlace
from totalplace.scenarios.places.shapes import ESTIMATE

#: Money given that is this many times more or less a head than in real places is in another unit: judgement, 20 to 100.
ABSURD: Final = 30.0
#: Beyond the least and most a head of real places by this factor an amount is wrong. Judgement, 1.2 to 2.
BEYOND: Final = 1.5


def refuse_factor(lines: Mapping[str, Line], people: float, year: str, file: str) -> None:
    """Raise InputError where the amounts given, a head, are so far from those of real places that their unit must be another."""
    found = _times_usual(lines, people, year)
    if found is None or 1.0 / ABSURD <= found <= ABSURD:
        return
    given = sum(one.amount for one in lines.values() if one.quality != ESTIMATE)
    factor = "a thousand" if 1 / 3e4 <= found <= 3e4 else "a million"
    more = "less" if found < 1.0 else "more"
    told = (f"The amounts given add up to £{1e6 * given / people:,.2f} a head, about {factor} times {more} than in real "
            "places: their unit is another one than the sheet says")
    raise InputError(told, file=file, allowed=f"{', '.join(UNITS)} beside '{ROWS['unit'].label}', as the amounts are")


def times_usual(place: OwnPlace, but: Collection[str] = ()) -> float | None:
    """The money given but for some lines, a head, as a multiple of the median of real places; None if there is none."""
    return _times_usual({line: one for line, one in place.lines.items() if line not in but}, place.people, place.year)


def _times_usual(made: Mapping[str, Line], people: float, year: str) -> float | None:
    lines = [line for line, one in made.items() if one.quality != ESTIMATE and one.amount != 0.0]
    if not lines:
        return None
    mine = sum(made[line].amount for line in lines) / people
    theirs = [sum(records.spending_of(one.code, year)[line] for line in lines) / one.population for one in names(year)]
    usual = float(np.median(theirs))
    return mine / usual if usual > 0.0 and mine > 0.0 else None


def within(mine: float, real: np.ndarray, beyond: float) -> bool:
    """Whether an amount a head lies within those of real places, or beyond their least and most by a factor at most."""
    low, high = float(real.min()), float(real.max())
    return (low / beyond if low > 0.0 else low * beyond) <= mine <= high * beyond
