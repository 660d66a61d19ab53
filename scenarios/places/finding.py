"""The names of places, and which place somebody means."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.bodies import KINDS, bodies
from totalplace.scenarios.places.former import FormerCode, former_codes
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.own import own_place
from totalplace.scenarios.places.shapes import GEOGRAPHIES, USUAL_YEAR, YEARS, geography_of

#: Authorities that are no places here, by plain name and by code, as a sentence about them begins: they are too small to model.
LEFT_OUT: Final[Mapping[str, str]] = {
    "city of london": "the City of London is", "e09000001": "the City of London is",
    "isles of scilly": "the Isles of Scilly are", "e06000053": "the Isles of Scilly are",
}
#: Words that say what kind of council one is, as people add them to its name.
_KINDS: Final = frozenset((
    "the", "of", "council", "city", "county", "borough", "metropolitan", "district", "unitary", "authority", "royal", "london"))


@dataclass(frozen=True)
class PlaceName:
    """A place that can be loaded: code, name, region and population (persons, mid-2020; mid-2023 of 2024-25)."""

    code: str
    name: str
    region: str
    population: float


@kept(maxsize=len(GEOGRAPHIES))
def _all_places(folder: str) -> tuple[PlaceName, ...]:
    places = [PlaceName(row.code, row.name, row.region, row.population) for row in tables.indicators(folder).values()]
    return tuple(sorted(places, key=lambda place: place.name))


def names(year: str = USUAL_YEAR) -> list[PlaceName]:
    """All places of a year of spending, in alphabetical order of their names. Raises UnknownName for a year there is not."""
    with tables.as_they_are():
        return list(_all_places(geography_of(year)))


def search(text: str, year: str = USUAL_YEAR) -> list[PlaceName]:
    """Places of a year whose name, region or code contains ``text``, whatever the capitals."""
    wanted = unicodedata.normalize("NFC", text).casefold().strip()
    return [place for place in names(year) if wanted in f"{place.name}\n{place.region}\n{place.code}".casefold()]


@kept(maxsize=len(GEOGRAPHIES))
def _by_name(folder: str) -> Mapping[str, PlaceName]:
    """Every place of a folder by its plain name, and by its code in small letters."""
    found: dict[str, PlaceName] = {}
    for place in _all_places(folder):
        found.setdefault(_plain(place.name), place)
        found.setdefault(place.code.casefold(), place)
    return found


@kept(maxsize=len(GEOGRAPHIES))
def _formerly(folder: str) -> Mapping[str, FormerCode]:
    """Every code and name of another time by its plain spelling."""
    return {_plain(former): row for former, row in former_codes(folder).items()}


def _former(name_or_code: str, year: str) -> FormerCode | None:
    """What a code or name of another time stands for in a year; None for the name of a place that there is in it."""
    folder, plain = geography_of(year), _plain(name_or_code)
    return None if plain in _by_name(folder) else _formerly(folder).get(plain)


def find(name_or_code: str, year: str = USUAL_YEAR) -> PlaceName:
    """The place with a name or code in a year of spending, whatever the capitals.

    A code or name of another time is that of the place it belongs to. Full stops, commas, ``&`` for ``and`` and accents written
    apart do not count. Raises UnknownName with the nearest names, also for a place that has become several.
    """
    own = own_place(name_or_code, year)
    if own is not None:
        return PlaceName(own.code, own.name, own.region, own.people)
    with tables.as_they_are():
        former, by_name = _former(name_or_code, year), _by_name(geography_of(year))
        code = former.code if former is not None else name_or_code.strip()
        found = by_name.get(_plain(name_or_code)) or by_name.get(code.casefold())
        if found is None or (former is not None and former.codes[1:]):
            raise unknown_place(name_or_code, year=year)
        return found


def code_note(name_or_code: str, year: str = USUAL_YEAR) -> str:
    """What a reader should know of a code or name of another time, in a sentence; empty for anything else."""
    with tables.as_they_are():
        former = _former(name_or_code, year)
        return former.words if former is not None else ""


def _became_several(given: str, year: str, former: FormerCode) -> UnknownName:
    """The error of a place of another time that is several in a year, with what became of it."""
    here = tables.indicators(geography_of(year))
    error = UnknownName(f"place of {year}", given.strip(), [here[code].name for code in former.codes])
    error.message += f": {former.words}"
    error.nearest = None
    return error


def unknown_place(given: str, what: str = "place", others: Sequence[str] = (), year: str = USUAL_YEAR) -> UnknownName:
    """The error of a name that no place of a year has, with what a search for it finds first. ``others`` would also be allowed.

    The name of a region is told apart, with the places of the region; so are that of a place of another time that is several now,
    that of a body over several places, such as a strategic authority, and that of an authority that is left out.
    """
    if _plain(given) in LEFT_OUT:
        error = UnknownName(what, given, [*others, *(place.name for place in names(year))])
        error.message += f": {LEFT_OUT[_plain(given)]} left out, too small to model and in no table of the places"
        error.nearest = None
        return error
    former = _former(given, year)
    if former is not None and former.codes[1:]:
        return _became_several(given, year, former)
    of_region = [place.name for place in names(year) if _plain(place.region) == _plain(given)]
    if of_region:
        error = UnknownName(what, given, of_region)
        error.message += f": it is a region, of {len(of_region)} places"
        error.nearest = None
        return error
    of_body = _of_body(given, what, year)
    if of_body is not None:
        return of_body
    every = [place.name for place in names(year)]
    found = sorted(_named_in(given, year), key=lambda name: (_plain(given) not in _plain(name).split(), len(name)))
    error = UnknownName(what, given, [*found, *others, *(name for name in every if name not in found)])
    if found:
        error.nearest = found[0]
    return error


def _of_body(given: str, what: str, year: str) -> UnknownName | None:
    """The error of a name that no place holds but a body over several does, such as Greater Manchester, with the places in it."""
    plain, here = _plain(given), {place.code: place.name for place in names(year)}
    if len(plain) < 4 or _named_in(given, year):
        return None
    for body in sorted(bodies(year) or bodies(YEARS[-1]), key=lambda one: -KINDS.index(one.kind)):  # strategic authorities first
        called, inside = _plain(body.name), sorted(here[code] for code in body.residents if code in here)
        if inside and (f"{plain} ".startswith(f"{called} ") or called.startswith(f"{plain} ")):
            error = UnknownName(what, given, inside)
            error.message += f": the {body.kind} {body.name} has {len(inside)} place{'s' * (len(inside) > 1)}"
            error.nearest = None
            return error
    return None


def _named_in(given: str, year: str) -> list[str]:
    """Names of places that hold what is given, or else what is left of it without the words for a kind of council."""
    plain = _plain(given)
    for wanted in (plain, " ".join(word for word in plain.split() if word not in _KINDS)):
        found = [place.name for place in names(year) if wanted in _plain(place.name)] if len(wanted) > 2 else []
        if found:
            return found
    return []


def _plain(text: str) -> str:
    """A name without what people write one way or another: capitals, full stops, commas, hyphens."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("&", " and ")
    return " ".join(plain.replace(".", "").replace(",", " ").replace("-", " ").split())
