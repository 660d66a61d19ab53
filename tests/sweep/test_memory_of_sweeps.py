"""The peak of memory of a sweep does not depend on its length: finished chunks are on the disk, and only a few are under way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

#: Peak of the resident memory above what is there after a small sweep, in bytes, by Linux' own count; how many parts were written.
PROGRAM = """
import gc, sys
import totalplace as tp
from pathlib import Path
from totalplace.scenarios import sweeps
folder, *lengths = sys.argv[1:]
text = '''
title: Long
scenarios: silo
places: Rutland
settings: {quarters: 40, clusters: 2}
uncertainties: {eta: prior, initial_trust: prior}
design: {kind: latin-hypercube, samples: %s}
every: quarter
'''
def kilobytes(key):
    return int(next(line for line in open("/proc/self/status") if line.startswith(key)).split()[1])
tp.sweep(sweeps.loads(text % 300), Path(folder) / "first", threads=2, chunk=100)
for length in lengths:
    gc.collect()
    open("/proc/self/clear_refs", "w").write("5")
    before = kilobytes("VmRSS")
    store = tp.sweep(sweeps.loads(text % length), Path(folder) / length, threads=2, chunk=100)
    numbers = store.total * 40 * len(store.manifest.metrics)
    print((kilobytes("VmHWM") - before) * 1024, len(store.records), 8 * numbers)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak can be set back on Linux only")
def test_eight_times_as_many_runs_take_no_more_memory(tmp_path: Path) -> None:
    lengths = (300, 2400)
    words = [sys.executable, "-P", "-c", PROGRAM, str(tmp_path), *map(str, lengths)]
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True)
    (short, few, _), (long, many, in_all) = ([int(word) for word in line.split()] for line in done.stdout.splitlines())
    assert (few, many) == (3, 24)
    assert in_all > 20e6, "all metrics together would be seen"
    assert long < short + 0.25 * in_all
