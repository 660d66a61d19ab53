"""Whom a commissioner can ask, and for what: ties are made, partners are free to talk, and requests have a first and a least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.bodies import at_the_table
from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import statutory, yearly
from totalplace.agents.leadership import led

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: a share counts as all of the money from here on.
ALL: Final = 0.98


@rule
def network(w: World, c: int, a: int) -> None:
    """Partnership work: commissioner ``c`` may meet agency ``a`` in this quarter, which makes a tie where there was none.

    Its leadership, the department's stance and the agency's officers help. To meet is contact, which builds trust, and links the
    agency with the host. A new tie carries the trust that word of those the agency is linked with would have brought it so far.
    """
    tie = w.ties[a, c]
    if tie.met == 1:
        return
    stance = 1.0 + w.departments[w.agencies[a].department].encouragement
    chance = w.parameters.networking * w.parameters.leader_networking * led(w, w.commissioners[c].leadership) * stance
    chance *= w.agencies[a].capacity
    key = w.commissioners[c].key
    if draws.uniform(w.clock.seed, draws.TIE, w.clock.quarter, w.agencies[a].key, key) >= chance:
        return
    if tie.tied == 0:
        heard = 1.0 - (1.0 - w.parameters.reputation_spread) ** (1.0 * w.clock.quarter)
        tie.trust += heard * (tie.heard - tie.trust) if w.clock.quarter > 0 else 0.0
    tie.tied, tie.met = 1, 1
    host = w.commissioners[c].host
    if a != host:
        w.links[a, host], w.links[host, a] = 1.0, 1.0


@rule
def can_join(w: World, c: int, a: int, j: int) -> bool:
    """Whether agency ``a`` can be asked for (more of) theme ``j`` now."""
    share, agency = w.shares[a, j], w.agencies[a]
    money = share.frontline + share.common
    free = share.wait == 0 and share.notice == 0 and share.barred == 0 and share.ceded < ALL
    return agency.may_pool == 1 and w.ties[a, c].tied == 1 and money > 0.0 and free and at_the_table(w, a, j)


@rule
def request(w: World, a: int, j: int) -> None:
    """What agency ``a`` is first asked for of theme ``j``, and the least that is worth asking for.

    ``ambition`` of what is not ceded yet; in an annual plan the aspiration, a multiple of what statute demands. A place used to
    joint working asks for more at first, and comes down as far as any other.
    """
    share, history = w.shares[a, j], w.clock.history_of_place
    least = w.parameters.least_ask * w.board.ambition * (1.0 - share.plan)
    most = w.board.ambition * history * (1.0 - share.plan)
    if statutory(share) > 0.0 and yearly(w, j):
        least = w.parameters.least_ask * min(w.parameters.plan_ambition, share.aspiration) * share.floor
        most = share.aspiration * share.floor
    share.ask_first = min(1.0, share.plan + most)
    share.ask_floor = min(share.ask_first, share.plan + least)
