"""Sweeps: many runs over a design of levers and uncertainties, written part by part to a folder that can be resumed.

>>> import sim
>>> store = sim.sweep("sobol-net-saving", "results/sobol", threads=2)
>>> store.summary()

The package can be called: ``sim.sweep(...)`` is ``sim.sweep.run(...)``.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

_WHERE = {
    "run": "sim.sweep.execution",
    "open": "sim.sweep.store",
    "Store": "sim.sweep.store",
    "SweepStopped": "sim.sweep.stopping",
    "SweepInterrupted": "sim.sweep.stopping",
    "RunFailed": "sim.sweep.stopping",
}

__all__ = ["RunFailed", "Store", "SweepInterrupted", "SweepStopped", "open", "run"]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that ``totalplace --help`` is quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sim.sweep' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


class _Callable(ModuleType):
    """A package that can be called, since the verb and the package have one name."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Run a sweep; see :func:`sim.sweep.execution.run`."""
        from sim.sweep.execution import run

        return run(*given, **named)


sys.modules[__name__].__class__ = _Callable
