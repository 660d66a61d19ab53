"""The limits of the model description that must hold exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import lever_settings
from tests.worlds import ARRAYS, begun, differing, edited, fixed, run_edited, small
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import run
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import Run

POOLING = ("joint-commissioning", "single-pot", "mandated-pooling", "outcome-partnership")


@pytest.mark.parametrize("name", POOLING)
def test_nothing_is_removed_without_economies_of_scale(name: str) -> None:
    template = edited(small(name, quarters=24, place="Birmingham"))
    fixed(template.world, eta=1.0)
    result = run_edited(template, seed=2)
    assert result.metrics["pooled_share"].max() > 0.0 or name not in ("single-pot", "mandated-pooling")
    for metric in ("duplication", "duplication_removed", "promised_saving", "returned", "scale_loss"):
        assert (result.metrics[metric] == 0.0).all(), metric


@pytest.mark.parametrize("name", POOLING)
def test_nothing_is_removed_without_partners(name: str) -> None:
    scenario = small(name, "arrangement.mandated_agencies=[nhs]", "levers.single_pot=0", "arrangement.largest_coalition=1",
                     quarters=24)
    result = run(scenario, seed=2)
    for metric in ("duplication_removed", "returned", "transition_cost"):
        assert (result.metrics[metric] == 0.0).all(), metric


def test_a_partner_on_its_own_pools_but_saves_nothing() -> None:
    scenario = small("mandated-pooling", "arrangement.mandated_agencies=[nhs]", "arrangement.themes_a_quarter=0",
                     "levers.mandate.health_and_care=0.5", quarters=12)
    result = run(scenario, seed=2)
    assert result.metrics["pooled_share"].min() > 0.0
    assert (result.metrics["duplication_removed"] == 0.0).all()


@pytest.mark.parametrize("place", ["Birmingham", "Rutland"])
def test_silo_without_cuts_stays_at_its_baseline(place: str) -> None:
    quiet = ("uncertainties.demand_growth=0", "uncertainties.looked_after_growth=0", "uncertainties.outcome_noise=0",
             "uncertainties.unit_cost_drift=0")
    scenario = small("silo-no-cuts", *quiet, quarters=40, place=place, clusters=5)
    result = run(scenario, seed=3)
    start = begun(scenario, seed=3)
    people = start.cohorts["persons"]
    baseline = (people[:, None] * start.cohorts["baseline"]).sum(axis=0) / people.sum()
    outcomes = [name for name in METRICS if name.startswith("outcome_")]
    for name, expected in zip(outcomes, baseline, strict=True):
        assert result.metrics[name] == pytest.approx(expected, abs=1e-9), name
    budgets = start.agencies["budget"].sum()
    still = {
        "reactive_demand": 1.0, "funding_gap": 0.0, "shortfall": 0.0, "stress": 0.0, "pooled_budget": 0.0,
        "duplication_removed": 0.0, "net_saving": 0.0, "transaction_cost": 0.0, "duplication_share": 100.0,
        "reactive_share": 100.0 * start.agencies["reactive_start"].sum() / budgets,
    }
    for name, expected in still.items():
        assert result.metrics[name] == pytest.approx(expected, abs=1e-9), name
    for name in [name for name, metric in METRICS.items() if metric.group != "network"]:  # ties come and go with leaders
        assert np.ptp(result.metrics[name]) <= 1e-9 * max(1.0, np.abs(result.metrics[name]).max()), name
    assert len(result.deals) == 0
    assert not result.gains.any()


#: Levers that reach places also where nobody negotiates: they are about budgets, grants and bodies themselves.
REACH_SILOS = {
    "cuts", "grant_england", "exceptional_support", "commissioning_capacity", "merger", "shared_governance", "reorganisation",
}
#: What others may show there: what a department says.
SHOWN = {"encouragement": {"metrics", "metric encouragement"}}


@pytest.fixture(scope="module")
def silo() -> tuple[Scenario, Run]:
    scenario = small("silo", quarters=12)
    return scenario, run(scenario, seed=4)


@settings(max_examples=60)
@given(st.sampled_from(sorted(set(LEVERS) - REACH_SILOS)).flatmap(lever_settings))
def test_levers_of_pooling_change_nothing_in_a_silo(silo: tuple[Scenario, Run], setting: str) -> None:
    scenario, before = silo
    changed = differing(before, run(scenario.with_settings([setting]), seed=4))
    assert set(changed) <= SHOWN.get(setting.split(".")[1].split("=")[0], set())


@pytest.mark.parametrize("lever", sorted(set(LEVERS) - REACH_SILOS))
def test_every_lever_at_its_ends_changes_nothing_in_a_silo(silo: tuple[Scenario, Run], lever: str) -> None:
    scenario, before = silo
    for value in LEVERS[lever].choices or (LEVERS[lever].low, LEVERS[lever].high):
        changed = differing(before, run(scenario.with_settings([f"levers.{lever}={value}"]), seed=4))
        assert set(changed) <= SHOWN.get(lever, set())


@pytest.mark.parametrize("lever", sorted(REACH_SILOS))
def test_levers_of_budgets_and_bodies_do_reach_a_silo(silo: tuple[Scenario, Run], lever: str) -> None:
    scenario, before = silo
    end = LEVERS[lever].low if LEVERS[lever].default == LEVERS[lever].high else LEVERS[lever].high
    assert "metric wellbeing" in differing(before, run(scenario.with_settings([f"levers.{lever}={end}"]), seed=4))


@pytest.mark.parametrize(
    "setting",
    [
        "levers.neighbourhood_share.corporate=1",  # the prototype has commissioners for two other themes
        "levers.single_pot_scope={all: 1, corporate: 1}",
        "levers.mandate.crime_and_justice=0.5",
        "levers.scope={all: 1, transport_and_economy: 1}",
        "levers.encouragement.treasury=-1",  # no agency of a place answers to the Treasury
        "levers.freedom.treasury=1",
        "levers.clawback.treasury=1",
        "levers.single_pot.treasury=1",
        'events=[{date: "2020-10", lever: mandate, value: 0.5}]',  # after the end
    ],
)
def test_a_lever_that_touches_nobody_changes_nothing(setting: str) -> None:
    scenario = small("prototype", quarters=16)
    assert differing(run(scenario, seed=4), run(scenario.with_settings([setting]), seed=4)) == []


def test_a_mandate_that_binds_nobody_changes_nothing() -> None:
    free = small("mandated-pooling", "arrangement.mandated_agencies=[]", "levers.mandate=0", quarters=16)
    assert differing(run(free, seed=4), run(free.with_settings(["levers.mandate=0.6"]), seed=4)) == []


def test_outcome_noise_moves_outcomes_and_no_money_by_itself() -> None:
    quiet = small("silo-no-cuts", "uncertainties.outcome_noise=0", quarters=6)
    noisy = quiet.with_settings(["uncertainties.outcome_noise=0.003"])
    one, two = run(quiet, seed=4), run(noisy, seed=4)
    assert set(differing(one, two)) & set(ARRAYS) == {"metrics"}
    assert (one.metrics["pooled_budget"] == two.metrics["pooled_budget"]).all()
    assert (one.metrics["wellbeing"] != two.metrics["wellbeing"]).all()
