"""Joint commissions: what happens to the pooled money of a theme, from the pot to cohorts and to savings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.agents.duplication import MOST_EXACT, draw_coalitions, gap, joint_cost, shapley, volume_at
from totalplace.agents.ledger import COHORT_ACCOUNT, POT_ACCOUNT, SAVINGS_ACCOUNT, THEME_ACCOUNT, post
from totalplace.agents.steering import pieces, slip
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, SAVINGS_RULES
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers
    from totalplace.agents.world import World

(EQUAL, NASH, SHAPLEY) = (SAVINGS_RULES.index(name) for name in ("equal", "nash", "shapley"))

THEMES: Final = table(
    "themes",
    "a theme of spending and its joint commission",
    whole("back_office", "1 if redesigning it wins shared teams and estates", "0 or 1"),
    whole("neighbourhoods", "1 if its services build community capacity", "0 or 1"),
    whole("metric", "number of the metric of its pooled share, -1 if it has none", least=-1,
          most=len(THEME_NAMES.flagged("pooled_share")) - 1),
    whole("commissioner", "index of its commissioner, -1 if it has none", least=-1, of="commissioners"),
    whole("partners", "agencies that cede money to it"),
    whole("talked", "quarter of the last negotiation, -1 if there was none", "quarters", least=-1),
    number("weighed", "£m a year", "covered common functions when the savings were last shared out"),
    whole("left", "partners that took their money back so far"),
    whole("replanned", "1 if what statute asks for is planned anew in this quarter", "0 or 1"),
    number("minimum", "£m a year", "mandated money of the place, in the money of the day"),
    number("minimum_share", "share", "mandated share of named budget lines"),
    number("grants", "£m a year", "grants that councils must pool beside it, in the money of the day"),
    number("fenced", "share", "part of the pooled budget that is ring-fenced"),
    number("straight", "£m a year", "what departments pay into the pot, where its holder splits or moves it"),
    number("from_authority", "£m a year", "what the place gets more of its strategic authority's pot than is spent in it"),
    number("moved", "£m a year", "money of the pot moved here from other themes (negative: to them)"),
    number("granted", "£m a year", "grants beside the budgets of agencies"),
    number("unequal", "share", "coefficient of variation of need a head between neighbourhoods"),
    number("overlap", "0-1", "how much clients of its services overlap, against the average"),
    number("frontline_start", "£m a year", "planned frontline spend in the base year"),
    number("common_start", "£m a year", "spend on common functions in the base year"),
    number("preventive_start", "£m a year", "preventive part of planned frontline spend in the base year"),
    number("effect", "weight", "effect of planned spend on outcomes", len(OUTCOMES)),
    number("kind_share", "share", "cohort kinds that its money reaches", len(COHORT_KINDS)),
    number("pot", "£m a year", "planned and common spend in the pooled budget"),
    number("money", "£m a year", "planned and common spend, and benefits in reach of pooling"),
    number("benefits", "£m a year", "working-age benefits that pass through the pooled budget"),
    number("pooled", "share", "share of planned and common spend that is pooled"),
    number("covered", "£m a year", "common functions in the pool, at base-year prices"),
    number("redesign", "0-1", "progress of redesign"),
    number("duplication", "£m a year", "duplication among the partners at what they cede"),
    number("potential", "£m a year", "duplication if all agencies ceded all"),
    number("removed", "£m a year", "duplication removed"),
    number("scale_loss", "£m a year", "scale lost by devolving common functions to neighbourhoods"),
    number("devolved", "share", "part of the theme's money that neighbourhoods decide on"),
    number("planned", "£m a year", "planned frontline spend that reaches people"),
    number("preventive", "£m a year", "preventive part of it"),
    number("savings_held", "£m", "cashable savings waiting to come back"),
    number("savings_paid", "£m", "cashable savings that come back in this quarter"),
    number("reinvested", "£m a year", "savings spent again on the theme"),
    number("unearned", "£m", "savings not earned on outcome, spent on the theme in this quarter"),
    number("transition_money", "£m", "contributions to double running not yet spent"),
    number("transition_spent", "£m", "cost of change in this quarter"),
    number("call", "£m a year", "contribution to double running asked of the partners"),
    number("progress_expected", "share", "mean progress of redesign over an agency's horizon, expected in the last negotiation"),
    number("done_expected", "share", "part of the redesign expected to be done by its end"),
    number("outcome_score", "0-1", "outcome gain against that of a full redesign of what is pooled"),
    number("log_planned", "log", "logarithm of planned spend against the base year"),
    number("log_integration", "log", "logarithm of the worth added by pooling and redesign"),
    number("gain", "log", "lagged gain by outcome domain from integration", len(OUTCOMES)),
    number("gain_again", "log", "lagged gain by outcome domain from savings spent again", len(OUTCOMES)),
    whole("plan_members", "agencies at the table or in the pool"),
    number("plan_apart", "£m a year", "common functions in the plan now negotiated"),
    number("plan_volume", "volume", "volume of common functions in that plan"),
    whole("plan_partners", "partners in that plan"),
    number("plan_saving", "£m a year", "duplication that the plan would remove"),
    number("plan_benefit", "£m present value", "benefit in the business case of that plan"),
    number("plan_cost", "£m present value", "cost in the business case of that plan"),
)

#: Technical: planned spend never counts as less than this share of the base year, so that logarithms stay finite.
LEAST_PLANNED: Final = 1e-6


@rule
def overlap_share(w: World, j: int) -> float:
    """Share of the clients of theme ``j`` that more than one agency serves."""
    return min(1.0, w.parameters.kappa * w.themes[j].overlap)


@rule
def hand_back(w: World, j: int) -> None:
    """Decide what of the cashable savings of theme ``j`` comes back: all of it, or by outcome where that is the deal.

    What is not earned on outcome is spent on the theme instead.
    """
    theme, by_outcome = w.themes[j], w.board.outcome_payment
    theme.savings_paid, theme.unearned = 0.0, 0.0
    if theme.savings_held <= 0.0:
        return
    weights = 0.0
    for a in range(w.agencies.shape[0]):
        weights += w.shares[a, j].weight
    earned = theme.savings_held * (1.0 - by_outcome + by_outcome * theme.outcome_score) if weights > 0.0 else 0.0
    theme.unearned = theme.savings_held - earned
    post(w, SAVINGS_ACCOUNT + j, THEME_ACCOUNT + j, theme.unearned)
    theme.savings_paid = earned
    theme.savings_held = 0.0
    w.accounts[SAVINGS_ACCOUNT + j].held = 0.0


@rule
def deliver(w: World, j: int) -> None:
    """Planned and pooled money of theme ``j`` reaches cohorts, less the duplication removed and the scale lost.

    ``duplication = kappa (sum z c - (sum (z c)^(1/eta))^eta)`` and ``removed = redesign * duplication``; devolution of a
    share n costs ``redesign n (h^(1-eta) - 1)`` of what the common functions that are run once cost, ``h`` by :func:`pieces`.
    """
    theme, eta = w.themes[j], w.parameters.eta
    pot, apart, volume, covered, partners = 0.0, 0.0, 0.0, 0.0, 0
    frontline, common, all_volume, benefits, benefits_ceded = 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        frontline += share.frontline
        common += share.common
        unit = w.agencies[a].volume * share.volume_start
        all_volume += unit
        benefits += share.benefits
        benefits_ceded += share.ceded * share.benefits
        if share.ceded > 0.0:
            pot += share.ceded * (share.frontline + share.common)
            apart += share.ceded * share.common
            volume += volume_at(share, share.ceded, eta) * unit
            covered += share.ceded * share.common_start
            partners += 1
    if covered > theme.covered:
        theme.redesign *= theme.covered / covered
    elif covered <= 0.0:
        theme.redesign = 0.0
    theme.covered, theme.partners, theme.pot = covered, partners, pot
    money = frontline + common + benefits
    theme.money, theme.benefits = money, benefits_ceded
    theme.pooled = (pot + benefits_ceded) / money if money > 0.0 else 0.0
    theme.potential = overlap_share(w, j) * gap(common, all_volume, eta)
    theme.duplication = overlap_share(w, j) * gap(apart, volume, eta) if partners > 1 else 0.0
    theme.removed = theme.redesign * theme.duplication
    devolved = w.levers.neighbourhood_share[j]
    theme.devolved = devolved * theme.pooled
    loss = 0.0
    if devolved > 0.0:
        run_once = overlap_share(w, j) * joint_cost(volume, eta)
        loss = devolved * theme.redesign * run_once * (pieces(w) ** (1.0 - eta) - 1.0)
    theme.scale_loss = min(loss, w.parameters.largest_scale_loss * (pot - apart))
    distribute(w, j, frontline)


@rule
def distribute(w: World, j: int, frontline: float) -> None:
    """Post the pooled money of theme ``j`` and work out what reaches people; ``frontline`` is the agencies' own, £m a year.

    Prevention shrinks and grows in step with the rest; what savings pay for is prevention, as is all freed of ring-fenced money.
    """
    theme = w.themes[j]
    cashable = (1.0 - w.levers.reinvested_share) * theme.removed * (1.0 - theme.fenced)
    post(w, POT_ACCOUNT + j, THEME_ACCOUNT + j, 0.25 * (theme.pot + (theme.moved + theme.from_authority) - cashable))
    post(w, POT_ACCOUNT + j, SAVINGS_ACCOUNT + j, 0.25 * cashable)
    theme.savings_held += 0.25 * cashable
    w.accounts[SAVINGS_ACCOUNT + j].held = theme.savings_held
    account = w.accounts[THEME_ACCOUNT + j]
    arrived = account.opening + account.credit - account.debit
    for i in range(w.kinds.shape[0]):
        post(w, THEME_ACCOUNT + j, COHORT_ACCOUNT + i, arrived * theme.kind_share[i])
    theme.reinvested = theme.removed - cashable + 4.0 * theme.unearned
    frontline = max(0.0, frontline + (theme.moved + theme.from_authority + theme.granted))
    theme.planned = frontline + theme.reinvested - theme.scale_loss
    in_step = frontline / theme.frontline_start if theme.frontline_start > 0.0 else 0.0
    theme.preventive = theme.preventive_start * in_step + theme.reinvested


@rule
def integrate(w: World, j: int) -> None:
    """The worth of planned spend on theme ``j``: ``log m`` and ``log(1 + iota r pooled)``, and the lagged gains by outcome.

    A pound of prevention counts ``prevention_worth`` times in m, and savings spent again are prevention; ``slip`` takes from m.
    Neighbourhoods know who needs what: ``log(1 + local_worth u devolved)``, ``u`` how unequal need is between them.
    """
    theme, parameters = w.themes[j], w.parameters
    more = parameters.prevention_worth - 1.0
    base = theme.frontline_start + more * theme.preventive_start
    relative = (theme.planned + more * theme.preventive) / base if base > 0.0 else 1.0
    theme.log_planned = math.log(max(LEAST_PLANNED, relative))
    without = relative - parameters.prevention_worth * theme.reinvested / base if base > 0.0 else 1.0
    log_again = theme.log_planned - math.log(max(LEAST_PLANNED, without))
    theme.log_planned += math.log(1.0 - slip(w, j))
    teams = 1.0
    for i in range(w.themes.shape[0]):
        if w.themes[i].back_office == 1:
            teams += parameters.shared_teams * w.themes[i].redesign * w.themes[i].pooled
    theme.log_integration = math.log(1.0 + parameters.iota * teams * theme.redesign * theme.pooled)
    theme.log_integration += math.log(1.0 + parameters.local_worth * theme.unequal * theme.devolved)
    full = math.log(1.0 + parameters.iota * teams * theme.pooled)
    earned, possible = 0.0, 0.0
    for o in range(theme.gain.shape[0]):
        speed = min(1.0, parameters.rho * w.domains[o].speed)
        theme.gain[o] += speed * (theme.effect[o] * theme.log_integration - theme.gain[o])
        theme.gain_again[o] += speed * (theme.effect[o] * log_again - theme.gain_again[o])
        earned += theme.gain[o]
        possible += theme.effect[o] * full
    theme.outcome_score = min(1.0, max(0.0, earned / possible)) if possible > 0.0 else 0.0


@rule
def weigh(w: World, j: int) -> None:
    """Share out the saving of theme ``j`` among those who cede, and say who funds it.

    The weights stand until what is ceded changes; who funds it stands until there is pooled money again.
    """
    theme = w.themes[j]
    if theme.weighed != theme.covered:
        theme.weighed = theme.covered
        n = 0
        for a in range(w.agencies.shape[0]):
            share = w.shares[a, j]
            if share.ceded > 0.0 and share.common_start > 0.0:
                w.scratch[0, n] = share.ceded * share.common_start
                w.scratch[1, n] = 0.01 + w.ties[a, theme.commissioner].trust
                w.scratch[3, n] = a
                n += 1
        if int(w.levers.savings_rule) == SHAPLEY and n > 1:
            shared_by_shapley(w, n)
        else:
            savings_weights(w.scratch[0], w.scratch[1], n, int(w.levers.savings_rule), w.scratch[2])
        n = 0
        for a in range(w.agencies.shape[0]):
            share = w.shares[a, j]
            share.weight = 0.0
            if share.ceded > 0.0 and share.common_start > 0.0:
                share.weight = w.scratch[2, n]
                n += 1
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        share.delivered = share.weight * theme.removed
        if theme.pot > 0.0:
            share.funding = share.ceded * (share.frontline + share.common) / theme.pot


@rule
def avoided_demand(w: World, a: int, j: int) -> float:
    """Reactive demand on agency ``a`` that joint commission ``j`` and savings spent again avoid, to first order, £m a year."""
    agency, theme, parameters, gain = w.agencies[a], w.themes[j], w.parameters, 0.0
    for o in range(theme.gain.shape[0]):
        gain += agency.incidence[o] * (theme.gain[o] + theme.gain_again[o])
    return agency.reactive_start * agency.unit_cost * parameters.epsilon * parameters.reactive_elasticity * gain


@rule
def credit(w: World, j: int, b: int, amount: float) -> None:
    """Write down that agency ``b`` gains ``amount`` (£m) by theme ``j``, through those who fund it.

    A saving comes back a quarter after the pooled money that it was made of, and outcomes lag: ``funding`` stands while a theme has
    no pooled money, so that whatever an agency is paid or spared has somebody who paid for it.
    """
    if amount == 0.0:
        return
    for a in range(w.agencies.shape[0]):
        w.gains[a, b] += amount * w.shares[a, j].funding


@rule
def shared_by_shapley(w: World, n: int) -> None:
    """Write Shapley weights of the ``n`` partners of whom ``weigh`` has made a list in ``scratch``."""
    cost, weight, rows, own = w.scratch[0], w.scratch[2], w.scratch[3], w.scratch[4]
    if n > MOST_EXACT:
        for i in range(n):
            draw_coalitions(w.coalitions, int(rows[i]), w.agencies[int(rows[i])].key)
    shapley(cost, rows, n, w.parameters.eta, weight, own, w.coalitions)


@rule
def savings_weights(cost: Numbers, trust: Numbers, n: int, savings_rule: int, weight: Numbers) -> None:
    """Write weights of ``n`` partners, which add to one: 0 in proportion to ``cost``, 1 equal, 2 asymmetric Nash.

    With transferable money the Nash split is by bargaining weight: half the partner's part of the common functions in
    the pool (``cost``, £m a year), half its part of ``trust`` (0-1), which stands for its position in the network.
    """
    all_cost, all_trust = 0.0, 0.0
    for i in range(n):
        all_cost += cost[i]
        all_trust += trust[i]
    for i in range(n):
        weight[i] = cost[i] / all_cost
        if savings_rule == EQUAL:
            weight[i] = 1.0 / n
        elif savings_rule == NASH:
            weight[i] = 0.5 * weight[i] + 0.5 * trust[i] / all_trust
