"""From small areas to neighbourhoods and cohorts: sizes, needs, baseline outcomes and community capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.shapes import GEOGRAPHIES, geography_of
from totalplace.scenarios.places.tables import FloatArray, IntArray
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, THEMES

#: Mean of every transformed domain score over the small areas of England (the official transformation fixes it).
MEAN_SCORE: Final = 21.69
#: Outcomes stay inside these bounds at the start.
LEAST_OUTCOME: Final = 0.05
MOST_OUTCOME: Final = 0.95
#: An indicator counts up to this many standard deviations from the mean of places.
MOST_DEVIATION: Final = 2.0


@dataclass(frozen=True)
class People:
    """Cohorts and neighbourhoods of one place; H neighbourhoods, K cohorts ordered by neighbourhood, then kind.

    ``size`` persons; ``need`` (K, themes) relative, size-weighted mean 1 by theme; ``baseline`` (K, domains) outcomes;
    ``deprivation`` score 0-100 and ``capacity`` 0-1 by neighbourhood.
    """

    cohort_kind: IntArray
    cohort_neighbourhood: IntArray
    size: FloatArray
    need: FloatArray
    baseline: FloatArray
    neighbourhood_name: tuple[str, ...]
    neighbourhood_population: FloatArray
    deprivation: FloatArray
    capacity: FloatArray


def cohort_sizes(area: Mapping[str, FloatArray], complex_families: float) -> FloatArray:
    """Persons by small area and kind, shape (areas, kinds); the kinds are disjoint and add up to the population.

    Families with complex needs are spread over small areas by children in income-deprived families. Their adults come
    out of those out of work and of everyone else; their children out of children and young people. Raises InputError for a kind
    of the vocabulary that is not counted here.
    """
    teenagers = tables.number("young_people_share_of_16_24") * area["pop_16_24"]
    young = area["pop_0_15"] + teenagers
    working_age = area["pop_16_24"] - teenagers + area["pop_25_64"]
    spread = area["income_deprived_children"] / area["income_deprived_children"].sum()
    members = spread * complex_families * tables.number("persons_per_complex_family")
    child_share = tables.number("complex_family_child_share")
    children = np.minimum(members * child_share, 0.5 * young)
    adults = np.minimum(members * (1.0 - child_share), 0.2 * working_age)
    jobless = area["employment_rate"] * working_age
    jobless_adults = np.minimum(adults * tables.number("complex_family_adults_out_of_work"), 0.5 * jobless)
    out_of_work = jobless - jobless_adults
    in_work = np.maximum(working_age - jobless - (adults - jobless_adults), 0.0)
    slope = tables.number("offenders_and_victims_slope")
    rate = tables.number("offenders_and_victims_rate") * (1.0 - slope + slope * area["crime"] / MEAN_SCORE)
    offenders = rate * in_work
    kinds = {
        "older_people": area["pop_65_plus"],
        "complex_families": children + adults,
        "children_and_young_people": young - children,
        "out_of_work": out_of_work,
        "offenders_and_victims": offenders,
        "everyone_else": in_work - offenders,
    }
    uncounted = [kind for kind in COHORT_KINDS if kind not in kinds]
    if uncounted:
        file = "scenarios/words/cohort_kinds.yaml"
        raise InputError(f"Nobody counts how many people of the kind '{uncounted[0]}' there are", file=file, allowed=tuple(kinds))
    return np.stack([kinds[kind] for kind in COHORT_KINDS], axis=1)


def domain_scores(area: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Deprivation domain scores from 0 (best) to 100 by small area; community = mean of barriers and environment."""
    names = ("income", "employment", "education", "health", "crime", "barriers")
    scores = {name: area[name] for name in names}
    return {**scores, "community": 0.5 * (area["barriers"] + area["environment"])}


def cohort_needs(scores: Mapping[str, FloatArray]) -> FloatArray:
    """Relative need per head before scaling, shape (areas, kinds, themes): need of the kind × (1 + g (score / mean − 1))."""
    by_kind = tables.matrix("need", COHORT_KINDS, THEMES)
    found = {row.keys[0]: row for row in tables.judgements("need_gradient")}
    rows = [found[theme] for theme in THEMES]
    gradient = np.stack([1.0 + row.value * (scores[row.keys[1]] / MEAN_SCORE - 1.0) for row in rows], axis=1)
    return gradient[:, None, :] * by_kind[None, :, :]


@kept(maxsize=4)
def _indicator_moments(year: str) -> Mapping[str, tuple[float, float]]:
    """Mean and standard deviation over places of every indicator in the round of a year."""
    moments, folder = {}, geography_of(year)
    when = GEOGRAPHIES[folder].rounds[year]
    for row in tables.judgements("indicators"):
        values = np.array([place.values[row.keys[0], when] for place in tables.indicators(folder).values()])
        moments[row.keys[0]] = (float(values.mean()), float(values.std()))
    return moments


def place_shift(code: str, year: str) -> FloatArray:
    """Fall of the log-odds of each outcome from the health indicators of the place, shape (domains,); 0 at the mean place."""
    shift, folder = np.zeros(len(OUTCOMES)), geography_of(year)
    values, when = records.facts_of(code, folder).values, GEOGRAPHIES[folder].rounds[year]
    for row in tables.judgements("indicators"):
        indicator, outcome = row.keys
        mean, deviation = _indicator_moments(year)[indicator]
        score = (values[indicator, when] - mean) / deviation
        shift[OUTCOMES.index(outcome)] += row.value * float(np.clip(score, -MOST_DEVIATION, MOST_DEVIATION))
    return shift


def baseline_outcomes(scores: Mapping[str, FloatArray], shift: FloatArray) -> FloatArray:
    """Outcomes by small area and kind at the start, shape (areas, kinds, domains), in [0.05, 0.95].

    log-odds = log-odds of the kind's mean − slope × (domain score − mean score) / 100 − shift of the place.
    """
    mean = tables.matrix("outcome_mean", COHORT_KINDS, OUTCOMES)
    found = {row.keys[0]: row for row in tables.judgements("outcome_slope")}
    rows = [found[outcome] for outcome in OUTCOMES]
    fall = np.stack([row.value * (scores[row.keys[1]] - MEAN_SCORE) / 100.0 for row in rows], axis=1)
    log_odds = np.log(mean / (1.0 - mean))[None, :, :] - (fall + shift)[:, None, :]
    return np.clip(1.0 / (1.0 + np.exp(-log_odds)), LEAST_OUTCOME, MOST_OUTCOME)


def community_capacity(deprivation: FloatArray) -> FloatArray:
    """Community capacity at the start from the deprivation score: falls with it, within [0.3, 0.65]."""
    capacity = tables.number("capacity_at_no_deprivation") - tables.number("capacity_slope") * deprivation / 100.0
    return np.maximum(capacity, tables.number("capacity_least"))


def cluster_of(deprivation: FloatArray, population: FloatArray, clusters: int) -> IntArray:
    """Cluster of each small area, 0 the most deprived, so that clusters hold about equal shares of the population.

    Every cluster holds at least one small area. Raises InputError unless 1 <= clusters <= number of small areas.
    """
    areas = len(deprivation)
    if not 1 <= clusters <= areas:
        message = f"{clusters} clusters cannot be made of {areas} small areas"
        raise InputError(message, allowed=f'1 to {areas}, or "finest"')
    order = np.argsort(-deprivation, kind="stable")
    middle = np.cumsum(population[order]) - 0.5 * population[order]
    wanted = np.minimum((middle / population.sum() * clusters).astype(np.int64), clusters - 1)
    cluster, last = np.zeros(areas, dtype=np.int64), -1
    for rank, area in enumerate(order):
        last = max(min(int(wanted[rank]), last + 1), clusters - (areas - rank), 0)
        cluster[area] = last
    return cluster


def _cluster_names(clusters: int) -> tuple[str, ...]:
    ends = {1: ", most deprived", clusters: ", least deprived"}
    if clusters == 1:
        return ("whole place",)
    return tuple(f"group {number} of {clusters}{ends.get(number, '')}" for number in range(1, clusters + 1))


def _weighted(values: FloatArray, weights: FloatArray, cluster: IntArray, clusters: int) -> FloatArray:
    """Means of small-area values (areas, kinds, n) with weights (areas, kinds) by cluster: (clusters, kinds, n)."""
    total = np.zeros((clusters, *values.shape[1:]))
    weight = np.zeros((clusters, weights.shape[1]))
    np.add.at(total, cluster, values * weights[:, :, None])
    np.add.at(weight, cluster, weights)
    return total / weight[:, :, None]


def people(code: str, year: str, clusters: int | str) -> People:
    """Cohorts of a place in neighbourhoods: clusters by deprivation, or small areas with ``clusters="finest"``.

    Raises InputError when the place has no small areas, or fewer than ``clusters``, and for a year without indicators.
    """
    known = {of: folder for folder, geography in GEOGRAPHIES.items() for of in geography.rounds}
    if year not in known:
        raise UnknownName("year with indicators", year, tuple(known), where="in scenarios/places/shapes.py")
    folder = known[year]
    area, names = records.small_areas(code, folder)
    sizes = cohort_sizes(area, records.facts_of(code, folder).complex_families)
    population = sizes.sum(axis=1)
    scores, deprivation = domain_scores(area), area[GEOGRAPHIES[folder].deprivation[year]]
    if clusters == "finest":
        count, cluster = len(names), np.arange(len(names), dtype=np.int64)
    else:
        count = int(clusters)
        cluster = cluster_of(deprivation, population, count)
        names = _cluster_names(count)
    weights = np.maximum(sizes, 1e-9)  # an empty cohort takes the mean of its small areas
    need = _weighted(cohort_needs(scores), weights, cluster, count).reshape(-1, len(THEMES))
    baseline = _weighted(baseline_outcomes(scores, place_shift(code, year)), weights, cluster, count)
    size = np.zeros((count, len(COHORT_KINDS)))
    np.add.at(size, cluster, sizes)
    of_cluster = np.bincount(cluster, population, minlength=count)
    by_cluster = np.bincount(cluster, population * deprivation, minlength=count) / of_cluster
    capacity = np.bincount(cluster, population * community_capacity(deprivation), minlength=count) / of_cluster
    return People(
        cohort_kind=np.tile(np.arange(len(COHORT_KINDS), dtype=np.int64), count),
        cohort_neighbourhood=np.repeat(np.arange(count, dtype=np.int64), len(COHORT_KINDS)),
        size=size.ravel(),
        need=need / (size.reshape(-1, 1) * need).sum(axis=0) * size.sum(),
        baseline=baseline.reshape(-1, len(OUTCOMES)),
        neighbourhood_name=names,
        neighbourhood_population=of_cluster,
        deprivation=by_cluster,
        capacity=capacity,
    )
