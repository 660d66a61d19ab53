"""Measure the speed that the project promises; one JSON object a line on standard output.

Each line has name, value (the median of n measurements), unit, target (the most that is allowed; null where there is
none) and n. Nothing here fails when a target is missed: machines differ.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

SCENARIO = "joint-commissioning"
FIRST_START = "import sim; sim.run(sim.load('joint-commissioning'), seed=1)"


def report(name: str, values: list[float], unit: str, target: float | None) -> None:
    """Print one measurement."""
    middle = round(statistics.median(values), 4)
    line = {"name": name, "value": middle, "unit": unit, "target": target, "n": len(values)}
    print(json.dumps(line), flush=True)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Seconds that ``work`` takes, ``times`` times."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return seconds


def command(*words: str, **environment: str) -> None:
    """Run Python as a process of its own; its output is thrown away, a failure is not."""
    subprocess.run([sys.executable, *words], check=True, env=os.environ | environment, stdout=subprocess.DEVNULL)


def starts() -> None:
    """Processes from nothing: help, the first start after install, later starts."""
    report("help", timed(lambda: command("-m", "sim.cli", "--help"), 10), "s", 0.3)
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-") as cache:
        report("first start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 1), "s", 20.0)
        report("later start", timed(lambda: command("-c", FIRST_START, TOTALPLACE_CACHE_DIR=cache), 5), "s", 2.0)


def runs() -> None:
    """Runs in this process, after compilation."""
    import sim

    scenario = sim.load(SCENARIO)
    sim.ensemble(scenario, runs=2, first_seed=1, threads=1)
    seconds = timed(lambda: sim.run(scenario, seed=1), 200)
    report("compiled run", [1000 * value for value in seconds], "ms", 2.0)

    def mesa_run() -> None:
        model = sim.PlaceModel(scenario, rng=1)
        for _ in range(scenario.quarters):
            model.step()

    mesa_run()
    report("mesa run", timed(mesa_run, 5), "s", 0.5)
    for threads in (1, 2):
        batch = timed(lambda: sim.ensemble(scenario, runs=100, first_seed=1, threads=threads), 5)  # noqa: B023
        report(f"100 runs on {threads} thread{'s' if threads > 1 else ''}", batch, "s", None)


if __name__ == "__main__":
    starts()
    runs()
