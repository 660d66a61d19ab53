"""Small sweeps for tests, what is compared of their results, and a driver that can be killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.scenarios.sweeps import Sweep
from totalplace.sim.engine.sweep.designs import points
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.engine.sweep.tables import OF_THE_WORK

ROOT = Path(__file__).resolve().parent.parent

TEXT = """
title: Small
scenarios: joint-commissioning
arrangements: [joint-commissioning, single-pot]
places: [Rutland, Hartlepool]
settings: {{quarters: {quarters}, clusters: 2}}
levers: {{clawback: range, encouragement: {{health: range}}, savings_rule: range}}
uncertainties: {{eta: prior, initial_trust: prior}}
design: {{kind: latin-hypercube, samples: {samples}}}
replicates: 2
metrics: [net_saving, pooled_share, mean_trust]
every: {every}
"""


def small_sweep(samples: int = 10, quarters: int = 8, every: str = "year") -> Sweep:
    """Two arrangements in two places: eight runs for each sample of the design."""
    return sweeps.loads(TEXT.format(samples=samples, quarters=quarters, every=every), "small")


def with_bad_points(sweep: Sweep, *bad: int) -> Sweep:
    """The sweep with points at which the scale exponent is not a number, which no file can ask for."""
    rows = points(sweep)
    rows[list(bad), [factor.label for factor in sweep.factors].index("eta")] = np.nan
    return replace(sweep, design="rows", rows=rows)


def tables(store: Store | Path) -> dict[str, pd.DataFrame]:
    """All rows of both tables, but for how long runs took."""
    store = store if isinstance(store, Store) else tp.open_sweep(store)
    runs = store.runs.to_table().to_pandas().drop(columns=list(OF_THE_WORK))
    return {"runs": runs, "metrics": store.metrics.to_table().to_pandas()}


def assert_same(one: Store | Path, other: Store | Path) -> None:
    """Both have the same rows, in the same order, equal to the bit."""
    left, right = tables(one), tables(other)
    for name in left:
        pd.testing.assert_frame_equal(left[name], right[name], check_exact=True)


DRIVER = """
import sys
import totalplace as tp
from tests.sweeps import small_sweep
if __name__ == "__main__":
    tp.sweep(small_sweep(*{sweep!r}), {out!r}, chunk=20, **{options!r})
"""


@contextmanager
def driver(out: Path, *sweep: Any, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that runs a small sweep; killed at the end if it is still there."""
    program = DRIVER.format(sweep=sweep, out=str(out), options=options)
    command = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)
    try:
        yield command
    finally:
        command.kill()
        command.communicate()


def wait_for_parts(out: Path, number: int, command: subprocess.Popen[str], seconds: float = 600.0) -> None:
    """Return once so many parts are finished."""
    end = time.monotonic() + seconds
    while len(list((out / "parts").glob("[0-9]*.json"))) < number:
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < end, "no part was finished in time"
        time.sleep(0.01)
