"""The Better Care Fund of 2025-26 in money, ring-fences, entry by application, councils in distress."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.laws import assert_lawful
from tests.worlds import after, begun, small
from totalplace import scenarios
from totalplace.agents.agency import comply, supported
from totalplace.agents.bodies import may_open
from totalplace.agents.compiled import python
from totalplace.agents.entry import coached, enter
from totalplace.agents.joint_pot import fenced_part
from totalplace.agents.mandate import announce, granted_part, mandated_money
from totalplace.scenarios import places
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.england import GRANTS, better_care, england_part, grants_part
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.vocabulary import AGENCY_KINDS, MANDATE_SPLITS

YEAR = "2024-25"
HEALTH = 0
COUNCIL, NHS = (AGENCY_KINDS.index(kind) for kind in ("council", "nhs"))
FUND = MANDATE_SPLITS.index("better_care_fund")
#: City of London and Isles of Scilly, which are too small to model.
APART = ("E09000001", "E06000053")


def row(world: Any, kind: int) -> int:
    return int(np.flatnonzero(world.agencies["kind"] == kind)[0])


def test_the_minimum_of_2025_26_adds_up_to_that_of_england_with_city_and_scilly_apart() -> None:
    fund = scenarios.load("better-care-fund-2025")
    money = {event.lever: event.value for event in fund.events if event.quarter == 2}
    nhs, grants = money["mandate_england"], money["mandate_grants"]
    assert nhs + grants == 8965.0
    assert grants == sum(GRANTS.values())
    here = sum(nhs * england_part(place.code, YEAR)[FUND] + grants * grants_part(place.code, YEAR) for place in places.names(YEAR))
    rows = better_care(YEAR)
    apart = sum(nhs * rows[code]["nhs"] + sum(rows[code][name] * amount for name, amount in GRANTS.items()) for code in APART)
    assert len(places.names(YEAR)) == 151
    assert set(rows) == {*APART, *(place.code for place in places.names(YEAR))}
    assert here + apart == pytest.approx(8965.0, abs=0.01)
    assert apart == pytest.approx(1.9, abs=0.1)


def test_what_agencies_of_a_place_are_asked_for_is_its_part_in_money_of_the_day() -> None:
    for place in ("Rutland", "Manchester"):
        world = after(3, small("better-care-fund-2025", place=place))  # the third quarter is April to June 2025
        world.clock.quarter = 2
        python(announce)(world)
        bound = np.flatnonzero(world.agencies["mandated"] == 1)
        asked = sum(python(mandated_money)(world, a, HEALTH, 1.0) for a in bound)
        code = places.find(place, YEAR).code
        part = 5614.0 * england_part(code, YEAR)[FUND] + 3351.0 * grants_part(code, YEAR)
        assert asked * world.price_level[2] == pytest.approx(part)
        council = python(mandated_money)(world, row(world, COUNCIL), HEALTH, 1.0) * world.price_level[2]
        assert council == pytest.approx(3351.0 * grants_part(code, YEAR))  # grants alone: mandate_from_councils is 0
        assert python(granted_part)(world, row(world, NHS), HEALTH) == 0.0


def test_a_frozen_minimum_loses_worth_and_is_as_published() -> None:
    world = after(8, small("better-care-fund-2025", quarters=10))
    pooled = [float(quarter.pooled_budget) for quarter in world.measures[:8]]
    assert world.price_level[6] > world.price_level[2]
    fund = scenarios.load("better-care-fund-2025")
    assert {event.quarter for event in fund.events if event.lever == "mandate_grants" and event.quarter < 12} == {2, 10}
    assert all(event.estimated == (event.quarter > 2) for event in fund.events)
    assert min(pooled) > 0.0


def test_published_parts_are_kept_and_the_split_is_near_the_one_minimum_that_is_published() -> None:
    table = read_rows(tables.HERE / "april-2023" / "better_care.csv",
                      ("code", "name", "nhs", "council_grant", "disabled_facilities", "grant_by", "quality"))
    assert {row.cells["quality"] for row in table} == {"estimate"}, "no council's minimum is published"
    published = [row for row in table if row.cells["grant_by"] == "grant of 2024-25"]
    assert len(published) == 15
    birmingham = next(row for row in published if row.cells["name"] == "Birmingham")
    assert birmingham.number("council_grant") == pytest.approx(67.918344 / 2140.0, abs=1e-7)
    assert 5614.0 * better_care(YEAR)["E10000018"]["nhs"] == pytest.approx(57.070979, rel=0.12)  # Leicestershire, estimated


def test_older_years_have_a_split_of_the_fund_too() -> None:
    for year in ("2010-11", "2017-18"):
        parts = [grants_part(place.code, year) for place in places.names(year)]
        assert sum(parts) == pytest.approx(1.0)
        assert better_care(year) == {}


def test_what_is_freed_of_ring_fenced_money_is_spent_again() -> None:
    free, fenced = (after(24, small("better-care-fund-2025", f"levers.ring_fence.health_and_care={part}", quarters=24))
                    for part in (0, 1))
    assert python(fenced_part)(free, HEALTH) == 0.0
    part = python(fenced_part)(fenced, HEALTH)
    assert 0.0 < part <= 1.0
    theme = fenced.themes[HEALTH]
    again = 1.0 - (1.0 - fenced.levers.reinvested_share) * (1.0 - theme.fenced)
    assert theme.reinvested == pytest.approx(again * theme.removed)
    assert theme.reinvested / theme.removed > free.themes[HEALTH].reinvested / free.themes[HEALTH].removed


def test_a_ring_fence_without_a_mandate_binds_nothing() -> None:
    one, other = (after(12, small("section-75", *extra, quarters=12)) for extra in ((), ("levers.ring_fence=1",)))
    assert one.measures.tobytes() == other.measures.tobytes()


def wave(share: float, trust: float, seed: int) -> Any:
    world = begun(small("neighbourhood-health"), seed)
    world.levers.wave = share
    world.ties["trust"] = trust
    python(enter)(world)
    return world


def test_who_trusts_more_applies_more_and_the_wave_admits_its_part() -> None:
    def admitted(share: float, trust: float) -> float:
        return float(np.mean([wave(share, trust, seed).clock.admitted for seed in range(300)]))

    start = float(begun(small("neighbourhood-health")).parameters.initial_trust)
    assert admitted(0.0, start) == 0.0
    assert admitted(1.0, 0.0) == 0.0  # nobody applies
    assert admitted(1.0, start) == pytest.approx(0.8, abs=0.08)
    assert admitted(1.0, 2.0 * start) == 1.0
    assert admitted(0.31, 2.0 * start) == pytest.approx(0.31, abs=0.09)


def test_who_is_in_stays_in_and_is_coached_at_the_cost_of_the_centre() -> None:
    scenario = small("neighbourhood-health", "events=none", "levers.wave=1", "uncertainties.application_rate=1", quarters=8)
    seed = next(seed for seed in range(20) if after(1, scenario, seed).clock.admitted)
    world = after(8, scenario, seed)
    out = after(8, small("neighbourhood-health", "events=none", quarters=8), seed)
    assert (world.clock.admitted, out.clock.admitted) == (1, 0)
    assert python(coached)(world) == 0.5
    assert python(coached)(out) == 0.0
    assert world.measures[7].oversight_cost > out.measures[7].oversight_cost
    world.levers.wave = 0.0
    python(enter)(world)
    assert world.clock.admitted == 1


def test_a_council_in_distress_agrees_to_nothing_new_and_what_is_pooled_stays() -> None:
    free, bound = (after(16, small("section-75", f"levers.distress={flag}", quarters=16, place="Kent")) for flag in (0, 1))
    assert free.shares[row(free, COUNCIL), HEALTH].ceded > 0.0
    assert not bound.shares[row(bound, COUNCIL)]["ceded"].any()
    pooled = free.shares["ceded"].copy()
    free.levers.distress = 1
    for a in range(len(free.agencies)):
        python(comply)(free, a)
    assert (free.shares["ceded"] == pooled).all()
    world = begun(small("joint-commissioning", "levers.distress=1"))
    hosted = [c for c in range(len(world.commissioners)) if not python(may_open)(world, c)]
    assert [int(world.agencies[world.commissioners[c].host].council) for c in hosted] == [1] * len(hosted) != []


def test_distress_leaves_a_place_out_of_a_settlement_and_out_of_no_other_pot() -> None:
    for name, out in (("integrated-settlement", True), ("single-pot-today", False)):
        world = after(5, small(name, place="Manchester", quarters=6))
        assert world.shares["single_pot"].any()
        world.levers.distress = 1
        for a in range(len(world.agencies)):
            python(comply)(world, a)
        assert world.shares["single_pot"].any() != out


def test_exceptional_support_is_money_now_and_a_charge_for_good() -> None:
    world = begun(small("section-75"))
    council, nhs = row(world, COUNCIL), row(world, NHS)
    world.levers.exceptional_support = 100.0
    support = 100.0 * world.clock.population * 1e-6
    assert python(supported)(world, nhs) == 0.0
    assert python(supported)(world, council) == pytest.approx(support)
    world.levers.exceptional_support = 0.0
    assert python(supported)(world, council) == pytest.approx(-world.parameters.debt_cost * 0.25 * support)
    assert world.agencies[council].debt == pytest.approx(0.25 * support)


@pytest.mark.parametrize("name", ["better-care-fund-2025", "section-75", "integrated-settlement", "place-budget-pilot",
                                  "neighbourhood-health", "exceptional-support", "today-with-grants"])
def test_the_laws_hold_in_scenarios_of_today(name: str) -> None:
    for place, seed in (("Slough", 1), ("Cumberland", 2)):
        assert_lawful(small(name, place=place, quarters=20), seed)


@pytest.mark.soak
@pytest.mark.parametrize("name", ["silo", "better-care-fund-2025", "integrated-settlement", "single-pot-today"])
def test_every_place_of_2024_25_plays_the_scenarios_of_today(name: str) -> None:
    for place in places.names(YEAR):
        assert_lawful(scenarios.load(name, place=place.name, year=YEAR, quarters=16, clusters=1), 1)


def test_where_nobody_could_hold_a_settlement_a_note_says_what_if() -> None:
    def told(name: str, place: str) -> list[str]:
        return [note for note in scenarios.load(name, place=place).notes if note.startswith("what if")]

    assert told("integrated-settlement", "Birmingham") == told("integrated-settlement", "Manchester") == []
    assert "from 2026-04 on only" in told("integrated-settlement", "Leeds")[0]
    assert "no strategic authority" in told("integrated-settlement", "Cornwall")[0]
    assert "no integrated settlement that is published" in told("integrated-settlement", "Middlesbrough")[0]
    assert "stands for any" in told("place-budget-pilot", "Leeds")[0]
    assert told("section-75", "Cornwall") == []


def test_nobody_applies_in_a_silo() -> None:
    world = after(4, small("today", "levers.wave=1", "uncertainties.application_rate=1"))
    assert world.clock.admitted == 0
