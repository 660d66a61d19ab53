"""Whoever holds the single pot: its part of what departments pay in over several places, what it moves between themes, and grants.

Money is held in two stages: departments pay into the pot of a strategic authority, which gives each of its places a part. What the
pot holds may be moved from theme to theme, up to a cap. Grants come on top of what agencies have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import fenced_part
from totalplace.agents.ledger import DEPARTMENT_ACCOUNT, POT_ACCOUNT, THEME_ACCOUNT, post

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def hold_pot(w: World) -> None:
    """Settle what each theme has beside the budgets of agencies, and what of its pool is ring-fenced: nothing without a lever."""
    w.clock.moved = 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        theme.straight, theme.from_authority, theme.moved = 0.0, 0.0, 0.0
        theme.granted = w.levers.grant_england[j] * w.clock.england_part[1] / w.price_level[w.clock.quarter]
        post(w, DEPARTMENT_ACCOUNT + w.clock.pays_for_change, THEME_ACCOUNT + j, 0.25 * theme.granted)
        theme.fenced = fenced_part(w, j)
    if w.levers.authority_split > 0.0 or w.levers.virement > 0.0:
        more = more_by_need(w)
        for a in range(w.agencies.shape[0]):
            pay_straight(w, a, more)
    if w.levers.virement > 0.0:
        move(w)


@rule
def more_by_need(w: World) -> float:
    """What the place gets more (or less) of its authority's pot for each pound that departments pay straight in for it.

    A strategic authority splits the part ``authority_split`` of what a settlement may hold (``authority_lines``) by need: the place
    gets ``part`` times its own, ``part`` its share of the authority's need over its share of that money. Over all places of the
    authority this adds up to nothing where departments pay the same share of it in. It is spread over all that is paid in.
    """
    money = 0.0
    for a in range(w.agencies.shape[0]):
        for j in range(w.themes.shape[0]):
            share = w.shares[a, j]
            if share.single_pot > 0.0:
                money += (share.frontline_start + share.common_start) * (1.0 - w.agencies[a].local_share)
    more = w.levers.authority_split * (w.clock.authority_part - 1.0) * w.clock.authority_lines
    return max(-1.0, more / money) if money > 0.0 else 0.0


@rule
def pay_straight(w: World, a: int, more: float) -> None:
    """What the department of agency ``a`` pays straight into the pot; of each pound the place gets ``more``, others less."""
    department, local = w.agencies[a].department, w.agencies[a].local_share
    for j in range(w.themes.shape[0]):
        share, theme = w.shares[a, j], w.themes[j]
        straight = min(share.single_pot, share.ceded) * (share.frontline + share.common) * (1.0 - local)
        theme.straight += straight
        theme.from_authority += more * straight
        post(w, DEPARTMENT_ACCOUNT + department, POT_ACCOUNT + j, 0.25 * more * straight)


@rule
def need_of_theme(w: World, j: int) -> float:
    """Need for theme ``j`` against the base year: the outcome shortfalls it acts on, by their effects, over people; 1 at first."""
    need, weight = 0.0, 0.0
    for i in range(w.kinds.shape[0]):
        for o in range(w.domains.shape[0]):
            effect = w.kinds[i].persons * w.themes[j].effect[o]
            need += effect * w.kinds[i].burden[o]
            weight += effect
    return need / weight if weight > 0.0 else 1.0


@rule
def move(w: World) -> None:
    """Move money of the pot between its themes, up to the cap ``virement`` of what each holds, so that it goes in step with need.

    Frontline money ``F`` of the themes of the pot is to stand as ``B n sum(F) / sum(B n)``, ``B`` that of the base year and ``n``
    the need now. A theme above gives at most its cap, one below takes no more than it lacks. While nothing changes nothing moves.
    """
    money, wanted, given, lacking = 0.0, 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        if w.themes[j].straight > 0.0:
            money += frontline_of(w, j)
            wanted += w.themes[j].frontline_start * need_of_theme(w, j)
    if wanted <= 0.0:
        return
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        if theme.straight > 0.0:
            theme.moved = theme.frontline_start * need_of_theme(w, j) * money / wanted - frontline_of(w, j)
            theme.moved = max(theme.moved, -w.levers.virement * max(0.0, theme.straight + theme.from_authority))
            given += max(0.0, -theme.moved)
            lacking += max(0.0, theme.moved)
    w.clock.moved = min(given, lacking)
    for j in range(w.themes.shape[0]):
        whole = lacking if w.themes[j].moved > 0.0 else given
        w.themes[j].moved *= w.clock.moved / whole if whole > 0.0 else 0.0
    for j in range(w.themes.shape[0]):
        for i in range(w.themes.shape[0]):
            if w.themes[j].moved < 0.0 < w.themes[i].moved:
                amount = -w.themes[j].moved * w.themes[i].moved / w.clock.moved
                post(w, POT_ACCOUNT + j, POT_ACCOUNT + i, 0.25 * amount)


@rule
def frontline_of(w: World, j: int) -> float:
    """Planned frontline money that theme ``j`` has now, with what the strategic authority adds or takes, £m a year."""
    money = w.themes[j].from_authority
    for a in range(w.agencies.shape[0]):
        money += w.shares[a, j].frontline
    return money
