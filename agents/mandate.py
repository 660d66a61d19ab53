"""Mandates: what statute takes into a pooled budget, in money, and what share of an agency's money that is.

A mandate is written in the money of the day, as statute is: a minimum that is not raised loses worth as prices rise. It is planned
for once a year, in April, on what agencies expect to have; between two Aprils the share stands unless the mandate changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: the number of the quarter from April to June in a year whose first quarter is 0.
SPRING: Final = 1


@rule
def announce(w: World) -> None:
    """Write down what statute asks of each theme, and whether it must be planned for anew.

    ``minimum`` = the largest of what is set for the place, a head, and for England times the place's part of it, £m a year in the
    money of the day. Each is a minimum of its own, so the largest binds. Grants that councils must pool come on top.
    """
    levers, clock = w.levers, w.clock
    april = clock.quarter == 0 or (clock.calendar + clock.quarter) % 4 == SPRING
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        england = levers.mandate_england[j] * clock.england_part[int(levers.mandate_split)]
        minimum = max(levers.mandate_money[j], levers.mandate_a_head[j] * clock.population * 1e-6, england)
        of_budget, grants = levers.mandate_of_budget[j], levers.mandate_grants[j] * clock.grants_part
        changed = minimum != theme.minimum or of_budget != theme.minimum_share or grants != theme.grants
        theme.replanned = 1 if april or changed else 0
        theme.minimum, theme.minimum_share, theme.grants = minimum, of_budget, grants


@rule
def mandated_part(w: World, a: int, j: int) -> float:
    """Agency ``a``'s part (0-1) of the mandated money of theme ``j``: councils pay ``mandate_from_councils``, the others the rest.

    Each in proportion to its named budget lines; where only one side is mandated, it pays all. The parts add to one.
    """
    councils, others = 0.0, 0.0
    for b in range(w.agencies.shape[0]):
        if w.agencies[b].mandated == 1:
            if w.agencies[b].council == 1:
                councils += w.shares[b, j].lines
            else:
                others += w.shares[b, j].lines
    from_councils = w.levers.mandate_from_councils
    if councils <= 0.0:
        from_councils = 0.0
    elif others <= 0.0:
        from_councils = 1.0
    if w.agencies[a].council == 1:
        return from_councils * w.shares[a, j].lines / councils if councils > 0.0 else 0.0
    return (1.0 - from_councils) * w.shares[a, j].lines / others if others > 0.0 else 0.0


@rule
def granted_part(w: World, a: int, j: int) -> float:
    """Council ``a``'s part (0-1) of the grants that mandated councils must pool in theme ``j``, by budget lines; 0 for others."""
    councils = 0.0
    for b in range(w.agencies.shape[0]):
        if w.agencies[b].mandated == 1 and w.agencies[b].council == 1:
            councils += w.shares[b, j].lines
    return w.shares[a, j].lines / councils if w.agencies[a].council == 1 and councils > 0.0 else 0.0


@rule
def mandated_money(w: World, a: int, j: int, budget: float) -> float:
    """What agency ``a`` must pool in theme ``j``, £m a year at base-year prices; ``budget`` is its budget against the base year.

    Its part of the minimum and of grants, in the prices of the run, or its share of its named budget lines, whichever is more.
    """
    theme = w.themes[j]
    money = theme.minimum * mandated_part(w, a, j) / w.price_level[w.clock.quarter] if theme.minimum > 0.0 else 0.0
    if theme.grants > 0.0:
        money += theme.grants * granted_part(w, a, j) / w.price_level[w.clock.quarter]
    return max(money, theme.minimum_share * w.shares[a, j].lines * budget)


@rule
def expected_scale(w: World, a: int, budget: float, demand: float) -> float:
    """Planned and common spend that agency ``a`` can plan for, with its ``budget`` and reactive ``demand``; against the base year.

    What demand leaves of the budget; savings, agreements and the cost of change are not in it.
    """
    agency = w.agencies[a]
    planned = agency.frontline_start + agency.common_start
    if planned <= 0.0:
        return 0.0
    return max(0.0, agency.baseline * budget - agency.reactive_start * demand) / planned


@rule
def mandated_share(w: World, a: int, j: int, budget: float, scale: float) -> float:
    """Least share (0-1) of its planned and common spend on theme ``j`` that statute makes agency ``a`` pool.

    ``budget`` and ``scale`` are its budget, and its planned and common spend, against the base year. A mandate given as a share of
    its spend on the theme (the lever ``mandate``) needs neither, since spend and what is pooled of it shrink together.
    """
    share, theme = w.shares[a, j], w.themes[j]
    planned = share.frontline_start + share.common_start
    if theme.replanned == 1:
        asked = theme.minimum > 0.0 or theme.minimum_share > 0.0 or theme.grants > 0.0
        money = mandated_money(w, a, j, budget) if asked else 0.0
        share.mandate = min(1.0, money / (scale * planned)) if scale > 0.0 else 0.0
    return max(share.mandate, min(1.0, w.levers.mandate[j] * share.spend / planned))
