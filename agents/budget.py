"""Budgets: how the path of a budget and the depth of cuts make the budget of an agency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def budget_index(w: World, a: int) -> float:
    """Budget of agency ``a`` in this quarter against the base year: the path, deepened or eased by the lever ``cuts``."""
    return max(0.0, 1.0 + w.levers.cuts * (w.budget_path[a, w.clock.quarter] - 1.0))
