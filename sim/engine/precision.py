"""As many runs as a statement needs: more are added until the half-width of its 95% interval is as small as asked for.

Seeds go on where they stopped, so that the result is the one of a run with that many runs from the start. Looking at the interval
after each round makes it cover a little less often than 95%; the rounds are few, since each one asks for the runs that the last
interval says are needed (its half-width shrinks with the root of their number).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import TooLarge, room_for_more
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.compare import check_scenarios, difference, shared_draws
from totalplace.sim.results.monte_carlo import quantile_interval, share_interval
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.what_is_known import effective
from totalplace.sim.results.wording import amount, count, listing

#: Most runs of a scenario, unless others are asked for.
MOST_RUNS: Final = 2_000
#: A round adds at least a tenth, and at most so many times what there is; numbers of runs are rounded up to tens.
_LEAST, _GROWTH, _ROUND = 1.1, 4.0, 10
BETTER: Final = "better"
_FORM: Final = "METRIC=WIDTH in the metric's unit, such as net_saving=0.1, or METRIC:better=WIDTH, such as net_saving:better=0.05"

#: Plays runs of scenarios: how many, and the first seed.
Player = Callable[[Sequence[Scenario], int, int], list[Ensemble]]


@dataclass(frozen=True)
class Goal:
    """A half-width that is asked for: of the median of a metric, or of the share of runs that are ``better`` (0-1).

    With one scenario the median is that of the last year; with several, of each difference from the baseline.
    """

    metric: Metric
    width: float
    better: bool = False

    def half(self, ensemble: Ensemble, baseline: Ensemble | None) -> float:
        """The half-width that the runs give; infinite for too few."""
        name = self.metric.name
        values = ensemble.at_end(name) if baseline is None else difference(ensemble, baseline, name)
        draws = ensemble.draws if baseline is None else shared_draws(ensemble, baseline)
        if self.better:
            better = values * self.metric.direction > 0
            return share_interval(int(better.sum()), len(values), effective(better, draws)).half(float(better.mean()))
        interval = quantile_interval(values, draws=draws)
        return interval.half(float(np.median(values))) if interval.known else math.inf

    def shown(self, half: float) -> str:
        """A half-width in words."""
        if math.isinf(half):
            return "unknown"
        words = f"{100 * half:.1f} points" if self.better else amount(half, self.metric.unit, signed=True).lstrip("+")
        if half and not any(digit in words for digit in "123456789"):  # smaller than figures are shown
            words = f"{100 * half:g} points" if self.better else f"{half:g}"
        return f"±{words}"

    @property
    def words(self) -> str:
        """What is to be so precise."""
        return f"the share of runs with better {self.metric.label}" if self.better else f"the median of {self.metric.label}"

    @property
    def written(self) -> str:
        """The goal as it is given."""
        return f"{self.metric.name}{':' + BETTER if self.better else ''}={self.width:g}"


@dataclass(frozen=True, eq=False)
class Reached:
    """Ensembles of as many runs as it took, and for each goal the greatest half-width over the scenarios.

    ``full`` says that no more runs fit in memory beside those there are.
    """

    ensembles: list[Ensemble]
    goals: tuple[Goal, ...]
    halves: tuple[float, ...]
    most: int
    full: bool = False

    @property
    def met(self) -> bool:
        """Whether every goal is met."""
        return all(half <= goal.width for goal, half in zip(self.goals, self.halves, strict=True))

    @property
    def words(self) -> str:
        """What was asked for and what came of it, as one sentence."""
        runs = self.ensembles[0].runs
        parts = [f"{goal.words} to {goal.shown(goal.width)} ({goal.shown(half)} reached)"
                 for goal, half in zip(self.goals, self.halves, strict=True)]
        each = " of each scenario" if len(self.ensembles) > 1 else ""
        bound = f"that fit in memory, {runs:,}" if self.full else f"allowed, {self.most:,}"
        end = "" if self.met else f" Not met with the most runs {bound}."
        return f"Precision asked for: {listing(parts)}; {count(runs, 'run')}{each}.{end}"

    @property
    def record(self) -> dict[str, Any]:
        """The same for a manifest."""
        halves = [None if math.isinf(half) else half for half in self.halves]
        asked = [goal.written for goal in self.goals]
        return {"asked": asked, "half_widths": halves, "met": self.met, "runs": self.ensembles[0].runs, "most": self.most} | (
            {"full": True} if self.full else {}
        )


def read_goals(given: Sequence[str], compared: bool) -> tuple[Goal, ...]:
    """Goals from ``METRIC=WIDTH`` and ``METRIC:better=WIDTH``. Raises InputError, UnknownName."""
    return tuple(_read(text, compared) for text in given)


def _read(text: str, compared: bool) -> Goal:
    name, equals, width = text.partition("=")
    name, colon, kind = name.strip().partition(":")
    try:
        value = float(width)
    except ValueError:
        value = math.nan
    if not equals or (colon and kind != BETTER) or not 0.0 < value < math.inf:
        raise InputError(f"The precision '{text}' cannot be read", allowed=_FORM)
    known = metric_called(name)
    if colon and not compared:
        raise InputError(f"'{text}' is about a comparison: one scenario is better than nothing", allowed=f"{name}=WIDTH")
    if colon and known.direction == 0:
        raise InputError(f"More of '{name}' is neither better nor worse", allowed=f"{name}=WIDTH")
    if colon and value >= 1.0:
        raise InputError(f"A share of runs cannot be wrong by {value:g}", allowed="a share between 0 and 1, such as 0.05")
    return Goal(known, value, bool(colon))


def runs_until(
    scenarios: Sequence[Scenario], goals: Sequence[Goal | str], *, runs: int | None = None, most: int = MOST_RUNS,
    first_seed: int | None = None, baseline: int = 0, player: Player | None = None,
) -> Reached:
    """Play scenarios on the same seeds until every goal is met, or ``most`` runs of each are played.

    ``runs`` is the number to begin with (default: that of the first scenario), ``baseline`` the position of the scenario that the
    others are held against. Where no more runs fit in memory, those there are stand, and ``words`` says so. Raises InputError for
    goals that cannot be read, scenarios that cannot be paired, and runs to begin with that do not fit.
    """
    scenarios = [scenario.for_many_runs() for scenario in scenarios]
    check_scenarios(scenarios)
    asked = tuple(_read(goal, len(scenarios) > 1) if isinstance(goal, str) else goal for goal in goals)
    if not asked:
        raise InputError("No precision is asked for", allowed=_FORM)
    number = scenarios[0].seeds.count if runs is None else runs
    first = scenarios[0].seeds.first if first_seed is None else first_seed
    if most < number:
        raise InputError(f"The most runs, {most:,}, are fewer than the {number:,} to begin with", allowed=f"{number:,} or more")
    play = player or _played
    found = play(scenarios, number, first)
    while True:
        halves = tuple(_worst(goal, found, baseline) for goal in asked)
        reached = Reached(found, asked, halves, most)
        more = min(_needed(number, asked, halves), most) - number
        if reached.met or more < 1:
            return reached
        added = _added(play, scenarios, min(more, room_for_more(found)), first + number)
        if not added:
            return replace(reached, full=True)
        number += added[0].runs
        _join(found, added)


def _added(play: Player, scenarios: Sequence[Scenario], runs: int, first: int) -> list[Ensemble]:
    """So many more runs of every scenario, or half as many where they turn out not to fit in memory, and so on; none at last."""
    while runs >= 1:
        try:
            return play(scenarios, runs, first)
        except TooLarge:
            runs //= 2
    return []


def _join(found: list[Ensemble], added: list[Ensemble]) -> None:
    """Put added runs behind those there are, scenario by scenario, so that only one of them is held twice at a time."""
    added.reverse()
    for number in range(len(found)):
        found[number] = Ensemble.joined((found[number], added.pop()))


def _worst(goal: Goal, ensembles: Sequence[Ensemble], baseline: int) -> float:
    """The greatest half-width over the scenarios, but for the baseline."""
    if len(ensembles) == 1:
        return goal.half(ensembles[0], None)
    return max(goal.half(one, ensembles[baseline]) for number, one in enumerate(ensembles) if number != baseline)


def _needed(runs: int, goals: Sequence[Goal], halves: Sequence[float]) -> int:
    """About how many runs the goals need, by the half-widths that so many runs gave."""
    ratio = max((half / goal.width) ** 2 for goal, half in zip(goals, halves, strict=True))
    wanted = runs * min(max(ratio, _LEAST), _GROWTH)
    return -(-math.ceil(wanted) // _ROUND) * _ROUND


def _played(scenarios: Sequence[Scenario], runs: int, first_seed: int) -> list[Ensemble]:
    from totalplace.sim.engine.ensemble import check_together, ensemble

    check_together(scenarios, runs, first_seed)
    return [ensemble(scenario, runs=runs, first_seed=first_seed) for scenario in scenarios]


__all__ = ["MOST_RUNS", "Goal", "Reached", "read_goals", "runs_until"]
