"""Places differ: in trust, in leaders, in how they guard control, and in their history of joint working.

Each place draws its effects once for a seed, at addresses with the key of the place, so that they are the same in every scenario
of that seed. The widths are parameters; with a width of 0 no place differs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def draw_place(w: World) -> None:
    """Draw how the place differs from others: two shifts and two multipliers.

    ``width N`` for trust and leaders, ``exp(width N - width^2 / 2)``, whose mean is 1, for control and history; ``N`` is standard
    normal.
    """
    clock, parameters = w.clock, w.parameters
    trust, leaders, control, history = draws.four_normals(clock.seed, draws.PLACE, 0, clock.place, 0)
    clock.trust_of_place = parameters.place_trust * trust
    clock.leaders_of_place = parameters.place_leaders * leaders
    clock.control_of_place = spread_out(parameters.place_control, control)
    clock.history_of_place = spread_out(parameters.place_history, history)


@rule
def spread_out(width: float, drawn: float) -> float:
    """A lognormal multiplier of mean 1."""
    return math.exp(width * drawn - 0.5 * width * width)


@rule
def averse(w: World, a: int) -> float:
    """How averse agency ``a`` is to losing control (0-1): its kind's aversion times that of the place."""
    return min(1.0, w.agencies[a].control_aversion * w.clock.control_of_place)
