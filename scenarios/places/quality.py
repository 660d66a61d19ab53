"""How good the money of a place is, line by line: actual, formula or estimate, how far it can be off, and how it was made.

``quality.csv`` in the folder of the places has a row for every line, and one more for each place in which it is another. An
*actual* was filed or published for the place. A *formula* is an actual of a body larger than the place, split by the weights by
which that money is given out or by residents. An *estimate* is money of a region split by what stands for need, or a line that was
not filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import find
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.money import destinations, net_negative_lines
from totalplace.scenarios.places.own import OwnPlace, own_place
from totalplace.scenarios.places.rows import read_rows, table_name
from totalplace.scenarios.places.shapes import ACTUAL, ESTIMATE, GEOGRAPHIES, LINES, QUALITIES, USUAL_YEAR, geography_of
from totalplace.scenarios.vocabulary import AGENCY_KINDS

#: Every place of the folder that has no row of its own for a line.
EVERY_PLACE: Final = "all"
TABLE: Final = "quality.csv"
#: A line that every upper-tier council has: where it is an estimate, the council filed nothing.
UPPER: Final = "council_adult_social_care"
#: The line of which it is a part in years that have no line of its own.
_JOINT: Final = "council_social_care_all"
#: What follows the name of a place whose council filed nothing, wherever it shows.
MARK: Final = "(estimate)"
#: Technical: a share below this is not told.
LEAST: Final = 0.005


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a line is: one of QUALITIES, how far it can be off as a share of it (0-1), and how it was made."""

    quality: str
    margin: float
    how: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of an agency, an entitlement or what no agency spends, £m a year.

    ``by_quality`` adds up to it; ``off`` is how far it can be off if all its lines are off the same way.
    """

    by_quality: Mapping[str, float]
    off: float

    @property
    def total(self) -> float:
        """All of it, £m."""
        return sum(self.by_quality.values())

    @property
    def words(self) -> str:
        """Its quality in words: that of most of the money first, with the parts where there are several."""
        parts = sorted(((amount, quality) for quality, amount in self.by_quality.items() if amount > 0.0), reverse=True)
        if len(parts) < 2:
            return parts[0][1] if parts else ACTUAL
        shares = [(max(1, round(100.0 * amount / self.total)), quality) for amount, quality in parts]
        return ", ".join(f"{quality} {min(99, share)}%" for share, quality in shares)


@kept(maxsize=len(GEOGRAPHIES))
def _rows(folder: str) -> Mapping[tuple[str, str], Quality]:
    """Quality by line and place (or all) of a folder. Raises InputError for a faulty table, and for a line without a row."""
    path = tables.HERE / folder / TABLE
    found: dict[tuple[str, str], Quality] = {}
    for row in read_rows(path, ("line", "code", "quality", "margin", "how")):
        key = row.word("line", LINES), row.word("code", (EVERY_PLACE, *tables.indicators(folder)))
        if key in found:
            raise row.error(f"There are two rows of '{key[0]}' for '{key[1]}'", "one row for each line and place")
        margin = row.number("margin")
        if not 0.0 <= margin <= 1.0:
            raise row.error(f"The margin is {margin:g}", "0 to 1, a share of the line")
        found[key] = Quality(row.word("quality", QUALITIES), margin, row.word("how"))
    for line in LINES:
        if (line, EVERY_PLACE) not in found:
            raise InputError(f"There is no row of the line '{line}' for '{EVERY_PLACE}'", file=table_name(path), allowed=LINES)
    return MappingProxyType(found)


def of_lines(place: str, year: str = USUAL_YEAR) -> dict[str, Quality]:
    """How good each line of the accounts of a place, by name or code, is in a year. Raises InputError."""
    own = own_place(place, year)
    if own is not None:
        return {line: Quality(one.quality, one.margin, one.how) for line, one in own.lines.items()}
    with tables.as_they_are():
        code, rows = find(place, year).code, _rows(geography_of(year))
        return {line: rows.get((line, code), rows[line, EVERY_PLACE]) for line in LINES}


def of_money(place: str, year: str = USUAL_YEAR) -> dict[str, Amount]:
    """How good the money of each agency, each entitlement and what no agency spends is, by word. Raises InputError."""
    with tables.as_they_are():
        lines, known = net_negative_lines(records.spending_of(find(place, year).code, year)), of_lines(place, year)
        parts: dict[str, dict[str, float]] = {}
        off: dict[str, float] = {}
        for line, destination, _, share in destinations(year):
            if line not in known:
                continue  # of a place of one's own: not in use in its year
            amount, one = lines[line] * share, known[line]
            own = parts.setdefault(destination, dict.fromkeys(QUALITIES, 0.0))
            own[one.quality] += amount
            off[destination] = off.get(destination, 0.0) + abs(amount) * one.margin
        return {destination: Amount(MappingProxyType(own), off[destination]) for destination, own in parts.items()}


def estimated_lines(place: str, year: str = USUAL_YEAR) -> dict[str, Quality]:
    """Lines of a place that it should have filed and did not, as those of most places are actual. Raises InputError."""
    usual = _rows(geography_of(year))
    known = of_lines(place, year)
    return {line: one for line, one in known.items() if one.quality == ESTIMATE and usual[line, EVERY_PLACE].quality == ACTUAL}


def is_estimate(place: str, year: str = USUAL_YEAR) -> bool:
    """Whether the council of a place filed nothing, so that the place is marked wherever it shows. Raises InputError."""
    return any(line in estimated_lines(place, year) for line in (UPPER, _JOINT))


def marked(place: str, year: str = USUAL_YEAR) -> str:
    """The name of a place as results show it, from its name or code: ``Birmingham (estimate)`` in 2024-25. Raises InputError."""
    name = find(place, year).name
    return f"{name} {MARK}" if is_estimate(place, year) else name


def _of_agencies(place: str, year: str) -> dict[str, float]:
    """The shares of the money of the agencies of a place (0-1) by quality; empty where they have none."""
    money = [amount for word, amount in of_money(place, year).items() if word in AGENCY_KINDS]
    total = sum(amount.total for amount in money)
    return {quality: sum(amount.by_quality[quality] for amount in money) / total for quality in QUALITIES} if total else {}


def in_words(place: str, year: str = USUAL_YEAR) -> str:
    """How good the money of the agencies of a place is: ``actual 30%, formula 54%, estimate 16%``. Raises InputError."""
    shares = _of_agencies(place, year)
    return ", ".join(f"{quality} {100.0 * share:.0f}%" for quality, share in shares.items() if share > LEAST) or "no money"


def notes(place: str, year: str = USUAL_YEAR) -> tuple[str, ...]:
    """What a reader of results should know of a place whose council filed nothing, or of one's own. Raises InputError."""
    own = own_place(place, year)
    if own is not None:
        return (own_note(own),)
    if not is_estimate(place, year):
        return ()
    name, how = find(place, year).name, of_lines(place, year)[UPPER].how
    return (f"{name} filed no accounts of {year}, so the money of its council is an estimate: {how}",)


def own_note(own: OwnPlace) -> str:
    """What a reader of results should know of a place of one's own: where it comes from, and what of it is an estimate."""
    estimated = [one for one in own.lines.values() if one.quality == ESTIMATE]
    share = estimated_share(own)
    read = f"read from {own.file} (SHA-256 {own.sha256[:12]})" if own.file else "given in the scenario"
    like = records.facts_of(own.like, geography_of(own.year)).name
    also = f" ({'; '.join(own.estimated)})" if own.estimated else ""
    lines = f"{len(estimated)} of its {len(own.lines)} lines of money, and {share:.0%} of the money of its agencies"
    return (f"{own.name} is a place of your own, {read}: {lines}, "
            f"are estimates from places like it{also}; small areas, health and outcomes are those of {like}, in proportion")


def estimated_share(own: OwnPlace) -> float:
    """The share of the money of the agencies of a place of one's own that is an estimate (0-1)."""
    return _of_agencies(own.code, own.year).get(ESTIMATE, 0.0)


def listed(words: tuple[str, ...]) -> str:
    """Words as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
