"""Which way every lever pushes every main metric: paired differences between a high and a low value of the lever.

Both values run on the same seeds in the same places (common random numbers). A sign counts where the mean difference is
at least ``STANDARD_ERRORS`` standard errors from zero. What is tried, and the sign where the model
description implies one, stands with each lever in ``scenarios/levers.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.lever_trials import Trial
from totalplace.scenarios.registry import LEVERS
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import Ensemble

MAIN_METRICS: Final = (
    "pooled_share", "duplication_removed", "net_saving", "wellbeing", "inequality", "mean_trust", "funding_gap",
    "local_control_share",
)
STANDARD_ERRORS: Final = 3.0
#: Differences smaller than this, relative to the metric's level, are rounding.
_ROUNDING: Final = 1e-9


def checked(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """The trials. Raises UnknownName for a sign that is expected of a metric which is not watched."""
    found = tuple(trials)
    for trial in found:
        for name in trial.expected:
            if name not in MAIN_METRICS:
                raise UnknownName("main metric", name, MAIN_METRICS, where=f"for a trial of '{trial.lever}'", file="levers.yaml")
    return found


#: Every trial of every lever of the registry.
TRIALS: Final = checked(trial for lever in LEVERS.values() for trial in lever.trials)


@dataclass(frozen=True, slots=True)
class Push:
    """What a lever does to a metric from its low to its high value; money is £ a head. ``sign`` is 0 within error."""

    trial: Trial
    metric: str
    mean: float
    error: float
    low: float
    high: float
    same: float
    sign: int
    expected: int | None

    @property
    def verdict(self) -> str:
        """``as expected``, ``no effect``, ``wrong`` or, where nothing is expected, nothing."""
        if self.expected is None:
            return ""
        return {self.expected: "as expected", 0: "no effect"}.get(self.sign, "wrong")


def unit(metric: str) -> str:
    """The unit in which differences of a metric are given."""
    given = METRICS[metric].unit
    return "£ a head a year" if given.startswith("£m a year") else "points" if given.startswith("%") else f"({given})"


def _ends(result: Ensemble) -> dict[str, Floats]:
    ends = {name: result.at_end(name) for name in MAIN_METRICS}
    for name in MAIN_METRICS:
        if METRICS[name].unit.startswith("£m"):
            ends[name] = ends[name] * 1e6 / result.place.population
    return ends


def _push(trial: Trial, metric: str, low: Floats, high: Floats) -> Push:
    gap = high - low
    gap[np.abs(gap) <= _ROUNDING * np.maximum(np.abs(low), np.abs(high))] = 0.0
    mean, error = float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(len(gap)))
    sign = int(np.sign(mean)) if abs(mean) > STANDARD_ERRORS * error else 0
    bounds = np.quantile(gap, (0.05, 0.95))
    same = float(np.mean(np.sign(gap) == np.sign(mean))) if mean else 0.0
    return Push(trial, metric, mean, error, float(bounds[0]), float(bounds[1]), same, sign, trial.expected.get(metric))


def lever_signs(places: Sequence[str], runs: int, trials: Sequence[Trial] = TRIALS, progress: Callable[[int], None] | None = None
                ) -> list[Push]:
    """Every trial in every place on ``runs`` seeds (at least two) of its own: one row per lever and metric."""
    rows = []
    for trial in trials:
        ends: list[dict[str, list[Floats]]] = [{name: [] for name in MAIN_METRICS} for _ in range(2)]
        for number, place in enumerate(places):
            for side, value in enumerate((trial.low, trial.high)):
                settings = ["uncertainties=default", f"levers.{trial.lever}={value}", *trial.where]
                scenario = scenarios.load(trial.scenario, place=place, set=settings)
                result = ensemble(scenario, runs=runs, first_seed=1 + number * runs)
                for name, values in _ends(result).items():
                    ends[side][name].append(values)
        for name in MAIN_METRICS:
            low, high = (np.concatenate(ends[side][name]) for side in range(2))
            rows.append(_push(trial, name, low, high))
        if progress is not None:
            progress(2 * runs * len(places))
    return rows
