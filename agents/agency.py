"""Agencies: their budgets, what they pay, what they cede, how they learn and when they leave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.budget import budget_index, demand_index, unit_cost
from totalplace.agents.cash import look_ahead, notice_quarters, price_of_cash, retreat
from totalplace.agents.columns import number, table, whole
from totalplace.agents.commissioner import has_commissioner
from totalplace.agents.compiled import rule
from totalplace.agents.duplication import gap, power_volume
from totalplace.agents.exits import LEAVES
from totalplace.agents.joint_commission import credit
from totalplace.agents.joint_pot import hosts, set_up_cost, to_be_won, yearly
from totalplace.agents.leadership import new_leader
from totalplace.agents.ledger import (
    AGENCY_ACCOUNT,
    BUYERS,
    CHANGE_SUPPLIERS,
    COHORT_ACCOUNT,
    DEPARTMENT_ACCOUNT,
    LOCAL_TAXATION,
    POT_ACCOUNT,
    PUBLIC_DEBT,
    REACTIVE_ACCOUNT,
    SAVINGS_ACCOUNT,
    THEME_ACCOUNT,
    post,
)
from totalplace.agents.mandate import expected_scale, mandated_share
from totalplace.agents.promises import delivered_on, fallen_due, kept_word, note_record, weigh_record
from totalplace.agents.steering import steering
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES

if TYPE_CHECKING:
    from totalplace.agents.world import World

AGENCIES: Final = table(
    "agencies",
    "a public agency of the place",
    whole("key", "identity of the agency in every draw"),
    whole("kind", "index of the agency kind", most=len(AGENCY_KINDS) - 1),
    whole("department", "index of the department it answers to", of="departments"),
    whole("council", "1 if it is the elected council", "0 or 1"),
    whole("health_commissioner", "1 if it commissions health services", "0 or 1"),
    whole("employment_service", "1 if it brings working-age benefits", "0 or 1"),
    whole("national", "1 if it is run nationally", "0 or 1"),
    whole("voluntary", "1 if it is the voluntary sector", "0 or 1"),
    whole("mandated", "1 if a statutory minimum binds it", "0 or 1"),
    whole("in_pot", "1 if its department may pay its money into the single pot", "0 or 1"),
    whole("may_pool", "1 if it is allowed to pool budgets", "0 or 1"),
    whole("leader_left", "1 if its leader moved on in this quarter", "0 or 1"),
    number("local_share", "share", "part of the budget that is raised locally"),
    number("baseline", "£m a year", "budget in the base year, without officers who are not there any more"),
    number("frontline_start", "£m a year", "planned frontline spend in the base year"),
    number("common_start", "£m a year", "spend on common functions in the base year"),
    number("reactive_start", "£m a year", "reactive spend in the base year"),
    number("part_of_body", "share", "part of its body that the place is, by need or people: 1 for a body of the place alone"),
    number("officers", "share", "officers for joint work that its body has, against the base year"),
    number("merged", "bodies", "bodies of the base year that its body is made of"),
    number("governed", "share", "how far those who lead the council govern it"),
    number("made_anew", "0 or 1", "whether its body was made anew, as the lever last stood"),
    number("capacity", "0-1", "officers for joint work that it has for the place, against a body of its own in the base year"),
    whole("closed", "quarters for which its body, made anew, makes no new deals", "quarters"),
    whole("paying", "quarters for which it still pays for a change of its body", "quarters"),
    number("one_off", "£m a year", "what it pays for that change"),
    number("released", "£m a year", "base-year cost of officers who are not there any more: no part of its base-year budget now"),
    number("budget", "£m a year", "budget now"),
    number("depth", "multiple of the path", "depth of cuts as it last stood"),
    number("budget_held", "index", "budget against the base year when the depth of cuts last changed, 1 before"),
    number("path_held", "index", "budget path when the depth of cuts last changed, 1 before"),
    number("returned", "£m a year", "cashable savings that came back"),
    number("clawed_back", "£m a year", "cashable savings of its money that its department took back"),
    number("demand", "index", "reactive services asked for against the base year, at the unit cost of the base year"),
    number("unit_cost_exposure", "share", "part of its reactive spend whose unit cost drifts"),
    number("unit_cost", "index", "real unit cost of its reactive services against the base year"),
    number("reactive", "£m a year", "reactive spend that demand asks for"),
    number("shortfall", "£m a year", "reactive demand that no money was left for"),
    number("overspend", "£m a year", "what its department advances where money does not even pay for agreements"),
    number("gap", "£m a year", "cost of the base-year service at today's demand beyond the budget"),
    number("scale", "index", "planned and common spend against the base year"),
    number("volume", "index", "volume of common functions against the base year"),
    number("stress", "0-1", "fiscal stress: share of base-year planned and common spend that is gone"),
    number("price", "£ a £", "shadow price of cash: worth of a pound against the base year"),
    number("price_ahead", "£ a £", "mean price of cash over its horizon by the settlement that it knows"),
    number("known_loss", "share a year", "part of planned and common spend that it knows it will lose, or less than nothing"),
    number("belief", "share", "part of what a business case promises that it counts on"),
    number("due", "£m a year", "savings promised to it that have fallen due"),
    number("delivered", "£m a year", "savings it had on these promises"),
    number("ceded", "£m a year", "money in pooled budgets"),
    number("transaction", "£m a year", "cost of its agreements"),
    number("steering", "£m a year", "what it pays beside them to steer joint working"),
    number("upkeep", "£m a year", "upkeep of property sold that it no longer pays, beyond duplication removed"),
    number("transition", "£m a year", "what it pays for double running"),
    number("own_change", "£m a year", "what of that it pays from its budget, not from property receipts"),
    number("estate", "£m", "value of its property"),
    number("estate_start", "£m", "value of its property at the start"),
    number("receipts", "£m", "property receipts that it holds"),
    number("debt", "£m", "what it borrowed under exceptional financial support"),
    number("support", "£m a year", "that support less what the debt costs"),
    number("handed_back", "£m", "property receipts that it handed back so far, for the public debt"),
    number("leadership", "0-1", "leadership by influence, networking and persuasion"),
    number("leadership_start", "0-1", "mean leadership of an agency of the kind"),
    number("reputation", "0-1", "what others make of its word as a partner; 1 until it leaves a pool"),
    number("control_aversion", "0-1", "dislike of losing control"),
    number("accountability", "0-1", "how far it answers to local citizens"),
    number("target_pressure", "0-1", "weight of vertical targets and ring-fences"),
    number("dissatisfaction", "0-1", "how much the cohorts it serves want change"),
    number("incidence", "share", "outcome shortfalls that drive its reactive demand", len(OUTCOMES)),
    number("remit", "share", "outcomes in its mission", len(OUTCOMES)),
    number("kind_weight", "share", "cohort kinds that it serves, by need and money", len(COHORT_KINDS)),
)

#: Technical: draws about links with agencies follow those about ties with commissioners.
LINKS: Final = 1000


@rule
def comply(w: World, a: int) -> None:
    """Agency ``a`` takes in what statute and the single pot demand: the least share of each theme, without consent.

    A mandate is money, or a share of spend; as a share of planned and common spend it is larger (``mandate.py``). Who pools the
    minimum and no more follows it down too. What is ceded by mandate costs trust in the commissioner; what the department pays into
    the single pot does not pass the agency. A council in distress makes no new deals, and departments put
    nothing into a settlement for its place as of right: what is in it stays ceded.
    """
    agency = w.agencies[a]
    levers = w.levers
    budget = budget_index(w, a)
    scale = expected_scale(w, a, budget, demand_index(w, a) * unit_cost(w, a)) if agency.mandated == 1 else 0.0
    agency.may_pool = 1
    if (agency.health_commissioner == 1 and levers.gp_may_pool < 0.5) or (agency.council == 1 and levers.distress > 0.5):
        agency.may_pool = 0
    pays_in = agency.in_pot == 1 and not (w.board.settlement == 1 and levers.distress > 0.5)
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        planned = share.frontline_start + share.common_start
        share.benefits = share.benefits_start if levers.entitlements_may_pool > 0.5 else 0.0
        share.single_pot = 0.0
        before, share.floor = share.floor, 0.0
        if planned <= 0.0 or not has_commissioner(w, j):
            continue
        if levers.single_pot_scope[j] > 0.5 and pays_in:
            share.single_pot = levers.single_pot[agency.department]
        mandate = mandated_share(w, a, j, budget, scale) if agency.mandated == 1 else 0.0
        share.floor = max(share.single_pot, mandate)
        if mandate <= 0.0:
            share.standing, share.promised_standing = share.ceded, share.promised
        if share.ceded < share.floor:
            forced = max(0.0, mandate - max(share.ceded, share.single_pot))
            tie = w.ties[a, w.themes[j].commissioner]
            tie.trust = max(0.0, tie.trust - w.parameters.mandate_trust_cost * forced)
            by_force = w.parameters.business_case * mandated_saving(w, j) * forced * share.common
            share.promised += by_force
            share.promised_standing += by_force
            tie.tied = 1
            share.ceded = share.floor
            share.notice = 0
        elif share.floor > 0.0 and share.mandate > 0.0 and share.floor < share.ceded <= before:
            share.promised *= share.floor / share.ceded
            share.promised_standing *= share.floor / share.ceded
            share.ceded = share.floor


@rule
def mandated_saving(w: World, j: int) -> float:
    """Duplication that a mandated pool of theme ``j`` could remove for each pound of common functions in it (£ a £)."""
    apart, volume = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].mandated == 1:
            apart += w.shares[a, j].common
            volume += w.agencies[a].volume * w.shares[a, j].volume_start
    if apart <= 0.0:
        return 0.0
    return min(1.0, w.parameters.kappa * w.themes[j].overlap) * gap(apart, volume, w.parameters.eta) / apart


@rule
def receive(w: World, a: int) -> None:
    """Agency ``a`` gets its budget, meets reactive demand first and plans with what is left.

    ``reactive = reactive_start * demand * unit_cost``. Savings that came back, upkeep no longer paid and side payments add to the
    budget; agreements, what steers joint working and double running are paid from it. Planned and common spend shrink or grow
    together.
    """
    agency = w.agencies[a]
    agency.budget = agency.baseline * budget_index(w, a)
    agency.demand = demand_index(w, a)
    agency.unit_cost = unit_cost(w, a)
    agency.reactive = agency.reactive_start * agency.demand * agency.unit_cost
    transfers, transition, agreements = 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        if share.ceded > 0.0:
            agreements += share.agreement + 4.0 * set_up_cost(w, share)
            share.set_up = 1
            transfers += share.transfer
            call = w.themes[j].call * share_of_pot(w, a, j)
            willing = w.parameters.transition_willingness * share.ceded * (share.frontline + share.common)
            share.double_running = min(call, willing)
            transition += share.double_running
    agency.transaction, agency.steering = agreements, steering(w, a)
    agency.upkeep = w.parameters.estate_upkeep * (agency.estate_start - agency.estate)
    from_receipts = min(0.25 * transition, agency.receipts)
    own = agency.budget + agency.returned + agency.upkeep + transfers - transition + 4.0 * from_receipts
    own -= agency.transaction + agency.steering + agency.one_off
    if w.levers.exceptional_support > 0.0 or agency.debt > 0.0:
        own += supported(w, a)
    paid = max(0.0, min(agency.reactive, own))
    agency.shortfall = agency.reactive - paid
    planned_start = agency.frontline_start + agency.common_start
    agency.gap = max(0.0, agency.reactive + planned_start - agency.budget)
    agency.scale = max(0.0, own - paid) / planned_start if planned_start > 0.0 else 0.0
    agency.volume = power_volume(agency.scale, w.parameters.eta)
    agency.stress = min(1.0, max(0.0, 1.0 - agency.scale))
    agency.price = price_of_cash(w, agency.stress)
    agency.transition = transition
    agency.own_change = transition - 4.0 * from_receipts
    # An agency that cannot even pay its agreements carries the overspend as a receivable from its department.
    agency.overspend = max(0.0, paid - own)
    post(w, DEPARTMENT_ACCOUNT + agency.department, AGENCY_ACCOUNT + a, 0.25 * agency.overspend)
    agency.shortfall += agency.overspend
    agency.receipts -= from_receipts
    w.accounts[AGENCY_ACCOUNT + a].held = agency.receipts
    if planned_start <= 0.0:
        paid = max(paid, own)
    pay(w, a, paid)


@rule
def supported(w: World, a: int) -> float:
    """What exceptional financial support gives agency ``a`` for its services in this quarter less what the debt costs, £m a year.

    The council may use capital for running costs: it borrows the money, and pays ``debt_cost`` of all that it borrowed, each year.
    """
    agency, support = w.agencies[a], 0.0
    if agency.council == 1:
        support = w.levers.exceptional_support * w.clock.population * 1e-6
    agency.support = support - w.parameters.debt_cost * agency.debt
    agency.debt += 0.25 * support
    post(w, PUBLIC_DEBT, AGENCY_ACCOUNT + a, 0.25 * agency.support)
    return agency.support


@rule
def share_of_pot(w: World, a: int, j: int) -> float:
    """Agency ``a``'s part of the money in the pooled budget of theme ``j``."""
    pot = w.themes[j].pot
    if pot <= 0.0:
        return 0.0
    share = w.shares[a, j]
    return share.ceded * (share.frontline + share.common) / pot


@rule
def pay(w: World, a: int, reactive_paid: float) -> None:
    """Post the quarter of agency ``a``: income, reactive services, own themes, pooled budgets, cost of change."""
    agency = w.agencies[a]
    account = AGENCY_ACCOUNT + a
    department = DEPARTMENT_ACCOUNT + agency.department
    post(w, LOCAL_TAXATION, account, 0.25 * agency.budget * agency.local_share)
    post(w, department, account, 0.25 * agency.budget * (1.0 - agency.local_share))
    post(w, account, REACTIVE_ACCOUNT, 0.25 * reactive_paid)
    post(w, account, CHANGE_SUPPLIERS, 0.25 * (agency.transaction + agency.steering + agency.one_off))
    post(w, BUYERS, account, 0.25 * agency.upkeep)
    agency.ceded = 0.0
    for i in range(w.kinds.shape[0]):
        w.kinds[i].reactive += 0.25 * reactive_paid * agency.kind_weight[i]
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        if share.spend <= 0.0 and share.benefits <= 0.0:
            continue
        if share.ceded > 0.0:
            # The side payments of a theme add to zero, so that its pot ends as it began.
            post(w, POT_ACCOUNT + j, account, 0.25 * share.transfer)
            post(w, account, POT_ACCOUNT + j, 0.25 * share.double_running)
            w.themes[j].transition_money += 0.25 * share.double_running
        share.frontline = agency.scale * share.frontline_start
        share.common = agency.scale * share.common_start
        planned = share.frontline + share.common
        ceded = share.ceded * planned
        straight = min(share.single_pot, share.ceded) * planned * (1.0 - agency.local_share)
        post(w, department, account, -0.25 * straight)
        post(w, department, POT_ACCOUNT + j, 0.25 * straight)
        post(w, account, POT_ACCOUNT + j, 0.25 * (ceded - straight))
        post(w, account, THEME_ACCOUNT + j, 0.25 * (planned - ceded))
        post_benefits(w, j, share.benefits, share.ceded, department)
        agency.ceded += ceded + share.ceded * share.benefits


@rule
def post_benefits(w: World, j: int, benefits: float, ceded: float, department: int) -> None:
    """Working-age benefits reach people out of work either way; the pooled part passes through the pot."""
    if benefits > 0.0:
        people = COHORT_ACCOUNT + w.clock.receives_benefits
        post(w, department, POT_ACCOUNT + j, 0.25 * benefits * ceded)
        post(w, POT_ACCOUNT + j, people, 0.25 * benefits * ceded)
        post(w, department, people, 0.25 * benefits * (1.0 - ceded))


@rule
def hear(w: World, a: int) -> None:
    """Agency ``a`` hears the cohorts it serves, adds up the record of promises made to it, and looks ahead as far as it is told."""
    note_record(w, a)
    if w.clock.known > 0:
        look_ahead(w, a)
    agency = w.agencies[a]
    agency.dissatisfaction = 0.0
    for i in range(w.kinds.shape[0]):
        agency.dissatisfaction += agency.kind_weight[i] * w.kinds[i].dissatisfaction


@rule
def learn(w: World, a: int) -> None:
    """Agency ``a`` changes its trust in each commissioner it has a tie with.

    Contact builds a share of the trust that is to be won (``to_be_won``). Once a year it holds what was delivered against what it
    expected of what fell due (``kept_word``). Trust then leans to that of agencies it is linked with. At last it weighs the record.
    """
    parameters, agency = w.parameters, w.agencies[a]
    for c in range(w.commissioners.shape[0]):
        tie = w.ties[a, c]
        if tie.tied == 0:
            continue
        met, pooled_before = tie.met, tie.money > 0.0
        due, delivered, money, live = 0.0, 0.0, 0.0, 0
        for j in range(w.themes.shape[0]):
            share = w.shares[a, j]
            if w.themes[j].commissioner != c or share.ceded <= 0.0:
                continue
            met = 1
            live = max(live, share.live)
            money += share.ceded * (share.frontline + share.common)
            due += fallen_due(w, share)
            delivered += delivered_on(share)
        tie.money = money
        if met == 1:
            tie.trust += parameters.trust_contact * (to_be_won(w, a, c) - tie.trust)
        if due > 0.0 and live % 4 == 0:
            tie.trust += kept_word(w, agency.belief * due, delivered)
        tie.trust += parameters.reputation_spread * (tie.heard - tie.trust)
        tie.trust = min(1.0, max(0.0, tie.trust))
        if not pooled_before:
            tie.trust_joined = tie.trust
    weigh_record(w, a)


@rule
def turn_over(w: World, a: int) -> None:
    """The leader of agency ``a`` may move on: part of the trust goes, and ties without a live deal may break."""
    agency, parameters, clock = w.agencies[a], w.parameters, w.clock
    hazard = 0.25 * parameters.turnover * w.board.leader_turnover
    agency.leader_left = 0
    if not draws.strikes(draws.uniform(clock.seed, draws.TURNOVER, clock.quarter, agency.key, 0), hazard):
        return
    agency.leader_left = 1
    agency.leadership = new_leader(w, a, clock.quarter + 1)
    for c in range(w.commissioners.shape[0]):
        tie = w.ties[a, c]
        tie.trust -= parameters.turnover_trust_loss * max(0.0, tie.trust - tie.trust_start)
        if tie.tied == 1 and tie.money <= 0.0 and not hosts(w, a, c):
            lost = draws.uniform(clock.seed, draws.BREAK, clock.quarter, agency.key, w.commissioners[c].key)
            tie.tied = 0 if lost < parameters.turnover_tie_loss else 1
    for b in range(w.agencies.shape[0]):
        if w.links[a, b] > 0.0 or w.links[b, a] > 0.0:
            lost = draws.uniform(clock.seed, draws.BREAK, clock.quarter, agency.key, LINKS + w.agencies[b].key)
            if lost < parameters.turnover_tie_loss:
                w.links[a, b], w.links[b, a] = 0.0, 0.0


@rule
def review(w: World, a: int) -> None:
    """Agency ``a`` looks over each share it cedes: it serves out notice and then leaves, lets a trial end, or gives notice.

    From a pool that is planned each year it leaves by adding nothing to the next plan. Its reputation mends with contact.

    The hazard of giving notice is
    ``exit_rate * exp(exit_shortfall short + exit_stress retreat (1 - trust) + exit_distrust (1/2 - trust))``, times
    ``1 - exit_formal * formal_agreement``.
    """
    agency, parameters, clock, board = w.agencies[a], w.parameters, w.clock, w.board
    agency.reputation += parameters.trust_contact * (1.0 - agency.reputation)
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        share.barred = max(0, share.barred - 1)
        if share.ceded <= share.floor or yearly(w, j):
            share.live += 1 if share.ceded > 0.0 else 0
            continue
        share.live += 1
        if share.notice > 0:
            share.notice = share.notice - 1 if share.notice > 1 else LEAVES
            continue
        due = parameters.budget_target * fallen_due(w, share)
        short = max(0.0, 1.0 - delivered_on(share) / due) if due > 0.0 else 0.0
        if board.time_limit > 0 and share.live % board.time_limit == 0:
            if share.delivered * parameters.business_case < parameters.trial_delivery * share.promised:
                share.notice = notice_quarters(w)
            continue
        trust = w.ties[a, w.themes[j].commissioner].trust
        push = parameters.exit_shortfall * short + parameters.exit_stress * retreat(w, a, trust) * (1.0 - trust)
        hazard = parameters.exit_rate * math.exp(push + parameters.exit_distrust * (0.5 - trust))
        hazard *= 1.0 - parameters.exit_formal * board.formal_agreement
        if draws.strikes(draws.uniform(clock.seed, draws.EXIT, clock.quarter, agency.key, j), hazard):
            share.notice = notice_quarters(w)


@rule
def get_back(w: World, a: int) -> None:
    """The cashable savings of the last quarter come back to agency ``a``; its department takes back its part.

    What the agency keeps is its gain, and that of nobody else; those whose pooled money made the saving are the payers.
    """
    agency = w.agencies[a]
    clawback = w.levers.clawback[agency.department]
    agency.returned, agency.clawed_back = 0.0, 0.0
    for j in range(w.themes.shape[0]):
        theme, share = w.themes[j], w.shares[a, j]
        if theme.savings_paid <= 0.0 or share.weight <= 0.0:
            continue
        part = theme.savings_paid * share.weight
        kept = (1.0 - clawback) * part
        post(w, SAVINGS_ACCOUNT + j, DEPARTMENT_ACCOUNT + agency.department, clawback * part)
        post(w, SAVINGS_ACCOUNT + j, AGENCY_ACCOUNT + a, kept)
        credit(w, j, a, kept)
        agency.returned += 4.0 * kept
        agency.clawed_back += 4.0 * (part - kept)
