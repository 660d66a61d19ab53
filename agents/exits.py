"""Partners who leave a pool: everybody who hears of it thinks less of them, and they take back what they ceded.

All who leave in a quarter do so at once, after each agency has looked over its shares: nobody's place in a list decides who hears.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import hosts

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: the notice of a share whose notice is over and which is taken back in this quarter.
LEAVES: Final = -1


@rule
def part_ways(w: World) -> None:
    """Whoever has served out its notice leaves: first everybody hears of it, then shares are taken back."""
    for a in range(w.agencies.shape[0]):
        for j in range(w.themes.shape[0]):
            if w.shares[a, j].notice == LEAVES:
                tell_of_exit(w, a, j)
    for a in range(w.agencies.shape[0]):
        for j in range(w.themes.shape[0]):
            if w.shares[a, j].notice == LEAVES:
                withdraw(w, a, j)


@rule
def tell_of_exit(w: World, a: int, j: int) -> None:
    """Everybody who hears that agency ``a`` has left theme ``j`` thinks less of it and of the pool.

    Those who hear are its links and the other partners. Their trust in the commissioner of the pool and in any commissioner that
    the leaver hosts falls by the share ``exit_reputation``, and so does its reputation as a partner.
    """
    kept = 1.0 - w.parameters.exit_reputation
    for b in range(w.agencies.shape[0]):
        if b == a or (w.links[a, b] <= 0.0 and w.shares[b, j].ceded <= 0.0):
            continue
        for c in range(w.commissioners.shape[0]):
            if w.themes[j].commissioner == c or hosts(w, a, c):
                w.ties[b, c].trust *= kept
    w.agencies[a].reputation *= kept
    w.shares[a, j].barred = int(w.parameters.return_wait + 0.5)


@rule
def withdraw(w: World, a: int, j: int) -> None:
    """Agency ``a`` takes back what it ceded of theme ``j`` above the floor; side payments end and must be agreed anew.

    It costs reputation (``tell_of_exit``), and a while must pass before it is asked again.
    """
    share, theme = w.shares[a, j], w.themes[j]
    share.ceded, share.notice = share.floor, 0
    share.live = 0 if share.floor <= 0.0 else share.live
    share.promised, share.promised_standing = 0.0, 0.0
    share.agreed, share.wait = 0.0, 0
    theme.left += 1
    for b in range(w.agencies.shape[0]):
        w.shares[b, j].transfer = 0.0
        w.shares[b, j].agreed_transfer = 0.0
