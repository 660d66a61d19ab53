"""What was promised: by ministers, in business cases and in budgets, and what agencies make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.sim.model.metrics.declaration import Metric
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("planned_benefit_cost_ratio", "ratio", 0,
           "benefit over cost as planned, in the business cases agreed since the start; 0 without one", "money",
           aggregate="last"),
    Metric("claimed_saving", "£m a year", 0, "saving that ministers claim for plans in force", "money"),
    Metric("budgeted_saving", "£m a year", 0, "saving that budgets count on for plans in force", "money"),
    Metric("case_belief", "% of promise", 0, "part of what a business case promises that agencies count on, by budget", "network"),
)


@rule
def measure_promises(w: World, m: MeasureRow) -> None:
    """The three promises for plans in force, the business cases agreed so far, and belief in them."""
    m.planned_benefit_cost_ratio = over(w.clock.planned_benefit, w.clock.planned_cost)
    m.claimed_saving = w.parameters.political_claim * m.promised_saving
    m.budgeted_saving = w.parameters.budget_target * m.promised_saving
    counted_on, budgets = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        counted_on += w.agencies[a].budget * w.agencies[a].belief
        budgets += w.agencies[a].budget
    m.case_belief = 100.0 * over(counted_on, budgets)
