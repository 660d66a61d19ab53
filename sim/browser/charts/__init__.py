"""Charts: pure functions from snapshots, ensembles and tables to ECharts options."""

from __future__ import annotations

from totalplace.sim.browser.charts.money import gains_matrix, gains_sankey, money_flow, pays_and_gains, seen_gains
from totalplace.sim.browser.charts.outcomes import outcome_matrix, wellbeing_by_neighbourhood
from totalplace.sim.browser.charts.over_time import time_series
from totalplace.sim.browser.charts.refusal import appraisal_bars

__all__ = [
    "appraisal_bars", "gains_matrix", "gains_sankey", "money_flow", "outcome_matrix", "pays_and_gains", "seen_gains",
    "time_series", "wellbeing_by_neighbourhood",
]
