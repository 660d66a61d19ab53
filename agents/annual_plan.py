"""The annual plan of a mandated pool: one negotiation each April, from what statute demands, live at once.

So the Better Care Fund is planned: each board signs a plan for the year; what was added to the minimum lapses unless it is added
anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.appraisal import appraise
from totalplace.agents.bargaining import assemble, bargain, conclude, invite
from totalplace.agents.board import approve
from totalplace.agents.commissioner import go_live
from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import statutory, yearly

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: the calendar quarter in which a financial year begins, with 0 for January to March.
APRIL: Final = 1


@rule
def plan_year(w: World, c: int) -> None:
    """Commissioner ``c`` agrees the plans of the new financial year for its themes under a mandate."""
    for j in range(w.themes.shape[0]):
        if plans_now(w, c, j):
            lapse(w, j)
            invite(w, c, j)
            for a in range(w.agencies.shape[0]):
                if w.shares[a, j].approached == 1:
                    appraise(w, a, c, j)
                    bargain(w, c, a, j)
            assemble(w, c, j)
            conclude(w, c, j, approve(w, c, j))
            begin_year(w, j)


@rule
def plans_now(w: World, c: int, j: int) -> bool:
    """Whether commissioner ``c`` plans the pool of theme ``j`` in this quarter."""
    april = (w.clock.calendar + w.clock.quarter) % 4 == APRIL
    return april and w.themes[j].commissioner == c and w.levers.scope[j] > 0.5 and yearly(w, j)


@rule
def lapse(w: World, j: int) -> None:
    """The plan of last year for theme ``j`` is over: what it added lapses, side payments and their promises end.

    Shares fall back to the floor, or to what was pooled by choice before the mandate where that is more.
    """
    w.themes[j].talked = w.clock.quarter
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        share.ceded = max(share.floor, share.standing)
        share.agreed, share.wait, share.notice = 0.0, 0, 0
        share.agreed_promise, share.agreed_transfer, share.transfer = 0.0, 0.0, 0.0
        share.promised = share.promised_standing


@rule
def begin_year(w: World, j: int) -> None:
    """The plan for theme ``j`` is live at once, and what becomes of it tells the commissioner what to ask for next April."""
    for a in range(w.agencies.shape[0]):
        if w.shares[a, j].wait > 0:
            w.shares[a, j].wait = 1
    go_live(w, j)
    for a in range(w.agencies.shape[0]):
        if w.shares[a, j].approached == 1:
            aspire(w, a, j)


@rule
def aspire(w: World, a: int, j: int) -> None:
    """The commissioner's aspiration for agency ``a`` (Selten 1998): up where the request was met, towards the offer where not."""
    share, speed = w.shares[a, j], w.parameters.aspiration_speed
    floor = statutory(share)
    if floor <= 0.0:
        return
    if share.party == 1 and share.ceded >= share.ask_first:
        share.aspiration *= 1.0 + speed
    else:
        offered = max(0.0, max(share.ceded, share.offer) / share.floor - 1.0)
        share.aspiration += speed * (offered - share.aspiration)
