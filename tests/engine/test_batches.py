"""Runs that are played many at a time are those that are played one by one, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds import edited, small
from totalplace.agents.bargaining import DEALS
from totalplace.scenarios import Scenario
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.sweeps.factors import Factor, factor_named
from totalplace.sim.engine.batches import Batches, Record, Room
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.engine.play import Stage, run_of
from totalplace.sim.engine.sweep.playing import DesignStage
from totalplace.sim.model.ledger import LedgerError
from totalplace.sim.model.world import build
from totalplace.sim.results.run import Ensemble

#: One value of every parameter: many runs draw from the posterior unless told otherwise, one run does not.
DEFAULT = "uncertainties=default"
#: Kinds of people are served as the table of themes says: a run whose theme_focus is another works out anew what a test changed.
AS_IN_THE_TABLE = "uncertainties.theme_focus=1"
PARTS = ("metrics", "deals", "gains", "ties_start", "ties_end", "seeds")


def factor(label: str) -> Factor:
    return factor_named(label, Marked(label, "a test"))


def one_by_one(scenario: Scenario, seeds: list[int]) -> Ensemble:
    stage = Stage(scenario)
    return Ensemble.of([run_of(stage.template, stage.play(seed), seed) for seed in seeds])


@settings(max_examples=15)
@given(
    name=st.sampled_from(["silo", "joint-commissioning", "single-pot", "mandated-pooling"]), first=st.integers(0, 2**40),
    runs=st.integers(1, 70), threads=st.integers(1, 3), quarters=st.integers(1, 9),
    values=st.sampled_from(["default", "posterior", "prior"]),
)
def test_an_ensemble_is_the_runs_one_by_one(name: str, first: int, runs: int, threads: int, quarters: int, values: str) -> None:
    scenario = small(name, f"uncertainties={values}", quarters=quarters)
    together = ensemble(scenario, runs=runs, first_seed=first, threads=threads)
    apart = one_by_one(scenario, list(range(first, first + runs)))
    for part in PARTS:
        mine, theirs = getattr(together, part), getattr(apart, part)
        assert (mine.shape, mine.dtype, mine.tobytes()) == (theirs.shape, theirs.dtype, theirs.tobytes()), part


@settings(max_examples=15)
@given(
    name=st.sampled_from(["joint-commissioning", "single-pot", "mandated-pooling", "lsp"]), seed=st.integers(0, 2**40),
    paid=st.sampled_from([0.0, 1.0]), bargaining=st.booleans(),
)
def test_a_run_without_a_record_differs_in_nothing_else(name: str, seed: int, paid: float, bargaining: bool) -> None:
    """Why agencies refuse is worked out where somebody may be paid to agree, or where it is recorded."""
    settings = "uncertainties=default", f"uncertainties.side_payment_limit={paid}", f"arrangement.bargaining={bargaining}"
    scenario = small(name, *settings, quarters=16)
    recorded, without = Stage(scenario), Stage(scenario).without_record()
    world, other = recorded.play(seed), without.play(seed)
    assert world.clock.deals > 0 == other.clock.deals
    for part in ("measures", "gains", "accounts"):
        assert np.asarray(getattr(world, part)).tobytes() == np.asarray(getattr(other, part)).tobytes(), part


def test_there_is_room_for_all_negotiations_that_the_record_takes() -> None:
    """Of each batch, however many its runs have: no run is played twice for want of room."""
    template = build(small("joint-commissioning", quarters=20))
    template = replace(template, most_deals=40)  # the record is full before the run ends
    player, room = Batches(template), Room.of(template, 9)
    deals = player.play(range(5, 14), room).copy()
    stage = Stage(template)
    apart = Ensemble.of([run_of(template, stage.play(seed), seed) for seed in range(5, 14)])
    assert len(apart.deals) == 9 * 40
    assert deals.tobytes() == apart.deals.tobytes()
    assert room.metrics.tobytes() == apart.metrics.tobytes()


@given(lengths=st.lists(st.integers(0, 7), min_size=1, max_size=12), expected=st.integers(0, 40), data=st.data())
def test_negotiations_stand_in_the_order_of_their_batches(lengths: list[int], expected: int, data: st.DataObject) -> None:
    """Whichever batch is played first, and however many more there are than was expected."""
    record, told, width = Record(expected), [], len(DEALS.columns) + 1
    for number, length in enumerate(lengths):
        told.append(1000 * number + np.arange(length * width).reshape(length, width))
    scratch = np.empty((7, width), np.int64)
    for number in data.draw(st.permutations(range(len(lengths)))):
        scratch[: lengths[number]] = told[number]  # where the next batch is played too
        record.take(number, scratch[: lengths[number]])
    assert len(record) == sum(lengths)
    rows = record.rows()
    assert rows.dtype.names == (*(DEALS.dtype.names or ()), "seed")
    assert rows.tobytes() == np.concatenate(told).tobytes()


def test_a_run_that_breaks_the_ledger_is_told_from_the_others() -> None:
    stage = Stage(small("single-pot", AS_IN_THE_TABLE, quarters=6))
    places = stage.words(stage.world.themes["kind_share"])[3, :1]
    share = float(stage.world.themes["kind_share"][3, 0])
    kept = stage.words(stage.world.gains).reshape(-1)
    rows = np.empty((4, len(kept)), np.int64)
    values = np.array([[share], [share], [1.25 * share], [share]])
    played = stage.play_many(range(1, 5), kept, rows, places, values)
    assert played.runs == 4
    assert (played.broken >= 0).tolist() == [False, False, True, False]
    for i in (0, 1, 3):
        assert stage.play(1 + i).gains.tobytes() == rows[i].tobytes()
    with pytest.raises(LedgerError) as caught:
        stage.replay(3, places, values[2])
    assert caught.value.accounts


def test_an_ensemble_stops_at_a_ledger_that_breaks_with_the_accounts() -> None:
    template = edited(small("single-pot", AS_IN_THE_TABLE, quarters=4))
    template.world.themes["kind_share"][3] *= 1.25  # hands out more than there is
    player = Batches(template)
    with pytest.raises(LedgerError) as caught:
        player.play(range(1, 4), Room.of(template, 3))
    assert any(name.startswith("theme") for name in caught.value.accounts)


def test_a_sweep_names_the_run_whose_ledger_breaks() -> None:
    scenario = small("single-pot", AS_IN_THE_TABLE, quarters=4)
    stage = DesignStage(scenario, [factor("eta")], ["net_saving"], "quarter")
    stage._stage.set(lambda world: world.themes["kind_share"].__imul__(1.25))
    rows = np.empty((3, 4, 1))
    errors = stage.play(np.array([[0.8], [0.85], [0.9]]), np.array([1, 2, 3]), rows)
    assert sorted(errors) == [0, 1, 2]
    assert all(isinstance(error, LedgerError) and error.accounts for error in errors.values())


def test_a_design_is_played_as_each_of_its_points() -> None:
    scenario = small("joint-commissioning", quarters=16, place="Torbay")
    factors = [factor("eta"), factor("clawback.all")]
    stage = DesignStage(scenario, factors, ["net_saving", "removed_cumulative", "wellbeing"], "year")
    values = np.random.default_rng(4).uniform([0.7, 0.0], [0.95, 1.0], (2 * stage.together + 3, 2))
    rows = np.concatenate([stage.rows(point, [7]) for point in values])
    assert len(np.unique(rows[:, -1, 0])) > 5
    for first in range(0, len(values), stage.together):
        batch = values[first : first + stage.together]
        seen = np.empty((len(batch), *rows.shape[1:]))
        assert stage.play(batch, np.full(len(batch), 7), seen) == {}
        assert seen.tobytes() == rows[first : first + len(batch)].tobytes()
