"""Sweeps: many runs over a design of levers and uncertainties, written part by part to a folder that can be resumed.

>>> import scenarios.sweeps, sim.sweep
>>> store = sim.sweep.run("sobol-net-saving", "results/sobol", threads=2)
>>> store.summary()
"""

from __future__ import annotations

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
