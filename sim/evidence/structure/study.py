"""Every structural check in one go: what ``totalplace structure`` runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import load
from totalplace.sim.evidence.structure.convergence import Grain, Step, by_clusters, by_step
from totalplace.sim.evidence.structure.loop_gain import Gains, Spiral, loop_gains, spiral
from totalplace.sim.evidence.structure.ranking import Ranking, Topology, rankings, topologies

#: Small, middling and large, from three regions.
PLACES: Final = ("Darlington", "Nottingham", "Suffolk")
SEED: Final = 20101018
#: Runs of each check for each run asked for.
_DRAWS, _GRAIN, _STEPS, _NETWORKS = 0.5, 0.1, 0.2, 0.15
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Structure:
    """What the structural checks found."""

    places: tuple[str, ...]
    gains: Gains
    spiral: Spiral
    grain: Grain
    steps: list[Step]
    topology: Topology
    rankings: list[Ranking]


def study(runs: int = 400, places: tuple[str, ...] = PLACES, threads: int | None = None,
          progress: Progress | None = None) -> Structure:
    """All checks: ``runs`` for each arrangement that is ranked, a part of that for the others.

    Raises InputError for unknown places, a place given twice, and fewer than 20 runs.
    """
    if runs < 20:
        raise InputError(f"{runs} runs are too few", allowed="20 or more")
    names = tuple(load(place).name for place in places)
    if len(set(names)) < len(names) or not names:
        raise InputError("places must be given, each once", allowed="one or more places, by name or code")
    tell = progress or (lambda words: None)

    def some(part: float) -> int:
        return max(5, round(part * runs))

    tell("loop gain")
    gains = loop_gains(names, some(_DRAWS), SEED, threads)
    followed = spiral(names[len(names) // 2])
    tell("neighbourhoods")
    grain = by_clusters(names[:2], some(_GRAIN), threads)
    tell("length of a step")
    steps = by_step(names, some(_STEPS), threads)
    tell("network")
    topology = topologies(names, some(_NETWORKS), threads)
    tell("rankings")
    ranked = rankings(names, runs, SEED, threads)
    return Structure(names, gains, followed, grain, steps, topology, ranked)
