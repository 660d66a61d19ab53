"""A scenario as a model of the EMA workbench, so that its experiments, optimisers and analyses work on ours."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from scenarios import load, loads
from scenarios.errors import InputError, UnknownName
from scenarios.reading import Marked
from scenarios.registry import LEVERS, PARAMETERS
from scenarios.scenario import Scenario
from scenarios.sweeps.factors import LEVER, Factor, factor_named
from scenarios.uncertainties import Range, prior
from sim.analysis.search_evaluation import DEFAULT_OBJECTIVES, read_levers
from sim.analysis.workbench_import import library
from sim.metrics import METRICS, metric
from sim.results import at_end
from sim.runs import seeds_from

if TYPE_CHECKING:
    from ema_workbench import Model

#: Stands for the dot of ``clawback.health``: the workbench wants names that are Python identifiers.
DOT: Final = "__"


def ema_model(
    scenario: Scenario | str, levers: Sequence[str] | None = None, uncertainties: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None, runs: int = 1, first_seed: int | None = None,
) -> Model:
    """A workbench model of a scenario: ``levers`` (default: all but the budget path), ``uncertainties`` (all) and ``outcomes``.

    ``clawback`` is all departments together, ``clawback.health`` one of them, called ``clawback__health`` there; a choice is its
    index. Outcomes are metrics at the end of the run, means over ``runs`` seeds that are the same in every experiment; those with
    a better direction are to be maximised or minimised. What an experiment does not set stays as the scenario has it. The model
    can be pickled, for evaluators with processes. Raises InputError, UnknownName.
    """
    workbench = library("ema_workbench")
    scenario = load(scenario) if isinstance(scenario, str) else scenario
    if runs < 1:
        raise InputError(f"The number of runs cannot be {runs}", allowed="a whole number from 1")
    names = list(outcomes) if outcomes is not None else [name.partition(":")[0] for name in DEFAULT_OBJECTIVES]
    for name in names:
        metric(name)
    unknown = list(uncertainties) if uncertainties is not None else list(PARAMETERS)
    for name in unknown:
        if name not in PARAMETERS:
            raise UnknownName("parameter", name, PARAMETERS)
    seeds = seeds_from(scenario.seeds.first if first_seed is None else first_seed, runs)
    model = workbench.Model(_identifier(scenario.name), function=Experiment(scenario, tuple(names), seeds))
    model.levers = [_lever(workbench, scenario, factor) for factor in read_levers(levers)]
    model.uncertainties = [_uncertainty(workbench, scenario, name) for name in unknown]
    model.outcomes = [workbench.ScalarOutcome(name, kind=METRICS[name].direction) for name in names]
    return model


class Experiment:
    """Plays one experiment: called with values of levers and uncertainties, it gives outcomes by name."""

    def __init__(self, scenario: Scenario, outcomes: tuple[str, ...], seeds: range) -> None:
        self.scenario, self.outcomes, self.seeds = scenario, outcomes, seeds
        self._own = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        return _experiment, (self.scenario.text, self.outcomes, self.seeds)

    def __call__(self, **given: Any) -> dict[str, float]:
        """Outcomes at the end, means over the seeds. Raises LedgerError, UnknownName for what is neither lever nor uncertainty."""
        factors = tuple(factor_named(name.replace(DOT, "."), Marked(name, "an experiment")) for name in given)
        values = np.array([_number(factor, value) for factor, value in zip(factors, given.values(), strict=True)])
        stage = self._stage(factors)
        rows = np.empty((self.scenario.quarters, len(self.outcomes)))
        ends = np.empty((len(self.seeds), len(self.outcomes)))
        for run, seed in enumerate(self.seeds):
            stage.play(values, seed)
            stage.keep(rows)
            ends[run] = [at_end(rows[:, number], METRICS[name]) for number, name in enumerate(self.outcomes)]
        return dict(zip(self.outcomes, ends.mean(axis=0).tolist(), strict=True))

    def _stage(self, factors: tuple[Factor, ...]) -> Any:
        """A world of this thread on which these factors can be set."""
        from sim.sweep.playing import Stage

        if getattr(self._own, "factors", None) != factors:
            self._own.factors, self._own.stage = factors, Stage(self.scenario, factors, self.outcomes, "quarter")
        return self._own.stage


def _experiment(text: str, outcomes: tuple[str, ...], seeds: range) -> Experiment:
    return Experiment(loads(text), outcomes, seeds)


def _number(factor: Factor, value: Any) -> float:
    """A sampled value as the number that the model takes; a choice may also be given by its name."""
    if factor.kind == LEVER and isinstance(value, str):
        choices = LEVERS[factor.name].choices
        if value not in choices:
            raise UnknownName("choice", value, choices, where=f"for '{factor.name}'")
        return float(choices.index(value))
    return float(value)


def _lever(workbench: Any, scenario: Scenario, factor: Factor) -> Any:
    """A lever as the workbench has it; its default is that of the scenario where all its values are the same."""
    name = factor.label.replace(".", DOT)
    held = {scenario.levers[factor.name][index] for index in factor.indices}
    default = held.pop() if len(held) == 1 else None
    if factor.integer:  # the workbench's optimisers cannot mix its categories with numbers
        whole = None if default is None else int(default)
        return workbench.IntegerParameter(name, int(factor.low), int(factor.high), default=whole)
    return workbench.RealParameter(name, factor.low, factor.high, default=default)


def _uncertainty(workbench: Any, scenario: Scenario, name: str) -> Any:
    """An uncertainty over the scenario's range of it, or else over its prior."""
    from scipy.stats import triang

    held = scenario.uncertainties[name]
    span = held if isinstance(held, Range) else prior(PARAMETERS[name])
    default = None if isinstance(held, Range) else float(held)
    if span.distribution == "triangular":
        width = span.high - span.low
        shape = triang((span.mode - span.low) / width, loc=span.low, scale=width)
        return workbench.RealParameter.from_dist(name, shape, default=default)
    return workbench.RealParameter(name, span.low, span.high, default=default)


def _identifier(name: str) -> str:
    text = re.sub(r"\W", "_", name)
    return text if text.isidentifier() else f"scenario_{text}"
