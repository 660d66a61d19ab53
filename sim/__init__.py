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

#: Modules that can be called by their own name.
_CALLED = ("compare", "sweep")

__all__ = ["__version__", *_CALLED, *_WHERE]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that ``import sim`` is quick."""
    from importlib import import_module

    if name in _CALLED:
        return import_module(f"sim.{name}")
    if name not in _WHERE:
        from difflib import get_close_matches

        near = get_close_matches(name, [*_WHERE, *_CALLED], n=1)
        raise AttributeError(f"module 'sim' has no attribute '{name}'" + (f". Did you mean '{near[0]}'?" if near else ""))
    module, attribute = _WHERE[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
