"""Build the table of the price level from a folder of open source files.

    python -m tools.price_table SOURCE_FOLDER

Writes ``gdp_deflator.csv`` (the GDP deflator by financial year, 2024-25 = 1) in ``scenarios/places``, and ``england.csv``: what the
places of 2010-23 add up to in ``spending.csv`` and ``indicators.csv``, by which money of England is split over them.
``docs/data.md`` describes every column. Nothing in the package reads the source folder.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Final

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.england import MEASURES, part_of_england
from totalplace.scenarios.places.shapes import years_of
from totalplace.scenarios.source_tree import ROOT

HERE: Final = ROOT / "scenarios" / "places"
#: The first year of the table: two before the first budgets of the model.
FIRST: Final = "2008-09"
SOURCE: Final = "HM Treasury, Public Expenditure Statistical Analyses 2025, table 4.1: total managed expenditure, cash over real"


def price_rows(source: Path) -> list[tuple[str, str, str, str]]:
    """Rows of ``gdp_deflator.csv``: year, deflator, quality, source. Raises OSError and KeyError for a source that is not there."""
    with (source / "gdp_deflator_financial_years.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(row["year"], float(row["implied_gdp_deflator_2024_25_is_1"])) for row in csv.DictReader(file)]
    return [(year, f"{value:.6g}", "derived", SOURCE) for year, value in found if year >= FIRST]


def england_rows() -> list[tuple[str, str, str]]:
    """Rows of ``england.csv``: year, measure and the sum over all places (£m, or people)."""
    codes = list(tables.indicators(""))
    return [
        (year, measure, f"{sum(part_of_england(code, year, measure) for code in codes):.6f}")
        for year in years_of("") for measure in MEASURES
    ]


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Path:
    """Write a table of the package."""
    path = HERE / name
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    return path


def main(arguments: list[str]) -> int:
    """Write both tables; the folder of source files is the one argument."""
    if len(arguments) != 1:
        print("usage: python -m tools.price_table SOURCE_FOLDER", file=sys.stderr)
        return 2
    print(write("gdp_deflator.csv", ("year", "deflator", "quality", "source"), [*price_rows(Path(arguments[0]))]))
    print(write("england.csv", ("year", "measure", "value"), [*england_rows()]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
