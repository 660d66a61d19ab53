"""The commissioner's side of a negotiation: whom to approach, what to ask, when to concede, and what becomes of the plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.appraisal import CONSENT, PARTS, REASONS, appraise, conceded, itemise, offer
from totalplace.agents.board import NONE, approve
from totalplace.agents.bodies import may_open
from totalplace.agents.business_case import write_case
from totalplace.agents.columns import number, table, whole
from totalplace.agents.commissioner import drawn_lag, persuasion
from totalplace.agents.compiled import rule
from totalplace.agents.consent import may_be_paid, may_cede
from totalplace.agents.duplication import ROUNDING, power_volume, volume_at
from totalplace.agents.horizon import expect
from totalplace.agents.joint_pot import yearly
from totalplace.agents.request import can_join, network, request
from totalplace.agents.taking import take

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers
    from totalplace.agents.world import World

#: What can become of a request, in the order of the record of negotiations.
DEAL_OUTCOMES: Final = ("agreed", "agreed_with_side_payment", "refused", "blocked", "no_coalition")
(AGREED, AGREED_PAID, REFUSED, BLOCKED, NO_COALITION) = range(len(DEAL_OUTCOMES))

DEALS: Final = table(
    "deals",
    "one request to one agency",
    whole("quarter", "quarter of the negotiation", "quarters"),
    whole("theme", "index of the theme", of="themes"),
    whole("commissioner", "index of the commissioner", of="commissioners"),
    whole("agency", "index of the agency", of="agencies"),
    number("asked", "share", "share first asked for"),
    number("offered", "share", "last offer of the agency"),
    number("agreed", "share", "share agreed, 0 if none"),
    number("limit", "share", "largest share that would not have left the agency worse off"),
    *(number(f"part_{part}", "£m present value", f"{part.replace('_', ' ')} in the agency's appraisal") for part in PARTS),
    whole("outcome", "index of DEAL_OUTCOMES", most=len(DEAL_OUTCOMES) - 1),
    whole("reason", "index of REASONS: what decided a refusal, -1 if it was not refused", least=-1, most=len(REASONS) - 1),
)


@rule
def negotiate(w: World, c: int) -> None:
    """Commissioner ``c`` opens its negotiations of the quarter."""
    for _ in range(w.board.themes_a_quarter):
        j = approach(w, c)
        if j < 0:
            return
        for a in range(w.agencies.shape[0]):
            if w.shares[a, j].approached == 0:
                continue
            appraise(w, a, c, j)
            bargain(w, c, a, j)
        assemble(w, c, j)
        conclude(w, c, j, approve(w, c, j))


@rule
def bargain(w: World, c: int, a: int, j: int) -> None:
    """Commissioner ``c`` and agency ``a`` concede in turn about theme ``j`` until they cross or the rounds are over.

    Where the limit is below the least request they cannot cross, and only the last round counts. Without bargaining see ``take``.
    """
    share = w.shares[a, j]
    if w.board.bargaining == 0:
        take(w, a, j)
        return
    first = w.board.rounds if share.limit < share.ask_floor else 0
    for bargaining_round in range(first, w.board.rounds + 1):
        ask(w, c, a, j, bargaining_round)
        offer(w, a, c, j, bargaining_round)
        if settle(w, a, j):
            return


@rule
def approach(w: World, c: int) -> int:
    """Commissioner ``c`` turns to the theme that promises most and was left longest; -1 if it has none to turn to."""
    board, commissioner = w.board, w.commissioners[c]
    if board.decision_rule == NONE or commissioner.in_post == 0 or not may_open(w, c):
        return -1
    clock, chosen, best = w.clock, -1, 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        if theme.commissioner != c or w.levers.scope[j] < 0.5 or theme.talked == clock.quarter or yearly(w, j):
            continue
        feeling = draws.normal(clock.seed, draws.THEME, clock.quarter, w.commissioners[c].key, j)
        left = 1.0 - theme.pooled if theme.pooled < 1.0 - ROUNDING else 0.0  # what rounding leaves is no promise
        promise = theme.potential * left * (clock.quarter - theme.talked)
        promise *= math.exp(w.parameters.theme_spread * feeling)
        if promise > best:
            chosen, best = j, promise
    if chosen >= 0:
        w.themes[chosen].talked = clock.quarter
        invite(w, c, chosen)
    return chosen


@rule
def invite(w: World, c: int, j: int) -> None:
    """Commissioner ``c`` brings to the table the partners it has and the most promising others, and says what it wants."""
    theme, eta, partners, promise = w.themes[j], w.parameters.eta, 0, w.scratch[4]
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        share.approached, share.party, share.bargained, share.value, share.side_payment = 0, 0, 0.0, 0.0, 0.0
        share.withheld = 0
        network(w, c, a)
        share.plan, promise[a] = max(share.ceded, share.agreed), 0.0
        if share.plan > 0.0:
            partners += 1
        if can_join(w, c, a, j):
            share.approached = 1 if share.plan > 0.0 else 0
            promise[a] = share.common * (w.parameters.least_promise + w.ties[a, c].trust) * w.agencies[a].reputation
    while partners < w.board.largest_coalition:
        chosen, best = -1, 0.0
        for a in range(w.agencies.shape[0]):
            if promise[a] < best or promise[a] <= 0.0 or w.shares[a, j].approached == 1 or w.shares[a, j].plan > 0.0:
                continue
            if promise[a] > best or w.agencies[a].key < w.agencies[chosen].key:
                chosen, best = a, promise[a]  # bodies of one size without any trust promise the same: not their order decides
        if chosen < 0:
            break
        w.shares[chosen, j].approached = 1
        partners += 1
    expect(w, c, j)
    theme.plan_apart, theme.plan_volume, theme.plan_members = 0.0, 0.0, partners
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.approached == 1:
            request(w, a, j)
            share.plan += w.ties[a, c].trust * w.agencies[a].reputation * (share.ask_first - share.plan)
            w.ties[a, c].met = 1
            w.clock.proposed += 1
        power = power_volume(share.plan, eta) if share.approached == 1 else volume_at(share, share.plan, eta)
        share.plan_volume = power * w.agencies[a].volume * share.volume_start
        theme.plan_apart += share.plan * share.common
        theme.plan_volume += share.plan_volume


@rule
def ask(w: World, c: int, a: int, j: int, bargaining_round: int) -> None:
    """Commissioner ``c`` starts high and comes down to its least request; the better its leader, the later."""
    share = w.shares[a, j]
    way = conceded(w, bargaining_round, 1.0 + persuasion(w, c))
    share.ask = share.ask_first - (share.ask_first - share.ask_floor) * way


@rule
def settle(w: World, a: int, j: int) -> bool:
    """Whether request and offer have crossed; if so, agency ``a`` and the commissioner meet in the middle.

    A body that is run nationally is a party only if its department consents.
    """
    share = w.shares[a, j]
    if share.offer < share.ask:
        return False
    share.party = 1 if may_cede(w, a, j) else 0
    share.withheld = 1 - share.party
    share.bargained = 0.5 * (share.ask + min(share.offer, share.ask_first))
    share.value = itemise(w, a, j, share.bargained)
    return True


@rule
def assemble(w: World, c: int, j: int) -> None:
    """Commissioner ``c`` puts the plan together: side payments win those who would lose a little, and the case is written."""
    surplus, parties = 0.0, 0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.party == 1:
            surplus += max(0.0, share.value)
            parties += 1
    budget = w.parameters.side_payment_limit * surplus if parties > 0 and w.board.bargaining == 1 else 0.0
    if budget > 0.0 or w.clock.deals < w.deals.shape[0]:
        weigh_refusals(w, j)
    while budget > 0.0:
        chosen, least = -1, budget
        for a in range(w.agencies.shape[0]):
            share = w.shares[a, j]
            if share.approached == 1 and share.party == 0 and share.withheld == 0 and -share.value <= least:
                chosen, least = a, -share.value
        if chosen < 0:
            break
        share = w.shares[chosen, j]
        if not (may_be_paid(w, chosen, j) if share.value < 0.0 else may_cede(w, chosen, j)):
            share.withheld = 1
            continue
        share.party, share.bargained = 1, share.ask_floor
        share.side_payment = max(0.0, -share.value)
        budget -= share.side_payment
    charge_winners(w, j)
    write_case(w, c, j)


@rule
def weigh_refusals(w: World, j: int) -> None:
    """What the least that is asked of theme ``j`` is worth to each who did not agree: to pay for it, or to record why not."""
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.approached == 1 and share.party == 0 and share.withheld == 0:
            share.value = itemise(w, a, j, share.ask_floor)


@rule
def charge_winners(w: World, j: int) -> None:
    """Those who gain by the plan for theme ``j`` pay the side payments, in line with their gain."""
    paid, gained = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.party == 1:
            paid += share.side_payment
            gained += max(0.0, share.value)
    if paid <= 0.0 or gained <= 0.0:
        return
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.party == 1 and share.value > 0.0:
            share.side_payment = -paid * share.value / gained


@rule
def conclude(w: World, c: int, j: int, approved: bool) -> None:
    """Commissioner ``c`` closes the negotiation: agreed shares wait out the set-up lag, and every request is recorded.

    The plan promises ``business_case`` times what it can deliver.
    """
    theme, clock = w.themes[j], w.clock
    coalition = theme.plan_partners > 1
    if coalition and approved:
        clock.planned_benefit += theme.plan_benefit
        clock.planned_cost += theme.plan_cost
    added = 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.party == 1:
            added += (share.bargained - max(share.ceded, share.agreed)) * share.common
    lag = drawn_lag(w, c, j) if coalition and approved else 0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.approached == 0:
            continue
        outcome = REFUSED
        if share.party == 1:
            outcome = AGREED_PAID if share.side_payment > 0.0 else AGREED
            outcome = outcome if coalition else NO_COALITION
            outcome = outcome if approved or not coalition else BLOCKED
        record(w, c, a, j, outcome)
        if outcome != AGREED and outcome != AGREED_PAID:
            continue
        part = (share.bargained - max(share.ceded, share.agreed)) * share.common / added if added > 0.0 else 0.0
        share.agreed = share.bargained
        share.wait = lag
        share.agreed_promise = w.parameters.business_case * theme.plan_saving * part
        share.agreed_transfer = share.side_payment / clock.annuity


@rule
def record(w: World, c: int, a: int, j: int, outcome: int) -> None:
    """Record a request to agency ``a``, what it weighed and what came of it.

    Where all that was missing is its department's consent, that decided a refusal; else the heaviest objection.
    """
    share, parts, clock = w.shares[a, j], w.appraisals[a, j].parts, w.clock
    clock.agreed += 1 if outcome in (AGREED, AGREED_PAID) else 0
    clock.refused += 1 if outcome == REFUSED else 0
    clock.blocked += 1 if outcome == BLOCKED else 0
    if clock.deals >= w.deals.shape[0]:
        return
    deal = w.deals[clock.deals]
    clock.deals += 1
    deal.quarter, deal.theme, deal.commissioner, deal.agency = clock.quarter, j, c, a
    deal.asked, deal.offered, deal.limit = share.ask_first, share.offer, share.limit
    deal.agreed = share.bargained if outcome in (AGREED, AGREED_PAID) else 0.0
    deal.part_saving, deal.part_avoided_demand, deal.part_mission = parts[0], parts[1], parts[2]
    deal.part_voice, deal.part_encouragement, deal.part_control = parts[3], parts[4], parts[5]
    deal.part_accountability, deal.part_transaction, deal.part_transition = parts[6], parts[7], parts[8]
    deal.outcome, deal.reason = outcome, -1
    if outcome == REFUSED:
        deal.reason = CONSENT if share.withheld == 1 else heaviest(parts)


@rule
def heaviest(parts: Numbers) -> int:
    """The part of an appraisal that weighs heaviest against it; -1 where none does."""
    reason, worst = -1, 0.0
    for p in range(parts.shape[0]):
        if parts[p] < worst:
            reason, worst = p, parts[p]
    return reason
