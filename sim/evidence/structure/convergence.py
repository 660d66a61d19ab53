"""What the grain of the model does: how many neighbourhoods, and how long a step.

The step cannot be set: quarters stand in rules and constants. A finer step is tried by stretching time: every quarter
becomes ``n`` steps, rates are cut so that ``n`` of them do what one did, durations and quarters are multiplied, and the
path of cuts is repeated. What stays in quarters whatever the step is named in ``KEPT``; it is part of what the comparison
shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.structure.stage import NAMES, Estimate, Trial, defaults, estimate, last_year, with_values
from totalplace.sim.model.world import World, build

METRICS: Final = ("pooled_share", "duplication_removed", "net_saving", "wellbeing", "inequality", "reactive_share", "mean_trust")
#: Numbers of neighbourhood clusters that are compared with the small areas themselves.
CLUSTERS: Final = ("1", "2", "3", "5", "10", "20", "finest")
#: Steps in a quarter, by scenario: months where nothing is negotiated, half quarters where it is (the set-up lag is bounded).
STEPS: Final = {"silo": 3, "joint-commissioning": 2}
#: The set-up lag of both sides of the comparison, so that its bounds in quarters do not bind when it is stretched.
LAG: Final = 2.0

#: How a parameter changes when a quarter becomes n steps.
_SHARES: Final = "n of them do what one did: 1 - (1 - x)^(1/n)"
_YEARLY: Final = "a year of the model is 1/n of a year: x / n"
_LASTING: Final = "so many more steps or model years: n x"
_ROOT: Final = "the spread of n draws: x / sqrt(n)"
_SAME: Final = "no time in it"
RESCALED: Final[dict[str, tuple[str, ...]]] = {
    _SHARES: ("redesign_rate", "capacity_growth", "trust_contact", "reputation_spread", "networking", "exit_rate",
              "record_learning", "habit", "stance_speed"),
    _YEARLY: ("demand_growth", "discount_rate", "trust_gain", "trust_loss", "turnover", "unit_cost_drift", "debt_cost",
              "looked_after_growth"),
    _LASTING: ("transition_years", "setup_lag", "horizon", "return_wait", "notice", "shortest_lag", "longest_lag",
               "council_cycle", "promise_ramp", "severance", "reorganisation_cost", "reorganisation_time"),
    _ROOT: ("outcome_noise",),
}
KEPT: Final = (
    "negotiations that a commissioner opens in a step, so that there are n times as many in a year",
    "trust that is reckoned once in four steps",
)


def rule_of(name: str) -> str:
    """How a parameter is rescaled, in words."""
    return next((rule for rule, names in RESCALED.items() if name in names), _SAME)


def stretched(values: Floats, n: int) -> Floats:
    """Parameters (P,) for steps of one n-th of a quarter."""
    change: dict[str, Callable[[float], float]] = {
        _SHARES: lambda x: 1.0 - (1.0 - x) ** (1.0 / n), _YEARLY: lambda x: x / n, _LASTING: lambda x: n * x,
        _ROOT: lambda x: x / np.sqrt(n), _SAME: lambda x: x,
    }
    return np.array([change[rule_of(name)](float(value)) for name, value in zip(PARAMETERS, values, strict=True)])


def finer(scenario: str, place: str, n: int) -> Trial:
    """A scenario whose quarters are n steps, ready to be played with stretched parameters."""
    plain = build(scenarios.load(scenario, place=place))
    path, prices = (np.repeat(np.asarray(one), n, axis=-1) for one in (plain.world.budget_path, plain.world.price_level))

    def change(world: World) -> None:
        world.budget_path[:], world.price_level[:] = path[:, :world.budget_path.shape[1]], prices
        world.domains["speed"] = 1.0 - (1.0 - world.domains.speed) ** (1.0 / n)

    return Trial(scenario, place, [f"quarters={n * plain.scenario.quarters}"], change)


@dataclass(frozen=True, eq=False)
class Grain:
    """Means in the last year, and differences from the finest level, by place and level, then by metric."""

    places: tuple[str, ...]
    levels: tuple[str, ...]
    runs: int
    level: dict[tuple[str, str], dict[str, Estimate]]
    difference: dict[tuple[str, str], dict[str, Estimate]]


@dataclass(frozen=True)
class Step:
    """A scenario with quarters and with finer steps: means over places and seeds, and the difference, by metric."""

    scenario: str
    steps: int
    runs: int
    quarter: dict[str, Estimate]
    fine: dict[str, Estimate]
    difference: dict[str, Estimate]


def by_clusters(places: tuple[str, ...], runs: int, threads: int | None = None) -> Grain:
    """Joint commissioning with 1 to all neighbourhoods, on the same seeds; outcomes' own noise differs by cohort."""
    seeds = range(1, runs + 1)

    def one(task: tuple[str, str]) -> Floats:
        place, level = task
        return last_year(Trial("joint-commissioning", place, [f"clusters={level}"]).play(defaults(), seeds, METRICS))

    tasks = [(place, level) for place in places for level in CLUSTERS]
    found = dict(zip(tasks, side_by_side(one, tasks, threads), strict=True))
    level = {(p, c): _by_metric(found[p, c]) for p, c in tasks}
    apart = {(p, c): _by_metric(found[p, c] - found[p, CLUSTERS[-1]]) for p, c in tasks}
    return Grain(places, CLUSTERS, runs, level, apart)


def by_step(places: tuple[str, ...], runs: int, threads: int | None = None) -> list[Step]:
    """Each scenario with quarters and with finer steps. Draws are addressed by step, so the two sides are independent."""
    seeds = range(1, runs + 1)
    values = with_values(defaults(), setup_lag=LAG)

    def one(task: tuple[str, int, str]) -> Floats:
        scenario, n, place = task
        if n == 1:
            return last_year(Trial(scenario, place).play(values, seeds, METRICS))
        played = finer(scenario, place, n).play(stretched(values, n), seeds, METRICS)
        return np.asarray(played[..., -4 * n :].mean(axis=-1))

    tasks = [(scenario, n, place) for scenario, fine in STEPS.items() for n in (1, fine) for place in places]
    found = dict(zip(tasks, side_by_side(one, tasks, threads), strict=True))
    steps = []
    for scenario, n in STEPS.items():
        # places are what they are: their mean is taken first, so that intervals are those of the seeds
        coarse, fine = (np.mean([found[scenario, k, place] for place in places], axis=0) for k in (1, n))
        apart = {name: _apart(fine[:, m], coarse[:, m]) for m, name in enumerate(METRICS)}
        steps.append(Step(scenario, n, runs, _by_metric(coarse), _by_metric(fine), apart))
    return steps


def _by_metric(values: Floats) -> dict[str, Estimate]:
    return {name: estimate(values[:, m]) for m, name in enumerate(METRICS)}


def _apart(one: Floats, other: Floats) -> Estimate:
    """Difference of the means of two independent samples with its 95% interval."""
    mean = float(one.mean() - other.mean())
    error = 1.96 * float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    return Estimate(mean, mean - error, mean + error)


def unclassified() -> set[str]:
    """Names in ``RESCALED`` that are no parameters: none, or the table is out of date."""
    return {name for names in RESCALED.values() for name in names} - set(NAMES)
