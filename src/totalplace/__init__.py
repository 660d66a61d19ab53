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
from typing import TYPE_CHECKING, Any, Final

__version__ = "0.1.0"

# In a checkout the packages are links to folders at its top. Where links are not kept (a checkout on Windows), look there.
if not (Path(__file__).parent / "sim" / "__init__.py").is_file():
    __path__.append(str(Path(__file__).resolve().parents[2]))

if TYPE_CHECKING:  # a type checker reads these, so that it finds a misspelt name or argument
    from totalplace.agents.appraisal import PARTS as APPRAISAL_PARTS
    from totalplace.agents.bargaining import DEAL_OUTCOMES
    from totalplace.agents.mesa_agents import Agency, CitizenCohort, Commissioner, Department, PartnershipBoard
    from totalplace.scenarios import InputError, Scenario, load, places, sweeps
    from totalplace.scenarios.registry import LEVERS, PARAMETERS
    from totalplace.sim import figures
    from totalplace.sim.analysis.branching.analysis import branch
    from totalplace.sim.analysis.comparison import answer
    from totalplace.sim.analysis.decomposition.analysis import decompose
    from totalplace.sim.analysis.decomposition.ingredients import ingredients
    from totalplace.sim.analysis.discovery.analysis import discover
    from totalplace.sim.analysis.eras.analysis import eras
    from totalplace.sim.analysis.own_places import own_place, place_template
    from totalplace.sim.analysis.rank.analysis import rank
    from totalplace.sim.analysis.robustness.analysis import robust
    from totalplace.sim.analysis.search.analysis import search
    from totalplace.sim.analysis.sensitivity.analysis import analyse as sensitivity
    from totalplace.sim.analysis.workbench import ema_model
    from totalplace.sim.browser.parts import mesa_components
    from totalplace.sim.browser.widgets.network import PartnershipNetwork
    from totalplace.sim.engine.ensemble import ensemble, run
    from totalplace.sim.engine.place_model import PlaceModel
    from totalplace.sim.engine.sweep.execution import run_sweep as sweep
    from totalplace.sim.engine.sweep.stopping import RunFailed, SweepInterrupted, SweepStopped
    from totalplace.sim.engine.sweep.store import Store, open_sweep
    from totalplace.sim.model.ledger import LedgerError
    from totalplace.sim.model.metrics import METRICS
    from totalplace.sim.report.write import write_report as report
    from totalplace.sim.results.compare import compare
    from totalplace.sim.results.deals import agency_label
    from totalplace.sim.results.explain import explain
    from totalplace.sim.results.map_outline import outline_text as map_outline
    from totalplace.sim.results.run import Ensemble, Run

#: Where each public name is: its module, then its name there if that differs; a module itself ends with a colon.
_WHERE: Final = {
    "APPRAISAL_PARTS": "agents.appraisal:PARTS",
    "Agency": "agents.mesa_agents",
    "CitizenCohort": "agents.mesa_agents",
    "Commissioner": "agents.mesa_agents",
    "DEAL_OUTCOMES": "agents.bargaining",
    "Department": "agents.mesa_agents",
    "Ensemble": "sim.results.run",
    "InputError": "scenarios",
    "LEVERS": "scenarios.registry",
    "LedgerError": "sim.model.ledger",
    "METRICS": "sim.model.metrics",
    "PARAMETERS": "scenarios.registry",
    "PartnershipBoard": "agents.mesa_agents",
    "PartnershipNetwork": "sim.browser.widgets.network",
    "PlaceModel": "sim.engine.place_model",
    "Run": "sim.results.run",
    "RunFailed": "sim.engine.sweep.stopping",
    "Scenario": "scenarios",
    "Store": "sim.engine.sweep.store",
    "SweepInterrupted": "sim.engine.sweep.stopping",
    "SweepStopped": "sim.engine.sweep.stopping",
    "agency_label": "sim.results.deals",
    "answer": "sim.analysis.comparison",
    "branch": "sim.analysis.branching.analysis",
    "compare": "sim.results.compare",
    "decompose": "sim.analysis.decomposition.analysis",
    "ingredients": "sim.analysis.decomposition.ingredients",
    "discover": "sim.analysis.discovery.analysis",
    "ema_model": "sim.analysis.workbench",
    "ensemble": "sim.engine.ensemble",
    "eras": "sim.analysis.eras.analysis",
    "explain": "sim.results.explain",
    "figures": "sim.figures:",
    "load": "scenarios",
    "map_outline": "sim.results.map_outline:outline_text",
    "mesa_components": "sim.browser.parts.mesa_components:",
    "open_sweep": "sim.engine.sweep.store",
    "own_place": "sim.analysis.own_places",
    "place_template": "sim.analysis.own_places",
    "places": "scenarios.places:",
    "rank": "sim.analysis.rank.analysis",
    "report": "sim.report.write:write_report",
    "robust": "sim.analysis.robustness.analysis",
    "run": "sim.engine.ensemble",
    "search": "sim.analysis.search.analysis",
    "sensitivity": "sim.analysis.sensitivity.analysis:analyse",
    "sweep": "sim.engine.sweep.execution:run_sweep",
    "sweeps": "scenarios.sweeps:",
}

__all__ = [
    "APPRAISAL_PARTS",
    "DEAL_OUTCOMES",
    "LEVERS",
    "METRICS",
    "PARAMETERS",
    "Agency",
    "CitizenCohort",
    "Commissioner",
    "Department",
    "Ensemble",
    "InputError",
    "LedgerError",
    "PartnershipBoard",
    "PartnershipNetwork",
    "PlaceModel",
    "Run",
    "RunFailed",
    "Scenario",
    "Store",
    "SweepInterrupted",
    "SweepStopped",
    "__version__",
    "agency_label",
    "answer",
    "branch",
    "compare",
    "decompose",
    "discover",
    "ema_model",
    "ensemble",
    "eras",
    "explain",
    "figures",
    "ingredients",
    "load",
    "map_outline",
    "mesa_components",
    "open_sweep",
    "own_place",
    "place_template",
    "places",
    "rank",
    "report",
    "robust",
    "run",
    "search",
    "sensitivity",
    "sweep",
    "sweeps",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a name when it is first used, so that ``import totalplace`` is quick."""
        if name not in _WHERE:
            from difflib import get_close_matches

            near = get_close_matches(name, _WHERE, n=1)
            meant = f". Did you mean '{near[0]}'?" if near else ""
            raise AttributeError(f"module 'totalplace' has no attribute '{name}'{meant}")
        from importlib import import_module

        module, colon, there = _WHERE[name].partition(":")
        found = import_module(f"totalplace.{module}")
        value = found if colon and not there else getattr(found, there or name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
