"""Redesign: set-up lags, who pays the cost of change and in which order, what a pool without money does, property."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import begun, small
from totalplace.agents.commissioner import advance, go_live, hurried, pace, release_property
from totalplace.agents.compiled import python
from totalplace.agents.ledger import AGENCY_ACCOUNT, BUYERS, CAPITAL_POT, CHANGE_SUPPLIERS, POT_ACCOUNT
from totalplace.scenarios.vocabulary import THEMES

CORPORATE = THEMES.index("corporate")
MONEY = st.one_of(st.just(0.0), st.floats(0.0, 20.0))


def live(duplication: float = 20.0, theme: int = 0, *, fund: float = 0.0, capital: float = 0.0, partners: float = 0.0,
         capital_pot: bool = True) -> Any:
    """A world with a live joint commission of three partners, and money for change from three sources, £m."""
    world = begun(small())
    row = world.themes[theme]
    row.partners, row.duplication, row.redesign, row.transition_money = 3, duplication, 0.0, partners
    world.clock.fund_left = fund
    world.levers.capital_pot = float(capital_pot)
    world.accounts[CAPITAL_POT].held = capital
    return world


def cost_of_change(world: Any, theme: int = 0) -> float:
    c = world.themes[theme].commissioner
    wanted = python(pace)(world, c, 3) * (1.0 - world.themes[theme].redesign)
    return float(world.parameters.transition_years * world.themes[theme].duplication * wanted)


@given(MONEY, MONEY, MONEY)
def test_fund_then_capital_pot_then_partners_pay(fund: float, capital: float, partners: float) -> None:
    world = live(fund=fund, capital=capital, partners=partners)
    cost = cost_of_change(world)
    cost *= python(hurried)(world, fund + capital - cost, cost)
    python(advance)(world, world.themes[0].commissioner, 0)
    from_fund = min(cost, fund)
    from_capital = min(cost - from_fund, capital)
    from_partners = min(cost - from_fund - from_capital, partners)
    assert world.clock.fund_left == pytest.approx(fund - from_fund)
    assert world.accounts[CAPITAL_POT].held == pytest.approx(capital - from_capital)
    assert world.accounts[CAPITAL_POT].debit == pytest.approx(from_capital)
    assert world.themes[0].transition_money == pytest.approx(partners - from_partners)
    assert world.accounts[POT_ACCOUNT].debit == pytest.approx(from_partners)
    spent = from_fund + from_capital + from_partners
    assert world.themes[0].transition_spent == pytest.approx(spent)
    assert world.accounts[CHANGE_SUPPLIERS].credit == pytest.approx(spent)
    missing = max(0.0, cost - from_fund - from_capital - (partners - from_partners))
    assert world.themes[0].call == pytest.approx(4.0 * missing)


def test_capital_pot_pays_only_where_there_is_one() -> None:
    world = live(capital=50.0, capital_pot=False)
    python(advance)(world, world.themes[0].commissioner, 0)
    assert world.accounts[CAPITAL_POT].held == 50.0
    assert world.themes[0].transition_spent == 0.0


def test_redesign_hardly_moves_without_money_and_not_without_a_leader() -> None:
    funded, unfunded, unled = live(fund=1e6), live(), live(fund=1e6)
    c = funded.themes[0].commissioner
    unled.commissioners[c].leadership = 0.0
    full = python(pace)(funded, c, 3)
    funded.parameters.hurry = 0.0
    for world in (funded, unfunded, unled):
        python(advance)(world, c, 0)
    assert funded.themes[0].redesign == pytest.approx(full)
    assert unfunded.themes[0].redesign == pytest.approx(unfunded.parameters.unfunded_pace * full)
    assert unled.themes[0].redesign == 0.0


def test_each_further_partner_slows_redesign() -> None:
    world = begun(small())
    paces = [python(pace)(world, 0, partners) for partners in range(2, 8)]
    assert all(later < earlier for earlier, later in pairwise(paces))
    assert python(pace)(world, 0, 1) == paces[0]


def test_a_lone_partner_redesigns_nothing() -> None:
    world = live(fund=100.0)
    world.themes[0].partners = 1
    python(advance)(world, world.themes[0].commissioner, 0)
    assert world.themes[0].redesign == world.themes[0].transition_spent == world.themes[0].call == 0.0


def test_redesign_never_passes_one() -> None:
    world = live(fund=1e9)
    for _ in range(400):
        python(advance)(world, world.themes[0].commissioner, 0)
        assert 0.0 <= world.themes[0].redesign <= 1.0


def test_agreed_shares_wait_out_the_lag() -> None:
    world = begun(small())
    share = world.shares[0, 0]
    share.agreed, share.wait, share.agreed_promise, share.agreed_transfer = 0.4, 3, 1.5, -0.2
    for _ in range(2):
        python(go_live)(world, 0)
        assert (share.ceded, share.promised) == (0.0, 0.0)
    python(go_live)(world, 0)
    assert (share.ceded, share.promised, share.transfer) == (0.4, 1.5, -0.2)
    assert (share.agreed, share.wait, share.agreed_promise, share.agreed_transfer) == (0.0, 0, 0.0, 0.0)


@pytest.mark.parametrize("capital_pot", [0.0, 1.0])
def test_property_receipts_go_to_the_pot_or_to_the_owner(capital_pot: float) -> None:
    world = begun(small())
    world.levers.capital_pot = capital_pot
    world.shares["ceded"][:3, CORPORATE] = (0.5, 1.0, 0.0)
    python(release_property)(world, CORPORATE, 0.25)
    sold = world.parameters.estate_release * world.agencies["estate_start"] * world.shares["ceded"][:, CORPORATE] * 0.25
    assert sold[:2].min() > 0.0
    assert world.agencies["estate"] == pytest.approx(world.agencies["estate_start"] - sold)
    assert world.accounts[BUYERS].debit == pytest.approx(sold.sum())
    moving = world.parameters.release_cost * sold
    assert world.accounts[CHANGE_SUPPLIERS].credit == pytest.approx(moving.sum())
    net = sold - moving
    into_pot, to_owners = (net.sum(), 0.0 * net) if capital_pot else (0.0, net)
    assert world.accounts[CAPITAL_POT].held == pytest.approx(into_pot)
    assert world.agencies["receipts"] == pytest.approx(to_owners)
    assert world.accounts["credit"][AGENCY_ACCOUNT:] == pytest.approx(to_owners)


def test_nobody_sells_more_than_it_has() -> None:
    world = begun(small())
    world.shares["ceded"][:, CORPORATE] = 1.0
    for _ in range(60):
        python(release_property)(world, CORPORATE, 1.0)
    assert world.agencies["estate"] == pytest.approx(0.0, abs=1e-9)
    assert (world.agencies["estate"] >= 0.0).all()
    kept = 1.0 - world.parameters.release_cost
    assert world.agencies["receipts"].sum() == pytest.approx(kept * world.agencies["estate_start"].sum())
