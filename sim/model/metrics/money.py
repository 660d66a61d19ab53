"""What joint working costs and frees: duplication, savings, the cost of change, sums since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.agents.joint_commission import avoided_demand
from totalplace.agents.ledger import CAPITAL_POT
from totalplace.sim.model.metrics.declaration import Metric
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("duplication", "£m a year", -1, "duplication among all agencies that is still there", "money"),
    Metric("duplication_share", "% of start", -1, "duplication still there, against the start", "money"),
    Metric("duplication_removed", "£m a year", 1, "duplication removed by redesign", "money"),
    Metric("removed_share", "% of spend", 1, "duplication removed, of all addressable spend", "money"),
    Metric("removed_cumulative", "£m", 1, "duplication removed since the start", "money", aggregate="last"),
    Metric("removed_present_value", "£m present value", 1, "duplication removed since the start, discounted",
           "money", aggregate="last"),
    Metric("scale_loss", "£m a year", -1, "scale lost by devolving common functions", "money"),
    Metric("transition_cost", "£m a year", -1, "cost of change", "money"),
    Metric("transaction_cost", "£m a year", -1, "cost of agreements", "money"),
    Metric("steering_cost", "£m a year", -1, "what agencies pay to steer joint working: partnership work, leadership programme, "
           "boards of neighbourhoods and of the capital pot, compliance with statute", "money"),
    Metric("oversight_cost", "£m a year", -1, "what departments pay: support where they encourage, and assurance of pooled money "
           "that no target binds", "money"),
    Metric("reorganisation_cost", "£m", -1, "one-off cost of bodies that change, since the start: officers who go, offices that "
           "move, bodies made anew; beside net saving", "money", aggregate="last"),
    Metric("running_cost_saved", "£m a year", 1, "what officers whom bodies let go by order would cost: departments and "
           "local taxpayers do not pay it; beside net saving and cash for taxpayers", "money"),
    Metric("upkeep_saved", "£m a year", 1, "upkeep of property sold that is no longer paid, beyond duplication removed", "money"),
    Metric("net_saving", "£m a year of resources", 1, "duplication removed and upkeep saved less scale lost, cost of change, of "
           "agreements, of steering and of oversight: resources freed, most of them spent again on services; not cash", "money"),
    Metric("net_saving_cumulative", "£m of resources", 1, "net saving since the start", "money", aggregate="last"),
    Metric("net_present_value", "£m of resources, present value", 1, "net saving since the start, discounted", "money",
           aggregate="last"),
    Metric("demand_avoided", "£m a year", 1, "reactive demand avoided by integration and reinvested savings (first-order estimate)",
           "money"),
    Metric("benefit_cost_ratio", "ratio", 1, "delivered so far: discounted saving and demand avoided over the cost of change, of "
           "agreements, of steering and oversight, of lost scale and of services paid from savings; 0 without cost", "money",
           aggregate="last"),
    Metric("payback", "years", 0, "time from the first cost of change or agreements until net saving since then turned positive; 0 "
           "until then",
           "money", aggregate="last"),
    Metric("returned", "£m a year", 1, "cashable savings returned to agencies", "money"),
    Metric("promised_saving", "£m a year", 0, "saving that the business cases of plans in force promised", "money"),
    Metric("capital_receipts", "£m", 1, "property receipts since the start, before the cost of moving out", "money",
           aggregate="last"),
    Metric("receipts_returned", "£m", 0, "property receipts that went back, to pay off public debt, since the start", "money",
           aggregate="last"),
    Metric("capital_pot", "£m", 0, "money in the capital pot", "money", aggregate="last"),
    Metric("money_moved", "£m a year", 0, "money moved between themes of the single pot", "money"),
    Metric("exceptional_debt", "£m", -1, "what the council borrowed for running costs under exceptional financial support", "money",
           aggregate="last", label="debt of exceptional support"),
)


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
        m.steering_cost += w.agencies[a].steering
        w.clock.reorganised += 0.25 * w.agencies[a].one_off
        m.running_cost_saved += w.agencies[a].released * over(w.agencies[a].budget, w.agencies[a].baseline)
        m.upkeep_saved += w.agencies[a].upkeep
        m.receipts_returned += w.agencies[a].handed_back
        m.returned += w.agencies[a].returned
        m.capital_receipts += w.agencies[a].estate_start - w.agencies[a].estate
        m.exceptional_debt += w.agencies[a].debt
        held += w.agencies[a].budget
        for j in range(w.themes.shape[0]):
            m.promised_saving += w.shares[a, j].promised
    for d in range(w.departments.shape[0]):
        m.oversight_cost += w.departments[d].support + w.departments[d].assurance
    m.duplication = max(0.0, potential - removed)
    m.duplication_share = 100.0 * over(m.duplication, w.clock.duplication_start)
    m.duplication_removed = removed
    m.removed_share = 100.0 * over(removed, held)
    m.transition_cost = 4.0 * spent
    m.net_saving = removed + m.upkeep_saved - m.scale_loss - m.transition_cost - m.transaction_cost
    m.net_saving -= m.steering_cost + m.oversight_cost
    m.reorganisation_cost = w.clock.reorganised
    m.capital_pot, m.money_moved = w.accounts[CAPITAL_POT].held, w.clock.moved


@rule
def measure_worth(w: World, m: MeasureRow) -> None:
    """Sums since the start, discounted and not, and benefit over cost."""
    clock = w.clock
    discount = (1.0 + w.parameters.discount_rate) ** (-0.25 * clock.quarter)
    for j in range(w.themes.shape[0]):
        m.reinvested += w.themes[j].reinvested
    for a in range(w.agencies.shape[0]):
        for j in range(w.themes.shape[0]):
            m.demand_avoided += avoided_demand(w, a, j)
    clock.removed += 0.25 * m.duplication_removed
    clock.removed_value += 0.25 * discount * m.duplication_removed
    clock.net += 0.25 * m.net_saving
    clock.net_value += 0.25 * discount * m.net_saving
    clock.benefit_value += 0.25 * discount * (m.duplication_removed + m.demand_avoided)
    pooling = m.transition_cost + m.transaction_cost + m.scale_loss + m.reinvested
    clock.cost_value += 0.25 * discount * (pooling + m.steering_cost + m.oversight_cost)
    m.removed_cumulative, m.removed_present_value = clock.removed, clock.removed_value
    m.net_saving_cumulative, m.net_present_value = clock.net, clock.net_value
    if pooling > 0.0 or clock.first_cost > 0:
        clock.first_cost += 1
        clock.net_of_pooling += 0.25 * m.net_saving
        if clock.payback <= 0.0 and clock.net_of_pooling >= 0.0:
            clock.payback = 0.25 * clock.first_cost
    m.payback = clock.payback
    m.benefit_cost_ratio = over(clock.benefit_value, clock.cost_value)
