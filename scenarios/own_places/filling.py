"""From what a sheet gives to a whole place: what is not given is taken a head from places like it and marked as an estimate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import UnknownName, nearest_name
from totalplace.scenarios.own_places.amounts import a_head_in_words, close, in_unit
from totalplace.scenarios.own_places.book import read_book
from totalplace.scenarios.own_places.factors import BEYOND, refuse_factor
from totalplace.scenarios.own_places.given import Given
from totalplace.scenarios.own_places.grids import Book
from totalplace.scenarios.own_places.likes import a_head, margin_of, most_like, place_called
from totalplace.scenarios.own_places.rows import (
    AGES,
    COUNCIL_TOTAL,
    GROUPS,
    ROWS,
    ages_of,
    by_group,
    instead_of,
    lines_of,
    mean_deprivation,
)
from totalplace.scenarios.own_places.sheet import given_in
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import PlaceName, names
from totalplace.scenarios.places.money import COUNCIL_LINES
from totalplace.scenarios.places.own import Line, OwnPlace, known
from totalplace.scenarios.places.quality import listed, of_lines
from totalplace.scenarios.places.shapes import ACTUAL, ESTIMATE, geography_of

#: Fewest and most people of a place; the smallest real place has 37,000, the largest 1.6 million.
LEAST_PEOPLE, MOST_PEOPLE = 1_000.0, 20_000_000.0
#: Lines of which a place has one or the other.
_EITHER: Final = ("fire", "council_fire")
#: Margin of a line as given, a share of it, where the real places of the year say nothing better: judgement, 0 to 0.05.
OWN_MARGIN: Final = 0.02
#: What a total leaves, £ a head, that is rounding at most: judgement, 1 to 5.
ROUNDING: Final = 2.0
#: How it is told where a line comes from: the cell of the file, or what a total leaves.
GIVEN, LEAVES = "given in ", "what the total in "


def read_place(path: Path) -> OwnPlace:
    """The place in a file. Raises InputError for a file that cannot be used, also where its amounts are in another unit."""
    with tables.as_they_are():
        place = own_place_of(given_in(read_book(path)))
        refuse_absurd(place, path.name)
        return place


def place_of_book(book: Book) -> OwnPlace:
    """The same of a file that is read already."""
    with tables.as_they_are():
        place = own_place_of(given_in(book))
        refuse_absurd(place, book.file)
        return place


def own_place_of(given: Given) -> OwnPlace:
    """The place that a sheet gives, filled from places like it. Raises InputError, at sheet and cell."""
    if given.people is None:
        raise given.grid.error(f"The sheet does not say how many people live in the place{_read_from(given)}",
                               given.cells.get("people"), f"a number beside '{ROWS['people'].label}'")
    if not LEAST_PEOPLE <= given.people <= MOST_PEOPLE:
        cell = given.cells.get("people")
        marked = cell is not None and bool(set(cell.text) & set(",."))
        read = f", as '{cell.text[:40]}' is read beside the other numbers" if cell is not None and marked else ""
        told = f"The place has {given.people:,.0f} people{read}"
        raise given.grid.error(told, cell, f"{LEAST_PEOPLE:,.0f} to {MOST_PEOPLE:,.0f}")
    if not given.money and not given.totals:
        allowed = "an amount beside one body at least, such as NHS or Police"
        raise given.grid.error(f"The sheet has no amount of money{_read_from(given)}", None, allowed)
    like = _found(given, given.like, "like") if given.like is not None else None
    score = _deprivation(given, like)
    sources = (like,) if like is not None else most_like(score, given.year, given.people)
    base = sources[0]
    lines = _lines(given, sources, score)
    families = tables.indicators(geography_of(given.year))[base.code].complex_families / base.population * given.people
    place = OwnPlace(
        name=given.name, year=given.year, region=_region(given) or base.region, people=_tidy(given.people),
        ages={band: _tidy(persons) for band, persons in _ages(given, base).items()}, deprivation=round(score, 4), like=base.code,
        complex_families=_tidy(families if given.complex_families is None else given.complex_families), lines=lines,
        estimated=tuple(_estimated(given, base)), file=given.book.file, sha256=given.book.sha256,
    )
    return known(place)


def _estimated(given: Given, base: PlaceName) -> Iterator[str]:
    """What beside money is not given, with what stands in its place."""
    if not given.ages:
        yield f"people by age: as in {base.name}"
    elif len(given.ages) < len(AGES):
        known = listed(tuple(ROWS[band].label.removeprefix("People aged ") for band in AGES if band in given.ages))
        yield f"people by age: {known} given, other ages as in {base.name}"
    if isinstance(given.deprivation, str):
        yield f"deprivation: as in {_found(given, given.deprivation, 'deprivation').name}"
    elif given.deprivation is None:
        yield f"deprivation: as in {base.name}"
    if given.complex_families is None:
        yield f"families with complex needs: as in {base.name}"


def _read_from(given: Given) -> str:
    """What to know where something is missing: the column that is read, and rows that are not known."""
    return "".join(f"; {one}" for one in given.clues)


def _tidy(number: float) -> float:
    """A number of people to a thousandth: no digits that mean nothing in texts."""
    return round(number, 3)


def _found(given: Given, name: str, key: str) -> PlaceName:
    """A real place by name, of the year of the sheet. Raises InputError, at its cell."""
    cell = given.cells.get(key)
    try:
        return place_called(name, given.year)
    except UnknownName as problem:
        raise given.grid.error(problem.message, cell, tuple(problem.allowed), problem.nearest) from None


def _deprivation(given: Given, like: PlaceName | None) -> float:
    """The score of deprivation. Raises InputError where neither a score nor a place says it."""
    if isinstance(given.deprivation, float):
        return given.deprivation
    if given.deprivation is not None:
        return mean_deprivation(_found(given, given.deprivation, "deprivation").code, given.year)
    if like is None:
        allowed = f"a place of England beside '{ROWS['like'].label}', or a score beside '{ROWS['deprivation'].label}'"
        told = f"The sheet says neither which place it is like nor how deprived it is{_read_from(given)}"
        raise given.grid.error(told, None, allowed)
    return mean_deprivation(like.code, given.year)


def _region(given: Given) -> str | None:
    regions = sorted({place.region for place in names(given.year)})
    if given.region is None:
        return None
    found = next((region for region in regions if region.casefold() == given.region.casefold()), None)
    if found is None:
        raise given.grid.error(f"There is no region '{given.region[:40]}'", given.cells.get("region"), regions,
                               nearest_name(given.region, regions))
    return found


def _ages(given: Given, like: PlaceName) -> dict[str, float]:
    """Persons by age band: those given, the rest as in the place like it. They add up to all people."""
    people = float(given.people or 0.0)
    theirs = ages_of(like.code, given.year)
    rest = people - sum(given.ages.values())
    others = sum(theirs[band] for band in AGES if band not in given.ages)
    ages = {band: given.ages.get(band, theirs[band] / others * rest if others else 0.0) for band in AGES}
    total = sum(ages.values())
    if any(persons <= 0.0 for persons in ages.values()):
        empty = next(band for band, persons in ages.items() if persons <= 0.0)
        told = f"Nobody would be of the age {empty.replace('_', ' ')}"
        raise given.grid.error(told, given.cells.get(empty), "more than 0 people")
    return {band: persons / total * people for band, persons in ages.items()}


def is_left(given: Given, line: str) -> bool:
    """Whether the amount of a line is what the template was filled with, and so no amount of the place."""
    return line in given.money and given.money[line].left


def _lines(given: Given, sources: Sequence[PlaceName], score: float) -> dict[str, Line]:
    """Every line in use in the year: as given, or estimated. Raises InputError for lines that cannot be."""
    used = lines_of(given.year)
    own = {line: one for line, one in given.money.items() if not one.left}
    for line, one in own.items():
        if line not in used:
            told = f"'{ROWS[line].label}' is no line of its own in {given.year}"
            raise given.grid.error(told, one.cell, instead_of(line, own) or tuple(ROWS[other].label for other in used))
        if one.amount < 0.0 and line not in COUNCIL_LINES:
            allowed = "0 or more; only services of a council may be net of fees"
            raise given.grid.error(f"'{ROWS[line].label}' is below zero", one.cell, allowed)
    if any(line in own for line in _EITHER):
        given_zero = {line for line in _EITHER if line not in own}
    else:
        given_zero = set()
    quality = of_lines(sources[0].code, given.year)
    amounts, how = _estimates(given, used, sources), _how(sources)
    margins = {line: margin_of(line, given.year, score, quality[line].margin) for line in used}
    made: dict[str, Line] = {}
    for line in used:
        if line in own:
            margin = OWN_MARGIN if own[line].quality == ACTUAL else max(OWN_MARGIN, quality[line].margin)
            where = f"{GIVEN}{given.book.file}, {own[line].cell.name}"
            made[line] = Line(round(own[line].amount, 6), own[line].quality, margin, where)
        elif line in given_zero:
            made[line] = Line(0.0, ACTUAL, 0.0, "the other line of fire and rescue is given")
        else:
            made[line] = Line(round(amounts[line], 6), ESTIMATE, margins[line], how)
    made |= _from_totals(given, own, made, margins, sources)
    if sum(made[line].amount for line in COUNCIL_LINES if line in made and line != "council_fire") <= 0.0:
        refuse_factor(made, float(given.people or 0.0), given.year, given.book.file)
        told = "The services of the council add up to no money"
        raise given.grid.error(told, given.cells.get(COUNCIL_TOTAL), "more than 0 in all")
    return made


def _how(sources: Sequence[PlaceName]) -> str:
    listed = ", ".join(place.name for place in sources)
    return f"£ a head of {listed}" if len(sources) == 1 else f"median £ a head of {listed}, which are as deprived"


def _estimates(given: Given, used: Sequence[str], sources: Sequence[PlaceName]) -> dict[str, float]:
    """£m by line at the spend a head of places like it."""
    return {line: a_head(line, given.year, sources) * float(given.people or 0.0) / 1e6 for line in used}


def _from_totals(
    given: Given, own: Mapping[str, object], made: Mapping[str, Line], margins: Mapping[str, float], sources: Sequence[PlaceName]
) -> dict[str, Line]:
    """Lines that the total of their group says more of: what it leaves to them, split as in places like it. Raises InputError."""
    changed: dict[str, Line] = {}
    for group, members in by_group(given.year).items():
        key = f"total_{group}"
        if key not in given.totals:
            continue
        total, cell = given.totals[key].amount, given.totals[key].cell
        written = [given.money[line].amount for line in members if line in given.money]
        left = [line for line in members if line not in own and not (line in _EITHER and made[line].quality == ACTUAL)]
        is_sum = bool(written) and close(total, sum(written), len(written), given.unit)
        if (is_sum and any(is_left(given, line) for line in members)) or (cell.adds_up and (is_sum or not written)):
            continue  # a check of what is written, no knowledge of more
        left = [] if cell.adds_up else left
        rest = total - sum(made[line].amount for line in members if line not in left)
        if is_sum and left:
            rest = 0.0
        if (not left and not is_sum) or rest < 0.0:
            what = sum(written) if not left else sum(made[line].amount for line in members if line not in left)
            add_up = in_unit(what, given.unit)
            told = f"The total of '{GROUPS[group]}' is {in_unit(total, given.unit)}, its rows add up to {add_up}"
            raise given.grid.error(told, cell, "the sum of the rows" if not left else "at least the sum of the rows")
        _refuse_remainder(given, group, left, rest)
        whole = sum(abs(made[line].amount) for line in left)
        listed = ", ".join(place.name for place in sources)
        for line in left:
            share = abs(made[line].amount) / whole if whole else 1.0 / len(left)
            split = f", split as in {listed}" if len(left) > 1 else ""
            how = f"{LEAVES}{cell.name} leaves ({in_unit(rest, given.unit)}){split}"
            changed[line] = Line(round(rest * share, 6), ESTIMATE, margins[line], how)
    return changed


def _refuse_remainder(given: Given, group: str, left: Sequence[str], rest: float) -> None:
    """Raise InputError where a total leaves far more to the rows that are not given than real places have for them."""
    people = float(given.people or 0.0)
    money = [(records.spending_of(one.code, given.year), one.population) for one in names(given.year)]
    real = [1e6 * sum(amounts[line] for line in left) / persons for amounts, persons in money]
    mine, most = 1e6 * rest / people, max(real, default=0.0)
    if not left or rest <= 0.0 or mine <= max(BEYOND * most, ROUNDING):
        return
    one = given.totals[f"total_{group}"]
    labels = ", ".join(ROWS[line].label for line in left) if len(left) <= 3 else f"{len(left)} rows that are not given"
    told = (f"The total of '{GROUPS[group]}' is {in_unit(one.amount, given.unit)}. It leaves {in_unit(rest, given.unit)} to "
            f"{labels}: {a_head_in_words(mine)} a head; in real places {a_head_in_words(min(real))} to {a_head_in_words(most)}")
    raise given.grid.error(told, one.cell, "the sum of the rows, or the rows that it lacks")


def refuse_absurd(place: OwnPlace, file: str) -> None:
    """Raise InputError where money a head is so far from that of every real place that its unit must be another."""
    refuse_factor(place.lines, place.people, place.year, file)
