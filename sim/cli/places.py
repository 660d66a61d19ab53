"""Commands about places: which there are, and what one is: its money and how good each figure is, its bodies, its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from totalplace.sim.cli.output import console, table
from totalplace.sim.cli.own_places import check, template

if TYPE_CHECKING:
    from rich.table import Table

    from totalplace.scenarios.places import Place
    from totalplace.scenarios.places.own import OwnPlace

places = typer.Typer(help="List the places, show one, make one of your own from a spreadsheet.", invoke_without_command=True)
places.command("template")(template)
places.command("check")(check)
Search = Annotated[str | None, typer.Option(help="Only places whose name, code or region contains this.")]
Year = Annotated[str | None, typer.Option(help="Year of spending: 2010-11, 2017-18 or 2024-25.", show_default="2010-11")]
#: A line below this, £m, is left out of the list of lines.
LEAST: Final = 0.0005
LEGEND: Final = (
    "Quality: actual, filed or published for the place; formula, an actual of a larger body, split by the weights by which it is "
    "given out, or by residents; estimate, split by what stands for need, or not filed. ±: how far the figure can be off."
)


@places.callback()
def _places(context: typer.Context, search: Search = None, year: Year = None) -> None:
    if context.invoked_subcommand is None:
        list_places(search, year)


@places.command("list")
def list_places(search: Search = None, year: Year = None) -> None:
    """List the places, with code, region and population."""
    from totalplace.scenarios import places as all_places
    from totalplace.scenarios.places.quality import marked

    of = _year(year)
    found = all_places.search(search, of) if search else all_places.names(of)
    listing = table()
    listing.add_column("place")
    listing.add_column("code", no_wrap=True)
    listing.add_column("region")
    listing.add_column("population", justify="right")
    for place in found:
        listing.add_row(marked(place.code, of), place.code, place.region, f"{place.population:,.0f}")
    if found:
        console().print(listing)
    if search and not found:
        raise all_places.unknown_place(search, "place with", year=of)


@places.command("show")
def show_place(
    name: Annotated[str, typer.Argument(help="Name or code of a place, or a spreadsheet with one of your own.")], year: Year = None
) -> None:
    """Show a place: money by body and by line with its quality, indicators, bodies larger than it, neighbours."""
    from totalplace.scenarios import places as all_places
    from totalplace.scenarios.own_places import implausible
    from totalplace.scenarios.places.authorities import governance_words
    from totalplace.scenarios.places.quality import marked, own_note

    own, of = _own(name, year)
    place = all_places.load(name if own is None else own.code, of)
    note = all_places.code_note(name, of) if own is None else own_note(own)
    out = console()
    where = f"{marked(place.code, of)} ({place.code}), {place.region}"
    out.print(f"{where}: {place.population:,.0f} people, budgets of {of}", soft_wrap=True)
    if note:
        out.print(f"Note: {note}", soft_wrap=True)
    for words in implausible(own) if own is not None else ():
        out.print(f"Warning: {words}", soft_wrap=True, markup=False)
    for words in _warnings(place):
        out.print(f"Estimate: {words}", soft_wrap=True)
    for listing in (_money(place), _lines(place), _indicators(place), _bodies(place)):
        if listing.row_count:
            out.print(listing, markup=False)
    if who := governance_words(place.code, of):
        out.print(f"{who}.", soft_wrap=True)
    beside = all_places.neighbours(place.code, of)
    out.print(f"Neighbours: {', '.join(beside) or 'none by land'}.", soft_wrap=True)
    out.print(LEGEND, soft_wrap=True)


def _own(name: str, year: str | None) -> tuple[OwnPlace | None, str]:
    """The place of a user's own in a file, if the name is that of one, and the year to show it in. Raises InputError."""
    from pathlib import Path

    from totalplace.scenarios.errors import InputError
    from totalplace.scenarios.own_places import is_place_file, read_place

    if not is_place_file(name):
        return None, _year(year)
    own = read_place(Path(name))
    if year is not None and _year(year) != own.year:
        raise InputError(f"{own.name} has money of {own.year}, not of {year}", file=name, allowed=f"the year {own.year}, or none")
    return own, own.year


def _year(given: str | None) -> str:
    """A year of spending that there is, the usual one where none is given. Raises UnknownName."""
    from totalplace.scenarios.errors import UnknownName
    from totalplace.scenarios.places.shapes import USUAL_YEAR, YEARS

    if given is None:
        return USUAL_YEAR
    if given not in YEARS:
        raise UnknownName("year of spending", given, YEARS)
    return given


def _warnings(place: Place) -> Iterator[str]:
    """What of a place was not filed, a sentence for each way in which it was filled."""
    from totalplace.scenarios.places.quality import estimated_lines, of_lines
    from totalplace.scenarios.places.shapes import ESTIMATE

    ways: dict[str, list[str]] = {}
    known = of_lines(place.code, place.year)
    estimated = (estimated_lines(place.code, place.year) if place.own is None
                 else {line: one for line, one in known.items() if one.quality == ESTIMATE})
    for line, one in estimated.items():
        ways.setdefault(one.how, []).append(_words(line))
    for how, lines in ways.items():
        yield f"{'; '.join(lines)}: {how}"


def _words(line: str) -> str:
    """A line of the accounts as a sheet of one's own names it."""
    from totalplace.scenarios.own_places.rows import ROWS

    return ROWS[line].label if line in ROWS else line.replace("_", " ")


def _money(place: Place) -> Table:
    """Money by body, £m and £ a head, with its quality."""
    from totalplace.scenarios.calendar import october_of
    from totalplace.scenarios.period_words import called
    from totalplace.scenarios.places.authorities import agency_called
    from totalplace.scenarios.places.quality import of_money
    from totalplace.scenarios.places.shapes import UNALLOCATED
    from totalplace.scenarios.vocabulary import AGENCY_KINDS, ENTITLEMENTS, period_of

    order = (*AGENCY_KINDS, *ENTITLEMENTS, UNALLOCATED)
    known, period = of_money(place.code, place.year), period_of(place.year)
    listing = table(f"Money by body, at prices of {place.year}")
    for column in ("body", "£m", "£ a head", "±"):
        listing.add_column(column, justify="left" if column == "body" else "right", no_wrap=column != "body")
    listing.add_column("quality")
    for word, amount in sorted(known.items(), key=lambda one: order.index(one[0])):
        a_head = 1e6 * amount.total / place.population
        name = (agency_called(word, place.code, place.year, october_of(place.year)) if word in AGENCY_KINDS
                else called(word, period, ENTITLEMENTS))
        listing.add_row(name, f"{amount.total:,.1f}", f"{a_head:,.0f}",
                        f"{amount.off:,.1f}", amount.words)
    listing.add_row("all", f"{place.total:,.1f}", f"{1e6 * place.total / place.population:,.0f}", "", "")
    return listing


def _lines(place: Place) -> Table:
    """Lines of the accounts, £m, with quality and how each was made."""
    from totalplace.scenarios.places import records
    from totalplace.scenarios.places.quality import of_lines

    amounts, known = records.spending_of(place.code, place.year), of_lines(place.code, place.year)
    listing = table("Lines of the accounts")
    listing.add_column("line")
    listing.add_column("£m", justify="right", no_wrap=True)
    listing.add_column("±", justify="right", no_wrap=True)
    listing.add_column("quality", no_wrap=True)
    listing.add_column("how it was made")
    for line, one in known.items():
        if abs(amounts[line]) > LEAST:
            listing.add_row(_words(line), f"{amounts[line]:,.1f}", f"{one.margin:.0%}", one.quality, one.how)
    return listing


def _indicators(place: Place) -> Table:
    """Indicators in their own units, with basis."""
    from totalplace.scenarios.indicators import INDICATORS

    listing = table("Outcomes in natural units")
    for column in ("indicator", "base", "unit", "basis"):
        listing.add_column(column, justify="right" if column == "base" else "left")
    for one, value, basis in zip(INDICATORS.values(), place.indicator_base, place.indicator_basis, strict=True):
        listing.add_row(one.label, f"{value:,.0f}" if value >= 1000.0 else f"{value:.1f}", one.unit, basis)
    return listing


def _bodies(place: Place) -> Table:
    """Bodies that the place lies in, what they spend in all, and what of them the place is."""
    from totalplace.scenarios.places import bodies_of

    listing = table("Bodies larger than the place")
    listing.add_column("body")
    listing.add_column("kind")
    for column in ("all of it, £m", "places", "of its people", "of its need"):
        listing.add_column(column, justify="right")
    listing.add_column("quality")
    for body in bodies_of(place.code, place.year):
        listing.add_row(body.name, body.kind, "" if body.money is None else f"{body.money:,.0f}", str(len(body.residents)),
                        f"{body.residents[place.code]:.1%}", f"{body.need[place.code]:.1%}", body.quality)
    return listing
