"""What happens: the world of a place, the order of events, the ledger, runs and ensembles.

>>> import sim
>>> scenario = sim.load("joint-commissioning", place="Birmingham")
>>> result = sim.ensemble(scenario, runs=100)
>>> result.summary()
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "load": ("scenarios", "load"),
    "run": ("sim.runs", "run"),
    "ensemble": ("sim.runs", "ensemble"),
    "open": ("sim.sweep", "open"),
    "PlaceModel": ("sim.model", "PlaceModel"),
    "Run": ("sim.results", "Run"),
    "Ensemble": ("sim.results", "Ensemble"),
    "METRICS": ("sim.metrics", "METRICS"),
    "LedgerError": ("sim.ledger", "LedgerError"),
    "branch": ("sim.branching", "branch"),
    "decompose": ("sim.analysis.decomposition", "decompose"),
    "ema_model": ("sim.analysis.workbench", "ema_model"),
    "APPRAISAL_PARTS": ("agents.appraisal", "PARTS"),
    "DEAL_OUTCOMES": ("agents.bargaining", "DEAL_OUTCOMES"),
}

__all__ = ["__version__", "sweep", *_WHERE]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that ``import sim`` is quick."""
    from importlib import import_module

    if name == "sweep":
        return import_module("sim.sweep")
    if name not in _WHERE:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    module, attribute = _WHERE[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
