"""The two faces of the model behind the option --engine: compiled rules on threads, or Mesa models one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import totalplace as tp
from totalplace.sim.cli.options import Engine

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.results.run import Ensemble


def compiled(scenario: Scenario, *, runs: int, first_seed: int, progress: Callable[[int, int], None]) -> Ensemble:
    """An ensemble of compiled runs; ``progress`` is told how many are finished."""
    return tp.ensemble(scenario, runs=runs, first_seed=first_seed, progress=progress)


def mesa(scenario: Scenario, *, runs: int, first_seed: int, progress: Callable[[int, int], None]) -> Ensemble:
    """The same ensemble from Mesa models; ``progress`` is told how many are finished."""
    return tp.ensemble(scenario, runs=runs, first_seed=first_seed, progress=progress, agent_classes={})


ENGINES = {Engine.compiled: compiled, Engine.mesa: mesa}
