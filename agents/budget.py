"""Budgets and the demand on them: what an agency has in a quarter, what demand asks for, what is left to plan with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def budget_index(w: World, a: int) -> float:
    """Budget of agency ``a`` in this quarter against the base year: the path, deepened or eased by the lever ``cuts``."""
    return max(0.0, 1.0 + w.levers.cuts * (w.budget_path[a, w.clock.quarter] - 1.0))


@rule
def expected_scale(w: World, a: int, budget: float) -> float:
    """Planned and common spend against the base year that agency ``a`` can plan for, given its ``budget`` against the base year.

    What demand as it stands leaves of the budget; savings, agreements and the cost of change are not in it.
    """
    agency = w.agencies[a]
    planned = agency.frontline_start + agency.common_start
    if planned <= 0.0:
        return 0.0
    return max(0.0, agency.baseline * budget - agency.reactive_start * demand_index(w, a)) / planned


@rule
def demand_index(w: World, a: int) -> float:
    """Reactive demand of agency ``a`` against the base year, from the outcomes that drive it (1 at the baseline)."""
    agency = w.agencies[a]
    index = 0.0
    for i in range(w.kinds.shape[0]):
        burden = 0.0
        for o in range(agency.incidence.shape[0]):
            burden += agency.incidence[o] * w.kinds[i].burden[o]
        index += agency.kind_weight[i] * burden
    return index * (1.0 + w.parameters.demand_growth) ** (0.25 * w.clock.quarter)
