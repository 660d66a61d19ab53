"""What there is of a place, whether it stands in the tables or is one of a user's own: facts, money, small areas."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.own import OwnPlace, own_place
from totalplace.scenarios.places.shapes import GEOGRAPHIES, LINES
from totalplace.scenarios.places.tables import FloatArray, Indicators

#: Columns of small areas by age band, as places of one's own count them.
AGES: Final[Mapping[str, str]] = {
    "0_to_15": "pop_0_15", "16_to_24": "pop_16_24", "25_to_64": "pop_25_64", "65_and_over": "pop_65_plus",
}
#: Scores of deprivation by domain.
_DOMAINS: Final = ("income", "employment", "education", "health", "crime", "barriers", "environment")


def facts_of(code: str, folder: str = "") -> Indicators:
    """Facts of one place of a folder, or of a place of one's own, whose health indicators are those of the place it is like."""
    own = own_place(code)
    if own is None:
        return tables.indicators(folder)[code]
    like = tables.indicators(folder)[own.like]
    return Indicators(own.code, own.name, own.region, own.people, own.complex_families, like.values)


def spending_of(code: str, year: str) -> Mapping[str, float]:
    """£m by line of the source for one place and year, with ``source_total``, as ``tables.spending_of``.

    That of a place of one's own is what it holds. Raises InputError, also for another year than its own.
    """
    own = own_place(code, year)
    if own is None:
        return tables.spending_of(code, year)
    lines = {line: own.lines[line].amount if line in own.lines else 0.0 for line in LINES}
    return MappingProxyType(lines | {"source_total": sum(lines.values()) - lines["central_communities"]})


def small_areas(code: str, folder: str = "") -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Columns of the small areas of one place of a folder and their names, as ``tables.small_areas``.

    A place of one's own has those of the place it is like, with its own people and deprivation.
    """
    own = own_place(code)
    if own is None:
        return tables.small_areas(code, folder)
    columns, names = tables.small_areas(own.like, folder)
    return _rescaled(own, columns, GEOGRAPHIES[folder].deprivation[own.year]), names


def _rescaled(own: OwnPlace, columns: Mapping[str, FloatArray], score: str) -> dict[str, FloatArray]:
    """Columns with people of each age, and all scores of deprivation, in proportion to those of a place of one's own."""
    made = dict(columns)
    for band, name in AGES.items():
        made[name] = columns[name] * (own.ages[band] / columns[name].sum())
    children = own.ages["0_to_15"] / columns["pop_0_15"].sum()
    made["income_deprived_children"] = columns["income_deprived_children"] * children
    people = np.sum([made[name] for name in AGES.values()], axis=0)
    factor = own.deprivation / float(np.average(columns[score], weights=people))
    for name in (score, *_DOMAINS):
        made[name] = np.minimum(columns[name] * factor, 100.0)
    made["employment_rate"] = np.minimum(columns["employment_rate"] * factor, 1.0)
    return made
