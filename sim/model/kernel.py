"""The compiled run as Python calls it: to its start, on to a quarter, or many runs at once.

Compiling all rules is nearly all Python code, so that threads do not help. On a first start a second process compiles one part
of them while this one compiles the rest; what it leaves in the cache is taken up here. That process is
``python -m totalplace.sim.model.kernel``.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from totalplace.agents.annual_plan import plan_year
from totalplace.agents.bargaining import negotiate
from totalplace.agents.compiled import as_a_whole, cache_folder
from totalplace.agents.numba_private import is_kept
from totalplace.scenarios.source_tree import SEARCHED
from totalplace.sim.model.measure import measure
from totalplace.sim.model.runs import play_runs
from totalplace.sim.model.schedule import SCHEDULE
from totalplace.sim.model.world import World
from totalplace.sim.system.processes import SAFE_PATH, search_path

#: The rules that the second process compiles, with those that they call: about half of the work.
_BESIDE: Final = (negotiate, plan_year, measure)
#: The rules that this process compiles meanwhile, beside those of the start of a run; the last one goes with the loop.
_HERE: Final = tuple(move.compiled for move in SCHEDULE[:-1] if move.rule not in _BESIDE)

_lock = threading.Lock()
_ready = False


_NONE: Final = np.zeros(0, np.int64)
_NO_ROWS: Final = np.zeros((0, 0), np.int64)
#: Arrays as the way in takes them, but for the world and the last quarter.
_LIKE: Final = (_NONE, _NONE, _NONE, _NONE, _NO_ROWS, _NONE, _NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS)


class Played(NamedTuple):
    """What became of runs that were played in one call: how many were played, and by run (n,):

    ``broken``, the quarter in which the ledger broke, or -1, and ``deals``, how many negotiations the runs so far recorded.
    """

    runs: int
    broken: NDArray[np.int64]
    deals: NDArray[np.int64]


def start(world: World) -> None:
    """Set ``world`` to the start of the run with the seed in its clock."""
    if not _ready:
        _compile(world)
    seeds = np.array([world.clock.seed], np.int64)
    _runs(world, _NONE, _NONE, seeds, _NONE, _NO_ROWS, _NONE, _NO_ROWS, _NO_ROWS, _NO_ROWS, np.zeros((1, 2), np.int64), 0)


def advance(world: World, last: int) -> int:
    """Play quarters up to ``last`` (not included); the quarter in which the ledger broke comes back, or -1."""
    return _runs(world, _NONE, _NONE, _NONE, _NONE, _NO_ROWS, _NONE, _NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS, last)


def many(world: World, memory: NDArray[np.int64], begun: NDArray[np.int64], seeds: NDArray[np.int64], quarters: int,
         places: NDArray[np.int64], values: NDArray[np.int64], kept: NDArray[np.int64], rows: NDArray[np.int64],
         told: NDArray[np.int64] = _NO_ROWS) -> Played:
    """Play whole runs without coming back to Python between them; see :func:`totalplace.sim.model.runs.play_runs`."""
    if not _ready:
        _compile(world)
    ends = np.zeros((len(seeds), 2), np.int64)
    deals = np.asarray(world.deals).view(np.int64).reshape(len(world.deals), -1) if len(told) else _NO_ROWS
    done = _runs(world, memory, begun, seeds, places, values, kept, rows, told, deals, ends, quarters)
    return Played(done, ends[:, 0], ends[:, 1])


def _runs(*given: Any) -> int:
    return int(as_a_whole(play_runs)(*given))


def _compile(world: World) -> None:
    """Compile the run; side by side with a second process where nothing is in the cache and there are processors for it."""
    global _ready
    with _lock:
        if _ready or numba.config.DISABLE_JIT:
            _ready = True
            return
        folder = cache_folder()
        kept = folder is not None and is_kept(folder / "python", play_runs.__name__)
        beside = None if folder is None or kept or (os.cpu_count() or 1) < 2 else _second_process()
        try:
            with _without_collector():
                if beside is not None:
                    for rule in _HERE:
                        _compile_for(rule, world)
                    beside.wait()
                way_in: Any = as_a_whole(play_runs)
                if not way_in.signatures:
                    way_in.compile((numba.typeof(world), *map(numba.typeof, _LIKE), numba.types.int64))
                    way_in.disable_compile()  # arrays of another kind are a mistake, which would cost as long again
        finally:
            if beside is not None:
                beside.kill()
                beside.wait()
        _ready = True


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Look for no unused objects: the compiler makes many that live as long as it works, and an eighth of its time went there."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _compile_for(rule: Any, world: World) -> None:
    """Compile a rule for a world and as many row numbers as it takes."""
    rows = len(inspect.signature(rule.py_func).parameters) - 1
    rule.compile((numba.typeof(world), *(numba.types.int64,) * rows))


def _second_process() -> subprocess.Popen[bytes] | None:
    """The process that compiles the other part; None where no process can be started."""
    if not sys.executable:  # Python inside another program
        return None
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "totalplace.sim.model.kernel"],
            env=os.environ | {"PYTHONPATH": search_path(str(SEARCHED)), SAFE_PATH: "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _main() -> None:
    from totalplace.scenarios import load
    from totalplace.sim.model.world import build

    world = build(load("silo")).world
    with _without_collector():
        for rule in _BESIDE:
            _compile_for(rule, world)


if __name__ == "__main__":
    _main()
    os._exit(0)  # all is kept: to take apart what the compiler made, object by object, takes a twentieth of its time
