"""What a joint pot is: whose it is, how much of it was lost to statute anyway, and what it costs to set it up and to leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule
from totalplace.agents.leadership import led

if TYPE_CHECKING:
    from totalplace.agents.rows import ShareRow
    from totalplace.agents.world import World


@rule
def hosts(w: World, a: int, c: int) -> bool:
    """Whether commissioner ``c`` sits in agency ``a``; one that the board hosts sits in none."""
    return w.commissioners[c].host == a and w.commissioners[c].on_board == 0


@rule
def nobodys_own(w: World) -> float:
    """How far (0-1) a pot is nobody's own, so that its host is bound like any partner.

    A formal agreement (section 75 of the NHS Act 2006) makes the host the keeper of money that is held for all partners; without
    one the host treats it as its own. ``joint_pot`` times how binding agreements are.
    """
    return w.parameters.joint_pot * w.board.formal_agreement


@rule
def yearly(w: World, j: int) -> bool:
    """Whether the pool of theme ``j`` is planned anew each April: the arrangement says so and statute sets a floor."""
    if w.board.annual_plan == 0:
        return False
    for a in range(w.agencies.shape[0]):
        if statutory(w.shares[a, j]) > 0.0:
            return True
    return False


@rule
def statutory(share: ShareRow) -> float:
    """The share that statute sets beyond what the department pays straight into a single pot."""
    return max(0.0, share.floor - share.single_pot)


@rule
def fenced_part(w: World, j: int) -> float:
    """Part (0-1) of the pooled budget of theme ``j`` that must be spent on one service: ``ring_fence`` of what statute demands."""
    if w.levers.ring_fence[j] <= 0.0:
        return 0.0
    forced, ceded = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        money = share.frontline + share.common
        ceded += share.ceded * money
        forced += min(share.ceded, statutory(share)) * money
    return w.levers.ring_fence[j] * forced / ceded if ceded > 0.0 else 0.0


@rule
def forced_part(w: World, a: int, c: int) -> float:
    """Part (0-1) of what agency ``a`` cedes to commissioner ``c`` that statute demands."""
    forced, ceded = 0.0, 0.0
    for j in range(w.themes.shape[0]):
        if w.themes[j].commissioner == c:
            share = w.shares[a, j]
            money = share.frontline + share.common
            ceded += share.ceded * money
            forced += min(share.ceded, statutory(share)) * money
    return forced / ceded if ceded > 0.0 else 0.0


@rule
def to_be_won(w: World, a: int, c: int) -> float:
    """The trust (0-1) that contact of agency ``a`` with commissioner ``c`` leads to.

    Full trust where all was agreed. Who was forced in learns to trust or not by its leaders: ``1 - forced_contact f (1 - l)``, with
    ``f`` the part of what it cedes that statute demands and ``l`` the mean leadership shown by commissioner and agency.
    """
    forced = w.parameters.forced_contact * forced_part(w, a, c)
    shown = 0.5 * (led(w, w.commissioners[c].leadership) + led(w, w.agencies[a].leadership))
    return 1.0 - forced * (1.0 - shown)


@rule
def set_up_cost(w: World, share: ShareRow) -> float:
    """What a partner that never was in the pool pays once to set its part up, in £m: ``setup_years`` of its agreement."""
    return w.parameters.setup_years * share.agreement if share.set_up == 0 else 0.0
