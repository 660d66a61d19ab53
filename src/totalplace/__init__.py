"""Simulate how the public agencies of an English place come to share budgets.

>>> import totalplace
>>> scenario = totalplace.load("joint-commissioning", place="Birmingham")
>>> result = totalplace.ensemble(scenario, runs=100)
>>> result.summary()

The folders ``agents`` (who acts), ``scenarios`` (what is asked) and ``sim`` (what happens) of a checkout are the packages
``totalplace.agents``, ``totalplace.scenarios`` and ``totalplace.sim``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

__version__ = "0.1.0"

# In a checkout the packages are links to folders at its top. Where links are not kept (a checkout on Windows), look there.
if not (Path(__file__).parent / "sim" / "__init__.py").is_file():
    __path__.append(str(Path(__file__).resolve().parents[2]))

_WHERE: Final = {
    "load": ("totalplace.scenarios", "load"),
    "InputError": ("totalplace.scenarios", "InputError"),
    "run": ("totalplace.sim.engine.ensemble", "run"),
    "ensemble": ("totalplace.sim.engine.ensemble", "ensemble"),
    "sweep": ("totalplace.sim.engine", "sweep"),
    "open": ("totalplace.sim.engine.sweep", "open"),
    "PlaceModel": ("totalplace.sim.model.place_model", "PlaceModel"),
    "Run": ("totalplace.sim.results.run", "Run"),
    "Ensemble": ("totalplace.sim.results.run", "Ensemble"),
    "METRICS": ("totalplace.sim.model.metrics", "METRICS"),
    "LedgerError": ("totalplace.sim.model.ledger", "LedgerError"),
    "branch": ("totalplace.sim.engine.branching", "branch"),
    "decompose": ("totalplace.sim.analysis.decomposition.analysis", "decompose"),
    "ema_model": ("totalplace.sim.analysis.workbench", "ema_model"),
    "APPRAISAL_PARTS": ("totalplace.agents.appraisal", "PARTS"),
    "DEAL_OUTCOMES": ("totalplace.agents.bargaining", "DEAL_OUTCOMES"),
}

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used, so that ``import totalplace`` is quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'totalplace' has no attribute '{name}'")
    from importlib import import_module

    module, attribute = _WHERE[name]
    found = import_module(module)
    value = getattr(found, attribute, None) or import_module(f"{module}.{attribute}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
