"""Measures of the facts on made-up observations, with answers that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from totalplace.scenarios import places
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.fact_runs import MANDATE, Observed
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.measures_by_place import CHILDREN_YEAR, brought, children_by_place

NAMES = ("Halton", "Swindon", "Devon")
QUARTERS = 40


def observed(**settings: dict[str, np.ndarray]) -> Observed:
    """One draw at default values in three places."""
    parameters = np.array([[row.default for row in PARAMETERS.values()]])
    return Observed(tuple(places.load(name) for name in NAMES), parameters, settings)


def held(values: list[float]) -> np.ndarray:
    """A metric (1, P, Q) that stays as it is in each place."""
    return np.repeat(np.array(values)[None, :, None], QUARTERS, axis=2)


def at(o: Observed, **parameters: float) -> Observed:
    """The same with parameters at other values."""
    table = o.parameters.copy()
    for name, value in parameters.items():
        table[:, list(PARAMETERS).index(name)] = value
    return replace(o, parameters=table)


def of(name: str, o: Observed) -> float:
    return float(MEASURES[name](o)[0])


def test_joint_working_is_of_areas_by_the_mean_trust_of_their_partners() -> None:
    began = np.full((1, 3, 2), 0.5)
    trust = np.array([[[0.6, 0.1], [0.8, 0.3], [0.4, 0.9]]])
    partner = np.array([[[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]])
    o = observed(bcf_begins={"trust": began}, bcf_two_years={"trust": trust, "partner": partner})
    assert of("better_joint_working", o) == pytest.approx(100.0)  # the first by its one partner, the second by the mean of two
    trust[0, 1] = 0.6, 0.3
    assert of("better_joint_working", o) == pytest.approx(50.0)
    partner[:] = 0.0
    assert np.isnan(of("better_joint_working", o))


def test_what_was_realised_is_the_fall_of_acute_spend_and_the_rise_of_what_was_removed() -> None:
    base = [place.indicator_base[list(INDICATORS).index("emergency_admissions")] for place in observed().places]
    admissions, removed = held(list(base)), held([1.0, 1.0, 1.0])
    removed[:, :, MANDATE : MANDATE + 4] += 0.5
    bcf = {"emergency_admissions": admissions, "duplication_removed": removed, "promised_saving": held([2.0, 2.0, 2.0]),
           "nhs_reactive": np.array([[100.0, 100.0, 100.0]])}
    o = at(observed(bcf=bcf), demand_growth=0.0, drift_elsewhere=0.0, reactive_elasticity=0.8)
    assert of("realised_over_planned", o) == pytest.approx(25.0)
    admissions[:, :, MANDATE : MANDATE + 4] *= 1.05
    assert of("realised_over_planned", o) == pytest.approx(25.0 - 100.0 * 100.0 * (1.05**0.8 - 1.0) / 2.0)
    grown = at(o, demand_growth=0.01)
    assert of("realised_over_planned", grown) < of("realised_over_planned", o)


def test_what_the_pool_brings_is_nhs_money_ceded_over_social_care_and_spreads_as_it_does() -> None:
    o = observed(bcf={"ceded_nhs": held([1.0, 1.0, 1.0]), "nhs_reactive": np.zeros((1, 3))})
    nhs = np.array([place.spend[place.agency_kind == 1].sum() for place in o.places])
    care = np.array([place.social_care for place in o.places])
    assert brought(o, 4)[0] == pytest.approx(0.01 * nhs / care)
    share = nhs / care
    assert of("spread_over_places", o) == pytest.approx(share.std(ddof=1) / share.mean())
    assert of("year_to_year", o) == pytest.approx(1.0)
    ranks = [sorted(share).index(one) for one in share]
    people = [place.population for place in o.places]
    assert of("rank_with_size", o) == pytest.approx(np.corrcoef(ranks, [sorted(people).index(one) for one in people])[0, 1])


def test_children_in_care_grow_with_need_and_demand_and_cost_by_the_rule_of_reactive_spend() -> None:
    index = list(INDICATORS).index("looked_after_children")
    base = [places.load(name, CHILDREN_YEAR).indicator_base[index] for name in NAMES]
    o = at(observed(silo_2017={"looked_after_children": held([1.1 * one for one in base])}),
           reactive_elasticity=0.7, demand_growth=0.01, looked_after_growth=0.02, unit_cost_drift=0.03)
    numbers, spend = children_by_place(o, 4)
    assert numbers[0] == pytest.approx([1.1 * (1.01 * 1.02) ** 4] * 3)
    assert spend[0] == pytest.approx([1.1**0.7 * (1.01 * 1.02 * 1.03) ** 4] * 3)
    assert of("children_numbers", o) == pytest.approx(100.0 * (1.1 * (1.01 * 1.02) ** 4 - 1.0))
    assert of("children_unit_cost", o) == pytest.approx(100.0 * (1.1**-0.3 * 1.03**4 - 1.0))
    assert of("children_spend_end", o) == pytest.approx(1.1**0.7 * (1.01 * 1.02 * 1.03) ** 7)
    assert of("children_unit_cost_end", o) * of("children_numbers_end", o) == pytest.approx(of("children_spend_end", o))
    assert of("children_elasticity", o) == 0.7


def test_admissions_are_held_against_silo_since_money_was_first_pooled() -> None:
    silo, pooled = held([1000.0] * 3), held([0.0] * 3)
    health = silo.copy()
    pooled[:, :, 8:] = 1.0
    health[:, :, 16] *= 0.99  # two years on
    health[:, :, 32] *= 0.96  # six years on
    o = observed(health={"emergency_admissions": health, "pooled_budget": pooled}, silo={"emergency_admissions": silo})
    assert of("admissions_effect", o) == pytest.approx(-4.0)
    assert of("admissions_early", o) == pytest.approx(25.0)
    pooled[:] = 0.0
    assert np.isnan(of("admissions_effect", o))


def test_planned_benefit_over_cost_is_of_one_place_and_nothing_without_a_business_case() -> None:
    planned = np.full((1, 1, QUARTERS), 2.6)
    assert of("planned_benefit_over_cost", observed(west_cheshire={"planned_benefit_cost_ratio": planned})) == 2.6
    assert np.isnan(of("planned_benefit_over_cost", observed(west_cheshire={"planned_benefit_cost_ratio": 0.0 * planned})))
