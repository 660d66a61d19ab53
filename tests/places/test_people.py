"""Neighbourhoods and cohorts: people add up, more deprived is never better."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import people, tables
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, THEMES

BIRMINGHAM = "E08000025"


def test_kinds_are_disjoint_and_add_up_to_every_small_area() -> None:
    for place in tables.indicators().values():
        area, _ = tables.small_areas(place.code)
        sizes = people.cohort_sizes(area, place.complex_families)
        population = area["pop_0_15"] + area["pop_16_24"] + area["pop_25_64"] + area["pop_65_plus"]
        assert (sizes > 0).all(), place.name
        assert_allclose(sizes.sum(axis=1), population, atol=1e-6)
        assert population.sum() == place.population


def test_england_has_the_people_of_its_small_areas() -> None:
    assert sum(place.population for place in places.names()) == 56_550_138 - 13_164


def test_families_with_complex_needs_add_up_to_the_count_of_england() -> None:
    families = sum(place.complex_families for place in tables.indicators().values())
    assert families == pytest.approx(117_910, rel=0.001)
    persons = sum(places.load(place.code, clusters=1).size[1] for place in places.names())
    assert persons == pytest.approx(117_910 * tables.number("persons_per_complex_family"), rel=0.001)


@pytest.mark.parametrize("clusters", [1, 5, 10, "finest"])
def test_clusters_hold_all_people_and_keep_the_shapes(clusters: int | str) -> None:
    place = places.load("Birmingham", clusters=clusters)
    count = 639 if clusters == "finest" else int(clusters)
    assert len(place.neighbourhood_name) == count == len(set(place.neighbourhood_name))
    assert place.size.shape == (6 * count,)
    assert place.need.shape == (6 * count, len(THEMES))
    assert place.baseline.shape == (6 * count, len(OUTCOMES))
    assert place.size.sum() == pytest.approx(place.population)
    assert_allclose(np.bincount(place.cohort_neighbourhood, place.size), place.neighbourhood_population)
    assert_allclose(np.bincount(place.cohort_kind, minlength=6), count)
    assert_allclose(place.size @ place.need / place.size.sum(), 1.0)
    assert (place.need > 0).all()


def test_clusters_have_about_the_same_population_from_most_to_least_deprived() -> None:
    place = places.load("Kent", clusters=10)
    assert_allclose(place.neighbourhood_population, place.population / 10, rtol=0.02)
    assert (np.diff(place.deprivation) < 0).all()
    assert (np.diff(place.capacity) > 0).all()
    assert ((place.capacity >= 0.3) & (place.capacity <= 0.7)).all()


def test_people_of_a_kind_do_not_depend_on_the_clusters() -> None:
    kinds = [
        np.bincount(place.cohort_kind, place.size)
        for place in (places.load("Kent", clusters=clusters) for clusters in (1, 5, "finest"))
    ]
    assert_allclose(kinds[0], kinds[1])
    assert_allclose(kinds[0], kinds[2])


@pytest.mark.parametrize("clusters", [2, 7, 54, 55])
def test_no_cluster_is_empty_even_with_one_small_area_each(clusters: int) -> None:
    deprivation = np.linspace(80.0, 1.0, 55)
    population = np.full(55, 1500.0)
    population[3] = 40_000.0
    cluster = people.cluster_of(deprivation, population, clusters)
    assert set(cluster) == set(range(clusters))
    assert (np.diff(cluster) >= 0).all()


@pytest.mark.parametrize("clusters", [0, -1, 903])
def test_clusters_that_cannot_be_made_are_refused(clusters: int) -> None:
    with pytest.raises(InputError, match="902"):
        places.load("Kent", clusters=clusters)


@pytest.mark.parametrize("row", tables.judgements("outcome_slope"), ids=lambda row: row.keys[0])
def test_a_higher_deprivation_score_is_never_better(row: tables.Judgement) -> None:
    outcome, domain = row.keys
    scores = {name: np.linspace(0.0, 100.0, 21) for name in (*tables.small_areas(BIRMINGHAM)[0], "community")}
    level = {name: np.full(21, 20.0) for name in scores}
    shift = people.place_shift(BIRMINGHAM, "2010-11")
    falling = people.baseline_outcomes({**level, domain: scores[domain]}, shift)[:, :, OUTCOMES.index(outcome)]
    assert (np.diff(falling, axis=0) <= 0).all()
    others = people.baseline_outcomes({**level, "income": scores["income"]}, shift)
    assert_allclose(others, others[:1].repeat(21, axis=0))


def test_worse_health_indicators_of_a_place_are_never_better() -> None:
    area, _ = tables.small_areas(BIRMINGHAM)
    scores = people.domain_scores(area)
    good, bad = (people.baseline_outcomes(scores, np.full(6, shift)) for shift in (-0.2, 0.2))
    assert (bad <= good).all()


def test_outcomes_of_clusters_of_birmingham_fall_with_deprivation() -> None:
    baseline = places.load("Birmingham").baseline.reshape(5, len(COHORT_KINDS), len(OUTCOMES))
    named = [OUTCOMES.index(outcome) for outcome in ("health", "independence", "safety", "learning", "work")]
    assert (np.diff(baseline[:, :, named], axis=0) >= 0).all()


@pytest.mark.parametrize("year", tables.YEARS)
def test_all_places_load_with_outcomes_and_people_in_bounds(year: str) -> None:
    for place in places.names(year):
        loaded = places.load(place.code, year)
        assert loaded.size.shape == (30,)
        assert (loaded.size > 0).all()
        assert ((loaded.baseline >= 0.05) & (loaded.baseline <= 0.95)).all()
        assert np.isfinite(loaded.need).all()
        assert ((loaded.deprivation >= 0) & (loaded.deprivation <= 100)).all()


def test_the_two_years_read_different_indicators() -> None:
    early, late = places.load("Birmingham"), places.load("Birmingham", "2017-18")
    assert not np.allclose(early.baseline, late.baseline)
    assert not np.allclose(early.deprivation, late.deprivation)
    assert_allclose(early.size.sum(), late.size.sum())


def test_a_year_without_indicators_is_refused() -> None:
    with pytest.raises(InputError, match="no year with indicators '2030-31'.*2010-11, 2017-18, 2024-25"):
        people.people("E06000017", "2030-31", 2)
