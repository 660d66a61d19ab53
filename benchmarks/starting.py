"""How long a newcomer waits: help, the first start after install, later starts, one run on each face."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psutil

from benchmarks.measuring import command, report, timed

SCENARIO = "joint-commissioning"
FIRST_START = "import totalplace as tp; tp.run(tp.load('joint-commissioning'), seed=1)"


def all_starting() -> None:
    """Processes from nothing, then runs in this one."""
    starts()
    single_runs()


def starts() -> None:
    """Processes from nothing."""
    report("help", timed(lambda: command("-m", "totalplace", "--help"), 10), "s", 0.3)
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-") as cache:
        before = _processor_seconds()
        report("first start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 1), "s", 20.0)
        report("first start, processor time of its processes", [_processor_seconds() - before], "s", 20.0)
        kept = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file())
        report("compiled rules that are kept", [kept / 1e6], "MB", 40.0)
        report("later start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 5), "s", 2.0)


def _processor_seconds() -> float:
    """Processor time of all processes that this one has started and that have ended, and of those that they started."""
    used = psutil.Process().cpu_times()
    return used.children_user + used.children_system


def single_runs() -> None:
    """Runs in this process, after compilation."""
    import totalplace as tp

    scenario = tp.load(SCENARIO)
    tp.ensemble(scenario, runs=2, first_seed=1, threads=1)
    report("compiled run", [1000 * value for value in timed(lambda: tp.run(scenario, seed=1), 200)], "ms", 2.0)

    def mesa_run() -> None:
        model = tp.PlaceModel(scenario, rng=1)
        while model.running:
            model.step()

    mesa_run()
    report("mesa run", timed(mesa_run, 5), "s", 0.5)
