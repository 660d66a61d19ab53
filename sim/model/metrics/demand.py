"""Reactive demand and prevention, the funding gap and fiscal stress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.sim.model.metrics.declaration import Metric
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("reactive_share", "% of spend", -1, "reactive demand, of all budgets", "demand"),
    Metric("preventive_share", "% of spend", 1, "preventive spend, of all budgets", "demand"),
    Metric("reactive_demand", "index", -1, "reactive demand against the base year", "demand"),
    Metric("funding_gap", "£m a year", -1, "cost of base-year services at today's demand beyond budgets", "demand"),
    Metric("shortfall", "£m a year", -1, "reactive demand for which there was no money", "demand"),
    Metric("stress", "0-1", -1, "fiscal stress, weighted by base-year budget", "demand"),
)


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
    for j in range(w.themes.shape[0]):
        m.preventive_share += w.themes[j].preventive
    m.preventive_share = 100.0 * over(m.preventive_share, budgets)
    m.reactive_share = 100.0 * over(reactive, budgets)
    m.reactive_demand = over(reactive, reactive_start)
    m.stress = over(m.stress, baseline)
