"""Sweeps as a user runs them: whole commands, written to disk, with the time and the most memory they take."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import report

SWEEP = """
title: Benchmark
arrangements: joint-commissioning
levers:
  clawback: range
uncertainties: {{initial_trust: prior, control_value: prior, eta: prior}}
design: {{kind: latin-hypercube, samples: {runs}}}
metrics: [net_saving, wellbeing, pooled_share, duplication_removed]
every: last
"""
#: A small process that starts the command: memory is counted from the size of the process that starts another.
LAUNCHER = """
import os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(time.perf_counter() - started, used.ru_maxrss)
sys.exit(1 if status else 0)
"""


def sweep(folder: Path, runs: int, *options: str) -> tuple[float, float]:
    """Seconds and peak memory (MB, of the driver) of a sweep command of ``runs`` runs into ``folder``."""
    file = folder.parent / f"sweep-{runs}.yaml"
    file.write_text(SWEEP.format(runs=runs), encoding="utf-8")
    words = [sys.executable, "-P", "-m", "totalplace", "sweep", "run", str(file), "--out", str(folder), *options]
    done = subprocess.run([sys.executable, "-P", "-S", "-c", LAUNCHER, *words], capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory) / 1024.0


def to_disk() -> None:
    """Ten thousand runs to disk; peak memory of 1,000, 10,000 and 100,000; what resuming costs."""
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-") as scratch:
        sweep(Path(scratch) / "warm", 500)
        peaks = {}
        for runs in (1_000, 10_000, 100_000):
            seconds, peaks[runs] = sweep(Path(scratch) / str(runs), runs)
            report(f"sweep of {runs} runs to disk", [seconds], "s", 10.0 if runs == 10_000 else None)
            report(f"peak memory of {runs} runs", [peaks[runs]], "MB")
        report("peak memory, 100,000 over 10,000 runs", [peaks[100_000] / peaks[10_000]], "ratio", 1.2)
        seconds, _ = sweep(Path(scratch) / "10000", 10_000)
        report("the same command on the finished folder of 10,000 runs", [seconds], "s")


def dask_against_threads() -> None:
    """Two Dask worker processes against two threads, the same sweep."""
    if importlib.util.find_spec("distributed") is None:
        print("dask is not installed: pip install 'totalplace[cluster]'", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-") as scratch:
        local, _ = sweep(Path(scratch) / "threads", 10_000, "--threads", "2")
        cluster, _ = sweep(Path(scratch) / "dask", 10_000, "--dask-local", "2")
        report("Dask with two workers over two threads, 10,000 runs", [cluster / local], "ratio")


def all_sweeps() -> None:
    """Every measurement of sweeps."""
    to_disk()
    dask_against_threads()


