"""Loading a place: names, arrays, GP consortia, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from typing import cast

import numpy as np
import pytest
from numpy.testing import assert_allclose

from totalplace import scenarios
from totalplace.scenarios import places, sweeps
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.former import former_codes
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, ENTITLEMENTS, OUTCOMES, THEMES


def test_england_has_148_places_in_nine_regions() -> None:
    every = places.names()
    assert len(every) == len({place.code for place in every}) == len({place.name for place in every}) == 148
    assert len({place.region for place in every}) == 9
    assert not {"E09000001", "E06000053"} & {place.code for place in every}
    assert [place.name for place in every] == sorted(place.name for place in every)


def test_names_and_codes_are_found_whatever_the_capitals() -> None:
    assert places.load("birmingham").code == places.load("e08000025").code == "E08000025"
    assert [place.name for place in places.search("DURHAM")] == ["County Durham"]
    assert len(places.search("west midlands")) == 14
    assert places.search("atlantis") == []


def test_an_unknown_place_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'Birmingham'"):
        places.load("Brimingham")


@pytest.mark.parametrize(("given", "name"), [
    ("leeds city council", "Leeds"), ("London Borough of Camden", "Camden"), ("the City of York Council", "York"),
    ("Durham county council", "County Durham"), ("Royal Borough of Kensington", "Kensington and Chelsea"),
])
def test_a_name_with_the_kind_of_council_leads_to_the_place(given: str, name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        places.find(given)
    assert caught.value.nearest == name


def test_a_region_is_no_place_and_names_its_places() -> None:
    with pytest.raises(UnknownName) as caught:
        places.load("london")
    assert str(caught.value).startswith("There is no place 'london': it is a region, of 32 places. Allowed: Barking and Dagenham, ")
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(("given", "year", "said"), [
    ("Greater Manchester", "2010-11", "the strategic authority Greater Manchester has 10 places. Allowed: Bolton, Bury, "),
    ("west yorkshire combined authority", "2024-25", "the strategic authority West Yorkshire has 5 places. Allowed: Bradford, "),
    ("Merseyside", "2017-18", "the fire authority Merseyside Fire and Rescue Authority has 5 places. Allowed: Knowsley, "),
    ("Tees Valley", "2024-25", "the strategic authority Tees Valley has 5 places. Allowed: Darlington, Hartlepool, "),
])
def test_a_body_over_several_places_is_no_place_and_names_them(given: str, year: str, said: str) -> None:
    with pytest.raises(UnknownName) as caught:
        places.load(given, year=year)
    assert said in str(caught.value)
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"year": "2011-12"}, {"clusters": "many"}, {"clusters": 2.5}, {"clusters": True}, {"nhs": 0}, {"nhs": 1.5}],
)
def test_years_clusters_and_commissioners_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        places.load("Kent", **wrong)  # type: ignore[arg-type]


def test_arrays_have_the_shapes_and_bounds_of_the_model() -> None:
    place = places.load("Leeds")
    agencies = len(AGENCY_KINDS)
    assert place.agency_names == AGENCY_KINDS
    assert_allclose(place.agency_kind, np.arange(agencies))
    assert place.spend.shape == place.reactive.shape == place.common.shape == (agencies, len(THEMES))
    assert place.estate.shape == place.department.shape == (agencies,)
    assert set(place.entitlements) == set(ENTITLEMENTS)
    assert place.effect.shape == (len(THEMES), len(OUTCOMES))
    assert place.department.max() < len(DEPARTMENTS)
    assert set(place.national) == {0.0, 1.0}
    bounded = (place.overlap, place.control_aversion, place.accountability, place.target_pressure, place.leadership,
               place.effect, place.speed, place.capacity, place.incidence, place.remit)  # fmt: skip
    assert all(((array >= 0) & (array <= 1)).all() for array in bounded)
    assert_allclose(place.incidence.sum(axis=1), 1.0)
    assert_allclose(place.remit.sum(axis=1), 1.0)
    assert_allclose(place.effect.sum(axis=0), 1.0, atol=0.001)


@pytest.mark.parametrize("consortia", [2, 5])
def test_gp_consortia_share_the_money_of_the_nhs(consortia: int) -> None:
    one, many = places.load("Leeds"), places.load("Leeds", nhs=consortia)
    assert len(many.agency_names) == 10 + consortia
    assert many.agency_names[1 : 1 + consortia] == tuple(f"gp_consortium_{n}" for n in range(1, consortia + 1))
    of_nhs = many.agency_kind == AGENCY_KINDS.index("nhs")
    for name in ("spend", "reactive", "common", "estate"):
        assert_allclose(getattr(many, name)[of_nhs].sum(axis=0), getattr(one, name)[1])
        assert_allclose(getattr(many, name).sum(), getattr(one, name).sum())
    assert_allclose(many.incidence[of_nhs], np.tile(one.incidence[1], (consortia, 1)))
    assert many.total == one.total


def test_arrays_are_read_only() -> None:
    place = places.load("Leeds")
    with pytest.raises(ValueError, match="read-only"):
        place.spend[0, 0] = 1.0


def test_loading_twice_gives_equal_places() -> None:
    first, second = places.load("Leeds"), places.load("Leeds")
    for name, value in vars(first).items():
        assert np.array_equal(value, getattr(second, name)), name


def test_a_place_says_what_it_is() -> None:
    assert "Birmingham" in repr(places.load("Birmingham"))


def test_loading_needs_no_pandas() -> None:
    code = (
        "import sys, totalplace.scenarios.places as p; assert 'pyarrow' not in sys.modules; p.load('Leeds'); "
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Durham", "County Durham"), ("Hull", "Kingston upon Hull, City of"), ("Newcastle", "Newcastle upon Tyne"),
        ("Brighton", "Brighton and Hove"), ("Bournemouth", "Dorset, Bournemouth and Poole"), ("Bristol", "Bristol, City of"),
        ("Dorset", "Dorset, Bournemouth and Poole"), ("stoke", "Stoke-on-Trent"), ("Knt", "Kent"),
    ],
)
def test_what_a_search_finds_is_suggested(given: str, name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        places.find(given)
    assert caught.value.nearest == name
    found = [place.name for place in places.search(given)]
    assert set(caught.value.allowed[: len(found)]) == set(found)
    for load in (lambda: scenarios.load("silo", place=given), lambda: sweeps.loads(f"places: [{given}]")):
        with pytest.raises(UnknownName, match=f"Did you mean '{name}'"):
            load()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("St Helens", "St. Helens"), ("bristol city of", "Bristol, City of"), ("Stoke on Trent", "Stoke-on-Trent"),
        ("Bath & North East Somerset", "Bath and North East Somerset"), (" kent ", "Kent"), ("e08000037", "Gateshead"),
    ],
)
def test_ways_to_write_a_name_do_not_count(given: str, name: str) -> None:
    assert places.find(given).name == name
    assert places.code_note(given) == ""


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("E08000020", "Gateshead", "E08000020 was the code of Gateshead until 2013; it is E08000037"),
        ("e06000048", "Northumberland", "E06000048 was the code of Northumberland until 2013; it is E06000057"),
        ("E06000028", "Dorset, Bournemouth and Poole",
         "E06000028 is Bournemouth, which is part of Dorset, Bournemouth and Poole here"),
        ("E06000066", "Somerset", "E06000066 is the code of Somerset since 2023; here it is E10000027"),
    ],
)
def test_codes_of_another_time_lead_to_the_place_with_a_word(code: str, name: str, words: str) -> None:
    assert places.find(code).name == name
    assert scenarios.load("silo", place=code).notes == (words,)


def test_every_former_code_belongs_to_a_place_that_it_names() -> None:
    codes = {place.code for place in places.names()}
    for former, row in former_codes().items():
        assert row.code in codes
        assert former not in codes
        assert row.words.startswith(former)


def test_numbers_of_numpy_are_numbers() -> None:
    three, two = cast(int, np.int64(3)), cast(int, np.array(2))
    one = places.load("Kent", clusters=three, nhs=two)
    assert one.agency_names == places.load("Kent", clusters=3, nhs=2).agency_names


@pytest.mark.parametrize("year", ["2010-11", "2024-25"])
@pytest.mark.parametrize(("given", "says"), [
    ("City of London", "the City of London is left out"), ("E09000001", "the City of London is left out"),
    ("isles of  Scilly", "the Isles of Scilly are left out"), ("E06000053", "the Isles of Scilly are left out"),
])  # fmt: skip
def test_an_authority_that_is_left_out_is_refused_with_the_reason(given: str, says: str, year: str) -> None:
    with pytest.raises(UnknownName, match=f"{says}, too small to model") as caught:
        places.find(given, year)
    assert caught.value.nearest is None


def test_a_file_in_place_of_a_name_says_what_takes_files() -> None:
    with pytest.raises(InputError, match=r"'messy\.csv' is a file.*own_place\(FILE\).*load\(SCENARIO, place=FILE\)"):
        places.load("messy.csv")
