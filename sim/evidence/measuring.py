"""What measures of the facts have in common: sums and means over places, years and settings. N draws, P places, Q quarters."""

from __future__ import annotations

from typing import Final

import numpy as np

from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.evidence.fact_runs import Observed
from totalplace.sim.evidence.facts import Floats

ADMISSIONS: Final = list(INDICATORS).index("emergency_admissions")
_LAST_YEAR: Final = slice(-4, None)


def money(o: Observed, theme: int | None = None) -> Floats:
    """Spend at the start (P,), £m a year, of all themes or of one."""
    return np.array([p.spend.sum() if theme is None else p.spend[:, theme].sum() for p in o.places])


def weighted(values: Floats, weights: Floats) -> Floats:
    """Mean over places (N,) of ``values`` (N, P)."""
    return np.asarray(np.average(values, axis=1, weights=weights))


def over(part: Floats, whole: Floats) -> Floats:
    """A ratio, NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=np.asarray(whole) > 0.0)


def year_mean(o: Observed, setting: str, metric: str, quarters: slice = _LAST_YEAR) -> Floats:
    """Mean of a metric over some quarters, by default the last four: (N, P)."""
    return np.asarray(o(setting, metric)[:, :, quarters].mean(axis=2))


def acute_nhs_spend(o: Observed, setting: str) -> Floats:
    """What the NHS spends on acute need, £m a year (N, P, Q): by the rule of reactive spend, from emergency admissions."""
    elasticity, growth, drift, exposed = (
        o.parameter(name)[:, None, None] for name in ("reactive_elasticity", "demand_growth", "unit_cost_drift", "drift_elsewhere")
    )
    base = np.array([place.indicator_base[ADMISSIONS] for place in o.places])[:, None]
    admissions = o(setting, "emergency_admissions")
    years = 0.25 * np.arange(admissions.shape[2])
    costs = 1.0 + exposed * ((1.0 + drift) ** years - 1.0)
    return np.asarray(o(setting, "nhs_reactive")[:, :, None] * (admissions / base) ** elasticity * (1.0 + growth) ** years * costs)


def effect_after(o: Observed, years: int, pools: tuple[str, str], metric: tuple[str, str], weights: Floats) -> Floats:
    """Change of a metric against silo, in %, so many years after health and care money was first pooled, weighted over places (P,).

    ``pools`` names the setting with the pool and the silo, ``metric`` what is compared and the money in the pool.
    """
    pooled = o(pools[0], metric[1]) > 0.0
    at = np.minimum(pooled.argmax(axis=2) + 4 * years, pooled.shape[2] - 1)[:, :, None]
    change = 100.0 * (o(pools[0], metric[0]) / o(pools[1], metric[0]) - 1.0)
    effect = np.where(pooled.any(axis=2), np.take_along_axis(change, at, axis=2)[:, :, 0], np.nan)
    known = ~np.isnan(effect)
    return over((np.where(known, effect, 0.0) * weights).sum(axis=1), (known * weights).sum(axis=1))


def part_early(early: Floats, late: Floats) -> Floats:
    """The part of a fall that is there early, in %; NaN where there is none."""
    return np.where(late < 0.0, 100.0 * early / np.where(late < 0.0, late, 1.0), np.nan)
