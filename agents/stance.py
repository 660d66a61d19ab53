"""What the stance and the targets of its department mean to an agency that is asked to cede."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import statutory

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def heeded(w: World, a: int) -> float:
    """The department's stance as agency ``a`` heeds it, the less the oftener it pressed and nothing came of it.

    A Jobcentre Plus that decides locally need not heed a discouraging one.
    """
    department = w.departments[w.agencies[a].department]
    stance = department.encouragement
    if stance > 0.0:
        stance *= department.standing
    if w.agencies[a].employment_service == 1 and w.levers.jobcentre_may_decide > 0.5:
        return max(0.0, stance)
    return stance


@rule
def heeded_beyond(w: World, a: int, j: int) -> float:
    """The stance as agency ``a`` heeds it in theme ``j``; where statute sets a minimum, the minimum stands in for part of a push.

    What the department pressed for is then in force, and it presses less for more (``minimum_suffices``).
    """
    stance = heeded(w, a)
    return stance * (1.0 - w.parameters.minimum_suffices) if stance > 0.0 and statutory(w.shares[a, j]) > 0.0 else stance


@rule
def vertical(w: World, a: int) -> float:
    """What answering to its department costs agency ``a`` for a pound a year ceded; nationally run agencies twice as much.

    Freedom takes it away: the lever of the department, the extra freedom of the arrangement, and the right of Jobcentre
    Plus to decide locally.
    """
    agency = w.agencies[a]
    return w.parameters.vertical_value * agency.target_pressure * bound_by_targets(w, a) * (1.0 + agency.national)


@rule
def bound_by_targets(w: World, a: int) -> float:
    """Part (0-1) of its department's targets that binds what agency ``a`` pools: 1 without any freedom."""
    agency = w.agencies[a]
    if agency.employment_service == 1 and w.levers.jobcentre_may_decide > 0.5:
        return 0.0
    return (1.0 - w.levers.freedom[agency.department]) * (1.0 - w.board.extra_freedom)
