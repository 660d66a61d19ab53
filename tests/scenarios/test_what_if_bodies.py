"""A change that the bodies of a place do not face is a what-if, and a note says so."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest

from totalplace.scenarios import load
from totalplace.scenarios.places import bodies, find, names, tables
from totalplace.scenarios.places.authorities import AUTHORITY, agency_called, authority_of
from totalplace.scenarios.places.rows import read_rows

YEAR: Final = "2024-25"


def what_ifs(name: str, place: str, *settings: str, **fields: Any) -> list[str]:
    return [note for note in load(name, place=place, set=list(settings), **fields).notes if note.startswith("what if")]


@pytest.mark.parametrize(("place", "said"), [
    ("Kent", ""), ("Surrey", ""), ("Birmingham", "a metropolitan district already"), ("Camden", "a London borough already"),
    ("Leicester", "Leicester is a unitary council already, and only counties with districts are reorganised; the council of "
                  "Leicester stays, unless a new council takes it in together with Leicestershire"),
    ("Hartlepool", "the council of Hartlepool stays"),
])
def test_reorganisation_is_for_counties(place: str, said: str) -> None:
    notes = what_ifs("reorganisation", place)
    assert len(notes) == (1 if said else 0)
    assert said in "".join(notes)
    if place == "Hartlepool":
        assert "unless" not in notes[0], "no county is beside it"


#: Places by their strategic authority and by what a note says of who governs the police from May 2028, counted by hand.
#: Every place that no row names lies in no strategic authority.
MAYOR_ALREADY: Final = {
    "Greater London Authority": 32, "Greater Manchester": 10, "South Yorkshire": 4, "West Yorkshire": 5,
    "York and North Yorkshire": 2,
}
MAYOR_TAKES_OVER: Final = {"Liverpool City Region": 5, "West Midlands": 7, "Cambridgeshire and Peterborough": 2, "East Midlands": 4,
                           "Tees Valley": 4, "North East": 6, "Greater Lincolnshire": 1}
REACHES_BEYOND: Final = {"Liverpool City Region": 1, "Tees Valley": 1, "North East": 1, "West of England": 3,
                         "Hull and East Yorkshire": 2, "Greater Lincolnshire": 2}
NO_MAYOR: Final = {"Devon and Torbay": 2, "Lancashire": 3}


def test_the_police_moves_to_a_mayor_where_a_commissioner_governs_it_and_there_is_a_mayor() -> None:
    told = ("already", "serves places outside", "has no mayor", "no strategic", "")
    found: dict[str, Counter[str]] = {said: Counter() for said in told}
    for place in names(YEAR):
        notes = what_ifs("police-to-mayor", place.code)
        assert len(notes) <= 1, place.name
        said = next(said for said in found if said in "".join(notes))
        assert bool(said) == bool(notes), place.name
        authority = authority_of(place.code, YEAR)
        found[said][authority.name if authority else "none"] += 1
        assert all(authority.name in note for note in notes) if authority else True, notes
    assert sum(sum(one.values()) for one in found.values()) == 151
    assert found["already"] == MAYOR_ALREADY
    assert found["serves places outside"] == REACHES_BEYOND
    assert found["has no mayor"] == NO_MAYOR
    assert found[""] == MAYOR_TAKES_OVER
    assert list(found["no strategic"]) == ["none"]


@pytest.mark.parametrize(("place", "said"), [
    ("Birmingham", ""), ("Manchester", "a mayor governs the police of Manchester already (Greater Manchester)"),
    ("Sheffield", "a mayor governs the police of Sheffield already (South Yorkshire)"),  # its accounts still name a commissioner
    ("York", "already (York and North Yorkshire)"), ("Camden", "already (Greater London Authority)"),
    ("Kent", "no strategic authority; council leaders would govern"), ("Torbay", "has no mayor; council leaders would govern"),
    ("Darlington", "serves places outside Tees Valley too"),
])
def test_a_note_says_who_governs_the_police(place: str, said: str) -> None:
    notes = what_ifs("police-to-mayor", place)
    assert len(notes) == (1 if said else 0)
    assert said in "".join(notes)


def test_a_mayor_who_comes_later_is_none_yet() -> None:
    assert "has no mayor" in what_ifs("today", "E06000010", "levers.shared_governance.police=0.3")[0]  # from May 2025


def test_every_strategic_authority_says_who_governs_and_by_what_source() -> None:
    columns = ("code", "name", "mayor", "police", "housing", "quality", "source")
    known = read_rows(tables.HERE / "april-2023" / "mayors.csv", columns)
    assert {row.word("code") for row in known} == {body.code for body in bodies(YEAR) if body.kind == AUTHORITY}
    for row in known:
        assert (row.word("quality"), "from memory" in row.word("source")) == ("estimate", True), "no source at hand names a mayor"
        assert row.word("mayor") <= (row.word("police") or "9"), "a mayor first"


@pytest.mark.parametrize(("place", "police", "housing"), [
    ("Camden", "police (mayor)", "housing (Greater London Authority)"), ("Sheffield", "police (mayor)", "housing (Homes England)"),
    ("Kent", "police and crime commissioner", "housing (Homes England)"),
])
def test_a_place_names_its_police_and_its_housing_body(place: str, police: str, housing: str) -> None:
    code = find(place, YEAR).code
    assert [agency_called(kind, code, YEAR, "2024-10") for kind in ("police", "housing_regeneration")] == [police, housing]
    assert agency_called("police", find("Sheffield", YEAR).code, YEAR, "2024-04") == "police and crime commissioner"
    assert [agency_called(kind, find("Kent").code, "2010-11", "2010-10") for kind in ("police", "nhs")] == ["police", "NHS"]


def test_nothing_is_said_of_what_does_not_change_or_comes_after_the_end() -> None:
    assert what_ifs("boards-halved", "Manchester") == []
    assert what_ifs("multi-year-settlement", "Camden") == []
    assert what_ifs("reorganisation", "Leicester", quarters=8) == []
    assert what_ifs("police-to-mayor", "Manchester", "events=none") == []
    assert what_ifs("joint-commissioning", "Leeds", "levers.reorganisation={all: 0, council: 1}") != []
