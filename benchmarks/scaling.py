"""How cost grows: with threads, with cohorts, with places."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import report
from benchmarks.sweeps import SWEEP
from totalplace.scenarios import places

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.world import Template


def _rate(scenario: object, runs: int, threads: int) -> float:
    import totalplace as tp

    started = time.perf_counter()
    tp.ensemble(scenario, runs=runs, first_seed=1, threads=threads)  # type: ignore[arg-type]
    return runs / (time.perf_counter() - started)


def _sweep_rate(runs: int, threads: int) -> float:
    """Runs a second of a sweep in the default place, 40 quarters, from its design to its parts on disk."""
    import totalplace as tp

    with tempfile.TemporaryDirectory(prefix="totalplace-bench-") as scratch:
        file = Path(scratch) / "sweep.yaml"
        file.write_text(SWEEP.format(runs=runs), encoding="utf-8")
        started = time.perf_counter()
        tp.sweep(file, Path(scratch) / "out", threads=threads)
        return runs / (time.perf_counter() - started)


def threads(times: int = 3) -> None:
    """Runs a second on one and on more threads, in turn: a sweep to disk, and an ensemble that keeps all that a run knows."""
    import totalplace as tp

    scenario = tp.load("joint-commissioning")
    _rate(scenario, 2, 1)
    aims = {1: 800.0, 2: 1_500.0}
    counts = [count for count in (1, 2, 4, 8) if count <= (os.cpu_count() or 1)]
    rates = [(count, _sweep_rate(10_000, count), _rate(scenario, 400, count)) for _ in range(times) for count in counts]
    for count in counts:
        words = f"on {count} thread{'s' if count > 1 else ''}"
        report(f"sweep: runs a second {words}", [rate for n, rate, _ in rates if n == count], "runs/s", aims.get(count))
        report(f"ensemble: runs a second {words}", [rate for n, _, rate in rates if n == count], "runs/s")


def ensembles_over_sweeps(runs: int = 400, times: int = 9) -> None:
    """Processor time of an ensemble, which keeps all that a run knows, over that of a sweep of the same runs in one chunk."""
    import totalplace as tp
    from totalplace.sim.engine.sweep.playing import DesignStage

    scenario = tp.load("joint-commissioning")
    design = DesignStage(scenario, (), ("net_saving", "wellbeing"), "last")
    ratios = []
    for turn in range(times + 1):
        seeds = range(1 + turn * runs, 1 + (turn + 1) * runs)
        began = time.process_time()
        design.rows(np.zeros(0), seeds)
        between = time.process_time()
        tp.ensemble(scenario, runs=runs, first_seed=seeds[0], threads=1)
        ratios.append((time.process_time() - between) / (between - began))
    report(f"ensemble of {runs} runs over a sweep of them", ratios[1:], "ratio", 1.1)  # the first warms up


def cohorts() -> None:
    """Microseconds for a cohort and quarter, from tens to all small areas of a place and beyond."""
    import totalplace as tp

    for place, clusters in (("Birmingham", 5), ("Birmingham", 50), ("Birmingham", "finest"), ("Kent", "finest")):
        scenario = tp.load("joint-commissioning", place=place, clusters=clusters)
        _report_cohorts(scenario)
    from benchmarks.crowds import crowd

    for copies in (8, 37):
        _report_cohorts(crowd(tp.load("joint-commissioning", place="Kent", clusters="finest"), copies))


def _report_cohorts(of: Scenario | Template) -> None:
    from totalplace.sim.engine.play import Stage

    stage = Stage(of)
    count = len(stage.world.cohorts)
    repeats = max(1, 10_000 // count)
    seconds = []
    for _ in range(4):
        started = time.perf_counter()
        for seed in range(1, repeats + 1):
            stage.play(seed)
        seconds.append((time.perf_counter() - started) / repeats)
    report(f"{count} cohorts", [1e6 * value / count / 40 for value in seconds[1:]], "µs a cohort and quarter", cohorts=count)


def all_places(times: int = 3) -> None:
    """Milliseconds a run over 1, 10, 50 and all 148 places."""
    import totalplace as tp

    names = [place.code for place in places.names()]
    draw = np.random.default_rng(1).permutation(len(names))
    scenarios = [tp.load("joint-commissioning", place=names[i]) for i in draw]
    for scenario in scenarios:
        tp.ensemble(scenario, runs=1, first_seed=1, threads=1)
    for count in (1, 10, 50, len(names)):
        seconds = []
        for _ in range(times):
            started = time.perf_counter()
            for scenario in scenarios[:count]:
                tp.ensemble(scenario, runs=10, first_seed=1, threads=1)
            seconds.append((time.perf_counter() - started) / (10 * count))
        report(f"{count} place{'s' if count > 1 else ''}", [1000 * value for value in seconds], "ms a run")


def memory_of_ensembles(runs: int = 400) -> None:
    """Kilobytes that an ensemble holds of each run, where much is negotiated and where nothing is."""
    import totalplace as tp

    for name in ("joint-commissioning", "silo"):
        held = tp.ensemble(name, runs=runs, first_seed=1)
        parts = (held.metrics, held.deals, held.gains, held.ties_start, held.ties_end)
        report(f"held of a run in an ensemble, {name}", [sum(part.nbytes for part in parts) / runs / 1000.0], "kB")


def all_scaling() -> None:
    """Every measurement of how cost grows."""
    threads()
    ensembles_over_sweeps()
    memory_of_ensembles()
    cohorts()
    all_places()
