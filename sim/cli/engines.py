"""The two faces of the model behind the option --engine: compiled rules on threads, or Mesa models one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sim
from sim.cli.options import Engine
from sim.results import Ensemble
from sim.runs import seeds_from

if TYPE_CHECKING:
    from scenarios.scenario import Scenario


def compiled(scenario: Scenario, *, runs: int, first_seed: int, progress: Callable[[int, int], None]) -> Ensemble:
    """An ensemble of compiled runs; ``progress`` is told how many are finished."""
    return sim.ensemble(scenario, runs=runs, first_seed=first_seed, progress=progress)


def mesa(scenario: Scenario, *, runs: int, first_seed: int, progress: Callable[[int, int], None]) -> Ensemble:
    """The same ensemble from Mesa models; ``progress`` is told how many are finished."""
    finished = []
    for number, seed in enumerate(seeds_from(first_seed, runs)):
        model = sim.PlaceModel(scenario, rng=seed)
        for _ in range(scenario.quarters):
            model.step()
        finished.append(model.result())
        progress(number + 1, runs)
    return Ensemble.of(finished)


ENGINES = {Engine.compiled: compiled, Engine.mesa: mesa}
