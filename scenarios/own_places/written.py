"""A place of one's own as the text of a scenario holds it, so that results need the file no more."""

from __future__ import annotations

from typing import Any, Final

from totalplace.scenarios.own_places.rows import AGES, lines_of
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.money import COUNCIL_LINES
from totalplace.scenarios.places.own import Line, OwnPlace, known
from totalplace.scenarios.places.shapes import QUALITIES, YEARS
from totalplace.scenarios.reading import Marked

_KEYS: Final = (
    "name", "year", "region", "people", "ages", "deprivation", "like", "complex_families", "spending", "estimated", "file",
    "sha256",
)
_LINE_KEYS: Final = ("amount", "quality", "margin", "how")
#: Technical: the largest number of people, and of £m in a line.
_MOST: Final = 2e7


def place_of_text(item: Marked) -> OwnPlace:
    """The place that the value of ``place`` in a scenario holds in full. Raises InputError, at its line."""
    fields = _mapping(item, _KEYS, "a place")
    year = fields["year"].text("'year'")
    if year not in YEARS:
        raise fields["year"].unknown("year of spending", year, YEARS)
    spending = _mapping(fields["spending"], lines_of(year), "the money of a place")
    ages = _mapping(fields["ages"], AGES, "the ages of a place")
    like = fields["like"].text("'like'")
    codes = tuple(place.code for place in names(year))
    if like not in codes:
        raise fields["like"].unknown("place with the code", like, codes)
    lines = {line: _line(one, 0.0 if line not in COUNCIL_LINES else -_MOST) for line, one in spending.items()}
    if sum(lines[line].amount for line in COUNCIL_LINES if line in lines and line != "council_fire") <= 0.0:
        raise fields["spending"].error("The services of the council add up to no money", "more than £0m in all")
    persons = {band: one.number(f"'{band}'", 0.001, _MOST) for band, one in ages.items()}
    whole = fields["people"].number("'people'", 1_000.0, _MOST)
    if abs(sum(persons.values()) - whole) > 0.001 * whole:
        raise fields["ages"].error(f"People by age add up to {sum(persons.values()):,.0f}", f"{whole:,.0f}, all people")
    text = {key: fields[key].text(f"'{key}'") for key in ("name", "region", "file", "sha256")}
    return known(OwnPlace(
        **text, year=year, people=whole, ages=persons, like=like,
        deprivation=fields["deprivation"].number("'deprivation'", 0.001, 100.0),
        complex_families=fields["complex_families"].number("'complex_families'", 0.0, _MOST), lines=lines,
        estimated=tuple(one.text("'estimated'") for one in fields["estimated"].items("'estimated'")),
    ))


def _mapping(item: Marked, keys: tuple[str, ...], what: str) -> dict[str, Marked]:
    """A mapping with every one of ``keys`` and no other. Raises InputError."""
    fields = item.mapping(what[:1].upper() + what[1:])
    for key in fields:
        if key not in keys:
            raise item.unknown_key("key", key, keys, f"in {what}")
    for key in keys:
        if key not in fields:
            raise item.error(f"{what[:1].upper()}{what[1:]} lacks the key '{key}'", keys)
    return {key: fields[key] for key in keys}


def _line(item: Marked, least: float) -> Line:
    fields = _mapping(item, _LINE_KEYS, "a line")
    quality = fields["quality"].text("'quality'")
    if quality not in QUALITIES:
        raise fields["quality"].unknown("quality", quality, QUALITIES)
    return Line(fields["amount"].number("'amount'", least, _MOST), quality, fields["margin"].number("'margin'", 0.0, 1.0),
                fields["how"].text("'how'"))


def written(place: OwnPlace, source: str, at: Any = None) -> Marked:
    """A place as the marked value that :func:`place_of_text` reads, at the place ``at`` (a marked value), if there is one."""
    from totalplace.scenarios.reading import marked

    made = marked(place.written(), source)
    return made if at is None else Marked(made.value, at.file, at.line, at.column, at.key_line, at.key_column)


