"""How long a newcomer waits: help, the first start after install, later starts, one run on each face."""

from __future__ import annotations

import tempfile

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
        report("first start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 1), "s", 20.0)
        report("later start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 5), "s", 2.0)


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
