"""The account of the place as it is before the first quarter, for those who look at a model that has not stepped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule
from totalplace.sim.model.measure import measure
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def measure_start(w: World) -> None:
    """Write the metrics of the place as it is before the first quarter: services of the base year, nothing pooled or removed.

    Leaves sums behind that a run does not start with: call it on a copy of the world.
    """
    for a in range(w.agencies.shape[0]):
        w.agencies[a].reactive, w.agencies[a].demand, w.agencies[a].unit_cost = w.agencies[a].reactive_start, 1.0, 1.0
    for j in range(w.themes.shape[0]):
        w.themes[j].preventive = w.themes[j].preventive_start
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        w.kinds[cohort.kind].wellbeing_sum += cohort.persons * cohort.wellbeing
        w.neighbourhoods[cohort.neighbourhood].wellbeing_sum += cohort.persons * cohort.wellbeing
    for i in range(w.kinds.shape[0]):
        w.kinds[i].wellbeing = over(w.kinds[i].wellbeing_sum, w.kinds[i].persons)
    measure(w)
