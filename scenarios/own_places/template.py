"""The sheet that somebody fills in for a place of their own, as the bytes of a workbook or of a text table."""

from __future__ import annotations

import csv
import io

from totalplace.scenarios.errors import InputError, UnknownName, nearest_name
from totalplace.scenarios.own_places.amounts import UNITS
from totalplace.scenarios.own_places.likes import place_called
from totalplace.scenarios.own_places.template_book import workbook_of
from totalplace.scenarios.own_places.template_rows import INTRODUCTION, TITLE, Filled, groups_of, heads
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.finding import PlaceName
from totalplace.scenarios.places.shapes import YEARS
from totalplace.scenarios.user_text import for_csv


def template(ending: str, year: str, like: str | None, unit: str = "£m") -> bytes:
    """The template as the bytes of a file that ends in ``.xlsx`` or ``.csv``.

    Raises UnknownName for a year, unit or place there is not, InputError for another ending.
    """
    if year not in YEARS:
        raise UnknownName("year of spending", year, YEARS)
    if unit not in UNITS:
        raise InputError(f"'{unit[:40]}' is no unit of money", allowed=tuple(UNITS), nearest=nearest_name(unit, UNITS))
    if ending not in (".xlsx", ".csv"):
        raise InputError(f"A template cannot end in '{ending[:12]}'", allowed=(".xlsx", ".csv"))
    with tables.as_they_are():
        place = place_called(like, year) if like is not None else None
        groups = [(heading, list(rows)) for heading, rows in groups_of(year, place, unit)]
    return workbook_of(groups, place, year) if ending == ".xlsx" else _text(groups, place)


def _text(groups: list[tuple[str, list[Filled]]], like: PlaceName | None) -> bytes:
    """The template as CSV in UTF-8 with its mark."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    out.writerow([TITLE])
    out.writerows([line] for line in INTRODUCTION)
    out.writerow([])
    out.writerow(heads(like))
    for heading, rows in groups:
        out.writerow([heading.upper()])
        for filled in rows:
            shown = ["" if number is None else f"{number:.2f}" for number in (filled.theirs, filled.a_head)]
            out.writerow([for_csv(cell) for cell in (filled.row.label, "" if filled.value is None else filled.value, "", *shown,
                                                     filled.row.what)])
    return stream.getvalue().encode("utf-8-sig")
