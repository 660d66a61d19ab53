"""The account of a quarter: every metric of the registry, worked out from the world."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents.agency import hosts
from totalplace.agents.compiled import rule
from totalplace.agents.joint_commission import avoided_demand
from totalplace.agents.ledger import CAPITAL_POT

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

#: Technical: a ratio with less than this below the line is zero.
_TINY = 1e-12


@rule
def over(part: float, whole: float) -> float:
    """A ratio that is zero where there is nothing to divide by."""
    return part / whole if abs(whole) > _TINY else 0.0


@rule
def measure(w: World) -> None:
    """Write the metrics of the quarter that ends now."""
    m = w.measures[w.clock.quarter]
    measure_money(w, m)
    measure_worth(w, m)
    measure_pooling(w, m)
    measure_demand(w, m)
    measure_outcomes(w, m)
    measure_spread(w, m)
    measure_trust(w, m)
    measure_network(w, m)
    m.deals_proposed, m.deals_agreed = w.clock.proposed, w.clock.agreed
    m.deals_refused, m.deals_blocked = w.clock.refused, w.clock.blocked
    m.ledger_error = w.clock.imbalance


@rule
def measure_money(w: World, m: MeasureRow) -> None:
    """Duplication and what it costs to remove it."""
    potential, removed, spent, held = 0.0, 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        potential += theme.potential
        removed += theme.removed
        spent += theme.transition_spent
        m.scale_loss += theme.scale_loss
    for a in range(w.agencies.shape[0]):
        m.transaction_cost += w.agencies[a].transaction
        m.returned += w.agencies[a].returned
        m.capital_receipts += w.agencies[a].estate_start - w.agencies[a].estate
        held += w.agencies[a].budget
        for j in range(w.themes.shape[0]):
            m.promised_saving += w.shares[a, j].promised
    m.duplication = max(0.0, potential - removed)
    m.duplication_share = 100.0 * over(m.duplication, w.clock.duplication_start)
    m.duplication_removed = removed
    m.removed_share = 100.0 * over(removed, held)
    m.transition_cost = 4.0 * spent
    m.net_saving = removed - m.scale_loss - m.transition_cost - m.transaction_cost
    m.capital_pot = w.accounts[CAPITAL_POT].held


@rule
def measure_worth(w: World, m: MeasureRow) -> None:
    """Sums since the start, discounted and not, and benefit over cost."""
    clock = w.clock
    discount = (1.0 + w.parameters.discount_rate) ** (-0.25 * clock.quarter)
    for a in range(w.agencies.shape[0]):
        for j in range(w.themes.shape[0]):
            m.demand_avoided += avoided_demand(w, a, j)
    clock.removed += 0.25 * m.duplication_removed
    clock.removed_value += 0.25 * discount * m.duplication_removed
    clock.net += 0.25 * m.net_saving
    clock.net_value += 0.25 * discount * m.net_saving
    clock.benefit_value += 0.25 * discount * (m.duplication_removed + m.demand_avoided)
    clock.cost_value += 0.25 * discount * (m.transition_cost + m.transaction_cost + m.scale_loss)
    m.removed_cumulative, m.removed_present_value = clock.removed, clock.removed_value
    m.net_saving_cumulative, m.net_present_value = clock.net, clock.net_value
    clock.first_cost += 1 if clock.cost_value > 0.0 else 0
    if clock.first_cost > 0 and clock.payback <= 0.0 and clock.net >= 0.0:
        clock.payback = 0.25 * clock.first_cost
    m.payback = clock.payback
    m.benefit_cost_ratio = over(clock.benefit_value, clock.cost_value)


@rule
def theme_spend(w: World, j: int) -> float:
    """All that is spent on theme ``j``, £m a year: planned, common and reactive."""
    spend = 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        spend += share.frontline + share.common + share.reactive_start * w.agencies[a].demand
    return spend


@rule
def measure_pooling(w: World, m: MeasureRow) -> None:
    """What is pooled, and what part of the place's money is controlled in the place."""
    pot, budgets, redesign, baseline, local = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        pot += theme.pot + theme.benefits
        redesign += theme.pot * theme.redesign
        if theme.metric >= 0:
            m.pooled_share_by_theme[theme.metric] = 100.0 * over(theme.pot, theme_spend(w, j))
        m.deals_left += theme.left
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        budgets += agency.budget
        baseline += agency.baseline
        if agency.council == 1:
            local += w.clock.council_direct * over(agency.budget, agency.baseline)
        else:
            local += agency.ceded
        for j in range(w.themes.shape[0]):
            m.deals_live += 1.0 if w.shares[a, j].ceded > 0.0 else 0.0
    m.pooled_budget = pot
    m.pooled_share = 100.0 * over(pot, budgets)
    m.redesign = over(redesign, pot)
    m.local_control_share = 100.0 * over(local, w.clock.place_total - baseline + budgets)
    measure_ceding(w, m)


@rule
def measure_ceding(w: World, m: MeasureRow) -> None:
    """Which kinds of agency cede how much of their planned and common spend and of the benefits that they could pool."""
    kinds, planned = m.ceded_by_kind.shape[0], w.scratch[4]
    for i in range(kinds):
        planned[i] = 0.0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        m.ceded_by_kind[agency.kind] += agency.ceded
        planned[agency.kind] += agency.scale * (agency.frontline_start + agency.common_start)
        for j in range(w.themes.shape[0]):
            planned[agency.kind] += w.shares[a, j].benefits
    for i in range(kinds):
        m.ceded_by_kind[i] = 100.0 * over(m.ceded_by_kind[i], planned[i])


@rule
def measure_demand(w: World, m: MeasureRow) -> None:
    """Reactive demand and prevention, the funding gap and fiscal stress."""
    reactive, reactive_start, budgets, baseline = 0.0, 0.0, 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        reactive += agency.reactive
        reactive_start += agency.reactive_start
        budgets += agency.budget
        m.funding_gap += agency.gap
        m.shortfall += agency.shortfall
        m.stress += agency.baseline * agency.stress
        baseline += agency.baseline
        m.encouragement += agency.budget * w.departments[agency.department].encouragement
    for j in range(w.themes.shape[0]):
        m.preventive_share += w.themes[j].preventive
    m.preventive_share = 100.0 * over(m.preventive_share, budgets)
    m.reactive_share = 100.0 * over(reactive, budgets)
    m.reactive_demand = over(reactive, reactive_start)
    m.stress = over(m.stress, baseline)
    m.encouragement = over(m.encouragement, budgets)


@rule
def measure_outcomes(w: World, m: MeasureRow) -> None:
    """Means over people, by outcome domain and by cohort kind."""
    people = 0.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        people += cohort.persons
        for o in range(w.domains.shape[0]):
            m.outcome_by_domain[o] += cohort.persons * cohort.outcome[o]
        m.wellbeing += cohort.persons * cohort.wellbeing
    m.wellbeing = over(m.wellbeing, people)
    for o in range(w.domains.shape[0]):
        m.outcome_by_domain[o] = over(m.outcome_by_domain[o], people)
    for i in range(w.kinds.shape[0]):
        m.wellbeing_by_cohort[i] = w.kinds[i].wellbeing
    for h in range(w.neighbourhoods.shape[0]):
        m.community_capacity += w.neighbourhoods[h].population * w.neighbourhoods[h].capacity
    m.community_capacity = over(m.community_capacity, w.clock.population)


@rule
def measure_spread(w: World, m: MeasureRow) -> None:
    """Spread of wellbeing between cohorts and between neighbourhoods, and the worst-off cohort."""
    people, square, worst = 0.0, 0.0, 1.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        people += cohort.persons
        square += cohort.persons * (cohort.wellbeing - m.wellbeing) ** 2
        if cohort.persons > 0.0:
            worst = min(worst, cohort.wellbeing)
    m.inequality = math.sqrt(over(square, people))
    m.wellbeing_worst_off = worst
    square = 0.0
    for h in range(w.neighbourhoods.shape[0]):
        place = w.neighbourhoods[h]
        square += place.population * (over(place.wellbeing_sum, place.population) - m.wellbeing) ** 2
        place.wellbeing_sum = 0.0
    m.inequality_neighbourhoods = math.sqrt(over(square, people))


@rule
def measure_trust(w: World, m: MeasureRow) -> None:
    """Mean trust, and the partners who say that joint working is better than it was.

    The mean is over each agency and each commissioner not its own, tied or not: ties made and broken do not move it.
    """
    pairs, partners, better = 0, 0, 0
    for a in range(w.agencies.shape[0]):
        for c in range(w.commissioners.shape[0]):
            if hosts(w, a, c):
                continue
            tie = w.ties[a, c]
            pairs += 1
            m.mean_trust += tie.trust
            if tie.tied == 1 and tie.money > 0.0:
                partners += 1
                better += 1 if tie.trust > tie.trust_start else 0
    m.mean_trust = m.mean_trust / pairs if pairs > 0 else w.parameters.initial_trust
    m.joint_working_better = 100.0 * over(float(better), float(partners))


@rule
def joined(w: World, a: int, b: int) -> bool:
    """Whether agencies ``a`` and ``b`` are tied, or cede to one joint commission."""
    if w.links[a, b] > 0.0:
        return True
    for j in range(w.themes.shape[0]):
        if w.shares[a, j].ceded > 0.0 and w.shares[b, j].ceded > 0.0:
            return True
    return False


@rule
def measure_network(w: World, m: MeasureRow) -> None:
    """Density, degree centralisation and modularity by department of the network of agencies."""
    n = w.agencies.shape[0]
    most, ends, within, same = 0.0, 0.0, 0.0, 0.0
    degree = w.scratch[4]
    for a in range(n):
        degree[a] = 0.0
        for b in range(a):
            if joined(w, a, b):
                degree[a] += 1.0
                degree[b] += 1.0
                within += 2.0 if w.agencies[a].department == w.agencies[b].department else 0.0
    for a in range(n):
        most = max(most, degree[a])
        ends += degree[a]
        for b in range(n):
            if w.agencies[a].department == w.agencies[b].department:
                same += degree[a] * degree[b]
    m.density = over(ends, float(n * (n - 1)))
    m.centralisation = over(n * most - ends, float((n - 1) * (n - 2)))
    m.modularity = over(within, ends) - over(same, ends * ends)
