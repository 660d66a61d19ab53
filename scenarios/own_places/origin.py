"""What a template was filled with, so that what is still in it is told from what somebody wrote.

A template says in a cell of its own, *Made from*, from which place, year and unit its amounts are. Whatever else is changed in the
sheet, its unit, its year or the place that it is like, an amount that is still the template's is no knowledge of the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.own_places.amounts import UNITS, tidy, unit_of
from totalplace.scenarios.own_places.likes import place_called
from totalplace.scenarios.own_places.rows import lines_of
from totalplace.scenarios.own_places.years import year_in
from totalplace.scenarios.places import records
from totalplace.scenarios.places.finding import PlaceName
from totalplace.scenarios.places.shapes import YEARS

#: Decimals of the amounts of a template by unit.
DECIMALS: Final = {"£m": 3, "£ thousand": 0, "£": 0}
#: An amount is the template's if it is as near as this to it, in units of its last decimal: programs round once more.
NEAR: Final = 0.6
#: What parts place, year and unit in the cell.
_PARTS: Final = "; "


@dataclass(frozen=True, slots=True)
class Origin:
    """The real place, year and unit (a key of ``UNITS``) whose amounts a template was filled with."""

    place: PlaceName
    year: str
    unit: str

    @property
    def words(self) -> str:
        """The origin as a sentence names it."""
        return f"{self.place.name} in {self.year}, in {self.unit}"


def origin_in_words(place: str, year: str, unit: str) -> str:
    """The text of the cell *Made from*."""
    return _PARTS.join((place, year, unit))


def origin_of(text: str) -> Origin | None:
    """The origin that a cell names, as :func:`origin_in_words` writes it; None for a text that names none."""
    parts = tidy(text).rsplit(_PARTS.strip(), 2)
    if len(parts) != 3:
        return None
    year, unit = year_in(parts[1]), unit_of(parts[2])
    if year not in YEARS or unit is None:
        return None
    try:
        return Origin(place_called(parts[0].strip(), year), year, unit)
    except UnknownName:
        return None


def written_amount(code: str, year: str, unit: str, line: str) -> float:
    """The amount of a line that a template has for a place, in its unit and with its decimals. Raises KeyError for no such line."""
    return round(records.spending_of(code, year)[line] * 1e6 / UNITS[unit], DECIMALS[unit])


def is_of_template(origin: Origin, line: str, number: float) -> bool:
    """Whether a number, as it stands in the cell of a line, is what the template was filled with."""
    if line not in lines_of(origin.year):
        return False
    shown = written_amount(origin.place.code, origin.year, origin.unit, line)
    return abs(number - shown) <= NEAR * 10.0 ** -DECIMALS[origin.unit]
