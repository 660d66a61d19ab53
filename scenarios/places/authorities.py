"""Strategic authorities over several places: who has a mayor, governs police or holds a settlement; what of a pot a place gets.

The places of a time may have ``settlements.csv`` (an authority a row, with the month from which it holds a settlement) and
``mayors.csv`` (the month from which it has a mayor, and governs police and housing); a folder without them has no authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.calendar import parse_month
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.bodies import KINDS, Body, bodies
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import Row, read_rows, table_name
from totalplace.scenarios.places.shapes import GEOGRAPHIES, QUALITIES, geography_of, years_of
from totalplace.scenarios.vocabulary import AGENCY_KINDS, label, period_of

#: The kind of body that may hold a pot over its places.
AUTHORITY: Final = KINDS[-1]
#: Lines of the accounts that departments spend in a place and pay into a settlement: housing and regeneration, transport, skills,
#: employment support.
LINES: Final = ("central_communities", "central_enterprise", "central_transport", "central_skills", "dwp_employment")
#: Part of these lines that is planned and common money of the bodies that pay in, so that a pot can hold it: 0.34 [0.30-0.38] over
#: the 17 places of Greater Manchester and the West Midlands, by their spending tables. The rest is reactive, or held by others.
PAID_IN: Final = 0.34
#: Bodies that a strategic authority may govern: kinds of agency, with a column of ``mayors.csv`` each.
GOVERNED: Final[Mapping[str, str]] = {"police": "police", "housing_regeneration": "housing"}


@dataclass(frozen=True, slots=True)
class Governance:
    """From which month (``YYYY-MM``) an authority has a mayor, and governs each kind of ``GOVERNED``; empty where never."""

    mayor: str
    governs: Mapping[str, str]
    source: str

    def has_mayor(self, month: str) -> bool:
        """Whether it has a mayor in a month."""
        return _by(self.mayor, month)

    def has_taken_over(self, kind: str, month: str) -> bool:
        """Whether it governs the agencies of a kind in a month."""
        return _by(self.governs.get(kind, ""), month)


def _by(since: str, month: str) -> bool:
    return bool(since) and parse_month(since) <= parse_month(month)


@kept(maxsize=len(GEOGRAPHIES))
def _governance(folder: str) -> Mapping[str, Governance]:
    """Who governs in each authority, by code. Raises InputError for a faulty table, and for an authority without a row."""
    path = tables.HERE / folder / "mayors.csv"
    if not folder or not path.exists():
        return {}
    found = {}
    for row in read_rows(path, ("code", "name", "mayor", *GOVERNED.values(), "quality", "source")):
        row.word("quality", QUALITIES)
        if not row.word("source"):
            raise row.error("The row has no source", "a publication, or 'from memory, not read in a source'")
        found[row.word("code")] = Governance(_month(row, "mayor"), {kind: _month(row, name) for kind, name in GOVERNED.items()},
                                            row.word("source"))
    for year in years_of(folder):
        for body in bodies(year):
            if body.kind == AUTHORITY and body.code not in found:
                raise InputError(f"The strategic authority {body.name} ({body.code}) has no row", file=table_name(path),
                                 allowed="a row for each strategic authority of bodies.csv")
    return found


def _month(row: Row, column: str) -> str:
    """A month, or nothing. Raises InputError, at its row, for what is neither."""
    text = row.word(column)
    try:
        return text if not text or parse_month(text) else ""
    except InputError:
        raise row.error(f"The column '{column}' is '{text[:40]}'", "a month such as 2024-05, or nothing") from None


def governance_of(code: str, year: str) -> tuple[Body, Governance] | None:
    """The strategic authority of a place (by code) and who governs in it; None where the place lies in none."""
    with tables.as_they_are():
        body = authority_of(code, year)
        return None if body is None else (body, _governance(geography_of(year))[body.code])


def governed_by_authority(kind: str, code: str, year: str, month: str) -> bool:
    """Whether the strategic authority of a place (by code) governs its agency of a kind in a month: a mayor the police."""
    found = governance_of(code, year)
    return found is not None and found[1].has_taken_over(kind, month)


def governance_words(code: str, year: str) -> str:
    """Who governs in the strategic authority of a place (by code), with the source; empty where it lies in none that is known."""
    found = governance_of(code, year) if bodies(year) else None
    if found is None:
        return ""
    authority, governance = found
    said = f"with a mayor since {governance.mayor}" if governance.mayor else "without a mayor"
    over = [f"{label(kind)} since {since}" for kind, since in governance.governs.items() if since]
    governs = f", has governed {' and '.join(over)}" if over else ""
    return f"Strategic authority: {authority.name}, {said}{governs} (estimate: {governance.source})"


def agency_called(kind: str, code: str, year: str, month: str) -> str:
    """What a kind of agency is called in a place (by code) in a month: the police of a mayor is no commissioner's."""
    word = AGENCY_KINDS.rows[kind]
    if not bodies(year):
        return word.called(period_of(year))
    return word.called_where(period_of(year), governed_by_authority(kind, code, year, month))


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
