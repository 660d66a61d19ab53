"""The account of a quarter: every metric of the registry, worked out from the world by the rules of ``sim/model/metrics``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule
from totalplace.sim.model.metrics.counts import measure_counts
from totalplace.sim.model.metrics.demand import measure_demand
from totalplace.sim.model.metrics.freed_money import measure_freed
from totalplace.sim.model.metrics.money import measure_money, measure_worth
from totalplace.sim.model.metrics.natural_units import measure_natural_units
from totalplace.sim.model.metrics.outcomes import measure_outcomes, measure_spread
from totalplace.sim.model.metrics.pooling import measure_pooling
from totalplace.sim.model.metrics.promises import measure_promises
from totalplace.sim.model.metrics.relations import measure_network, measure_stance, measure_trust

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def measure(w: World) -> None:
    """Write the metrics of the quarter that ends now."""
    m = w.measures[w.clock.quarter]
    measure_money(w, m)
    measure_worth(w, m)
    measure_freed(w, m)
    measure_pooling(w, m)
    measure_demand(w, m)
    measure_outcomes(w, m)
    measure_spread(w, m)
    measure_natural_units(w, m)
    measure_trust(w, m)
    measure_network(w, m)
    measure_stance(w, m)
    measure_counts(w, m)
    measure_promises(w, m)
