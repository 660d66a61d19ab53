"""A world saved, taken up again and branched: identical to the bit until the intervention."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.branching import analysis as branching
from totalplace.sim.analysis.branching.words import then_words
from totalplace.sim.results.run import Run

THEN = ["levers.clawback=0", "levers.encouragement.health=0.9", "levers.encouragement.all=0.2", "levers.savings_rule=equal"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Draws its parameters, and has a dated event before and one after the branch."""
    return tp.load("single-pot", place="Rutland", set=[
        "quarters=16", "clusters=2", "uncertainties=prior", "seeds.count=6",
        'events=["2011-07: mandate health and care at 5%", "2013-10: freedom health at 80%"]',
    ])


def assert_same(one: Run, other: Run) -> None:
    for name in ("metrics", "deals", "gains", "ties_start", "ties_end"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


def test_both_are_identical_until_the_branch_and_not_after(scenario: Scenario) -> None:
    found = tp.branch(scenario, "2012-05", THEN, runs=6, threads=2)
    assert found.quarter == 6
    assert found.base.dates[6] == "2012-04"
    before, after = (found.base.metrics[:, part] for part in (slice(None, 6), slice(6, None)))
    assert before.tobytes() == found.branch.metrics[:, :6].tobytes()
    assert after.tobytes() != found.branch.metrics[:, 6:].tobytes()
    deals = [ensemble.deals[ensemble.deals["quarter"] < 6] for ensemble in (found.base, found.branch)]
    assert deals[0].tobytes() == deals[1].tobytes()
    assert len(deals[0])


def test_a_branch_is_a_scenario_that_runs_from_the_start(scenario: Scenario) -> None:
    found = tp.branch(scenario, "2012-04", THEN, runs=3)
    whole = tp.ensemble(scenarios.loads(found.scenario.text), runs=3)
    assert whole.metrics.tobytes() == found.branch.metrics.tobytes()
    assert whole.deals.tobytes() == found.branch.deals.tobytes()
    assert tp.ensemble(scenario, runs=3).metrics.tobytes() == found.base.metrics.tobytes()
    fields = found.scenario.text
    assert "encouragement" in fields
    assert found.sentences[0].startswith("What changes in ")
    assert found.sentences[0].endswith(" from April 2012 on?")
    assert "levers." not in " ".join((found.title, *found.sentences))
    assert any(one.startswith("Until April 2012 the two are identical; then clawback at 0, ") for one in found.sentences)


def test_a_branch_is_written_with_the_seeds_it_was_played_with(scenario: Scenario) -> None:
    found = tp.branch(scenario, "2012-04", THEN, runs=2, first_seed=50)
    assert (found.scenario.seeds.first, found.scenario.seeds.count) == (50, 2)
    again = tp.ensemble(scenarios.loads(found.scenario.text))
    assert again.metrics.tobytes() == found.branch.metrics.tobytes()
    assert again.seeds.tolist() == [50, 51]


def test_all_comes_before_single_targets_whatever_their_order(scenario: Scenario) -> None:
    branch = branching.branched(scenario, 6, ["levers.encouragement={health: 0.9, all: 0.2}"])
    later = [event for event in branch.events if event.lever == "encouragement"]
    assert [(event.index, event.value) for event in later][-1] == (1, 0.9)
    assert {event.quarter for event in later} == {6}


@pytest.mark.parametrize("quarter", [0, 1, 9, 15])
def test_a_saved_world_goes_on_as_if_nothing_had_been(scenario: Scenario, quarter: int, tmp_path: Path) -> None:
    branching.save(branching.checkpoint(scenario, quarter, seed=4), tmp_path / "world.npz")
    point = branching.open_checkpoint(tmp_path / "world.npz")
    assert (point.quarter, point.seed, point.scenario) == (quarter, 4, scenario)
    assert_same(branching.resume(point), tp.run(scenario, 4))
    assert [path.name for path in tmp_path.iterdir()] == ["world.npz"]


def test_a_mesa_model_can_be_saved_and_taken_up(scenario: Scenario, tmp_path: Path) -> None:
    model = tp.PlaceModel(scenario, rng=2)
    for _ in range(7):
        model.step()
    branching.save(branching.checkpoint_of(model), tmp_path / "model.npz")
    point = branching.open_checkpoint(tmp_path / "model.npz")
    assert_same(branching.resume(point), tp.run(scenario, 2))
    again = branching.resume_model(point)
    assert again.quarter == 7
    while again.running:
        again.step()
    assert_same(again.result(), tp.run(scenario, 2))


def test_a_checkpoint_can_be_branched(scenario: Scenario) -> None:
    point = branching.checkpoint(scenario, "2012-04", seed=5)
    found = tp.branch(point, then=THEN)
    assert_same(branching.resume(point, found.scenario), tp.run(found.scenario, 5))
    assert found.branch.seeds.tolist() == [5]
    assert (found.scenario.seeds.first, found.scenario.seeds.count) == (5, 1)
    with pytest.raises(InputError, match="is of 2012-04"):
        tp.branch(point, "2013-04", THEN)


@pytest.mark.parametrize(
    ("at", "then", "words"),
    [
        ("2009-01", THEN, "is not in the run"),
        (16, THEN, "is not in the run"),
        (-1, THEN, "is not in the run"),
        ("someday", THEN, "is not a month"),
        (3, [], "changes nothing"),
        (3, ["place=Kent"], "changes levers, the arrangement and the budget path, not 'place'"),
        (3, ["arrangement=single-pott"], "single-pot"),
        (3, ["levers.clawback=7"], "out of range"),
        (3, "levers.clawback=0", r"must be a list of settings.*such as \[\"levers.clawback=0\"\]"),
        (3, {"clawback": 0}, "must be a list of settings"),
    ],
)
def test_bad_branches_are_refused(scenario: Scenario, at: str | int, then: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        tp.branch(scenario, at, then, runs=1)


def test_an_unknown_lever_is_refused(scenario: Scenario) -> None:
    with pytest.raises(UnknownName, match="clawbak"):
        tp.branch(scenario, 3, ["levers.clawbak=1"], runs=1)


def test_a_history_of_another_scenario_is_refused(scenario: Scenario) -> None:
    point = branching.checkpoint(scenario, 6, seed=1)
    with pytest.raises(InputError, match="levers"):
        branching.resume(point, scenario.with_settings(["levers.clawback=0"]))
    with pytest.raises(InputError, match="events before"):
        branching.resume(point, scenario.with_settings(['events=["2011-10: clawback at 0%"]']))
    with pytest.raises(InputError, match="quarters"):
        branching.resume(point, scenario.with_settings(["quarters=20"]))


def test_damaged_and_foreign_files_are_refused(scenario: Scenario, tmp_path: Path) -> None:
    good = tmp_path / "world.npz"
    branching.save(branching.checkpoint(scenario, 2), good)
    content = good.read_bytes()
    with np.load(good) as held:
        parts = dict(held)
    with zipfile.ZipFile(good) as packed:  # in the middle of the largest table, not in a header between two, which nobody reads
        largest = max(packed.infolist(), key=lambda one: one.compress_size)
    inside = largest.header_offset + 64 + largest.compress_size // 2
    files = {
        "cut.npz": content[: len(content) // 2],
        "text.npz": b"no checkpoint",
        "empty.npz": b"",
        "bit.npz": content[:inside] + bytes([content[inside] ^ 255]) + content[inside + 1 :],
    }
    for name, damaged in files.items():
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(InputError, match="not a checkpoint"):
            branching.open_checkpoint(tmp_path / name)
    changed = {
        "format": ("format", np.array("totalplace checkpoint 9"), "has the format"),
        "code": ("code", np.array("0" * 64), "other rules or data"),
        "clock": ("numbers", np.array([2, 5]), "its clock"),
        "table": ("table.gains", np.zeros((2, 2)), "gains"),
        "scenario": ("scenario", np.array(scenario.with_settings(["clusters=3"]).text), "does not fit"),
        "pickle": ("table.gains", np.array([{"a": 1}], dtype=object), "not a checkpoint"),
    }
    for name, (key, value, words) in changed.items():
        np.savez(tmp_path / f"{name}.npz", **{**parts, key: value})
        with pytest.raises(InputError, match=words):
            branching.open_checkpoint(tmp_path / f"{name}.npz")
    with pytest.raises(InputError, match="no such file"):
        branching.open_checkpoint(tmp_path / "none.npz")
    with pytest.raises(InputError, match="cannot be written"):
        branching.save(branching.checkpoint(scenario, 2), tmp_path / "none" / "world.npz")


def test_what_a_place_could_not_have_is_told_of_the_branch_alone() -> None:
    base = tp.load("today", place="Rutland", quarters=8)
    found = tp.branch(base, "2026-04", ["arrangement=integrated-settlement"], runs=1)
    note = "Rutland lies in no strategic authority, so that nobody could hold an integrated settlement for it"
    assert [one for one in found.warnings if "what if" in one] == [f"today from 2026-04: what if: {note}"]
    held = tp.load("integrated-settlement", place="Rutland", quarters=8)
    assert f"what if: {note}" in held.notes
    assert not any("what if" in one for one in tp.branch(held, "2026-04", ["levers.clawback=0"], runs=1).warnings)


@pytest.mark.parametrize(("text", "words"), [
    ("levers.clawback=0", "clawback at 0"),
    ("levers.encouragement.health=0.5", "encouragement of health at 0.5"),
    ("arrangement=single-pot", "arrangement single-pot"),
    ("cuts=none", "budget path none"),
    ("arrangement.rounds=3", "arrangement with rounds at 3"),
])
def test_changes_are_told_in_words(text: str, words: str) -> None:
    assert then_words(text) == words
