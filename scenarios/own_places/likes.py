"""Real places that a place of one's own is like: by deprivation, size and spend a head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.own_places.rows import lines_of, mean_deprivation
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import PlaceName, find, names
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import OwnPlace

#: Places as deprived that estimates are taken from where no place is named, and whose spread gives margins: judgement, 3 to 9.
NEIGHBOURS: Final = 5
#: Places that are shown beside one's own.
BESIDE: Final = 3


@kept(maxsize=8)
def scores(year: str) -> Mapping[str, float]:
    """Mean score of deprivation of every real place of a year, by code."""
    return {place.code: mean_deprivation(place.code, year) for place in names(year)}


def nearest_deprived(score: float, year: str, count: int = NEIGHBOURS) -> tuple[PlaceName, ...]:
    """The real places whose score of deprivation is nearest, the nearest first."""
    known = scores(year)
    return tuple(sorted(names(year), key=lambda place: (abs(known[place.code] - score), place.name))[:count])


def most_like(score: float, year: str, people: float) -> tuple[PlaceName, ...]:
    """The places as deprived as a score, first that of them whose size is nearest."""
    near = nearest_deprived(score, year)
    first = min(near, key=lambda place: (abs(np.log(place.population / people)), place.name))
    return (first, *(place for place in near if place is not first))


def a_head(line: str, year: str, sources: Sequence[PlaceName]) -> float:
    """£ a head of a line: the median of places."""
    return float(np.median([1e6 * records.spending_of(place.code, year)[line] / place.population for place in sources]))


def margin_of(line: str, year: str, score: float, least: float) -> float:
    """How far an estimate of a line can be off, as a share of it (0-1): half the spread a head over the places as deprived.

    At least that of the line in real places, ``least``.
    """
    near = [1e6 * records.spending_of(place.code, year)[line] / place.population for place in nearest_deprived(score, year)]
    middle = abs(float(np.median(near)))
    spread = 0.5 * (max(near) - min(near)) / middle if middle > 0.0 else 1.0
    return round(min(1.0, max(least, spread)), 4)


def beside(place: OwnPlace, count: int = BESIDE) -> tuple[PlaceName, ...]:
    """The real places nearest by size (log), deprivation and spend a head, each in standard deviations of real places."""
    known, real = scores(place.year), names(place.year)
    used = lines_of(place.year)
    with tables.as_they_are():
        amounts = {one.code: records.spending_of(one.code, place.year) for one in real}
    money = {one.code: sum(amounts[one.code][line] for line in used) / one.population for one in real}
    table = np.array([[np.log(one.population), known[one.code], 1e3 * money[one.code]] for one in real])
    total = sum(one.amount for one in place.lines.values())
    mine = np.array([np.log(place.people), place.deprivation, 1e3 * total / place.people])
    distance = (((table - mine) / table.std(axis=0)) ** 2).sum(axis=1)
    return tuple(real[number] for number in np.argsort(distance, kind="stable")[:count])


def place_called(text: str, year: str) -> PlaceName:
    """The real place that people call so: ``Bristol`` is ``Bristol, City of``. Raises UnknownName."""
    try:
        return find(text, year)
    except UnknownName:
        wanted = text.casefold().strip()
        called = [place for place in names(year) if place.name.casefold().startswith((f"{wanted},", f"{wanted} upon "))]
        if len(called) != 1:
            raise
        return called[0]
