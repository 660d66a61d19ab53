"""A scenario as a model of the EMA workbench, so that its experiments, optimisers and analyses work on ours."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios import loads, scenario_of
from totalplace.scenarios.errors import GivenTwice, InputError, UnknownName
from totalplace.scenarios.numbers import plain, whole
from totalplace.scenarios.reading import Marked, marked
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.choices import choices_of
from totalplace.scenarios.sweeps.factors import Factor, factor_named, factor_value
from totalplace.scenarios.uncertainties import Range, prior
from totalplace.sim.analysis.search.evaluation import DEFAULT_OBJECTIVES, listed, read_levers
from totalplace.sim.analysis.workbench_import import library
from totalplace.sim.engine.seeds import seeds_from
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import at_end

if TYPE_CHECKING:
    from ema_workbench import Model

#: Stands for the dot of ``clawback.health``: the workbench wants names that are Python identifiers.
DOT: Final = "__"
#: How the workbench has choices.
NAMES: Final = "names"
NUMBERS: Final = "numbers"


def ema_model(
    scenario: Scenario | str | Path, levers: Sequence[str] | None = None, uncertainties: Sequence[str] | None = None,
    outcomes: Sequence[str] | None = None, runs: int = 1, first_seed: int | None = None, choices: str = NAMES,
) -> Model:
    """A workbench model of a scenario: ``levers`` (default: all but the budget path), ``uncertainties`` (all) and ``outcomes``.

    ``scenario`` may be given as such, by name or by path. ``clawback`` is all departments together, ``clawback.health`` one of
    them, called ``clawback__health`` there. A choice has its names; with ``choices="numbers"`` it is the number of its name from 0,
    for the optimisers of the workbench, which cannot mix names with numbers. Outcomes are metrics at the end of the run, means over
    ``runs`` seeds that are the same in every experiment; those with a better direction are to be maximised or minimised. What an
    experiment does not set stays as the scenario has it. The model can be pickled, for evaluators with processes; it refuses values
    that no scenario could have. Raises InputError, UnknownName.
    """
    workbench = library("ema_workbench")
    scenario, runs = scenario_of(scenario), whole(runs, "number of runs")
    if choices not in (NAMES, NUMBERS):
        raise UnknownName("way to give choices", choices, (NAMES, NUMBERS))
    names = listed(outcomes, "outcomes") if outcomes is not None else [name.partition(":")[0] for name in DEFAULT_OBJECTIVES]
    for name in names:
        metric_called(name)
        if names.count(name) > 1:
            raise InputError(f"The outcome '{name}' is given twice", allowed="each metric once")
    unknown = listed(uncertainties, "uncertainties") if uncertainties is not None else list(PARAMETERS)
    for name in unknown:
        if name not in PARAMETERS:
            raise UnknownName("parameter", name, PARAMETERS)
        if unknown.count(name) > 1:
            raise InputError(f"The uncertainty '{name}' is given twice", allowed="each parameter once")
    varied = read_levers(levers)
    seeds = seeds_from(scenario.seeds.first if first_seed is None else first_seed, runs)
    model = workbench.Model(_identifier(scenario.name), function=Experiment(scenario, tuple(names), seeds))
    model.levers = [_lever(workbench, scenario, factor, choices) for factor in varied]
    model.uncertainties = [_uncertainty(workbench, scenario, name) for name in unknown]
    model.outcomes = [workbench.ScalarOutcome(name, kind=metric_called(name).direction) for name in names]
    return model


class Experiment:
    """Plays one experiment: called with values of levers and uncertainties, it gives outcomes by name."""

    def __init__(self, scenario: Scenario, outcomes: tuple[str, ...], seeds: range) -> None:
        self.scenario, self.outcomes, self.seeds = scenario, outcomes, seeds
        self._own = threading.local()

    def __reduce__(self) -> tuple[Any, ...]:
        return _experiment, (self.scenario.text, self.outcomes, self.seeds)

    def __call__(self, **given: Any) -> dict[str, float]:
        """Outcomes at the end, means over the seeds.

        Raises LedgerError, UnknownName for what is neither lever nor uncertainty, InputError for a value outside its range.
        """
        labels = [name.replace(DOT, ".") for name in given]
        factors = tuple(factor_named(label, Marked(label, "an experiment"), labels) for label in labels)
        _check_once(factors)
        values = np.array([_number(factor, value) for factor, value in zip(factors, given.values(), strict=True)])
        rows = self._stage(factors).rows(values, self.seeds)
        ends = np.stack([at_end(rows[..., number], metric_called(name)) for number, name in enumerate(self.outcomes)], axis=1)
        return dict(zip(self.outcomes, ends.mean(axis=0).tolist(), strict=True))

    def _stage(self, factors: tuple[Factor, ...]) -> Any:
        """A world of this thread on which these factors can be set."""
        from totalplace.sim.engine.sweep.playing import DesignStage

        if getattr(self._own, "factors", None) != factors:
            self._own.factors, self._own.stage = factors, DesignStage(self.scenario, factors, self.outcomes, "quarter")
        return self._own.stage


def _experiment(text: str, outcomes: tuple[str, ...], seeds: range) -> Experiment:
    return Experiment(loads(text), outcomes, seeds)


def _check_once(factors: Sequence[Factor]) -> None:
    """Raise InputError where two factors of an experiment set the same value."""
    owner: dict[tuple[str, int], str] = {}
    for factor in factors:
        for index in factor.indices:
            other = owner.setdefault((factor.name, index), factor.label)
            if other != factor.label:
                raise GivenTwice(factor.label, other)


def _number(factor: Factor, value: Any) -> float:
    """A value of an experiment as the number that the model takes, checked as everywhere; a choice may be its name or number."""
    value = plain(getattr(value, "value", value))  # the workbench may wrap a category
    choices = choices_of(factor.label)
    if choices and not isinstance(value, str):
        try:
            return float(whole(value, f"choice of '{factor.name}'", 0, len(choices) - 1))
        except InputError as error:
            error.allowed = f"{', '.join(choices)}; or their numbers, from 0 to {len(choices) - 1}"
            raise
    if factor.integer and isinstance(value, float) and value.is_integer():
        value = int(value)
    return factor_value(factor, marked(value, f"an experiment, {factor.label}"))


def _lever(workbench: Any, scenario: Scenario, factor: Factor, given: str) -> Any:
    """A lever as the workbench has it; its default is that of the scenario where all its values are the same."""
    name = factor.label.replace(".", DOT)
    held = {scenario.levers[factor.name][index] for index in factor.indices}
    default = held.pop() if len(held) == 1 else None
    choices = LEVERS[factor.name].choices
    if choices and given == NAMES:
        return workbench.CategoricalParameter(name, choices, default=None if default is None else choices[int(default)])
    if factor.integer:
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
