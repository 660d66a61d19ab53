"""Leaders: how they differ, and what a leadership programme adds. They leave in ``agency.py`` and ``commissioner.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.compiled import rule
from totalplace.agents.entry import coached

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def new_leader(w: World, a: int, when: int) -> float:
    """The leadership of a new leader: drawn round the mean of the kind in the place."""
    agency = w.agencies[a]
    drawn = draws.normal(w.clock.seed, draws.LEADERSHIP, when, agency.key, 0)
    return min(1.0, max(0.0, agency.leadership_start + w.clock.leaders_of_place + w.parameters.leader_spread * drawn))


@rule
def led(w: World, leadership: float) -> float:
    """The leadership (0-1) that a leader shows; a programme at full strength closes ``programme_effect`` of the gap to one."""
    return leadership + w.parameters.programme_effect * coached(w) * (1.0 - leadership)
