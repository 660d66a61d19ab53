"""The runs of one year, and its metrics in units that two years share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.results.compare import difference, shared_draws

if TYPE_CHECKING:
    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble

#: How the unit of money a head begins.
A_HEAD: Final = "£ a head"


@dataclass(frozen=True, eq=False)
class Era:
    """The runs of one year: the baseline first. ``prices`` turns £m of its place into £ a head at the prices of the later year."""

    ensembles: tuple[Ensemble, ...]
    prices: float

    @property
    def year(self) -> str:
        """The year of its budgets."""
        return self.ensembles[0].place.year

    def of(self, name: str) -> Ensemble:
        """The runs of a scenario."""
        return next(one for one in self.ensembles if one.scenario.name == name)

    def draws(self, name: str, effect: bool) -> np.ndarray | None:
        """Which draw of the parameters each run (R,) of a scenario, or of its difference from the baseline, has."""
        ensemble = self.of(name)
        return shared_draws(ensemble, self.ensembles[0]) if effect else ensemble.draws


def in_units(metric: Metric, now: str) -> list[tuple[Metric, bool]]:
    """A metric as it is, and, of money, once more a head at the prices of the later year (True)."""
    if not metric.unit.startswith("£m"):
        return [(metric, False)]
    unit = f"{A_HEAD}{metric.unit.removeprefix('£m')}, prices of {now}"
    return [(metric, False), (replace(metric, unit=unit), True)]


def values_of(era: Era, name: str, metric: Metric, a_head: bool, effect: bool) -> np.ndarray:
    """A metric of a scenario in the last year (R,), or its difference from the baseline seed by seed."""
    ensemble = era.of(name)
    values = difference(ensemble, era.ensembles[0], metric.name) if effect else ensemble.at_end(metric.name)
    return np.asarray(values * era.prices if a_head else values)
