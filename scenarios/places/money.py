"""From lines of the accounts to agencies and themes, and how much of the money is reactive or for common functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import own_place
from totalplace.scenarios.places.shapes import EVERY_YEAR, UNALLOCATED
from totalplace.scenarios.places.tables import FloatArray
from totalplace.scenarios.vocabulary import AGENCY_KINDS, ENTITLEMENTS, THEMES, period_of

#: What the council steers itself: every council line but schools (paid by a grant for schools) and housing benefit.
COUNCIL_LINES: Final = (
    "council_highways_transport",
    "council_social_care_all",
    "council_childrens_social_care",
    "council_adult_social_care",
    "council_public_health",
    "council_housing_gfra",
    "council_cultural",
    "council_environmental",
    "council_planning",
    "council_fire",
    "council_central",
    "council_other",
)


@dataclass(frozen=True)
class Money:
    """Money of one place in one year, £m.

    ``spend``, ``reactive`` and ``common``: by kind of agency and theme; ``estate`` by kind: value of property;
    ``total`` = all of ``spend`` + all ``entitlements`` + ``unallocated``.
    """

    spend: FloatArray
    reactive: FloatArray
    common: FloatArray
    estate: FloatArray
    entitlements: dict[str, float]
    unallocated: float
    council_direct: float
    total: float


def net_negative_lines(lines: Mapping[str, float]) -> dict[str, float]:
    """Council lines in £m without negative ones: those are taken off the others in proportion, so the sum stays.

    A line is negative where fees exceed cost (parking) or where recharges are booked. Raises InputError when the sum is
    not above 0.
    """
    council = {line: lines[line] for line in COUNCIL_LINES if line != "council_fire"}
    if sum(council.values()) <= 0:
        raise InputError(f"The lines of the council add up to £{sum(council.values()):g}m", allowed="more than 0 in all")
    positive = sum(max(amount, 0.0) for amount in council.values())
    scale = sum(council.values()) / positive
    return {**lines, **{line: max(amount, 0.0) * scale for line, amount in council.items()}}


@kept(maxsize=4)
def destinations(year: str) -> tuple[tuple[str, str, str, float], ...]:
    """(line, destination, spending profile, share) of a year. Raises InputError for one that is not in use in its period."""
    found = tuple(
        (row.keys[0], row.keys[2], row.keys[3], row.value)
        for row in tables.judgements("lines")
        if row.keys[1] in (EVERY_YEAR, year)
    )
    for line, destination, profile, share in found:
        if share > 0.0:
            _check_in_use(line, destination, profile, year)
    return found


def _check_in_use(line: str, destination: str, profile: str, year: str) -> None:
    """Raise InputError where a line of the accounts goes to an agency, entitlement or theme that its year does not have."""
    period = period_of(year)
    given = [(words, destination, "lines.csv") for words in (AGENCY_KINDS, ENTITLEMENTS) if destination in words]
    if destination in AGENCY_KINDS:
        spent = zip(THEMES, _profiles()[profile], strict=True)
        given += [(THEMES, theme, "themes.csv") for theme, share in spent if share > 0.0]
    for words, name, table in given:
        used = [words[i] for i in words.in_use(period)]
        if name not in used:
            file = tables.table_name(tables.HERE / "judgement" / table)
            raise InputError(f"The line '{line}' of {year} goes to the {words.what} '{name}', which is not in use then", file=file,
                             allowed=used)


@kept(maxsize=1)
def _profiles() -> Mapping[str, FloatArray]:
    """Shares of the themes by spending profile; each adds up to 1. Raises UnknownName for a line with a profile not there."""
    names = dict.fromkeys(profile for profile, _ in tables.values("themes"))
    for line, _, destination, profile in (row.keys for row in tables.judgements("lines")):
        if destination in AGENCY_KINDS and profile not in names:
            file = tables.table_name(tables.HERE / "judgement" / "lines.csv")
            raise UnknownName("profile", profile, tuple(names), where=f"in themes.csv, for the line '{line}'", file=file)
    shares = tables.matrix("themes", tuple(names), THEMES)
    return dict(zip(names, shares, strict=True))


def money(code: str, year: str) -> Money:
    """Money of a place: lines of the accounts sent to agencies, entitlements and what no agency of a place spends.

    Raises InputError when the table of spending has no row for the place and year, or a faulty one.
    """
    source = records.spending_of(code, year)
    try:
        lines = net_negative_lines(source)
    except InputError as problem:
        if own_place(code) is not None:
            raise
        row = tables.spending_row(code, year)
        raise problem.at(row.file, row.line) from None
    spend = np.zeros((len(AGENCY_KINDS), len(THEMES)))
    entitlements = dict.fromkeys(ENTITLEMENTS, 0.0)
    unallocated = 0.0
    for line, destination, profile, share in destinations(year):
        amount = lines[line] * share
        if destination in entitlements:
            entitlements[destination] += amount
        elif destination == UNALLOCATED:
            unallocated += amount
        else:
            spend[AGENCY_KINDS.index(destination)] += amount * _profiles()[profile]
    property_share = tables.column("agencies", AGENCY_KINDS, "property_share")
    return Money(
        spend=spend,
        reactive=spend * tables.matrix("reactive", AGENCY_KINDS, THEMES),
        common=spend * tables.column("commonality", THEMES, "common"),
        estate=spend.sum(axis=1) * property_share * tables.number("estate_value_to_running_cost"),
        entitlements=entitlements,
        unallocated=unallocated,
        council_direct=sum(source[line] for line in COUNCIL_LINES),
        total=sum(amount for line, amount in source.items() if line != "source_total"),
    )
