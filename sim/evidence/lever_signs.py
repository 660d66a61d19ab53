"""Which way every lever pushes every main metric: paired differences between a high and a low value of the lever.

Both values run on the same seeds in the same places (common random numbers). A sign counts where the mean difference is
at least ``STANDARD_ERRORS`` standard errors from zero. Where the model description implies a sign, it is expected here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from totalplace import scenarios
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


@dataclass(frozen=True, slots=True)
class Trial:
    """A lever at two values in one scenario. ``expected``: sign by metric; ``why``: from which rule of the model description.

    ``where``: settings on both sides, as for ``--set``.
    """

    lever: str
    scenario: str
    low: str
    high: str
    expected: dict[str, int] = field(default_factory=dict)
    why: str = ""
    where: tuple[str, ...] = ()

    @property
    def setting(self) -> str:
        """The scenario and what is set in it."""
        return ", ".join([self.scenario, *(text.replace("uncertainties.", "").replace("=", " ") for text in self.where)])


_MORE_POOLED: Final = {"pooled_share": 1, "local_control_share": 1}
_MORE_REMOVED: Final = _MORE_POOLED | {"duplication_removed": 1}
_MORE_SAVED: Final = _MORE_REMOVED | {"net_saving": 1}
#: One trial for every lever of the registry, each in an arrangement in which it can matter.
TRIALS: Final = (
    Trial("encouragement", "joint-commissioning", "-0.5", "0.5", _MORE_SAVED, "a part of every appraisal"),
    Trial("freedom", "joint-commissioning", "0", "1", _MORE_SAVED, "vertical accountability weighs (1 - freedom)"),
    Trial("clawback", "joint-commissioning", "0", "1", dict.fromkeys(_MORE_POOLED, -1) | {"duplication_removed": -1},
          "savings returned weigh (1 - clawback)"),
    Trial("single_pot", "single-pot", "0", "0.5", _MORE_SAVED, "departments pay straight into the pot"),
    Trial("mandate", "mandated-pooling", "0", "0.1", _MORE_POOLED, "a floor without consent"),
    Trial("scope", "joint-commissioning", "0", "1", _MORE_SAVED, "a theme out of scope is not negotiated"),
    Trial("single_pot_scope", "single-pot", "0", "1", _MORE_REMOVED, "a theme out of scope is not paid into the pot"),
    Trial("neighbourhood_share", "joint-commissioning", "0", "0.5", {"net_saving": -1}, "scale is lost"),
    Trial("neighbourhood_share", "joint-commissioning", "0", "0.5", {"net_saving": -1, "inequality": -1, "wellbeing": 1},
          "where hardly any scale is lost, spend that follows need more closely shows", ("uncertainties.eta=0.95",)),
    Trial("capital_pot", "single-pot", "0", "1", _MORE_REMOVED, "pays the cost of change"),
    Trial("transition_fund", "joint-commissioning", "0", "10", _MORE_SAVED,
          "pays the cost of change; without money redesign hardly moves"),
    Trial("reinvested_share", "joint-commissioning", "0", "1", {"pooled_share": -1}, "less comes back to those who cede"),
    Trial("savings_rule", "joint-commissioning", "proportional", "shapley"),
    Trial("leadership_programme", "joint-commissioning", "0", "1", _MORE_SAVED,
          "leadership lowers the loss of control and speeds redesign"),
    Trial("gp_may_pool", "joint-commissioning", "0", "1", _MORE_REMOVED, "without it the NHS cannot cede"),
    Trial("jobcentre_may_decide", "joint-commissioning", "0", "1", _MORE_POOLED, "it heeds its department less"),
    Trial("entitlements_may_pool", "single-pot", "0", "1", _MORE_POOLED, "benefits count where a scenario pools them"),
    Trial("cuts", "joint-commissioning", "0", "2", {"funding_gap": 1, "wellbeing": -1}, "cuts fall on planned spend"),
)


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
                scenario = scenarios.load(trial.scenario, place=place, set=[f"levers.{trial.lever}={value}", *trial.where])
                result = ensemble(scenario, runs=runs, first_seed=1 + number * runs)
                for name, values in _ends(result).items():
                    ends[side][name].append(values)
        for name in MAIN_METRICS:
            low, high = (np.concatenate(ends[side][name]) for side in range(2))
            rows.append(_push(trial, name, low, high))
        if progress is not None:
            progress(2 * runs * len(places))
    return rows


def untried() -> list[str]:
    """Levers of the registry without a trial."""
    return [name for name in LEVERS if name not in {trial.lever for trial in TRIALS}]
