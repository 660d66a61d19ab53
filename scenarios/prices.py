"""The price level: how money of the day compares with money at the prices of a run.

The GDP deflator by financial year stands in ``places/gdp_deflator.csv``. After its last year prices are taken to rise by
``INFLATION`` a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.calendar import financial_year_starts, parse_financial_year
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import read_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Rise of prices a year after the last year of the table (judgement, 0.015-0.03: the target of the Bank of England);
#: the parameter ``inflation_beyond`` adds to it.
INFLATION: Final = 0.02
_COLUMNS: Final = ("year", "deflator", "quality", "source")


@kept(maxsize=1)
def deflators() -> Mapping[int, float]:
    """The GDP deflator (2024-25 = 1) by the calendar year in which a financial year starts. Raises InputError for a bad table."""
    found = {}
    for row in read_rows(tables.HERE / "gdp_deflator.csv", _COLUMNS):
        deflator = row.number("deflator")
        if deflator <= 0.0:
            raise row.error(f"The deflator is {deflator:g}", "a number above 0")
        found[parse_financial_year(row.word("year"))] = deflator
    return MappingProxyType(found)


def deflator(first_year: int) -> float:
    """The GDP deflator of the financial year that starts in ``first_year``; before the table begins, that of its first year."""
    table = deflators()
    last = max(table)
    if first_year > last:
        return table[last] * (1.0 + INFLATION) ** (first_year - last)
    return table[max(first_year, min(table))]


def years_unpublished(start: str, quarters: int, base_year: str) -> NDArray[np.float64]:
    """For each quarter (quarters,) the years after the last of the table, less those of the base year."""
    import numpy as np

    last = max(deflators())
    before = max(0, parse_financial_year(base_year) - last)
    return np.array([float(max(0, year - last) - before) for year in financial_year_starts(start, quarters)])


@kept(maxsize=64)
def price_levels(start: str, quarters: int, base_year: str) -> NDArray[np.float64]:
    """Price level in each quarter of a run against its base year (= 1.0), by financial year. Not to be written to."""
    import numpy as np

    base = deflator(parse_financial_year(base_year))
    levels = np.array([deflator(year) / base for year in financial_year_starts(start, quarters)])
    levels.setflags(write=False)
    return levels
