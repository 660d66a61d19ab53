"""The compiled run as Python calls it: to its start, then on to a quarter.

Compiling all rules is nearly all Python code, so that threads do not help. On a first start a second process compiles one part
of them while this one compiles the rest; what it leaves in the cache is taken up here. That process is
``python -m totalplace.sim.model.kernel``.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import threading
from typing import Any, Final

import numba

from totalplace.agents.bargaining import negotiate
from totalplace.agents.compiled import cache_folder, python
from totalplace.agents.numba_private import is_kept
from totalplace.scenarios.source_tree import SEARCHED
from totalplace.sim.model.measure import measure
from totalplace.sim.model.schedule import SCHEDULE, go_on
from totalplace.sim.model.start import begin
from totalplace.sim.model.world import World
from totalplace.sim.system.processes import SAFE_PATH, search_path

#: The rules that the second process compiles, with those that they call: about half of the work.
_BESIDE: Final = (negotiate, measure)
#: The rules that this process compiles meanwhile, beside those of the start of a run; the last one goes with the loop.
_HERE: Final = tuple(move.compiled for move in SCHEDULE[:-1] if move.rule not in _BESIDE)

_lock = threading.Lock()
_ready = False


def start(world: World) -> None:
    """Set ``world`` to the start of the run with the seed in its clock."""
    if not _ready:
        _compile(world)
    python(begin)(world)


def advance(world: World, last: int) -> int:
    """Play quarters up to ``last`` (not included); the quarter in which the ledger broke comes back, or -1."""
    return int(python(go_on)(world, last))


def _compile(world: World) -> None:
    """Compile the run; side by side with a second process where nothing is in the cache and there are processors for it."""
    global _ready
    with _lock:
        if _ready or numba.config.DISABLE_JIT:
            _ready = True
            return
        folder = cache_folder()
        kept = folder is not None and is_kept(folder / "python", "go_on")
        beside = None if folder is None or kept or (os.cpu_count() or 1) < 2 else _second_process()
        try:
            _compile_for(python(begin), world)
            if beside is not None:
                for rule in _HERE:
                    _compile_for(rule, world)
                beside.wait()
            _compile_for(python(go_on), world)
        finally:
            if beside is not None:
                beside.kill()
                beside.wait()
        _ready = True


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
    for rule in _BESIDE:
        _compile_for(rule, world)


if __name__ == "__main__":
    _main()
