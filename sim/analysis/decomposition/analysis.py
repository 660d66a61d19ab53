"""What makes the difference between two scenarios: Shapley's shares of the levers and fields in which they differ.

The value of a set of differences is the metric in the last year of a run in which these are as in the second scenario and the
others as in the first. A part is the mean, over all orders in which the differences could be brought in, of what it adds
(Shapley 1953). Parts add up to the whole difference, seed by seed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from totalplace.scenarios import loads, scenario_of
from totalplace.scenarios.canonical_text import canonical_text
from totalplace.scenarios.dated_arrangements import WITH
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.ingredients import ingredient_of
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.registry import named
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import label, period_of
from totalplace.sim.analysis.decomposition.words import Decomposition, answer
from totalplace.sim.engine.ensemble import Progress
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.engine.seeds import seeds_from
from totalplace.sim.model.metrics import Metric, without_value
from totalplace.sim.results.compare import check_pair
from totalplace.sim.results.relative import metric_called, parted
from totalplace.sim.results.run import at_end
from totalplace.sim.results.wording import count, listing

#: Most groups for which every set of them is played; beyond, orders are sampled.
MOST_EXACT: Final = 10
#: Orders sampled beyond that, each with its reverse (antithetic).
ORDERS: Final = 50
#: What says nothing about a run.
_ABOUT: Final = ("name", "title", "description", "seeds")
#: What has to be the same for runs to be paired.
_FIXED: Final = ("place", "year", "start", "quarters")
#: Dated changes that the name of their group tells.
MOST_DATED: Final = 4
#: Arrangement fields that only make sense together: nobody can decide by a rule where nobody commissions.
_TOGETHER: Final = ("decision_rule", "commissioners")

#: What groups of differences are: each lever and field by itself, or ingredients of arrangements.
FIELDS: Final = "fields"
INGREDIENTS: Final = "ingredients"
BY: Final = (FIELDS, INGREDIENTS)

#: The value of a set of players: one number a seed (R,), or one for each metric and seed (M, R).
Game = Callable[[frozenset[int]], NDArray[np.float64]]


def shapley(game: Game, players: int) -> NDArray[np.float64]:
    """Shapley value (players, R) of a game, or (players, M, R), from all of its 2^players sets."""
    values = {team: game(team) for size in range(players + 1) for team in map(frozenset, combinations(range(players), size))}
    parts = np.zeros((players, *values[frozenset()].shape))
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
    standard errors (players,) of its means over R; with metrics (players, M, R) and (players, M). The parts add up
    to the whole difference whatever the orders.
    """
    added = []
    for order in _orders(players, orders, seed):
        parts = np.zeros((players, *game(frozenset()).shape))
        for way in (order, order[::-1]):
            team: frozenset[int] = frozenset()
            for player in way:
                joined = team | {player}
                parts[player] += 0.5 * (game(joined) - game(team))
                team = joined
        added.append(parts)
    means = np.array([parts.mean(axis=-1) for parts in added])
    return np.mean(added, axis=0), means.std(axis=0, ddof=1) / math.sqrt(orders)


def _orders(players: int, orders: int, seed: int) -> list[list[int]]:
    """Random orders of the players, the same for equal seeds."""
    from scipy.stats import uniform

    draws = uniform.rvs(size=(orders, players), random_state=seed)
    return [[int(player) for player in row] for row in np.argsort(draws, axis=1)]


def differences(first: Scenario, second: Scenario, by: str = FIELDS) -> dict[str, tuple[tuple[str, str], ...]]:
    """The groups of differences between two scenarios: by name, the places in their contents that belong to it.

    By fields, a lever is a group with all its departments or themes, an arrangement field is one, and so is every other key;
    decision rule and commissioners go together, and so do all dated events. By ingredients, fields and levers are grouped as
    ``ingredients.yaml`` says, and decision rule and commissioner are one group only where one of the scenarios has nobody who
    commissions. Raises InputError when the scenarios cannot be paired or do not differ.
    """
    check_pair(second, first)
    if by not in BY:
        raise InputError(f"Differences cannot be grouped by '{by}'", allowed=BY)
    joined = by == FIELDS or not all(one.arrangement.commissioners for one in (first, second))
    ours, theirs = _content(first), _content(second)
    groups: dict[str, tuple[tuple[str, str], ...]] = {}
    for key in ours:
        if key in (*_ABOUT, *_FIXED) or ours[key] == theirs[key]:
            continue
        if key in ("levers", "uncertainties", "arrangement"):
            for name in theirs[key]:
                if name not in (*_ABOUT, "levers") and ours[key].get(name) != theirs[key][name]:
                    group = _group(key, name, by, joined)
                    groups[group] = (*groups.get(group, ()), (key, name))
        else:
            groups[_dated(ours[key], theirs[key]) if key == "events" else label(key)] = ((key, ""),)
    if not groups:
        raise InputError(f"'{first.name}' and '{second.name}' do not differ in anything that a run depends on",
                         allowed="scenarios with other levers or arrangement fields")
    return groups


def _group(key: str, name: str, by: str, joined: bool) -> str:
    """The group that a field or lever belongs to; ``joined`` where decision rule and commissioners go together."""
    if key == "arrangement" and joined and by == FIELDS and name in _TOGETHER:
        return "decision rule and commissioners"
    one = ingredient_of(key, name) if by == INGREDIENTS else None
    if one is None:
        return named(name)
    together = [ingredient_of("arrangement", field) for field in _TOGETHER] if joined else []
    return " and ".join(other.label for other in together if other is not None) if one in together else one.label


def _dated(*written: object) -> str:
    """The group of dated events, with those that only one of two scenarios has: what changes, and when.

    Levers that come with an arrangement are not named beside it.
    """
    dates: dict[str, list[str]] = {}
    ours, theirs = (one if isinstance(one, list) else [] for one in written)  # 'none' where a scenario has no events
    apart = [one for one in [*ours, *theirs] if one not in ours or one not in theirs]
    for event in sorted(apart, key=lambda one: str(one["date"])):
        if event.get("why") != WITH:
            dates.setdefault(_changes(event), []).append(str(event["date"]))
    told = [f"{what} ({when[0]})" if len(set(when)) == 1 else f"{what} ({when[0]} to {when[-1]})" for what, when in dates.items()]
    shown = told if len(told) <= MOST_DATED else [*told[: MOST_DATED - 1], count(len(told) - MOST_DATED + 1, "other")]
    return f"events: {listing(shown)}" if shown else "events"


def _changes(event: Mapping[str, Any]) -> str:
    """What a dated event changes: an arrangement or a budget path by its name, or a lever."""
    for key, words in (("arrangement", "arrangement"), ("cuts", "budget path")):
        if key in event:
            whole = event[key]
            return f"{words} {whole.get('name', whole.get('title', '')) if isinstance(whole, Mapping) else whole}".rstrip()
    return label(str(event["lever"]))


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
    return dict(_read(scenario.text))


@lru_cache(maxsize=2)
def _read(text: str) -> Mapping[str, Any]:
    """The contents of a scenario's text, read once for all that is mixed of it."""
    content: Mapping[str, Any] = yaml.safe_load(text)
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
    metric_called(metric_name)
    first, second = (scenario_of(one).for_many_runs() for one in (first, second))
    measured = metric_called(metric_name, period_of(first.year))
    found = taken_apart(
        first, second, [measured], runs, differences(first, second), first_seed=first_seed, most_exact=most_exact, orders=orders,
        threads=threads, progress=progress,
    )
    return answer(
        first, second, measured, found.groups, found.parts[:, 0], found.start[0], found.total[0], found.exact, found.errors[:, 0],
        found.teams,
    )


class Parts(NamedTuple):
    """Parts (groups, M, R) of the differences (M, R) of metrics between two scenarios; see :class:`Decomposition`."""

    groups: list[str]
    parts: NDArray[np.float64]
    start: NDArray[np.float64]
    total: NDArray[np.float64]
    exact: bool
    errors: NDArray[np.float64]
    teams: int


def taken_apart(
    first: Scenario, second: Scenario, metrics: Sequence[Metric], runs: int | None,
    groups: Mapping[str, Sequence[tuple[str, str]]], *, first_seed: int | None = None, most_exact: int = MOST_EXACT,
    orders: int = ORDERS, threads: int | None = None, progress: Progress | None = None,
) -> Parts:
    """The parts that groups of differences have in the differences of metrics. Raises InputError, LedgerError."""
    for one in metrics:
        if silent := next((each for each in (first, second) if without_value(parted(one.name)[0], each)), None):
            why = without_value(parted(one.name)[0], silent)
            raise InputError(f"{one.label.capitalize()} has no value under '{silent.name}': {why}",
                             allowed="a metric that has one in both scenarios")
    names, places = list(groups), list(groups.values())
    runs = 20 if runs is None else whole(runs, "number of runs")
    orders, most_exact = whole(orders, "number of orders", 2), whole(most_exact, "number of exact groups", 0)
    seeds = seeds_from(first.seeds.first if first_seed is None else first_seed, runs)
    exact = len(names) <= most_exact
    teams = 2 ** len(names) if exact else 2 * orders * (len(names) - 1) + 2
    game = _Played(first, second, places, metrics, seeds, threads, progress, teams)
    if exact:
        game.play(frozenset(team) for size in range(len(names) + 1) for team in combinations(range(len(names)), size))
        parts, errors = shapley(game, len(names)), np.zeros((len(names), len(metrics)))
    else:
        ways = [way for order in _orders(len(names), orders, 1) for way in (order, order[::-1])]
        game.play(frozenset(way[:size]) for way in ways for size in range(len(names) + 1))
        parts, errors = sampled_shapley(game, len(names), orders)
    bottom, top = game(frozenset()), game(frozenset(range(len(names))))
    return Parts(names, parts, bottom, top - bottom, exact, errors, len(game.values))


class _Played:
    """The game: metrics in the last year of runs of mixed scenarios, each set of differences played once, sets side by side."""

    def __init__(
        self, first: Scenario, second: Scenario, places: Sequence[Sequence[tuple[str, str]]], metrics: Sequence[Metric],
        seeds: range, threads: int | None, progress: Progress | None, teams: int,
    ) -> None:
        self.first, self.second, self.places, self.metrics, self.seeds = first, second, places, metrics, seeds
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
        series = DesignStage(scenario, (), [one.name for one in self.metrics], "quarter").rows(np.zeros(0), self.seeds)
        ends = np.array([at_end(series[..., m], one) for m, one in enumerate(self.metrics)])
        with self._lock:
            self.values[team] = ends
            if self.progress is not None:
                self.progress(len(self.values) * len(self.seeds), max(self.teams, len(self.values)) * len(self.seeds))
