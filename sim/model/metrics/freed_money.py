"""Where the money that joint working frees goes, and what taxpayers pay: every pound freed is in one place only.

Freed = spent again on the themes + taken back by departments + what agencies keep (for agreements, for steering, for change, for
their services) + what still waits to come back + upkeep of property sold, which its owners keep. What is spent on services shows in
outcomes; only what departments take back is cash for taxpayers. What agencies keep is money without a label: it counts as paying
for agreements first, then for steering, then for change, and the rest for services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.sim.model.metrics.declaration import Metric

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("cashable", "£m a year", 1, "duplication removed less what is spent again on the theme: it comes back as cash, "
           "where payment is by outcome less, once a year, by what was not earned", "money"),
    Metric("reinvested", "£m a year", 0, "freed money spent again on the themes: by the reinvested share, or not earned on outcome",
           "money"),
    Metric("clawed_back", "£m a year", 0, "freed money that departments take back", "money"),
    Metric("kept_for_agreements", "£m a year", 0, "freed money that agencies keep and pay agreements with", "money"),
    Metric("kept_for_steering", "£m a year", 0, "freed money that agencies keep and pay partnership work, programmes and boards "
           "with", "money"),
    Metric("kept_for_change", "£m a year", 0, "freed money that agencies keep and pay double running with", "money"),
    Metric("kept_for_services", "£m a year", 0, "freed money that agencies keep for their own services", "money"),
    Metric("waiting", "£m", 0, "freed money that still waits to come back", "money", aggregate="last"),
    Metric("change_by_treasury", "£m a year", 0, "cost of change that the Treasury's fund pays", "money"),
    Metric("taxpayers_cash", "£m a year of cash", 1, "what departments take back less what the Treasury's fund and their own "
           "support and assurance cost: the part of a saving that no service spends", "money", label="cash for taxpayers"),
    Metric("taxpayers_outlay", "£m a year of cash", 0, "what departments and local taxation pay out less what comes back to them, "
           "by the ledger, without benefits", "money", label="taxpayers' outlay"),
    Metric("beside_budgets", "£m a year of cash", 0, "grants, and what the place gets more (or less) of its strategic authority's "
           "pot than is spent in it, beside the budgets of agencies", "money", label="money beside budgets"),
)


@rule
def measure_freed(w: World, m: MeasureRow) -> None:
    """Where the freed money of the quarter went, and what taxpayers paid."""
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        m.cashable += theme.removed - theme.reinvested
        m.waiting += theme.savings_held
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        agreements = min(agency.returned, agency.transaction)
        work = min(agency.returned - agreements, agency.steering)
        change = min(agency.returned - agreements - work, agency.own_change)
        m.clawed_back += agency.clawed_back
        m.kept_for_agreements += agreements
        m.kept_for_steering += work
        m.kept_for_change += change
        m.kept_for_services += agency.returned - agreements - work - change
    fund = w.levers.transition_fund * w.clock.population * 1e-6
    if w.clock.admitted == 1:
        fund += w.levers.wave_money
    m.change_by_treasury = fund - 4.0 * w.clock.fund_left
    m.taxpayers_cash = m.clawed_back - m.change_by_treasury - m.oversight_cost
    measure_outlay(w, m)


@rule
def measure_outlay(w: World, m: MeasureRow) -> None:
    """Taxpayers' outlay: budgets, advances, grants less what is taken back, and the fund; the ledger's accounts say the same.

    Working-age benefits, which are paid either way, are not in it.
    """
    for a in range(w.agencies.shape[0]):
        m.taxpayers_outlay += w.agencies[a].budget + w.agencies[a].overspend
    for j in range(w.themes.shape[0]):
        m.beside_budgets += w.themes[j].from_authority + w.themes[j].granted
    m.taxpayers_outlay += m.beside_budgets - m.taxpayers_cash
