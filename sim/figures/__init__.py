"""The figures of a command: arrangements compared, outcomes, who pays and gains, networks, reasons for refusal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import totalplace.sim.figures.settings  # noqa: F401 (before any other module imports Matplotlib)
from totalplace.scenarios.user_text import file_names
from totalplace.sim.figures.differences import differences, outcomes_by_cohort, outcomes_by_domain
from totalplace.sim.figures.gains import net_gains, who_pays_who_gains
from totalplace.sim.figures.network import partnership_network
from totalplace.sim.figures.over_time import compared_over_time, ensemble_over_time, run_over_time
from totalplace.sim.figures.refusals import reasons_for_refusal
from totalplace.sim.figures.style import (
    Chart as Chart,  # not listed below: the site would show all that Matplotlib says of a figure
)
from totalplace.sim.figures.style import dress, plain
from totalplace.sim.results.compare import check_pairs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from totalplace.sim.results.run import Ensemble

__all__ = [
    "compared_over_time",
    "differences",
    "drawings",
    "dress",
    "ensemble_over_time",
    "main_figures",
    "net_gains",
    "outcomes_by_cohort",
    "outcomes_by_domain",
    "partnership_network",
    "plain",
    "reasons_for_refusal",
    "run_over_time",
    "who_pays_who_gains",
]


#: Beginnings of the names of figures that are drawn on demand only, and of those that are when scenarios are compared.
_ON_DEMAND: Final = ("outcomes-by-", "network")
_OF_MANY_ON_DEMAND: Final = ("refusals", "who-pays-who-gains-")


def main_figures(names: Collection[str]) -> tuple[str, ...]:
    """Of the names of :func:`drawings` those of the figures that a command draws without being asked.

    They show what comes out, what differs and who gains: ``arrangements``, ``differences`` and ``net-gains`` of several scenarios,
    ``over-time``, ``refusals`` and ``who-pays-who-gains`` of one.
    """
    on_demand = _ON_DEMAND + (_OF_MANY_ON_DEMAND if "arrangements" in names else ())
    return tuple(name for name in names if not name.startswith(on_demand))


def drawings(ensembles: Sequence[Ensemble], baseline: Ensemble) -> dict[str, Callable[[], Figure]]:
    """File name of each figure and the function that draws it, so that a caller can show progress.

    Figures that set agencies side by side are left out where scenarios have different agencies. Raises InputError for ensembles
    that cannot be paired.
    """
    check_pairs(ensembles)
    figures: dict[str, Callable[[], Figure]] = {}
    same_agencies = len({ensemble.agency_names for ensemble in ensembles}) == 1
    if len(ensembles) > 1:
        figures["arrangements"] = partial(compared_over_time, ensembles)
        figures["differences"] = partial(differences, ensembles, baseline)
        if same_agencies:
            figures["net-gains"] = partial(net_gains, ensembles)
    else:
        figures["over-time"] = partial(ensemble_over_time, baseline)
    figures["outcomes-by-cohort"] = partial(outcomes_by_cohort, ensembles, baseline)
    figures["outcomes-by-domain"] = partial(outcomes_by_domain, ensembles, baseline)
    if same_agencies:
        figures["refusals"] = partial(reasons_for_refusal, ensembles)
    files = file_names(ensemble.scenario.name for ensemble in ensembles)
    for ensemble, file in zip(ensembles, files, strict=True):
        if not ensemble.commissioner_names:
            continue  # nobody to cede a budget to
        suffix = f"-{file}" if len(ensembles) > 1 else ""
        figures[f"who-pays-who-gains{suffix}"] = partial(who_pays_who_gains, ensemble)
        figures[f"network{suffix}"] = partial(partnership_network, ensemble)
    return figures
