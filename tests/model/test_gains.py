"""Who pays and who gains adds up to the ledger: every agency is credited with what it was paid and spared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import broken_gains, demand_avoided, savings_paid
from tests.whole_scenarios import whole_scenarios
from tests.worlds import small
from totalplace.scenarios import names
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.model.world import build

#: Departments that take back all, some and nothing; a mandate and a pot whose money goes; a year in which all leave.
HARD = ("levers.clawback={health: 1, treasury: 0.5, communities: 0}", "levers.mandate=1", "levers.single_pot={transport: 1}",
        "levers.cuts=0", "uncertainties.exit_rate=0.03", "events=[{date: 2013-01, lever: mandate, target: all, value: 0}]")


class Bookkeeper(PlaceModel):
    """Keeps its own account of who pays for whose gain, from the money in the pots and the postings of savings."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        super().__init__(scenario, rng=seed)
        agencies, themes = self.world.shares.shape
        self.parts, self.expected = np.zeros((themes, agencies)), np.zeros((agencies, agencies))

    def finance(self) -> None:
        before = savings_paid(self.world)
        super().finance()
        self.expected += self.parts.T @ (savings_paid(self.world) - before)

    def service(self) -> None:
        super().service()
        pooled = self.world.shares["ceded"] * (self.world.shares["frontline"] + self.world.shares["common"])
        for theme in np.flatnonzero(pooled.sum(axis=0) > 0.0):
            self.parts[theme] = pooled[:, theme] / pooled[:, theme].sum()
        self.expected += self.parts.T @ demand_avoided(self.world).T


def assert_those_who_fund_it_pay(scenario: Scenario, seed: int) -> Any:
    model = Bookkeeper(scenario, seed)
    while model.running:
        model.step()
        np.testing.assert_allclose(model.world.gains, model.expected, rtol=1e-9, atol=1e-9)
    return model.world


@pytest.mark.parametrize("name", names())
def test_every_shipped_scenario_credits_what_was_paid_and_spared(name: str) -> None:
    for seed in (1, 2, 3):
        assert list(broken_gains(build(small(name, quarters=40, place="Nottingham")), seed)) == []


def test_the_prototype_adds_up_over_sixty_seeds() -> None:
    """Pots come and go: the gains fell short of what came back by a fifth."""
    runs = ensemble(small("prototype", quarters=40, place="Nottingham"), runs=60)
    paid = 0.25 * (runs.metrics["returned"] + runs.metrics["demand_avoided"]).sum()
    assert paid > 100.0
    assert runs.gains.sum() == pytest.approx(paid, rel=1e-12)


@pytest.mark.parametrize(("name", "changed"), [("prototype", ()), ("single-pot", ()), ("board-political", HARD),
                                               ("mandated-pooling", HARD), ("outcome-partnership", HARD)])
def test_those_whose_money_was_pooled_pay(name: str, changed: tuple[str, ...]) -> None:
    world = assert_those_who_fund_it_pay(small(name, *changed, quarters=24), seed=4)
    assert world.gains.sum() > 0.0


@settings(max_examples=25)
@given(whole_scenarios(most_quarters=12), st.integers(0, 2**63 - 1))
def test_those_whose_money_was_pooled_pay_in_random_scenarios(scenario: Scenario, seed: int) -> None:
    assert_those_who_fund_it_pay(scenario, seed)


def test_a_department_that_takes_back_all_leaves_its_agencies_nothing() -> None:
    scenario = small("single-pot", "levers.clawback={all: 0, health: 1}", quarters=24)
    template = build(scenario)
    model = assert_those_who_fund_it_pay(scenario, seed=1)
    health = np.flatnonzero(template.place.agency_kind == 1)
    assert savings_paid(model)[:, health].sum() == 0.0
    assert savings_paid(model).sum() > 0.0


def test_demand_that_is_still_avoided_when_a_pot_is_empty_is_paid_by_those_who_filled_it() -> None:
    """Everybody leaves in the tenth quarter; what integration did to outcomes fades, and so do the gains."""
    model = Bookkeeper(small("single-pot", "levers.single_pot=0", "levers.mandate=0.3", quarters=24), 1)
    for _ in range(10):
        model.step()
    model.world.shares["floor"], model.world.shares["ceded"], model.world.levers.mandate[:] = 0.0, 0.0, 0.0
    before = model.world.gains.sum()
    model.step()
    assert model.world.themes["pot"].sum() == 0.0
    avoided = demand_avoided(model.world).sum()
    assert avoided > 0.0
    assert model.world.gains.sum() - before >= avoided
    np.testing.assert_allclose(model.world.gains, model.expected, rtol=1e-9, atol=1e-9)
