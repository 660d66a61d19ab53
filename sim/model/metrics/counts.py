"""What is counted: requests, deals and exits; and the error of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.sim.model.metrics.declaration import Metric

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("deals_proposed", "count", 0, "requests made so far", "deals", aggregate="last"),
    Metric("deals_agreed", "count", 0, "requests agreed so far", "deals", aggregate="last"),
    Metric("deals_refused", "count", 0, "requests refused so far", "deals", aggregate="last"),
    Metric("deals_blocked", "count", 0, "agreements blocked by the board so far", "deals", aggregate="last"),
    Metric("deals_live", "count", 0, "shares ceded now", "deals", aggregate="last"),
    Metric("deals_left", "count", -1, "partners that took their money back so far", "deals", aggregate="last"),
    Metric("admitted", "0-1", 0, "whether the place was admitted in a wave", "deals", aggregate="last"),
    Metric("ledger_error", "£m", -1, "largest imbalance of an account, to the penny", "ledger"),
)


@rule
def measure_counts(w: World, m: MeasureRow) -> None:
    """Requests and what became of them so far, shares that are ceded now, and the largest imbalance of the ledger so far."""
    m.deals_proposed, m.deals_agreed = w.clock.proposed, w.clock.agreed
    m.deals_refused, m.deals_blocked = w.clock.refused, w.clock.blocked
    for j in range(w.themes.shape[0]):
        m.deals_left += w.themes[j].left
        for a in range(w.agencies.shape[0]):
            m.deals_live += 1.0 if w.shares[a, j].ceded > 0.0 else 0.0
    m.admitted, m.ledger_error = w.clock.admitted, w.clock.imbalance
