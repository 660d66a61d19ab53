"""What makes the difference between two scenarios: Shapley's shares of the levers and fields in which they differ.

The value of a set of differences is the metric in the last year of a run in which these are as in the second scenario and the
others as in the first. A part is the mean, over all orders in which the differences could be brought in, of what it adds
(Shapley 1953). Parts add up to the whole difference, seed by seed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray

from totalplace.scenarios import loads, scenario_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.registry import named
from totalplace.scenarios.scenario import Scenario, canonical_text
from totalplace.scenarios.vocabulary import label
from totalplace.sim.analysis.decomposition.words import Decomposition, answer
from totalplace.sim.engine.ensemble import Progress
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.engine.seeds import seeds_from
from totalplace.sim.model.metrics import Metric, metric
from totalplace.sim.results.compare import check_pair
from totalplace.sim.results.run import at_end

#: Most groups for which every set of them is played; beyond, orders are sampled.
MOST_EXACT: Final = 10
#: Orders sampled beyond that, each with its reverse (antithetic).
ORDERS: Final = 50
#: What says nothing about a run.
_ABOUT: Final = ("name", "title", "description", "seeds")
#: What has to be the same for runs to be paired.
_FIXED: Final = ("place", "year", "start", "quarters")
#: Arrangement fields that only make sense together: nobody can decide by a rule where nobody commissions.
_TOGETHER: Final = ("decision_rule", "commissioners")

#: The value of a set of players, one number a seed (R,).
Game = Callable[[frozenset[int]], NDArray[np.float64]]


def shapley(game: Game, players: int) -> NDArray[np.float64]:
    """Shapley value (players, R) of a game, from all of its 2^players sets."""
    values = {team: game(team) for size in range(players + 1) for team in map(frozenset, combinations(range(players), size))}
    parts = np.zeros((players, len(values[frozenset()])))
    for team, value in values.items():
        others = len(team)
        if others < players:
            weight = math.factorial(others) * math.factorial(players - others - 1) / math.factorial(players)
            for player in set(range(players)) - team:
                parts[player] += weight * (values[team | {player}] - value)
    return parts


def sampled_shapley(
    game: Game, players: int, orders: int = ORDERS, seed: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate of the Shapley value (players, R) from random orders and their reverses (Castro, Gomez and Tejada 2009), and the
    standard errors (players,) of its means over R. The parts add up to the whole difference whatever the orders.
    """
    added = []
    for order in _orders(players, orders, seed):
        parts = np.zeros((players, len(game(frozenset()))))
        for way in (order, order[::-1]):
            team: frozenset[int] = frozenset()
            for player in way:
                joined = team | {player}
                parts[player] += 0.5 * (game(joined) - game(team))
                team = joined
        added.append(parts)
    means = np.array([parts.mean(axis=1) for parts in added])
    return np.mean(added, axis=0), means.std(axis=0, ddof=1) / math.sqrt(orders)


def _orders(players: int, orders: int, seed: int) -> list[list[int]]:
    """Random orders of the players, the same for equal seeds."""
    from scipy.stats import uniform

    draws = uniform.rvs(size=(orders, players), random_state=seed)
    return [[int(player) for player in row] for row in np.argsort(draws, axis=1)]


def differences(first: Scenario, second: Scenario) -> dict[str, tuple[tuple[str, str], ...]]:
    """The groups of differences between two scenarios: by name, the places in their contents that belong to it.

    A lever is a group with all its departments or themes, an arrangement field is one, and so is every other key. Decision rule
    and commissioners go together. Raises InputError when the scenarios cannot be paired or do not differ.
    """
    check_pair(second, first)
    ours, theirs = _content(first), _content(second)
    groups: dict[str, tuple[tuple[str, str], ...]] = {}
    for key in ours:
        if key in (*_ABOUT, *_FIXED) or ours[key] == theirs[key]:
            continue
        if key in ("levers", "uncertainties", "arrangement"):
            for name in theirs[key]:
                if name not in (*_ABOUT, "levers") and ours[key].get(name) != theirs[key][name]:
                    group = "decision rule and commissioners" if key == "arrangement" and name in _TOGETHER else named(name)
                    groups[group] = (*groups.get(group, ()), (key, name))
        else:
            groups[label(key)] = ((key, ""),)
    if not groups:
        raise InputError(f"'{first.name}' and '{second.name}' do not differ in anything that a run depends on",
                         allowed="scenarios with other levers or arrangement fields")
    return groups


def mixed(first: Scenario, second: Scenario, places: Iterable[tuple[str, str]], name: str = "mixed") -> Scenario:
    """The first scenario with the contents of the second at these places. Raises InputError if that is no scenario."""
    content, other = _content(first), _content(second)
    for key, inner in places:
        if inner:
            content[key] = content[key] | {inner: other[key][inner]}
        else:
            content[key] = other[key]
    return loads(canonical_text(content | {"name": name}), name)


def _content(scenario: Scenario) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(scenario.text)
    return content


def decompose(
    first: Scenario | str | Path, second: Scenario | str | Path, metric_name: str = "net_saving", runs: int | None = None, *,
    first_seed: int | None = None, most_exact: int = MOST_EXACT, orders: int = ORDERS, threads: int | None = None,
    progress: Progress | None = None,
) -> Decomposition:
    """Decompose the difference of a metric in the last year, ``second`` less ``first``, into the differences between the scenarios.

    Scenarios may be given as such, by name or by path. Up to ``most_exact`` groups every set of them is played, with ``runs`` seeds
    each (default: 20), the same ones everywhere; beyond, ``orders`` random orders and their reverses. ``progress`` is called with
    runs done and about how many there are. Raises InputError for scenarios that cannot be paired or do not differ, LedgerError.
    """
    measured = metric(metric_name)
    first, second = scenario_of(first), scenario_of(second)
    groups = differences(first, second)
    names, places = list(groups), list(groups.values())
    runs = 20 if runs is None else whole(runs, "number of runs")
    orders, most_exact = whole(orders, "number of orders", 2), whole(most_exact, "number of exact groups", 0)
    seeds = seeds_from(first.seeds.first if first_seed is None else first_seed, runs)
    exact = len(names) <= most_exact
    teams = 2 ** len(names) if exact else 2 * orders * (len(names) - 1) + 2
    game = _Played(first, second, places, measured, seeds, threads, progress, teams)
    if exact:
        game.play(frozenset(team) for size in range(len(names) + 1) for team in combinations(range(len(names)), size))
        parts, errors = shapley(game, len(names)), np.zeros(len(names))
    else:
        ways = [way for order in _orders(len(names), orders, 1) for way in (order, order[::-1])]
        game.play(frozenset(way[:size]) for way in ways for size in range(len(names) + 1))
        parts, errors = sampled_shapley(game, len(names), orders)
    bottom, top = game(frozenset()), game(frozenset(range(len(names))))
    return answer(first, second, measured, names, parts, bottom, top - bottom, exact, errors, len(game.values))


class _Played:
    """The game: the metric in the last year of runs of mixed scenarios, each set of differences played once, sets side by side."""

    def __init__(
        self, first: Scenario, second: Scenario, places: Sequence[tuple[tuple[str, str], ...]], measured: Metric, seeds: range,
        threads: int | None, progress: Progress | None, teams: int,
    ) -> None:
        self.first, self.second, self.places, self.metric, self.seeds = first, second, places, measured, seeds
        self.threads, self.progress, self.teams = threads, progress, teams
        self.values: dict[frozenset[int], NDArray[np.float64]] = {}
        self._lock = threading.Lock()

    def __call__(self, team: frozenset[int]) -> NDArray[np.float64]:
        if team not in self.values:
            self._play(team)
        return self.values[team]

    def play(self, teams: Iterable[frozenset[int]]) -> None:
        """Play sets of differences on threads."""
        side_by_side(self._play, list(dict.fromkeys(teams)), self.threads)

    def _play(self, team: frozenset[int]) -> None:
        from totalplace.sim.engine.sweep.playing import DesignStage

        scenario = mixed(self.first, self.second, (place for player in sorted(team) for place in self.places[player]))
        series = DesignStage(scenario, (), [self.metric.name], "quarter").rows(np.zeros(0), self.seeds)[..., 0]
        with self._lock:
            self.values[team] = at_end(series, self.metric)
            if self.progress is not None:
                self.progress(len(self.values) * len(self.seeds), max(self.teams, len(self.values)) * len(self.seeds))
