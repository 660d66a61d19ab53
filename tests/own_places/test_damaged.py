"""Spreadsheets as they come give the right place, and those that cannot be read say in words why not, and where."""

from __future__ import annotations

import pytest

from tests.own_places.spreadsheets import LINES, Variant, bad, good
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import place_of_book
from totalplace.scenarios.places.own import OwnPlace


def read(variant: Variant) -> OwnPlace:
    return place_of_book(book_of(variant.content, variant.file))


@pytest.mark.parametrize("variant", list(good()), ids=lambda one: one.name)
def test_a_spreadsheet_as_it_comes_gives_the_same_place(variant: Variant) -> None:
    place = read(variant)
    assert (place.name, place.year, place.people, place.like) == ("Newtown", "2024-25", 300_000.0, "E06000023")
    given = {line: one.amount for line, one in place.lines.items() if one.quality == "actual" and one.how.startswith("given")}
    assert given == pytest.approx(LINES, abs=1e-9)
    assert place.lines["council_fire"].amount == 0.0
    assert place.lines["dwp_pensions"].quality == "estimate"


@pytest.mark.parametrize("variant", list(bad()), ids=lambda one: one.name)
def test_one_that_cannot_be_read_says_why_and_where(variant: Variant) -> None:
    with pytest.raises(InputError) as caught:
        read(variant)
    message = str(caught.value)
    assert all(words in message for words in variant.words), message
    assert variant.file in message
    assert "Allowed: " in message
    assert len(message) < 1500


def test_there_are_more_than_forty_ways() -> None:
    assert len(list(good())) >= 40
    assert len(list(bad())) >= 40
