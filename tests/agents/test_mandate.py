"""Mandates in money: the largest minimum binds, is split by who pays, is in the money of the day, and is planned each April."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import after, begun, small
from totalplace import scenarios
from totalplace.agents.agency import comply
from totalplace.agents.budget import budget_index
from totalplace.agents.compiled import python
from totalplace.agents.mandate import announce, expected_scale, mandated_money, mandated_part, mandated_share
from totalplace.scenarios import places
from totalplace.scenarios.places.england import MEASURES, england, england_part, part_of_england
from totalplace.scenarios.prices import INFLATION, deflator, price_levels
from totalplace.scenarios.vocabulary import AGENCY_KINDS

HEALTH = 0
COUNCIL, NHS = (AGENCY_KINDS.index(kind) for kind in ("council", "nhs"))


def world_of(*settings: str, **fields: Any) -> Any:
    """A world under mandated pooling with nothing mandated but by the settings."""
    return begun(small("mandated-pooling", "levers.mandate_of_budget=0", *settings, **fields))


def row(world: Any, kind: int) -> int:
    return int(np.flatnonzero(world.agencies["kind"] == kind)[0])


def asked(world: Any) -> float:
    """Mandated money of health and care that all agencies are asked for, £m a year at base-year prices."""
    python(announce)(world)
    bound = np.flatnonzero(world.agencies["mandated"] == 1)
    return float(sum(python(mandated_money)(world, a, HEALTH, 1.0) for a in bound))


@given(st.floats(0, 100), st.floats(0, 1000), st.floats(0, 100_000), st.floats(0, 1), st.sampled_from(range(3)))
def test_the_largest_minimum_binds_and_its_parts_add_up(place: float, head: float, all_england: float, councils: float,
                                                        split: int) -> None:
    world = world_of()
    levers = world.levers
    levers.mandate_money[HEALTH], levers.mandate_a_head[HEALTH], levers.mandate_england[HEALTH] = place, head, all_england
    levers.mandate_from_councils, levers.mandate_split = councils, split
    parts = [python(mandated_part)(world, a, HEALTH) for a in range(len(world.agencies)) if world.agencies[a].mandated]
    assert sum(parts) == pytest.approx(1.0)
    largest = max(place, head * world.clock.population * 1e-6, all_england * world.clock.england_part[split])
    assert asked(world) == pytest.approx(largest)


@pytest.mark.parametrize(("bound", "council"), [(("council",), 1.0), (("nhs",), 0.0), (("council", "nhs"), 0.25)])
def test_who_is_mandated_alone_pays_all(bound: tuple[str, ...], council: float) -> None:
    world = world_of(f"arrangement.mandated_agencies=[{', '.join(bound)}]", "levers.mandate_from_councils=0.25")
    assert python(mandated_part)(world, row(world, COUNCIL), HEALTH) == pytest.approx(council)
    assert python(mandated_part)(world, row(world, NHS), HEALTH) == pytest.approx(1.0 - council)


def test_consortia_share_the_money_of_the_nhs() -> None:
    world = begun(small("mandated-pooling", nhs=3))
    parts = [python(mandated_part)(world, a, HEALTH) for a in np.flatnonzero(world.agencies["kind"] == NHS)]
    assert len(parts) == 3
    assert np.ptp(parts) == pytest.approx(0.0)


def test_a_share_of_budget_lines_is_of_all_nhs_and_social_care_money() -> None:
    world = world_of("levers.mandate_of_budget.health_and_care=3.4%", "levers.cuts=0")
    place = places.load("Rutland")
    assert asked(world) == pytest.approx(0.034 * (place.nhs + place.social_care))
    assert world.shares[row(world, NHS), HEALTH].lines > world.shares[row(world, NHS), HEALTH].spend


@given(st.floats(0, 1))
def test_the_old_share_is_of_spend_on_the_theme_as_before(share: float) -> None:
    world = world_of()
    world.levers.mandate[HEALTH] = share
    python(announce)(world)
    a = row(world, NHS)
    own = world.shares[a, HEALTH]
    least = python(mandated_share)(world, a, HEALTH, 1.0, 1.0)
    assert least == min(1.0, share * own.spend / (own.frontline_start + own.common_start))


def test_money_is_of_the_day_and_loses_worth_as_prices_rise() -> None:
    world = world_of("levers.mandate_money=10")
    first = asked(world)
    world.clock.quarter = 7
    assert asked(world) == pytest.approx(first * deflator(2010) / deflator(2012))


def test_the_floor_is_planned_in_april_and_when_the_mandate_changes() -> None:
    world = begun(small("mandated-pooling"))
    replanned = []
    for quarter in range(8):
        world.clock.quarter = quarter
        if quarter == 4:
            world.levers.mandate_money[HEALTH] = 50.0
        python(announce)(world)
        replanned.append(int(world.themes[HEALTH].replanned))
    assert replanned == [1, 0, 1, 0, 1, 0, 1, 0]  # from October: at the start, in April, at the change, in April


def test_who_pools_the_minimum_and_no_more_follows_it_down_and_others_do_not() -> None:
    world = begun(small("mandated-pooling"))
    a, b = row(world, NHS), row(world, COUNCIL)
    for agency in (a, b):
        own = world.shares[agency, HEALTH]
        own.floor, own.mandate, own.promised = 0.2, 0.1, 4.0
    world.shares[a, HEALTH].ceded, world.shares[b, HEALTH].ceded = 0.2, 0.3
    world.themes[HEALTH].replanned = 0
    world.levers.mandate_of_budget[HEALTH] = 0.0
    trust = float(world.ties[a, 0].trust)
    for agency in (a, b):
        python(comply)(world, agency)
    assert (world.shares[a, HEALTH].ceded, world.shares[a, HEALTH].promised) == (0.1, 2.0)
    assert (world.shares[b, HEALTH].ceded, world.shares[b, HEALTH].promised) == (0.3, 4.0)
    assert world.ties[a, 0].trust == trust


def test_what_is_pooled_is_the_minimum_of_the_year_to_a_hundredth() -> None:
    scenario = small("better-care-fund", "levers.scope=0", quarters=40, place="Nottingham")
    part = places.load("Nottingham").england_part[0]
    for quarter, minimum in ((18, 3800.0), (22, 3913.0), (34, 6400.0)):
        world = after(quarter + 1, scenario)
        pooled = float(world.themes["pot"].sum()) * float(world.price_level[quarter])
        assert pooled == pytest.approx(minimum * part, rel=0.01)


def test_the_parts_of_england_add_to_one_and_the_minimum_to_that_of_england() -> None:
    for year in ("2010-11", "2017-18"):
        parts = np.array([england_part(place.code, year) for place in places.names()])
        np.testing.assert_allclose(parts.sum(axis=0), 1.0, rtol=1e-9)
        assert (parts > 0.0).all()
        for measure in MEASURES:
            every = sum(part_of_england(place.code, year, measure) for place in places.names())
            assert england()[year, measure] == pytest.approx(every, rel=1e-9)
    asked_for = sum(3800.0 * england_part(place.code, "2010-11")[0] for place in places.names())
    assert asked_for == pytest.approx(3800.0)


def test_weights_are_near_the_one_published_minimum_of_a_place() -> None:
    """Leicestershire's NHS minimum of 2025-26 was £57,070,979 of £5,614m, Birmingham's grant £67,918,344 of £2,140m in 2024-25."""
    assert places.load("Leicestershire", "2017-18").england_part[0] == pytest.approx(57.070979 / 5614.0, rel=0.1)
    birmingham = places.load("Birmingham", "2017-18").england_part[0]
    assert birmingham == pytest.approx(67.918344 / 2140.0, rel=0.35)  # a grant by need of social care, not of health


def test_prices_follow_the_deflator_and_go_on_after_it() -> None:
    levels = price_levels("2010-10", 40, "2010-11")
    assert levels[0] == 1.0
    assert levels[18] == pytest.approx(0.745 / 0.692, abs=0.002)
    assert (np.diff(levels) >= -1e-12).all()
    assert price_levels("2017-10", 4, "2017-18")[0] == 1.0
    assert deflator(2030) == pytest.approx(deflator(2025) * (1.0 + INFLATION) ** 5)
    assert deflator(1990) == deflator(2008)


def test_what_an_agency_can_plan_for_is_the_base_year_at_the_start() -> None:
    world = begun(small("mandated-pooling"))
    for a in range(len(world.agencies)):
        assert python(budget_index)(world, a) == 1.0
        assert python(expected_scale)(world, a, 1.0, 1.0) == pytest.approx(1.0)


def test_interpolated_years_of_the_fund_lie_between_the_published_ones() -> None:
    fund = scenarios.load("better-care-fund")
    values = {event.quarter: event.value for event in fund.events if event.lever == "mandate_england"}
    assert values == {18: 3800, 22: 3913, 26: 4742, 30: 5571, 34: 6400, 38: 6828}
    for quarter, year in ((26, 2017), (30, 2018)):
        assert values[quarter] == round(3913 + (6400 - 3913) * (year - 2016) / 3)
    assert values[38] == pytest.approx(6400 + (8965 - 6400) / 6, abs=0.6)


def test_a_mandate_that_touches_nobody_changes_nothing() -> None:
    nobody = "arrangement.mandated_agencies=[]"
    plain = after(8, small("joint-commissioning", nobody), 3)
    bound = after(8, small("joint-commissioning", nobody, "levers.mandate_england=100000"), 3)
    assert plain.themes["pot"].tolist() == bound.themes["pot"].tolist()
