"""What a policy is worth: its levers decoded, played over a fixed set of draws of the uncertainties, and summed up."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import GivenTwice, InputError
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import LEVER, Factor, factor_named, stated
from totalplace.scenarios.uncertainties import Range
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import at_end

#: Steps into which the range of a lever is cut: policies are searched among round values.
STEPS: Final = 100
#: How a policy's values over the draws become one: their mean, or the level that nine draws in ten reach.
JUDGED: Final = ("nine-in-ten", "mean")
#: The lever that sets the budgets themselves, which no arrangement chooses.
GIVEN: Final = "cuts"
DEFAULT_OBJECTIVES: Final = ("net_saving", "wellbeing", "inequality", "pooled_share:more", "wellbeing_worst_off")
_WORDS: Final = {"more": 1, "less": -1}


@dataclass(frozen=True)
class Objective:
    """A metric in the last year of the run to have more (``sign`` 1) or less (-1) of."""

    metric: Metric
    sign: int

    @property
    def words(self) -> str:
        """``more net saving``."""
        return f"{'more' if self.sign > 0 else 'less'} {self.metric.label}"

    @property
    def written(self) -> str:
        """The objective as it is given: ``pooled_share:more``."""
        return f"{self.metric.name}:{'more' if self.sign > 0 else 'less'}"


def read_objectives(given: Sequence[str]) -> tuple[Objective, ...]:
    """Objectives from ``METRIC``, ``METRIC:more`` or ``METRIC:less``. Raises InputError, UnknownName."""
    found: list[Objective] = []
    for text in given:
        name, colon, word = text.partition(":")
        known = metric_called(name)
        if colon and word not in _WORDS:
            raise InputError(f"The objective '{text}' cannot be read", allowed=f"{name}:more or {name}:less")
        sign = _WORDS[word] if colon else known.direction
        if sign == 0:
            raise InputError(f"More of '{name}' is neither better nor worse", allowed=f"{name}:more or {name}:less")
        if name in (objective.metric.name for objective in found):
            raise InputError(f"The objective '{name}' is given twice", allowed="each metric once")
        found.append(Objective(known, sign))
    if not found:
        raise InputError("A search needs objectives", allowed="metrics, as 'totalplace metrics' lists them")
    return tuple(found)


def listed(given: Sequence[str], what: str) -> list[str]:
    """Names that were given. Raises InputError for one text in place of a list of them."""
    if isinstance(given, str):
        raise InputError(f"The {what} are the text '{given}'", allowed=f"a list, such as ['{given}']")
    return list(given)


def read_levers(given: Sequence[str] | None) -> tuple[Factor, ...]:
    """The levers to search, ``clawback`` or ``clawback.health``; without names all but the budget path. Raises InputError."""
    names = [name for name in LEVERS if name != GIVEN] if given is None else listed(given, "levers")
    factors: list[Factor] = []
    taken: dict[tuple[str, int], str] = {}
    for name in names:
        factor = factor_named(name, Marked(name, "the levers to be varied"), names)
        if factor.kind != LEVER:
            raise InputError(f"'{name}' is not a lever: nobody can set it", allowed=list(LEVERS))
        for index in factor.indices:
            if (factor.name, index) in taken:
                raise GivenTwice(name, taken[factor.name, index])
            taken[factor.name, index] = name
        factors.append(factor)
    if not factors:
        raise InputError("A search needs levers", allowed=list(LEVERS))
    return tuple(factors)


def uncertain(scenario: Scenario) -> Scenario:
    """The scenario as many runs are played, that is over the posterior; over the prior where nothing of it would be drawn."""
    scenario = scenario.for_many_runs()
    if any(isinstance(value, Range) for value in scenario.uncertainties.values()):
        return scenario
    return scenario.with_settings(["uncertainties=prior"])


def decoded(genes: NDArray[np.float64], factors: Sequence[Factor]) -> NDArray[np.float64]:
    """Lever values (N, F) for numbers in [0, 1] (N, F): round values in the range, an index for a choice."""
    values = np.empty_like(genes)
    for column, factor in enumerate(factors):
        share = np.clip(genes[:, column], 0.0, 1.0)
        width = factor.high - factor.low
        if factor.integer:
            values[:, column] = factor.low + np.minimum(np.floor(share * (width + 1.0)), width)
        else:
            values[:, column] = np.round(factor.low + np.round(share * STEPS) / STEPS * width, 9)
    return values


def policy(scenario: Scenario, factors: Sequence[Factor], values: NDArray[np.float64], name: str, title: str) -> Scenario:
    """The scenario with its levers at ``values`` (F,), under a name of its own."""
    import json

    settings = stated(scenario, [factor.label for factor in factors])
    settings += [f"levers.{factor.label}={factor.shown(float(value))}" for factor, value in zip(factors, values, strict=True)]
    return scenario.with_settings([*settings, f"name={json.dumps(name)}", f"title={json.dumps(title)}"])


class Evaluator:
    """Plays policies over the same draws: seed and parameters of draw ``d`` are the same for every policy."""

    def __init__(
        self, scenario: Scenario, factors: Sequence[Factor], objectives: Sequence[Objective], seeds: range, judged: str,
        threads: int,
    ) -> None:
        self.scenario, self.factors, self.objectives = scenario, tuple(factors), tuple(objectives)
        self.seeds, self.judged, self.threads = seeds, judged, threads
        self.known: dict[bytes, NDArray[np.float64]] = {}
        self._own = threading.local()

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The objectives (N, M), in the units of their metrics, of policies (N, F). Raises LedgerError."""
        new = {row.tobytes(): row for row in values if row.tobytes() not in self.known}
        if new:
            self.known |= dict(zip(new, side_by_side(self._worth, list(new.values()), self.threads), strict=True))
        return np.array([self.known[row.tobytes()] for row in values])

    def learn(self, values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
        """Take over objectives (N, M) of policies (N, F) that were played before."""
        self.known |= {row.tobytes(): worth for row, worth in zip(values, found, strict=True)}

    def _worth(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        from totalplace.sim.engine.sweep.playing import DesignStage

        names = [objective.metric.name for objective in self.objectives]
        if not hasattr(self._own, "stage"):
            self._own.stage = DesignStage(self.scenario, self.factors, names, "quarter")
        rows = self._own.stage.rows(values, self.seeds)
        ends = np.stack([at_end(rows[..., m], objective.metric) for m, objective in enumerate(self.objectives)], axis=1)
        return judged(ends, self.objectives, self.judged)


def judged(ends: NDArray[np.float64], objectives: Sequence[Objective], how: str) -> NDArray[np.float64]:
    """One number an objective (M,) from values over draws (draws, M)."""
    if how == "mean":
        return np.asarray(ends.mean(axis=0))
    shares = [0.1 if objective.sign > 0 else 0.9 for objective in objectives]
    return np.array([np.quantile(ends[:, m], share) for m, share in enumerate(shares)])


def columns(factors: Sequence[Factor], objectives: Sequence[Objective]) -> Mapping[str, tuple[str, ...]]:
    """Names of the columns of a table of policies."""
    return {
        "levers": tuple(factor.label for factor in factors),
        "objectives": tuple(objective.metric.name for objective in objectives),
    }

