"""What a scenario holds cannot be written to: worlds are kept by its text, and must be what the text says."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.worlds import ARRAYS, small
from totalplace import scenarios
from totalplace.scenarios import Scenario, cuts
from totalplace.scenarios.arrangement import load_arrangement
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.read_only import ReadOnly, read_only
from totalplace.sim.model.world import build

EDITS: dict[str, Callable[[Scenario], object]] = {
    "a lever": lambda one: one.levers.update(clawback=(1.0,) * len(one.levers["clawback"])),
    "a lever by its key": lambda one: one.levers.__setitem__("clawback", (1.0,)),
    "a parameter": lambda one: one.uncertainties.pop("discount"),
    "a copy of another length": lambda one: one.model_copy(update={"quarters": 4}),
    "a field": lambda one: setattr(one, "quarters", 4),
    "a field that goes": lambda one: delattr(one, "quarters"),
    "levers of the arrangement": lambda one: one.arrangement.levers.clear(),
    "rows of a budget path": lambda one: cuts.load_cuts("outturn-2010").paths.clear(),
    "points of a budget path": lambda one: cuts.load_cuts("outturn-2010").points.setdefault("nobody", ()),
}


def numbers(scenario: Scenario) -> list[bytes]:
    """All that a run leaves."""
    played = tp.run(scenario, 1)
    return [np.asarray(getattr(played, name)).tobytes() for name in ARRAYS]


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_is_refused_and_says_how_else_and_runs_that_follow_are_the_same(edit: Callable[[Scenario], object]) -> None:
    scenario = small("joint-commissioning", "levers.clawback=0.2")
    before, text = numbers(scenario), scenario.text
    with pytest.raises(InputError, match=r"stays as it is.*with_settings"):
        edit(scenario)
    assert scenario.text == text
    assert numbers(scenario) == before
    assert numbers(small("joint-commissioning", "levers.clawback=0.2")) == before


def test_settings_give_other_numbers_and_leave_the_first_scenario_alone() -> None:
    scenario = small("joint-commissioning")
    before = numbers(scenario)
    other = scenario.with_settings(["levers.clawback=0.7", "quarters=6"])
    assert (other.levers["clawback"][0], other.quarters) == (0.7, 6)
    assert tp.run(other, 1).metrics.shape == (6,)
    assert numbers(scenario) == before


def test_copies_are_equal_and_as_closed() -> None:
    scenario = small("joint-commissioning")
    for copied in (copy.copy(scenario), copy.deepcopy(scenario), pickle.loads(pickle.dumps(scenario)), scenario.model_copy()):
        assert copied == scenario
        with pytest.raises(InputError):
            copied.levers.clear()
    assert isinstance(scenario.levers, dict)
    mine = dict(scenario.levers)
    mine["clawback"] = (1.0,)
    assert scenario.levers["clawback"] != (1.0,)


def test_mappings_inside_mappings_are_closed_too_and_compare_as_dictionaries() -> None:
    closed = read_only({"a": {"b": 1.0}})
    assert closed == {"a": {"b": 1.0}}
    assert isinstance(closed["a"], ReadOnly)
    assert (closed | {"c": 2}, closed.copy()) == ({"a": {"b": 1.0}, "c": 2}, {"a": {"b": 1.0}})
    for edit in (lambda: closed["a"].update(b=2.0), lambda: closed.popitem(), lambda: closed.__ior__({"c": 1})):
        with pytest.raises(TypeError):
            edit()


def test_every_mapping_of_what_is_kept_by_a_scenario_is_closed() -> None:
    scenario = small("combined")
    held: list[Any] = [scenario, scenario.arrangement, load_arrangement("single-pot"), cuts.load_cuts("outturn-2010"),
                       scenario.seeds, *(phase.arrangement for phase in scenario.material.phases)]
    values = [value for one in held for value in vars(one).values()]
    values += [getattr(scenario.material, one.name) for one in fields(scenario.material)]
    assert [value for value in values if type(value) in (dict, list, set)] == []


def test_the_world_that_is_kept_cannot_be_written_to_and_worlds_of_runs_can() -> None:
    scenario = small("joint-commissioning", "uncertainties=posterior")
    before = numbers(scenario)
    template = tp.PlaceModel(scenario, rng=1).template
    world: Any = template.world
    for name, table in zip(world._fields, world, strict=True):
        assert not table.flags.writeable, name
    for edit in (lambda: world.agencies["control_aversion"].__imul__(0.0), lambda: setattr(world.clock, "quarters", 3),
                 lambda: setattr(world.levers, "cuts", 0.0)):
        with pytest.raises(ValueError, match="read-only"):
            edit()
    fresh = template.fresh()
    assert [name for name in fresh._fields if not getattr(fresh, name).flags.writeable] == ["particles"]
    fresh.agencies["control_aversion"] *= 0.0
    assert numbers(scenario) == before


def test_rules_refuse_a_world_that_stays_as_it_is() -> None:
    world: Any = build(small("silo")).world
    with pytest.raises(ValueError, match="rules play on a copy"):
        _ = world._described_at


def test_a_result_holds_the_scenario_that_was_given_though_an_equal_one_was_built_before() -> None:
    first = small("joint-commissioning")
    tp.run(first, 1)
    same = scenarios.loads(first.text)
    assert same == first
    assert same is not first
    assert tp.run(same, 1).scenario is same
    assert tp.ensemble(same, runs=3).scenario is same
    assert tp.PlaceModel(same, rng=1).template.scenario is same
    assert tp.run(first, 1).scenario is first
    assert build(same).world is build(first).world
