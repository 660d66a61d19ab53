"""Money is a ledger: debits equal credits, every account closes, and a rule that makes or loses money stops the run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from tests.strategies import scenarios
from tests.worlds import doubled, edited, run_edited, small
from totalplace.agents.ledger import AGENCY_ACCOUNT, CAPITAL_POT, HALF_PENNY, THEME_ACCOUNT, account_names
from totalplace.agents.mesa_agents import Agency
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import run
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.model.ledger import LedgerError, flows_frame
from totalplace.sim.model.metrics import METRICS


@pytest.mark.parametrize("name", ["single-pot", "outcome-partnership", "combined", "silo"])
def test_debits_equal_credits_and_every_account_closes(name: str) -> None:
    model = PlaceModel(small(name, quarters=12), rng=2)
    before = model.world.flows.copy()
    while model.running:
        opening = model.world.accounts["held"].copy()
        model.step()
        accounts = model.world.accounts
        assert accounts["debit"].sum() == pytest.approx(accounts["credit"].sum(), rel=1e-12)
        posted = model.world.flows - before
        assert np.allclose(posted.sum(axis=1), accounts["debit"], atol=HALF_PENNY)
        assert np.allclose(posted.sum(axis=0), accounts["credit"], atol=HALF_PENNY)
        closing = opening + accounts["credit"] - accounts["debit"]
        passing = accounts["passing"] == 1
        assert np.abs(closing - accounts["held"])[passing].max() < HALF_PENNY
        assert (accounts["held"][passing] > -HALF_PENNY).all()
        before = model.world.flows.copy()


def test_flows_are_named() -> None:
    model = PlaceModel(small("single-pot", quarters=2), rng=2)
    model.step()
    frame = flows_frame(model.world, model.template.place.agency_names)
    names = account_names(model.template.place.agency_names)
    assert tuple(frame.index) == tuple(frame.columns) == names
    assert len(names) == len(set(names)) == len(model.world.accounts)
    assert frame.loc["department: health", "agency: nhs"] > 0.0
    assert model.world.accounts["passing"][:CAPITAL_POT].max() == 0
    assert model.world.accounts["passing"][CAPITAL_POT:].min() == 1


@settings(max_examples=40)
@given(scenarios())
def test_no_scenario_makes_or_loses_money(scenario: Scenario) -> None:
    result = run(scenario, seed=1)
    assert (result.metrics["ledger_error"] == 0.0).all()
    for name in METRICS:
        assert np.isfinite(result.metrics[name]).all(), name
    outcomes = [name for name, metric in METRICS.items() if metric.unit == "0-1"]
    for name in outcomes:
        assert result.metrics[name].min() >= 0.0, name
        assert result.metrics[name].max() <= 1.0, name


class Leaky(Agency):
    """An agency whose rule loses a million pounds in the third quarter."""

    def receive(self) -> None:
        super().receive()
        if self.index == 1 and self.model.quarter == 2:
            self.world.accounts[AGENCY_ACCOUNT + self.index].debit += 1.0


def test_a_rule_that_loses_money_stops_the_run() -> None:
    model = PlaceModel(small("joint-commissioning"), rng=1, agent_classes={"agencies": Leaky})
    model.step()
    model.step()
    with pytest.raises(LedgerError) as caught:
        model.step()
    error = caught.value
    assert error.quarter == 2
    assert error.accounts == {"agency: nhs": pytest.approx(-1.0)}
    assert "quarter 2" in str(error)
    assert "agency: nhs by £-1,000,000.00" in str(error)


def test_a_penny_is_noticed_and_less_is_not() -> None:
    for amount, broken in ((1e-8, True), (1e-10, False)):
        template = edited(small("silo", quarters=2))
        template.world.accounts[THEME_ACCOUNT].held = amount
        if not broken:
            run_edited(template)
            continue
        with pytest.raises(LedgerError) as caught:
            run_edited(template)
        assert list(caught.value.accounts) == ["theme: health_and_care"]


def test_a_compiled_run_that_makes_money_stops_with_the_account() -> None:
    template = edited(small("single-pot", "uncertainties.theme_focus=1", quarters=4))  # else they are made to add up again
    template.world.themes["kind_share"][3] *= 1.25  # hands out more than there is
    with pytest.raises(LedgerError) as caught:
        run_edited(template)
    assert caught.value.quarter == 0
    assert list(caught.value.accounts) == ["theme: education_and_early_years"]
    assert caught.value.accounts["theme: education_and_early_years"] < 0.0


@pytest.mark.parametrize("name", ["joint-commissioning", "single-pot", "board-officer", "neighbourhood", "silo"])
def test_twice_the_money_doubles_money_and_leaves_shares_alone(name: str) -> None:
    scenario = small(name, quarters=20, place="Birmingham")
    once, twice = run_edited(edited(scenario)), run_edited(doubled(scenario))
    assert (once.metrics["deals_proposed"][-1] > 0.0) == (name != "silo")
    for metric in METRICS.values():
        factor = 2.0 if metric.unit.startswith("£m") else 1.0
        expected = factor * once.metrics[metric.name]
        assert twice.metrics[metric.name] == pytest.approx(expected, rel=1e-6, abs=1e-9), metric.name
    assert twice.gains == pytest.approx(2.0 * once.gains, rel=1e-6, abs=1e-9)
    assert np.array_equal(twice.deals["outcome"], once.deals["outcome"])
