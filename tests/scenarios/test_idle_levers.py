"""Levers of statute and pots that can do nothing under an arrangement are told, with the reason, and they do do nothing."""

from __future__ import annotations

import pytest

from totalplace import scenarios
from totalplace.sim.engine.ensemble import run

#: What each lever is set to, and how a note names it.
HELD = {
    "single_pot=0.3": "single pot", "mandate=0.1": "mandate", "mandate_of_budget=0.1": "mandate of budget",
    "mandate_money=100": "mandate money", "mandate_a_head=100": "mandate a head", "mandate_england=5000": "mandate england",
    "neighbourhood_share=0.5": "neighbourhood share", "capital_pot=1": "capital pot", "transition_fund=5": "transition fund",
    "leadership_programme=1": "leadership programme", "settlement_years=3": "settlement years",
    "ring_fence.health_and_care=1": "ring fence",
    "virement=1": "virement", "authority_split=1": "authority split", "mandate_grants=3000": "mandate grants",
    "wave_coaching=1": "wave coaching", "wave_stance.health=1": "wave stance", "wave_money=5": "wave money",
    "mandate_split=population": "mandate split",
}
SHORT = ["place=Rutland", "quarters=8", "uncertainties=default"]


def idle(scenario: str, *settings: str) -> list[str]:
    given = {setting.split("=")[0] for setting in settings}
    short = [one for one in SHORT if one.split("=")[0] not in given]
    return [note for note in scenarios.load(scenario, set=[*short, *settings]).notes if "no effect" in note]


@pytest.mark.parametrize("setting", HELD)
def test_nobody_holds_a_pot_in_a_silo(setting: str) -> None:
    assert idle("silo", f"levers.{setting}") == [
        f"'{HELD[setting]}' has no effect: the arrangement silo has no commissioner to pool money with"]
    one, other = (run(scenarios.load("silo", set=[*SHORT, *settings]), 3).metrics for settings in ([], [f"levers.{setting}"]))
    for name in ("pooled_budget", "net_saving", "wellbeing", "taxpayers_cash"):
        assert (one[name] == other[name]).all(), name


def test_several_are_told_together_and_at_a_date_too() -> None:
    told = "have no effect: the arrangement silo has no commissioner to pool money with"
    assert idle("silo", "levers.mandate=0.1", "levers.single_pot=0.3") == [f"'mandate' and 'single pot' {told}"]
    assert idle("silo", "events=2011-04: mandate at 0.1") == [told.join(("'mandate' ", "")).replace("have", "has")]
    fund = scenarios.load("better-care-fund", set=["arrangement=silo"])  # its minimum comes in 2015, beyond these eight quarters
    assert [note for note in fund.notes if "no effect" in note] == [told.join(("'mandate england' ", "")).replace("have", "has")]


def test_one_that_acts_for_part_of_the_run_is_not_told() -> None:
    assert idle("silo", "levers.mandate=0.1", "events=2011-04: arrangement mandated-pooling") == []
    assert idle("mandated-pooling", "events=2011-04: arrangement silo") == []
    assert idle("silo", "levers.mandate=0.1", "events=2011-04: mandate at 0") != []


def test_other_reasons() -> None:
    assert idle("mandated-pooling", "levers.mandate_of_budget=0", "levers.mandate.corporate=0.1") == [
        "'mandate' has no effect: the arrangement mandated-pooling has no commissioner for corporate"]
    assert idle("single-pot", "levers.single_pot_scope=0") == [
        "'single pot' has no effect: no theme is in the single pot (single_pot_scope)"]
    assert idle("joint-commissioning", "levers.ring_fence=1", "levers.wave_money=3", "levers.mandate_split=population",
                "levers.virement=0.1") == [
        "'ring fence' has no effect: no minimum is set that it could fence",
        "'mandate split' has no effect: no minimum of England is set that it could split",
        "'virement' has no effect: departments pay nothing into a single pot",
        "'wave money' has no effect: no wave opens that places could apply for"]
    assert idle("single-pot", "levers.authority_split=1") == [
        "'authority split' has no effect: the place shares no strategic authority with others"]
    assert idle("single-pot", "year=2024-25", "place=Leeds", "levers.authority_split=1") == []
    assert idle("joint-commissioning", "levers.mandate=0.1", "arrangement.mandated_agencies=[]") == [
        "'mandate' has no effect: the arrangement joint-commissioning names no agencies that statute binds (mandated_agencies)"]


@pytest.mark.parametrize("place", ["Rutland", "Birmingham"])
@pytest.mark.parametrize(("setting", "lever"), [
    ("levers.mandate.health_and_care=0.1", "mandate"), ("levers.mandate_of_budget.health_and_care=0.05", "mandate of budget"),
])
def test_a_minimum_below_what_departments_pay_into_the_single_pot(place: str, setting: str, lever: str) -> None:
    pot = ["levers.single_pot=0.5", f"place={place}"]
    told = f"'{lever}' has no effect: departments pay as much of that money into the single pot already"
    assert idle("single-pot", *pot, setting) == [told]
    one, other = (run(scenarios.load("single-pot", set=[*SHORT[1:], *pot, *more]), 3).metrics for more in ([], [setting]))
    for name in ("pooled_budget", "ceded_nhs", "ceded_council"):
        assert (one[name] == other[name]).all(), name
    assert idle("single-pot", "levers.single_pot=0.05", f"place={place}", setting) == [], "now the minimum is more"
    assert idle("single-pot", *pot, setting, "levers.single_pot.health=0") == [], "the health department pays nothing in"
    assert idle("single-pot", *pot, setting, "arrangement.single_pot_agencies=[council]") == [], "the NHS pays nothing in"
    assert idle("single-pot", *pot, setting, "levers.single_pot_scope.health_and_care=0") == [], "the theme is not in the pot"


def test_a_minimum_that_acts_before_the_pot_comes_is_not_told() -> None:
    later = ("levers.single_pot=0", "events=2011-04: single pot at 50%")
    assert idle("single-pot", *later, "levers.mandate.health_and_care=0.1") == []


def test_a_scope_where_nothing_could_be_in_it() -> None:
    nobody = "the arrangement silo has no commissioner to pool money with"
    assert idle("silo", "levers.scope.health_and_care=0") == [f"'scope' has no effect: {nobody}"]
    assert idle("silo", "levers.single_pot_scope.health_and_care=0") == [f"'single pot scope' has no effect: {nobody}"]
    assert idle("joint-commissioning", "levers.single_pot_scope.health_and_care=0") == [
        "'single pot scope' has no effect: departments pay nothing into a single pot"]
    assert idle("joint-commissioning", "levers.scope.health_and_care=0") == []
    assert idle("single-pot", "levers.single_pot_scope.health_and_care=0") == []
    one, other = (run(scenarios.load("silo", set=[*SHORT, *more]), 3).metrics for more in ([], ["levers.scope.health_and_care=0"]))
    for name in ("pooled_budget", "net_saving", "wellbeing", "taxpayers_cash"):
        assert (one[name] == other[name]).all(), name


@pytest.mark.parametrize("name", scenarios.names())
def test_shipped_scenarios_set_nothing_in_vain(name: str) -> None:
    assert [note for note in scenarios.load(name).notes if "no effect" in note] == []
