"""A change that the bodies of a place do not face is a what-if, and a note says so."""

from __future__ import annotations

from typing import Any

import pytest

from totalplace.scenarios import load


def what_ifs(name: str, place: str, *settings: str, **fields: Any) -> list[str]:
    return [note for note in load(name, place=place, set=list(settings), **fields).notes if note.startswith("what if")]


@pytest.mark.parametrize(("place", "said"), [
    ("Kent", ""), ("Surrey", ""), ("Birmingham", "a metropolitan district already"), ("Camden", "a London borough already"),
    ("Leicester", "a unitary council already, and is not reorganised unless a county beside it is"),
])
def test_reorganisation_is_for_counties(place: str, said: str) -> None:
    notes = what_ifs("reorganisation", place)
    assert len(notes) == (1 if said else 0)
    assert said in "".join(notes)


@pytest.mark.parametrize(("place", "said"), [
    ("Birmingham", ""), ("Manchester", "Greater Manchester Police"), ("Camden", "Greater London Authority"),
    ("Kent", "no strategic authority with a mayor"),
])
def test_the_police_moves_to_a_mayor_where_a_commissioner_governs_it_and_there_is_a_mayor(place: str, said: str) -> None:
    notes = what_ifs("police-to-mayor", place)
    assert len(notes) == (1 if said else 0)
    assert said in "".join(notes)


def test_nothing_is_said_of_what_does_not_change_or_comes_after_the_end() -> None:
    assert what_ifs("boards-halved", "Manchester") == []
    assert what_ifs("multi-year-settlement", "Camden") == []
    assert what_ifs("reorganisation", "Leicester", quarters=8) == []
    assert what_ifs("police-to-mayor", "Manchester", "events=none") == []
    assert what_ifs("joint-commissioning", "Leeds", "levers.reorganisation={all: 0, council: 1}") != []
