"""What joint working costs beside agreements and change: nothing that steers it is free, and somebody pays for each part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.commissioner import has_commissioner
from totalplace.agents.compiled import rule
from totalplace.agents.entry import coaching_cost
from totalplace.agents.joint_pot import statutory
from totalplace.agents.ledger import CHANGE_SUPPLIERS, DEPARTMENT_ACCOUNT, post
from totalplace.agents.stance import bound_by_targets
from totalplace.scenarios.vocabulary import DECISION_RULES

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: the number of the decision rule under which nobody negotiates.
NOBODY: Final = DECISION_RULES.index("none")


@rule
def part_of_place(w: World, a: int) -> float:
    """Agency ``a``'s part of the planned and common spend of the place in the base year, by which common costs are split."""
    agency = w.agencies[a]
    return (agency.frontline_start + agency.common_start) / w.clock.planned_start if w.clock.planned_start > 0.0 else 0.0


@rule
def steering(w: World, a: int) -> float:
    """What agency ``a`` pays to steer joint working beside its agreements, £m a year.

    For what is on the table: partnership work, ``networking_time networking`` of its planned and common spend of the base year;
    its part, by that spend, of a leadership programme and of the board of a capital pot, by people. For what is pooled:
    compliance with statute, a share of the money that it demands, and its part of the boards of neighbourhoods.
    """
    parameters, levers, cost = w.parameters, w.levers, 0.0
    if w.clock.on_table > 0.0:
        common = parameters.programme_cost * levers.leadership_programme
        common += parameters.asset_board_cost if levers.capital_pot > 0.5 else 0.0
        work = parameters.networking_time * parameters.networking * w.clock.planned_start
        cost = w.clock.on_table * part_of_place(w, a) * (work + common * w.clock.population * 1e-6)
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        if share.ceded > 0.0:
            cost += parameters.compliance_cost * min(share.ceded, statutory(share)) * (share.frontline + share.common)
            if levers.neighbourhood_share[j] > 0.0:
                cost += boards_of_neighbourhoods(w, j) * share.funding
    return cost


@rule
def boards_of_neighbourhoods(w: World, j: int) -> float:
    """What the boards of neighbourhoods cost for theme ``j``, £m a year: one for each but the first, which is there."""
    return w.parameters.board_cost * (w.neighbourhoods.shape[0] - 1) * w.levers.neighbourhood_share[j]


@rule
def pieces(w: World) -> float:
    """Into how many pieces of an efficient size, at most, devolving breaks what is run once, as far as neighbourhoods are smaller.

    ``min(H, efficient size / people of a neighbourhood)``, and not below 1: where neighbourhoods are of the efficient size no scale
    is lost, and a place below it has no more to lose than it has.
    """
    number = w.neighbourhoods.shape[0]
    people = w.clock.population / number
    return max(1.0, min(float(number), 1e3 * w.parameters.efficient_size / people)) if people > 0.0 else 1.0


@rule
def on_the_table(w: World) -> float:
    """Part (0-1) of the place's planned and common money that is in themes with a commissioner and in scope: 0 in a silo."""
    money, talked = 0.0, 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        planned = theme.frontline_start + theme.common_start
        money += planned
        if has_commissioner(w, j) and w.levers.scope[j] > 0.5:
            talked += planned
    return talked / money if money > 0.0 and w.board.decision_rule != NOBODY else 0.0


@rule
def unbound_money(w: World, a: int, j: int) -> float:
    """What agency ``a`` has in the pool of theme ``j`` that no target of its department binds, £m a year.

    What freedom frees, what the department pays straight into a single pot, and benefits in the pool. Of a Jobcentre Plus that
    decides locally, all that it has in a theme that is on the table.
    """
    share = w.shares[a, j]
    if w.agencies[a].employment_service == 1 and w.levers.jobcentre_may_decide > 0.5 and has_commissioner(w, j):
        return share.frontline + share.common + share.ceded * share.benefits
    straight = min(share.single_pot, share.ceded)
    free = straight + (share.ceded - straight) * (1.0 - bound_by_targets(w, a))
    return free * (share.frontline + share.common) + share.ceded * share.benefits


@rule
def slip(w: World, j: int) -> float:
    """Part of the worth of planned money on theme ``j`` that is lost, since pooled money that targets bound is bound no more.

    ``target_worth`` of it, by how hard targets pressed each agency.
    """
    unbound, money = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        money += share.frontline + share.common
        if share.ceded > 0.0:
            free = share.ceded * (1.0 - bound_by_targets(w, a))
            unbound += w.agencies[a].target_pressure * free * (share.frontline + share.common)
    return w.parameters.target_worth * unbound / money if money > 0.0 else 0.0


@rule
def oversee(w: World, d: int) -> None:
    """Department ``d`` pays for the staff and support behind its encouragement, and for seeing to money that no target binds.

    Support is ``support_cost`` for each person at full pressure, for its agencies' part of the place and the part of its
    money that is on the table; to forbid costs nothing. Assurance is ``assurance_cost`` of the money. The Treasury pays for
    national coaching, and for seeing to money that was moved between themes.
    """
    department, parameters = w.departments[d], w.parameters
    people = max(0.0, department.encouragement) * w.clock.population * 1e-6 * w.clock.on_table
    support, unbound = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].department != d:
            continue
        support += parameters.support_cost * people * part_of_place(w, a)
        for j in range(w.themes.shape[0]):
            unbound += unbound_money(w, a, j)
    if d == w.clock.pays_for_change:
        support += coaching_cost(w)
        unbound += w.clock.moved
    department.support, department.assurance = support, parameters.assurance_cost * unbound
    post(w, DEPARTMENT_ACCOUNT + d, CHANGE_SUPPLIERS, 0.25 * (support + department.assurance))
