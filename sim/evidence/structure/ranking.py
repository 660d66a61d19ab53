"""How much the partnership network matters, and how many replicates make the ranking of arrangements stable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from totalplace.scenarios.vocabulary import TOPOLOGIES
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.structure.stage import Estimate, Trial, defaults, estimate, last_year
from totalplace.sim.model.metrics import METRICS as REGISTRY

#: The ten arrangements, each as its shipped scenario.
ARRANGEMENTS: Final = (
    "silo", "lsp", "board-political", "board-officer", "joint-commissioning", "outcome-partnership", "neighbourhood", "prototype",
    "mandated-pooling", "single-pot",
)
RANKED_BY: Final = ("pooled_share", "net_saving", "wellbeing")
REPLICATES: Final = (5, 10, 20, 50, 100, 200)
_RESAMPLED: Final = 400
#: A ranking is stable from this share of resamples, and with this Kendall tau against the ranking by all runs.
STABLE: Final = 0.95
TAU: Final = 0.95

NETWORKED: Final = ("lsp", "board-political", "joint-commissioning", "single-pot")
NETWORK_METRICS: Final = ("pooled_share", "duplication_removed", "net_saving", "wellbeing", "mean_trust", "density")
_PLAIN: Final = "core_periphery"


@dataclass(frozen=True, eq=False)
class Topology:
    """Differences of each topology from core-periphery on the same seeds, by scenario, topology and metric."""

    places: tuple[str, ...]
    runs: int
    level: dict[tuple[str, str], Estimate]
    difference: dict[tuple[str, str, str], Estimate]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rankings of the arrangements in a place by one metric, and how often fewer replicates give the same.

    ``order`` is the ranking by all ``runs``, best first; ``close`` the neighbours in it whose difference is within error.
    By number of replicates, at most ``runs``: ``same`` and ``best``, shares of resamples with the whole order and with the
    first place as by all runs; ``tau`` (low, mean), the 5% point and the mean of Kendall's tau. ``needed``: the least number
    with a tau of ``TAU`` and the best one in ``STABLE`` of resamples, None if more than tried.
    """

    place: str
    metric: str
    runs: int
    order: tuple[str, ...]
    means: tuple[Estimate, ...]
    close: tuple[tuple[str, str], ...]
    same: tuple[float, ...]
    best: tuple[float, ...]
    tau: tuple[tuple[float, float], ...]
    needed: int | None


def topologies(places: tuple[str, ...], runs: int, threads: int | None = None) -> Topology:
    """Every topology in four arrangements, on the same seeds in every place."""
    seeds = range(1, runs + 1)

    def one(task: tuple[str, str, str]) -> Floats:
        scenario, network, place = task
        return last_year(Trial(scenario, place, [f"network={network}"]).play(defaults(), seeds, NETWORK_METRICS))

    tasks = [(scenario, network, place) for scenario in NETWORKED for network in TOPOLOGIES for place in places]
    played = dict(zip(tasks, side_by_side(one, tasks, threads), strict=True))
    mean = {(s, n): np.mean([played[s, n, place] for place in places], axis=0) for s in NETWORKED for n in TOPOLOGIES}
    level = {(s, name): estimate(mean[s, _PLAIN][:, m]) for s in NETWORKED for m, name in enumerate(NETWORK_METRICS)}
    difference = {
        (s, n, name): estimate(mean[s, n][:, m] - mean[s, _PLAIN][:, m])
        for s in NETWORKED for n in TOPOLOGIES if n != _PLAIN for m, name in enumerate(NETWORK_METRICS)
    }
    return Topology(places, runs, level, difference)


def tau(ranks: Floats, other: Floats) -> Floats:
    """Kendall's tau of rankings (N, K) with one ranking (K,), without ties."""
    upper = np.triu_indices(ranks.shape[1], 1)
    agree = np.sign(ranks[:, upper[0]] - ranks[:, upper[1]]) * np.sign(other[upper[0]] - other[upper[1]])
    return np.asarray(agree.mean(axis=1))


def rank(values: Floats, more_is_better: bool) -> Floats:
    """Ranks (..., K) of values (..., K), 0 the best; equal values in the order given."""
    order = np.argsort(-values if more_is_better else values, axis=-1, kind="stable")
    return np.asarray(np.argsort(order, axis=-1, kind="stable"), dtype=np.float64)


def ranking(place: str, metric: str, values: Floats, seed: int) -> Ranking:
    """How stable the ranking by ``metric`` is, from runs (runs, K) of the arrangements on common seeds."""
    better = REGISTRY[metric].direction >= 0
    runs = len(values)
    full = rank(values.mean(axis=0), better)
    order = np.argsort(full)
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    same, best, taus, needed = [], [], [], None
    for number in [one for one in REPLICATES if one <= runs]:
        means = np.stack([values[rng.integers(0, runs, number)].mean(axis=0) for _ in range(_RESAMPLED)])
        found = rank(means, better)
        agreement = tau(found, full)
        same.append(float((found == full).all(axis=1).mean()))
        best.append(float((found[:, order[0]] == 0).mean()))
        taus.append((float(np.quantile(agreement, 1.0 - STABLE)), float(agreement.mean())))
        if needed is None and taus[-1][0] >= TAU and best[-1] >= STABLE:
            needed = number
    close = tuple(
        (ARRANGEMENTS[a], ARRANGEMENTS[b]) for a, b in pairwise(order)
        if not estimate(values[:, a] - values[:, b]).clear
    )
    return Ranking(
        place, metric, runs, tuple(ARRANGEMENTS[i] for i in order), tuple(estimate(values[:, i]) for i in order), close,
        tuple(same), tuple(best), tuple(taus), needed,
    )


def rankings(places: tuple[str, ...], runs: int, seed: int, threads: int | None = None) -> list[Ranking]:
    """The ten arrangements ranked in every place by every metric of ``RANKED_BY``."""
    seeds = range(1, runs + 1)

    def one(task: tuple[str, str]) -> Floats:
        place, arrangement = task
        return last_year(Trial(arrangement, place).play(defaults(), seeds, RANKED_BY))

    tasks = [(place, arrangement) for place in places for arrangement in ARRANGEMENTS]
    played = dict(zip(tasks, side_by_side(one, tasks, threads), strict=True))
    return [
        ranking(place, metric, np.stack([played[place, a][:, m] for a in ARRANGEMENTS], axis=1), seed)
        for place in places for m, metric in enumerate(RANKED_BY)
    ]
