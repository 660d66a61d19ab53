"""All levers at once: whatever is set, the ledger closes, freed money adds up to the penny and every cost has a payer."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.checking import tried
from tests.laws import assert_lawful, played
from tests.strategies import PLACES, lever_settings
from totalplace.agents.ledger import AGENCY_ACCOUNT, CHANGE_SUPPLIERS, LOCAL_TAXATION
from totalplace.scenarios import load
from totalplace.scenarios.registry import LEVERS
from totalplace.sim.model.world import build
from totalplace.sim.results.freed_money import PENNY, unaccounted

SEEDS = st.integers(0, 2**63 - 1)
ARRANGEMENTS = ("joint-commissioning", "single-pot", "mandated-pooling", "board-officer", "neighbourhood", "prototype")


@st.composite
def every_lever(draw: st.DrawFn) -> list[str]:
    """Settings of all levers of the registry, any place, one of several arrangements, parameters from the prior or defaults."""
    chosen = {name: draw(lever_settings(name)) for name in LEVERS}
    return [f"arrangement={draw(st.sampled_from(ARRANGEMENTS))}", f"place={draw(st.sampled_from(PLACES))}",
            f"uncertainties={draw(st.sampled_from(['default', 'prior']))}", "quarters=16",
            f"clusters={draw(st.integers(1, 4))}", *chosen.values()]


@tried(13, given_settings=every_lever(), seed=SEEDS)
def test_all_levers_at_once_keep_the_laws_and_freed_money_adds_up(given_settings: list[str], seed: int) -> None:
    scenario = load("october-2010", set=given_settings)
    assert_lawful(scenario, seed)
    run, world = played(build(scenario), seed)
    assert abs(float(unaccounted(run.metrics))) < PENNY
    assert_every_cost_has_a_payer(run.metrics, world)


def assert_every_cost_has_a_payer(m: Any, world: Any) -> None:
    """Agencies pay agreements, steering and for bodies that change, departments the fund, support and assurance; pots the rest."""
    flows = np.asarray(world.flows)
    agencies, departments = flows[AGENCY_ACCOUNT:, CHANGE_SUPPLIERS].sum(), flows[:LOCAL_TAXATION, CHANGE_SUPPLIERS].sum()
    paid = 0.25 * (m["transaction_cost"] + m["steering_cost"]).sum() + m["reorganisation_cost"][-1]
    np.testing.assert_allclose(agencies, paid, atol=1e-8)
    np.testing.assert_allclose(departments, 0.25 * (m["change_by_treasury"] + m["oversight_cost"]).sum(), atol=1e-8)
