"""What happens: the world of a place, the order of events, the ledger, runs and ensembles.

>>> import totalplace
>>> scenario = totalplace.load("joint-commissioning", place="Birmingham")
>>> result = totalplace.ensemble(scenario, runs=100)
>>> result.summary()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from totalplace.agents.appraisal import PARTS as APPRAISAL_PARTS
    from totalplace.agents.bargaining import DEAL_OUTCOMES
    from totalplace.scenarios import Scenario, load
    from totalplace.sim.analysis.branching.analysis import branch
    from totalplace.sim.analysis.decomposition.analysis import decompose
    from totalplace.sim.analysis.workbench import ema_model
    from totalplace.sim.engine.ensemble import ensemble, run
    from totalplace.sim.engine.place_model import PlaceModel
    from totalplace.sim.engine.sweep import SweepCall
    from totalplace.sim.engine.sweep.store import open as open_sweep
    from totalplace.sim.model.ledger import LedgerError
    from totalplace.sim.model.metrics import METRICS
    from totalplace.sim.report.write import write_report as report
    from totalplace.sim.results.compare import compare
    from totalplace.sim.results.explain import explain
    from totalplace.sim.results.run import Ensemble, Run

    open = open_sweep
    sweep: SweepCall

__version__ = "0.1.0"

_WHERE = {
    "load": ("scenarios", "load"),
    "run": ("totalplace.sim.engine.ensemble", "run"),
    "ensemble": ("totalplace.sim.engine.ensemble", "ensemble"),
    "open_sweep": ("totalplace.sim.engine.sweep.store", "open"),
    "branch": ("totalplace.sim.analysis.branching.analysis", "branch"),
    "report": ("totalplace.sim.report.write", "write_report"),
    "PlaceModel": ("totalplace.sim.engine.place_model", "PlaceModel"),
    "Run": ("totalplace.sim.results.run", "Run"),
    "Ensemble": ("totalplace.sim.results.run", "Ensemble"),
    "Scenario": ("scenarios", "Scenario"),
    "METRICS": ("totalplace.sim.model.metrics", "METRICS"),
    "LedgerError": ("totalplace.sim.model.ledger", "LedgerError"),
    "decompose": ("totalplace.sim.analysis.decomposition.analysis", "decompose"),
    "ema_model": ("totalplace.sim.analysis.workbench", "ema_model"),
    "APPRAISAL_PARTS": ("totalplace.agents.appraisal", "PARTS"),
    "DEAL_OUTCOMES": ("totalplace.agents.bargaining", "DEAL_OUTCOMES"),
}
#: Names of before, which go on working: ``open`` shadows Python's own.
_BEFORE = {"open": ("totalplace.sim.engine.sweep.store", "open")}

#: Modules that can be called by their own name.
_CALLED = ("compare", "explain", "sweep")

__all__ = [
    "APPRAISAL_PARTS", "DEAL_OUTCOMES", "METRICS", "Ensemble", "LedgerError", "PlaceModel", "Run", "Scenario", "__version__",
    "branch", "compare", "decompose", "ema_model", "ensemble", "explain", "load", "open_sweep", "report", "run", "sweep",
]

if not TYPE_CHECKING:  # a type checker reads the imports above, so that it finds a misspelt name

    def __getattr__(name: str) -> Any:
        """Import a name when it is first used, so that ``import totalplace`` is quick."""
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
