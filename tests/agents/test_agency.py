"""What statute demands, what an agency controls, what it does with its budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import after, begun, small
from totalplace.agents.agency import comply, receive
from totalplace.agents.compiled import python
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.model.quarter import open_quarter

COUNCIL, NHS, JOBCENTRE = (AGENCY_KINDS.index(kind) for kind in ("council", "nhs", "jobcentre_plus"))
WORK = THEMES.index("work_and_benefits")
UNIT = st.floats(0.0, 1.0)


def row_of(world: Any, kind: int) -> int:
    return int(np.flatnonzero(world.agencies["kind"] == kind)[0])


@given(UNIT, UNIT, UNIT, st.booleans(), st.floats(0.0, 0.15))
def test_mandate_and_single_pot_set_the_floor(
    mandate: float, single_pot: float, ceded: float, mandated: bool, trust_cost: float
) -> None:
    world = begun(small())
    a, share = row_of(world, NHS), world.shares[row_of(world, NHS), 0]
    tie = world.ties[a, world.themes[0].commissioner]
    tie.trust, tie.tied, share.ceded, share.notice = 0.5, 0, ceded, 3
    world.agencies[a].mandated = int(mandated)
    world.levers.mandate[0], world.levers.single_pot[:] = mandate, single_pot
    world.parameters.mandate_trust_cost = trust_cost
    python(comply)(world, a)
    planned = share.frontline_start + share.common_start
    statute = min(1.0, mandate * share.spend / planned) if mandated else 0.0
    floor = max(single_pot, statute)
    assert share.floor == pytest.approx(floor)
    assert share.ceded == pytest.approx(max(ceded, floor))
    if ceded < floor:
        forced = max(0.0, statute - max(ceded, single_pot))
        assert tie.trust == pytest.approx(max(0.0, 0.5 - trust_cost * forced))
        assert (tie.tied, share.notice) == (1, 0)
    else:
        assert (tie.trust, tie.tied, share.notice) == (0.5, 0, 3)


def test_a_mandate_on_a_theme_without_a_commissioner_binds_nobody() -> None:
    world = begun(small("silo"))
    world.levers.mandate[:] = 1.0
    world.levers.single_pot[:] = 1.0
    for a in range(len(world.agencies)):
        python(comply)(world, a)
    assert not world.shares["floor"].any()
    assert not world.shares["ceded"].any()


def test_who_may_pool_follows_the_levers() -> None:
    world = begun(small(nhs=3))
    world.levers.gp_may_pool, world.levers.entitlements_may_pool = 0.0, 1.0
    for a in range(len(world.agencies)):
        python(comply)(world, a)
    assert np.array_equal(world.agencies["may_pool"] == 0, world.agencies["kind"] == NHS)
    benefits = world.shares["benefits"]
    jobcentre = row_of(world, JOBCENTRE)
    assert benefits[jobcentre, WORK] == world.shares["benefits_start"][jobcentre, WORK] > 0.0
    assert benefits.sum() == benefits[jobcentre, WORK]


@pytest.fixture(scope="module")
def pooling() -> Any:
    return after(10, small("single-pot", place="Hartlepool", quarters=12), seed=4)


@given(st.integers(0, 10), st.integers(0, len(THEMES) - 1), UNIT, UNIT)
def test_more_ceded_by_one_never_raises_its_own_control(pooling: Any, a: int, j: int, one: float, other: float) -> None:
    """Control is the planned and common money that stays with the agency: its budget less what is spoken for and ceded."""
    share, agency = pooling.shares[a, j], pooling.agencies[a]
    kept = share.ceded
    control = []
    for share.ceded in sorted((one, other)):
        held, fund = pooling.accounts.copy(), pooling.themes["transition_money"].copy()
        receipts, reactive = float(agency.receipts), pooling.kinds["reactive"].copy()
        python(receive)(pooling, a)
        mine = pooling.shares[a]
        control.append(float(((1.0 - mine["ceded"]) * (mine["frontline"] + mine["common"])).sum()))
        pooling.accounts[:], pooling.themes["transition_money"], pooling.kinds["reactive"] = held, fund, reactive
        agency.receipts = receipts
    share.ceded = kept
    assert control[1] <= control[0] + 1e-9 * agency.budget


@given(st.integers(0, 10), st.integers(0, len(THEMES) - 1), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_budget_less_ceded_falls_with_what_is_ceded(a: int, j: int, one: float, other: float) -> None:
    world = begun(small(place="Hartlepool"))
    share, agency = world.shares[a, j], world.agencies[a]
    control = []
    for share.ceded in sorted((one, other)):
        python(receive)(world, a)
        control.append(float(agency.budget - agency.ceded))
    assert control[1] <= control[0] + 1e-9 * agency.budget
    assert control[1] >= -1e-9


def test_reactive_demand_is_met_first_and_a_shortfall_is_recorded() -> None:
    world = begun(small())
    world.parameters.networking_time = 0.0  # partnership work takes its part of the budget
    a = row_of(world, COUNCIL)
    agency = world.agencies[a]
    python(open_quarter)(world)
    python(receive)(world, a)
    assert agency.scale == pytest.approx(1.0)
    assert (agency.shortfall, agency.gap, agency.stress) == (0.0, pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-12))
    world.levers.cuts, world.budget_path[a, 0] = 1.0, 0.5 * agency.reactive_start / agency.baseline
    python(receive)(world, a)
    assert agency.budget == pytest.approx(0.5 * agency.reactive_start)
    assert agency.shortfall == pytest.approx(0.5 * agency.reactive)
    assert (agency.scale, agency.stress) == (0.0, 1.0)
    assert not world.shares[a]["frontline"].any()


@given(st.floats(0.0, 2.0), st.floats(0.3, 1.2))
def test_depth_of_cuts_is_a_multiple_of_the_path(cuts: float, index: float) -> None:
    world = begun(small())
    world.levers.cuts, world.budget_path[0, 0] = cuts, index
    python(receive)(world, 0)
    agency = world.agencies[0]
    assert agency.budget == pytest.approx(agency.baseline * max(0.0, 1.0 + cuts * (index - 1.0)))
