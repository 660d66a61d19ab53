"""Sweeps: many runs over a design of levers and uncertainties, written part by part to a folder that can be resumed.

>>> import totalplace
>>> store = totalplace.sweep("sobol-net-saving", "results/sobol", threads=2)
>>> store.summary()

The package can be called: ``totalplace.sweep(...)`` is ``totalplace.sweep(...)``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps import Sweep
    from totalplace.sim.engine.sweep.execution import Progress
    from totalplace.sim.engine.sweep.store import Store

_WHERE = {
    "run": "totalplace.sim.engine.sweep.execution",
    "open": "totalplace.sim.engine.sweep.store",
    "Store": "totalplace.sim.engine.sweep.store",
    "SweepStopped": "totalplace.sim.engine.sweep.stopping",
    "SweepInterrupted": "totalplace.sim.engine.sweep.stopping",
    "RunFailed": "totalplace.sim.engine.sweep.stopping",
}

__all__ = ["RunFailed", "Store", "SweepInterrupted", "SweepStopped", "open", "run"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that ``totalplace --help`` is quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'totalplace.sim.engine.sweep' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


class SweepCall(ModuleType):
    """A package that can be called, since the verb and the package have one name."""

    def __call__(
        self, sweep: Sweep | str | Path, out: str | Path, threads: int | None = None, dask: Any = None, on_error: str = "continue",
        progress: Progress | None = None, *, engine: str = "compiled", agent_classes: Mapping[str, type] | None = None,
        chunk: int | None = None,
    ) -> Store:
        """Run a sweep into the folder ``out``; see :func:`totalplace.sim.engine.sweep.execution.run`."""
        from totalplace.sim.engine.sweep.execution import run

        return run(sweep, out, threads, dask, on_error, progress, engine=engine, agent_classes=agent_classes, chunk=chunk)


sys.modules[__name__].__class__ = SweepCall
