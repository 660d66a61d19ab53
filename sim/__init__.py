"""What happens: the world of a place, the order of events, the ledger, runs and ensembles.

>>> import sim
>>> scenario = sim.load("joint-commissioning", place="Birmingham")
>>> result = sim.ensemble(scenario, runs=100)
>>> result.summary()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.appraisal import PARTS as APPRAISAL_PARTS
    from agents.bargaining import DEAL_OUTCOMES
    from scenarios import Scenario, load
    from sim.analysis.decomposition import decompose
    from sim.analysis.reporting.writing import write_report as report
    from sim.analysis.workbench import ema_model
    from sim.branching import branch
    from sim.compare import compare
    from sim.explain import explain
    from sim.ledger import LedgerError
    from sim.metrics import METRICS
    from sim.model import PlaceModel
    from sim.results import Ensemble, Run
    from sim.runs import ensemble, run
    from sim.sweep import SweepCall
    from sim.sweep.store import open as open_sweep

    open = open_sweep
    sweep: SweepCall

__version__ = "0.1.0"

_WHERE = {
    "load": ("scenarios", "load"),
    "run": ("sim.runs", "run"),
    "ensemble": ("sim.runs", "ensemble"),
    "open_sweep": ("sim.sweep.store", "open"),
    "branch": ("sim.branching", "branch"),
    "report": ("sim.analysis.reporting.writing", "write_report"),
    "PlaceModel": ("sim.model", "PlaceModel"),
    "Run": ("sim.results", "Run"),
    "Ensemble": ("sim.results", "Ensemble"),
    "Scenario": ("scenarios", "Scenario"),
    "METRICS": ("sim.metrics", "METRICS"),
    "LedgerError": ("sim.ledger", "LedgerError"),
    "decompose": ("sim.analysis.decomposition", "decompose"),
    "ema_model": ("sim.analysis.workbench", "ema_model"),
    "APPRAISAL_PARTS": ("agents.appraisal", "PARTS"),
    "DEAL_OUTCOMES": ("agents.bargaining", "DEAL_OUTCOMES"),
}
#: Names of before, which go on working: ``open`` shadows Python's own.
_BEFORE = {"open": ("sim.sweep.store", "open")}

#: Modules that can be called by their own name.
_CALLED = ("compare", "explain", "sweep")

__all__ = [
    "APPRAISAL_PARTS", "DEAL_OUTCOMES", "METRICS", "Ensemble", "LedgerError", "PlaceModel", "Run", "Scenario", "__version__",
    "branch", "compare", "decompose", "ema_model", "ensemble", "explain", "load", "open_sweep", "report", "run", "sweep",
]

if not TYPE_CHECKING:  # a type checker reads the imports above, so that it finds a misspelt name

    def __getattr__(name: str) -> Any:
        """Import a name when it is first used, so that ``import sim`` is quick."""
        from importlib import import_module

        if name in _CALLED:
            return import_module(f"sim.{name}")
        if name not in _WHERE | _BEFORE:
            from difflib import get_close_matches

            near = get_close_matches(name, [*_WHERE, *_CALLED], n=1)
            raise AttributeError(f"module 'sim' has no attribute '{name}'" + (f". Did you mean '{near[0]}'?" if near else ""))
        module, attribute = (_WHERE | _BEFORE)[name]
        value = getattr(import_module(module), attribute)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
