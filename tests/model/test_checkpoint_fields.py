"""Whatever stands in a checkpoint, compiled code sees only what the declaration of its field allows."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checkpoint_fields import Case, changed, start
from tests.whole_scenarios import whole_scenarios
from tests.worlds import small
from totalplace.scenarios import InputError
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.checkpoints import Checkpoint, check_tables, checkpoint_of, open_checkpoint, save, tables_of
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.engine.play import Stage
from totalplace.sim.model.limits import TABLES
from totalplace.sim.model.world import build, lever_place

ROOT = Path(__file__).parent.parent.parent
#: Every how many cases are tried in a quick run, and blocks of the whole.
STEP, BLOCKS = 17, 4


@pytest.fixture(scope="module")
def point() -> Checkpoint:
    return start()


def fuzzed(first: int, step: int) -> dict[str, int]:
    """What became of the cases, tried in a process that a crash would end."""
    words = [sys.executable, "-m", "tests.checkpoint_fields", str(first), str(step)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_extreme_values_are_refused_or_end_without_a_crash() -> None:
    counts = fuzzed(0, STEP)
    assert sum(counts.values()) > 900
    assert min(counts["refused"], counts["played"]) > 100


@pytest.mark.soak
@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_extreme_value_of_every_field_is_refused_or_ends_without_a_crash(block: int) -> None:
    assert sum(fuzzed(block, BLOCKS).values()) > 3900


@pytest.mark.parametrize(("case", "words"), [
    (Case("clock", "deals", "first", -5), "does not fit its scenario: its clock"),
    (Case("clock", "quarter", "first", -1), "its clock"),
    (Case("clock", "quarters", "first", 2**40), "clock"),
    (Case("cohorts", "neighbourhood", "last", 10**6), "cohorts"),
    (Case("themes", "partners", "first", -3), "themes.partners = -3. Allowed: a whole number from 0 to 4294967295"),
    (Case("ties", "tied", "last", 2), "ties.tied = 2. Allowed: a whole number from 0 to 1"),
    (Case("board", "rounds", "first", 2**62), "board.rounds = 4611686018427387904. Allowed: a whole number from 0 to 12"),
    (Case("board", "decision_rule", "first", 7), "board.decision_rule = 7"),
    (Case("events", "place", "first", 10**9), "events.place = 1000000000"),
    (Case("deals", "agency", "last", 99), "deals.agency = 99"),
    (Case("ties", "trust", "last", 1.5), "ties.trust = 1.5. Allowed: a number from 0 to 1"),
    (Case("shares", "frontline", "all", float("nan")), "shares.frontline = nan. Allowed: a number from -1e+15 to 1e+15"),
    (Case("flows", "", "last", float("inf")), "holds flows = inf"),
])
def test_a_wrong_value_is_named(point: Checkpoint, case: Case, words: str) -> None:
    with pytest.raises(InputError) as caught:
        check_tables(changed(point, case), "world.npz")
    assert words in str(caught.value)
    assert str(caught.value).startswith("world.npz: ")


def test_a_choice_that_is_none_is_refused(point: Checkpoint) -> None:
    levers = point.tables["lever_values"].copy()
    levers[lever_place("savings_rule", 0)] = 9.0
    with pytest.raises(InputError, match="savings_rule = 9.0. Allowed: proportional, equal, nash, shapley"):
        check_tables(replace(point, tables={**point.tables, "lever_values": levers}), "world.npz")


def test_a_table_too_many_is_refused(point: Checkpoint) -> None:
    with pytest.raises(InputError, match="moods"):
        check_tables(replace(point, tables={**point.tables, "moods": np.zeros(2)}), "world.npz")


def test_every_whole_number_is_held_against_its_declaration(point: Checkpoint) -> None:
    tried = 0
    for name, table in TABLES.items():
        for column in table.columns:
            if not column.whole or not len(point.tables[name]):
                continue
            most = len(point.tables[column.of]) - 1 if column.of else column.most
            for value in {column.least - 1, most + 1} - {2**63}:
                with pytest.raises(InputError):
                    check_tables(changed(point, Case(name, column.name, "last", value)), "world.npz")
                tried += 1
    assert tried > 100


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    """A model that holds what no declaration allows is refused when it is saved, not when it is wanted back."""
    model = PlaceModel(small("joint-commissioning", quarters=6), rng=1)
    model.step()
    save(checkpoint_of(model), tmp_path / "good.npz")
    assert open_checkpoint(tmp_path / "good.npz").quarter == 1
    model.world.ties[0, 0].trust = 3.0
    with pytest.raises(InputError, match=r"ties\.trust = 3"):
        save(checkpoint_of(model), tmp_path / "bad.npz")
    assert not (tmp_path / "bad.npz").exists()


@settings(max_examples=30)
@given(whole_scenarios(most_quarters=12), st.integers(0, 2**63 - 1))
def test_every_quarter_of_any_scenario_can_be_saved(scenario: Scenario, seed: int) -> None:
    template = build(scenario)
    stage = Stage(template)
    world = stage.begin(seed)
    for quarter in range(scenario.quarters + 1):
        stage.advance(quarter)
        check_tables(Checkpoint(scenario, seed, quarter, tables_of(world)), "world.npz")
