"""How a sweep is cut follows from what its runs have to do, not from how busy the machine is."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from tests.sweeps import small_sweep
from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.sim.engine.play import Stage
from totalplace.sim.engine.sweep.chunks import chunk_of
from totalplace.sim.engine.sweep.designs import points
from totalplace.sim.engine.sweep.plan import plan
from totalplace.sim.engine.sweep.work import CHUNK_BYTES, CHUNK_SECONDS, chunk_size, mean_run_seconds, neighbourhoods, run_seconds
from totalplace.sim.model.world import build

ENGLAND = "arrangements: [silo, joint-commissioning]\nplaces: all\nreplicates: {replicates}\nmetrics: [net_saving]\nevery: last"


def test_a_chunk_is_about_a_second_of_counted_work() -> None:
    sweep = small_sweep(samples=100_000, quarters=40)
    size = chunk_size(sweep)
    assert size == 1478
    assert size * mean_run_seconds(sweep) == pytest.approx(CHUNK_SECONDS, rel=0.01)


def test_a_small_sweep_has_a_chunk_for_every_worker_but_no_chunk_of_nothing() -> None:
    few = small_sweep(samples=1)
    assert chunk_size(few) == few.runs == 8
    middling = small_sweep(samples=500, quarters=40)
    assert chunk_size(middling) == middling.runs // 16 == 250


def test_a_chunk_fits_in_memory() -> None:
    text = "scenarios: silo\nplaces: Rutland\nsettings: {quarters: 40, clusters: 1}\nreplicates: 100000\nevery: quarter"
    sweep = sweeps.loads(text)
    rows = chunk_of(sweep, points(sweep), 0, chunk_size(sweep)).row_counts.sum()
    assert rows * 8 * len(tp.METRICS) <= CHUNK_BYTES


def test_scenarios_of_few_runs_count_what_it_takes_to_make_them_ready() -> None:
    few, many = (sweeps.loads(ENGLAND.format(replicates=number)) for number in (1, 100))
    assert mean_run_seconds(few) > 2 * mean_run_seconds(many)


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_work_grows_with_what_a_run_holds(engine: str) -> None:
    def work(name: str = "silo", *settings: str) -> float:
        return run_seconds(scenarios.load(name).with_settings(settings), engine)

    assert work("silo", "quarters=80") > 1.8 * work("silo", "quarters=40")
    assert work("joint-commissioning") > 1.3 * work("silo")
    if engine == "compiled":
        assert work("silo", "clusters=40") > 2 * work("silo", "clusters=5")
    assert run_seconds(scenarios.load("silo"), "mesa") > 50 * run_seconds(scenarios.load("silo"))


def test_small_areas_are_counted() -> None:
    finest = scenarios.load("silo", place="Rutland").with_settings(["clusters=finest"])
    assert neighbourhoods(finest) == len(build(finest).place.neighbourhood_name)


def test_a_stalled_machine_changes_neither_chunks_nor_the_estimate_of_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = small_sweep(samples=5)
    before = plan(sweep, threads=1)
    clock = iter(np.cumsum(np.random.default_rng(1).exponential(5.0, 100_000)).tolist())
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    stalled = plan(sweep, threads=1)
    assert stalled.seconds > 100 * before.seconds
    assert (stalled.bytes, stalled.sampled, stalled.failed) == (before.bytes, before.sampled, before.failed)


def test_a_sweep_is_cut_alike_whoever_runs_it(tmp_path: Path) -> None:
    sweep = small_sweep(samples=40, quarters=4)
    for threads in (1, 2):
        store = tp.sweep(sweep, tmp_path / str(threads), threads=threads)
        assert store.manifest.chunk == chunk_size(sweep)


@pytest.mark.soak
def test_counted_work_is_what_runs_take() -> None:
    """Within a factor of five either way on any machine that is not busy: processor time of the quickest of ten runs."""
    for name, settings in (("silo", "clusters=1"), ("silo", "clusters=40"), ("joint-commissioning", "clusters=5"),
                           ("single-pot", "quarters=80"), ("lsp", "quarters=4")):
        scenario = scenarios.load(name).with_settings([settings])
        stage = Stage(scenario)
        took = []
        for seed in range(11):
            began = time.thread_time()
            stage.play(seed)
            took.append(time.thread_time() - began)
        assert 0.2 < min(took) / run_seconds(scenario) < 5.0, (name, settings)
