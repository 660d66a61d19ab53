"""Strategic authorities over several places: who holds an integrated settlement, from when on, and what of a pot a place gets.

The places of a time may have ``settlements.csv`` (an authority a row, with the month from which it holds a settlement); a folder
without it has no such authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from totalplace.scenarios.calendar import parse_month
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.bodies import KINDS, Body, bodies
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES, geography_of

#: The kind of body that may hold a pot over its places.
AUTHORITY: Final = KINDS[-1]
#: Lines of the accounts that departments spend in a place and pay into a settlement: housing and regeneration, transport, skills,
#: employment support.
LINES: Final = ("central_communities", "central_enterprise", "central_transport", "central_skills", "dwp_employment")
#: Part of these lines that is planned and common money of the bodies that pay in, so that a pot can hold it: 0.34 [0.30-0.38] over
#: the 17 places of Greater Manchester and the West Midlands, by their spending tables. The rest is reactive, or held by others.
PAID_IN: Final = 0.34


@kept(maxsize=len(GEOGRAPHIES))
def _settlements(folder: str) -> Mapping[str, str]:
    """The month from which each authority holds a settlement, by code. Raises InputError for a faulty table."""
    path = tables.HERE / folder / "settlements.csv"
    if not folder or not path.exists():
        return {}
    found = {}
    for row in read_rows(path, ("code", "name", "from", "quality", "source")):
        parse_month(row.word("from"))
        found[row.word("code")] = row.word("from")
    return found


def authority_of(code: str, year: str) -> Body | None:
    """The strategic authority that a place (by code) lies in; None where it lies in none."""
    return next((body for body in bodies(year) if body.kind == AUTHORITY and code in body.residents), None)


def authority_lines(code: str, year: str) -> float:
    """What departments spend in a place on ``LINES`` and a pot can hold (``PAID_IN``), £m a year."""
    return PAID_IN * sum(records.spending_of(code, year)[line] for line in LINES)


def authority_part(code: str, year: str) -> float:
    """What need gives a place of a pot of its strategic authority, as a multiple of what departments spend in it; 1 outside one.

    The part of the authority's need that lives in the place over its part of the money by ``LINES``, an estimate.
    """
    body = authority_of(code, year)
    if body is None or len(body.need) < 2:
        return 1.0
    spent = {other: authority_lines(other, year) for other in body.need}
    part = spent[code] / sum(spent.values())
    return body.need[code] / part if part > 0.0 else 1.0


def settlement_note(place: str, year: str, date: str) -> str:
    """Why an integrated settlement in a place from a month on is a what-if; empty where its authority holds one by then."""
    found = find(place, year)
    code, place = found.code, found.name
    body = authority_of(code, year)
    if body is None:
        return f"what if: {place} lies in no strategic authority, so that nobody could hold an integrated settlement for it"
    since = _settlements(geography_of(year)).get(body.code)
    if since is None:
        return f"what if: {body.name}, the strategic authority of {place}, holds no integrated settlement that is published"
    if parse_month(since) > parse_month(date):
        return f"what if: {body.name}, the strategic authority of {place}, holds an integrated settlement from {since} on only"
    return ""
