"""Scenarios against a baseline, seed by seed: runs with one seed share their draws (common random numbers)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from scenarios.errors import InputError, UnknownName
from sim.results import BAND, Ensemble

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from scenarios.scenario import Scenario

#: Differences smaller than this, relative to the size of the values, are rounding and count as none.
ROUNDING = 1e-9


def named(names: Sequence[str], baseline: str | None) -> int:
    """The position of the baseline among the scenarios called ``names``: the first where none is asked for."""
    if baseline is None:
        return 0
    if baseline not in names:
        raise UnknownName("scenario among those compared", baseline, names)
    return list(names).index(baseline)


def check_scenarios(scenarios: Sequence[Scenario]) -> None:
    """Raise :class:`InputError` unless the scenarios can be paired: names differ, start and length are the same."""
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"The scenario '{name}' is given twice", allowed="each scenario once")
    first = scenarios[0]
    for scenario in scenarios[1:]:
        if (scenario.start, scenario.quarters) != (first.start, first.quarters):
            raise InputError(
                f"'{scenario.name}' and '{first.name}' differ in start or number of quarters",
                allowed="scenarios with the same start and number of quarters; --quarters sets the number for all",
            )


def check_pairs(ensembles: Sequence[Ensemble]) -> None:
    """Raise :class:`InputError` unless the ensembles can be paired by seed."""
    check_scenarios([ensemble.scenario for ensemble in ensembles])
    for ensemble in ensembles[1:]:
        if not np.array_equal(ensemble.seeds, ensembles[0].seeds):
            raise InputError(
                f"'{ensemble.scenario.name}' and '{ensembles[0].scenario.name}' were run on other seeds",
                allowed="ensembles with the same seeds",
            )


def difference(ensemble: Ensemble, baseline: Ensemble, metric: str) -> NDArray[np.float64]:
    """The value at the end less the baseline's, (R,), paired by seed; differences of mere rounding are zero."""
    ours, theirs = ensemble.at_end(metric), baseline.at_end(metric)
    gap = ours - theirs
    gap[np.abs(gap) <= ROUNDING * np.maximum(np.abs(ours), np.abs(theirs))] = 0.0
    return gap


def probability_better(gap: NDArray[np.float64], direction: int) -> float:
    """Share of runs in which a difference is in the better direction.

    NaN where the metric has no better direction, no value, or where the two scenarios do not differ in any run.
    """
    if direction == 0 or not np.any(gap) or np.any(np.isnan(gap)):
        return float("nan")
    return float(np.mean(gap * direction > 0))


def compare(ensembles: Sequence[Ensemble], baseline: str | None = None) -> pd.DataFrame:
    """One row per scenario and metric, the baseline's own rows too (with differences of zero).

    Columns: scenario, metric, label, unit, value (median at the end); then of the paired differences at the end:
    median, mean, low and high (the 90% band across seeds), probability_better; and baseline (whether it is its row).
    Raises :class:`InputError` when the ensembles cannot be paired.
    """
    import pandas as pd

    check_pairs(ensembles)
    reference = ensembles[named([ensemble.scenario.name for ensemble in ensembles], baseline)]
    rows = []
    for ensemble in ensembles:
        for name, metric in ensemble.known_metrics.items():
            gap = difference(ensemble, reference, name)
            low, high = np.quantile(gap, BAND)
            rows.append(
                {
                    "scenario": ensemble.scenario.name,
                    "metric": name,
                    "label": metric.label,
                    "unit": metric.unit,
                    "value": float(np.median(ensemble.at_end(name))),
                    "median": float(np.median(gap)),
                    "mean": float(np.mean(gap)),
                    "low": float(low),
                    "high": float(high),
                    "probability_better": probability_better(gap, metric.direction),
                    "baseline": ensemble is reference,
                }
            )
    return pd.DataFrame(rows)
