"""A report describes what is played: the arrangement that a scenario comes to, not the one that it leaves."""

from __future__ import annotations

import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.sim.report.set_up import describe, set_up

CHANGING = [name for name in scenarios.names() if any(change.arrangement for change in scenarios.load(name).changes)]


def test_some_shipped_scenarios_change_their_arrangement() -> None:
    assert {"integrated-settlement", "place-budget-pilot"} <= set(CHANGING)


@pytest.mark.parametrize("name", CHANGING)
def test_it_is_the_arrangement_that_it_comes_to(name: str) -> None:
    scenario = scenarios.load(name)
    last = [change for change in scenario.played_changes if change.arrangement is not None][-1]
    assert last.arrangement is not None
    said = describe(scenario)
    assert said.startswith(scenario.title)
    assert last.arrangement.description.strip().rstrip(".") in said
    assert scenario.arrangement.description.strip() not in said, "the text of what it leaves"
    assert f"{scenario.arrangement.title}; from {last.text[:7]} {last.arrangement.title}" in said


def test_the_table_of_the_set_up_names_it_with_its_date() -> None:
    made = [tp.ensemble(tp.load(name, place="Leeds", quarters=4), runs=1) for name in ("today", "integrated-settlement")]
    (table,) = set_up(made, made[0]).tables
    assert [row[1] for row in table.rows] == ["Silo", "Silo; from 2025-04 Integrated settlement"]


def test_an_arrangement_after_the_end_is_not_told() -> None:
    short = scenarios.load("integrated-settlement", quarters=1)
    assert not short.played_changes
    assert short.arrangement.description.strip().rstrip(".") in describe(short)
