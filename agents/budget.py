"""Budgets: how the path of a budget and the depth of cuts make the budget of an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def budget_index(w: World, a: int) -> float:
    """Budget of agency ``a`` against the base year (1): ``max(0, held + cuts (path - path_held))``, with 1 and 1 at the start.

    The lever ``cuts`` multiplies each step of the path. Where it has changed, the years already played stand as they are: ``held``
    is the index of the quarter before, ``path_held`` the path then, and only later steps are of the new depth.
    """
    agency, quarter, depth = w.agencies[a], w.clock.quarter, w.levers.cuts
    if depth != agency.depth:
        if quarter > 0:
            before = w.budget_path[a, quarter - 1]
            agency.budget_held = max(0.0, agency.budget_held + agency.depth * (before - agency.path_held))
            agency.path_held = before
        agency.depth = depth
    return max(0.0, agency.budget_held + depth * (w.budget_path[a, quarter] - agency.path_held))
