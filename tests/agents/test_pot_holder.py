"""Money in two stages: a strategic authority splits its pot by need, moves it between themes up to a cap; grants come on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.laws import assert_lawful
from tests.worlds import after, begun, small
from totalplace.agents.compiled import python
from totalplace.agents.ledger import POT_ACCOUNT
from totalplace.agents.pot_holder import hold_pot, more_by_need, move, need_of_theme, pay_straight
from totalplace.scenarios.places import bodies, find
from totalplace.scenarios.places.authorities import AUTHORITY, LINES, authority_part
from totalplace.scenarios.places.tables import spending_of

HEALTH, FAMILIES = 0, 1


def pot(*settings: str, **fields: Any) -> Any:
    """A world in which every department pays 30% of its money straight into the pot, and nothing else is pooled."""
    return after(2, small("single-pot-today", "levers.scope=0", *settings, **fields))


def test_without_a_lever_nothing_is_beside_budgets_and_runs_are_what_they_were() -> None:
    world = after(6, small("single-pot"))
    for column in ("straight", "from_authority", "moved", "granted", "fenced"):
        assert not world.themes[column].any(), column


def test_while_nothing_changes_nothing_moves() -> None:
    world = begun(small("single-pot-today", "levers.scope=0", "levers.cuts=0"))
    for a in range(len(world.agencies)):
        for j in range(len(world.themes)):
            share = world.shares[a, j]
            share.single_pot = share.ceded = 0.3
    python(hold_pot)(world)
    assert world.clock.moved == pytest.approx(0.0, abs=1e-9)
    assert [python(need_of_theme)(world, j) for j in range(len(world.themes))] == pytest.approx([1.0] * len(world.themes))


@pytest.mark.parametrize("cap", [0.0, 0.05, 1.0])
def test_what_moves_is_kept_within_the_cap_and_no_pound_is_lost(cap: float) -> None:
    world = pot(f"levers.virement={cap}", place="Birmingham")
    moved = np.array(world.themes["moved"])
    assert moved.sum() == pytest.approx(0.0, abs=1e-9)
    assert (moved >= -cap * world.themes["straight"] - 1e-9).all()
    assert world.clock.moved == pytest.approx(np.maximum(moved, 0.0).sum())
    assert (world.clock.moved > 0.0) == (cap > 0.0)


def test_money_goes_from_the_theme_that_has_more_than_its_need_to_the_one_that_lacks() -> None:
    world = begun(small("single-pot-today"))
    for theme in world.themes:
        theme.straight = theme.from_authority = theme.moved = 0.0
    world.themes[HEALTH].straight, world.themes[FAMILIES].straight = 4.0, 4.0
    for a in range(len(world.agencies)):
        world.shares[a, HEALTH].frontline *= 1.1
    start = world.themes["frontline_start"]
    python(move)(world)
    lacking = start[FAMILIES] * (1.1 * start[HEALTH] + start[FAMILIES]) / (start[HEALTH] + start[FAMILIES]) - start[FAMILIES]
    assert world.themes[FAMILIES].moved == pytest.approx(min(4.0, lacking))
    assert world.themes[HEALTH].moved == -world.themes[FAMILIES].moved
    assert world.flows[POT_ACCOUNT + HEALTH, POT_ACCOUNT + FAMILIES] == pytest.approx(0.25 * world.themes[FAMILIES].moved)


def test_more_need_draws_money() -> None:
    world = begun(small("single-pot-today"))
    for theme in world.themes:
        theme.straight = 100.0
    domain = int(np.argmax(world.themes[FAMILIES].effect))
    for i in range(len(world.kinds)):
        world.kinds[i].burden[domain] = 1.2
    python(move)(world)
    needs = np.array([python(need_of_theme)(world, j) for j in range(len(world.themes))])
    assert world.themes[int(np.argmax(needs))].moved > 0.0 > world.themes[int(np.argmin(needs))].moved


@pytest.mark.parametrize(("part", "split", "more"), [
    (1.2, 1.0, 0.2), (1.2, 0.5, 0.1), (0.6, 1.0, -0.4), (1.0, 1.0, 0.0), (1.2, 0.0, 0.0)])
def test_a_place_gets_its_part_of_the_authority_s_pot_by_need(part: float, split: float, more: float) -> None:
    world = begun(small("single-pot-today"))
    world.clock.authority_part, world.levers.authority_split = part, split
    money = 0.0
    for a in range(len(world.agencies)):
        for j in range(len(world.themes)):
            share = world.shares[a, j]
            share.single_pot = share.ceded = 0.3
            money += (share.frontline_start + share.common_start) * (1.0 - world.agencies[a].local_share)
    world.clock.authority_lines = money  # all that is paid in may be split
    gets = python(more_by_need)(world)
    for a in range(len(world.agencies)):
        python(pay_straight)(world, a, gets)
    straight = world.themes["straight"]
    assert straight.sum() > 0.0
    np.testing.assert_allclose(world.themes["from_authority"], more * straight, atol=1e-12)


def test_what_some_places_of_an_authority_get_more_others_get_less() -> None:
    """Over all places of an authority need splits the money that is spent in them, no more and no less."""
    for body in bodies("2024-25"):
        if body.kind == AUTHORITY and len(body.need) > 1:
            money = {code: sum(spending_of(code, "2024-25")[line] for line in LINES) for code in body.need}
            split = {code: authority_part(code, "2024-25") * amount for code, amount in money.items()}
            assert sum(split.values()) == pytest.approx(sum(money.values()), rel=1e-4), body.name
            assert {code for code, amount in split.items() if amount <= 0.0} == set()
    assert authority_part(find("Cornwall", "2024-25").code, "2024-25") == 1.0
    assert authority_part(find("Birmingham", "2010-11").code, "2010-11") == 1.0


@pytest.mark.parametrize("authority", ["West Midlands", "Liverpool City Region"])
def test_no_money_is_made_by_splitting_it(authority: str) -> None:
    """At the start, when the same share is paid in everywhere, what places get more and less adds up to nothing."""
    body = next(one for one in bodies("2024-25") if one.kind == AUTHORITY and authority in one.name)
    worlds = [after(1, small("single-pot-today", "levers.authority_split=1", place=code)) for code in body.need]
    gets = [world.themes["from_authority"].sum() for world in worlds]
    assert max(np.abs(gets)) > 1.0
    assert abs(sum(gets)) < 0.02 * np.abs(gets).sum()


def test_only_the_agencies_of_the_pot_pay_in_and_the_police_do_not() -> None:
    world = after(2, small("integrated-settlement", place="Birmingham"))
    assert not world.shares["single_pot"].any()  # a silo until April 2025
    world = after(8, small("integrated-settlement", place="Birmingham", quarters=10))
    paying = {int(world.agencies[a].kind) for a in range(len(world.agencies)) if world.shares["single_pot"][a].any()}
    assert paying == {int(row.kind) for row in world.agencies if row.in_pot == 1}
    assert 0.0 < world.themes["straight"].sum() < 300.0  # £ a head: 217 in Greater Manchester, capital included
    assert world.themes["from_authority"].sum() == pytest.approx(python(more_by_need)(world) * world.themes["straight"].sum())


def test_a_grant_reaches_people_and_is_taxpayers_outlay() -> None:
    bare, more = (after(8, small("today", f"levers.grant_england.work_and_benefits={value}")) for value in (0, 5000))
    assert more.measures[7].beside_budgets == pytest.approx(5000 * more.clock.england_part[1] / more.price_level[7])
    assert more.measures[7].wellbeing > bare.measures[7].wellbeing
    outlay = more.measures[7].taxpayers_outlay - bare.measures[7].taxpayers_outlay
    assert outlay == pytest.approx(more.measures[7].beside_budgets, rel=1e-6)


@pytest.mark.parametrize("settings", [
    ("levers.virement=1", "levers.authority_split=1"), ("levers.virement=0.1", "levers.neighbourhood_share=0.5"),
    ("levers.grant_england=1000", "levers.virement=1", "levers.distress=1", "levers.exceptional_support=200"),
])
def test_the_ledger_closes(settings: tuple[str, ...]) -> None:
    for place in ("Manchester", "Solihull"):
        assert_lawful(small("single-pot-today", *settings, place=place, quarters=16), 3)
