"""How benchmarks measure: medians of repeated timings, one JSON object a line on standard output."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def report(name: str, values: list[float], unit: str, target: float | None = None, **more: Any) -> None:
    """Print one measurement: name, median, unit, target (the bound that is aimed at; null for none), number of timings."""
    middle = round(statistics.median(values), 4)
    print(json.dumps({"name": name, "value": middle, "unit": unit, "target": target, "n": len(values), **more}), flush=True)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Seconds that ``work`` takes, ``times`` times."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return seconds


def command(*words: str, **environment: str) -> str:
    """Run Python as a process of its own and give what it prints; a failure raises."""
    environment = os.environ | environment
    done = subprocess.run([sys.executable, "-P", *words], check=True, env=environment, stdout=subprocess.PIPE, text=True)
    return done.stdout
