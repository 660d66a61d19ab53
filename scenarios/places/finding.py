"""The names of places, and which place somebody means."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept


@dataclass(frozen=True)
class PlaceName:
    """A place that can be loaded: code, name, region and population (persons, mid-2020)."""

    code: str
    name: str
    region: str
    population: float


@kept(maxsize=1)
def _all_places() -> tuple[PlaceName, ...]:
    places = [PlaceName(row.code, row.name, row.region, row.population) for row in tables.indicators().values()]
    return tuple(sorted(places, key=lambda place: place.name))


def names() -> list[PlaceName]:
    """All places, in alphabetical order of their names."""
    with tables.as_they_are():
        return list(_all_places())


def search(text: str) -> list[PlaceName]:
    """Places whose name, region or code contains ``text``, whatever the capitals."""
    wanted = unicodedata.normalize("NFC", text).casefold().strip()
    return [place for place in names() if wanted in f"{place.name}\n{place.region}\n{place.code}".casefold()]


@kept(maxsize=1)
def _by_name() -> Mapping[str, PlaceName]:
    """Every place by its plain name, and by its code in small letters."""
    found: dict[str, PlaceName] = {}
    for place in _all_places():
        found.setdefault(_plain(place.name), place)
        found.setdefault(place.code.casefold(), place)
    return found


def find(name_or_code: str) -> PlaceName:
    """The place with a name or code, whatever the capitals; a code of another time is that of the place it belongs to.

    Full stops, commas, ``&`` for ``and`` and accents written apart do not count. Raises UnknownName with the nearest names.
    """
    with tables.as_they_are():
        former = tables.former_codes().get(name_or_code.strip().upper())
        code = former.code if former is not None else name_or_code.strip()
        found = _by_name().get(_plain(name_or_code)) or _by_name().get(code.casefold())
        if found is None:
            raise unknown_place(name_or_code)
        return found


def code_note(name_or_code: str) -> str:
    """What a reader should know of a code of another time, in a sentence; empty for anything else."""
    with tables.as_they_are():
        former = tables.former_codes().get(name_or_code.strip().upper())
        return former.words if former is not None else ""


def unknown_place(given: str, what: str = "place", others: Sequence[str] = ()) -> UnknownName:
    """The error of a name that no place has, with what a search for it finds first. ``others`` would also be allowed.

    The name of a region is told apart, with the places of the region.
    """
    of_region = [place.name for place in names() if _plain(place.region) == _plain(given)]
    if of_region:
        error = UnknownName(what, given, of_region)
        error.message += f": it is a region, of {len(of_region)} places"
        error.nearest = None
        return error
    every = [place.name for place in names()]
    found = sorted(_named_in(given), key=lambda name: (_plain(given) not in _plain(name).split(), len(name)))
    error = UnknownName(what, given, [*found, *others, *(name for name in every if name not in found)])
    if found:
        error.nearest = found[0]
    return error


def _named_in(given: str) -> list[str]:
    """Names of places that hold what is given."""
    wanted = _plain(given)
    return [place.name for place in names() if wanted in _plain(place.name)] if len(wanted) > 2 else []


def _plain(text: str) -> str:
    """A name without what people write one way or another: capitals, full stops, commas, hyphens."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("&", " and ")
    return " ".join(plain.replace(".", "").replace(",", " ").replace("-", " ").split())
