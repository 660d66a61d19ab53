"""The people of a place as rows: neighbourhoods, cohorts, kinds of people, the outcomes that count and the indicators of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from totalplace.agents.cohort import COHORTS, KINDS
from totalplace.agents.indicator import INDICATORS as INDICATOR_TABLE
from totalplace.agents.world import DOMAINS, NEIGHBOURHOODS
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.material import Material
from totalplace.scenarios.places import Place
from totalplace.scenarios.vocabulary import COHORT_KINDS, label
from totalplace.scenarios.vocabulary import OUTCOMES as OUTCOME_NAMES
from totalplace.sim.model.filling import fill


def cohort_rows(material: Material) -> Any:
    """Cohorts (K,) of people with the same needs in the same neighbourhood."""
    place, domains = material.place, material.words.outcomes.positions
    rows = COHORTS.empty(len(place.size))
    wellbeing = np.zeros(len(place.size))
    for o in domains:
        wellbeing += place.baseline[:, o] / len(domains)
    fill(rows, {
        "key": place.cohort_neighbourhood * len(COHORT_KINDS) + place.cohort_kind,
        "kind": place.cohort_kind,
        "neighbourhood": place.cohort_neighbourhood,
        "persons": place.size,
        "need": place.need,
        "fit": 1.0,
        "baseline": place.baseline,
        "outcome": place.baseline,
        "wellbeing": wellbeing,
        "expectation": wellbeing,
    })
    return rows


def kind_rows(material: Material) -> Any:
    """Kinds of people, with all persons of each."""
    place, rows = material.place, KINDS.empty(len(COHORT_KINDS))
    size = np.bincount(place.cohort_kind, weights=place.size, minlength=len(COHORT_KINDS))
    fill(rows, {"persons": size, "burden": 1.0, "estimated": material.words.cohort_kinds.marks["estimated"]})
    return rows


def indicator_rows(place: Place) -> Any:
    """Indicators (N,) with their bases in the place and the parts that kinds of people and outcomes have in them."""
    rows = INDICATOR_TABLE.empty(len(INDICATORS))
    registry = list(INDICATORS.values())
    size = np.bincount(place.cohort_kind, weights=place.size, minlength=len(COHORT_KINDS))
    counted = size * np.array([row.people for row in registry])
    nobody = counted.sum(axis=1, keepdims=True) <= 0.0
    counted = np.where(nobody, size, counted)
    fill(rows, {
        "at_start": place.indicator_base,
        **{name: np.array([getattr(row, name) for row in registry]) for name in ("best", "least", "most", "slope")},
        "of_kind": counted / counted.sum(axis=1, keepdims=True),
        "of_outcome": np.array([row.outcomes for row in registry]),
    })
    return rows


def neighbourhood_rows(place: Place) -> Any:
    """Neighbourhoods (H,) with their people and community capacity."""
    rows = NEIGHBOURHOODS.empty(len(place.neighbourhood_population))
    fill(rows, {"population": place.neighbourhood_population, "capacity": place.capacity, "capacity_start": place.capacity})
    return rows


def domain_rows(material: Material) -> Any:
    """Outcome domains, and which of them the period of the place has."""
    rows = DOMAINS.empty(len(OUTCOME_NAMES))
    fill(rows, {"speed": material.place.speed, "in_use": material.words.outcomes.used})
    return rows


def cohort_labels(place: Place) -> tuple[str, ...]:
    """A name for each cohort: its kind and its neighbourhood."""
    return tuple(f"{label(COHORT_KINDS[kind])}, {place.neighbourhood_name[place_index]}"
                 for kind, place_index in zip(place.cohort_kind, place.cohort_neighbourhood, strict=True))


def unequal_need(place: Place) -> Any:
    """How unequal need is: coefficient of variation of need a head between neighbourhoods (themes,), at most 1."""
    need = np.zeros((len(place.neighbourhood_population), place.need.shape[1]))
    np.add.at(need, place.cohort_neighbourhood, place.size[:, None] * place.need)
    people = np.bincount(place.cohort_neighbourhood, weights=place.size, minlength=len(need))[:, None]
    mean = need.sum(axis=0) / people.sum()
    squares = (people * (need / np.maximum(people, 1.0) - mean) ** 2).sum(axis=0) / people.sum()
    return np.minimum(1.0, np.sqrt(squares) / np.maximum(mean, 1e-12))
