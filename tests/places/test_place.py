"""Loading a place: names, arrays, GP consortia, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

import scenarios.places as places
from scenarios.errors import InputError, UnknownName
from scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, ENTITLEMENTS, OUTCOMES, THEMES


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


@pytest.mark.parametrize(
    "wrong",
    [{"year": "2011-12"}, {"clusters": "many"}, {"clusters": 2.5}, {"clusters": True}, {"nhs": 0}, {"nhs": 1.0}],
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
        "import sys, scenarios.places as p; assert 'pyarrow' not in sys.modules; p.load('Leeds'); "
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
