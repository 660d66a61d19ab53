"""Mesa's engine for sweeps: one ``PlaceModel`` a run, in processes of their own, for subclassed agents."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import LEVER, Factor, stated
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.engine.sweep.chunks import Player, Workers, quarters_of_rows
from totalplace.sim.model.metrics import flat
from totalplace.sim.results.last_year import adding_up, in_last_year
from totalplace.sim.results.relative import factors as factors_of
from totalplace.sim.results.relative import parted
from totalplace.sim.system.processes import safe_path


def scenario_at(scenario: Scenario, factors: Sequence[Factor], values: NDArray[np.float64]) -> Scenario:
    """The scenario at a design point. Raises InputError for a value outside its range."""
    settings = stated(scenario, [factor.label for factor in factors])
    for factor, value in zip(factors, values.tolist(), strict=True):
        if factor.kind != LEVER:
            settings.append(f"uncertainties.{factor.name}={value!r}")
            continue
        targets = LEVERS[factor.name].targets
        keys = [f".{targets[index]}" for index in factor.indices] if targets else [""]
        settings += [f"levers.{factor.name}{key}={factor.shown(value)!s}" for key in keys]
    return scenario.with_settings(settings) if settings else scenario


class ModelStage:
    """A scenario that is played by a ``PlaceModel``, with the agents' classes given.

    See :class:`totalplace.sim.engine.sweep.playing.DesignStage`. Models are played one by one.
    """

    together = 1

    def __init__(self, scenario: Scenario, factors: Sequence[Factor], metrics: Sequence[str], every: str,
                 agent_classes: Mapping[str, type] | None = None) -> None:
        self.scenario = scenario
        self.factors = factors
        self.metrics = metrics
        self.agent_classes = agent_classes
        self._kept = quarters_of_rows(every, scenario.quarters)

    def play(self, values: NDArray[np.float64], seeds: NDArray[np.int64], rows: NDArray[np.float64]) -> dict[int, Exception]:
        """Play a run. See :class:`~totalplace.sim.engine.sweep.playing.Playable`."""
        try:
            self._play(values[0], int(seeds[0]), rows[0])
        except MemoryError:
            raise
        except Exception as error:  # a class of the user's may raise anything; it is the run's
            return {0: error}
        return {}

    def _play(self, values: NDArray[np.float64], seed: int, rows: NDArray[np.float64]) -> None:
        model = PlaceModel(scenario_at(self.scenario, self.factors, values), rng=seed, agent_classes=self.agent_classes)
        for _ in range(self.scenario.quarters):
            model.step()
        measures = flat(model.world.measures)
        seen = np.stack([measures[parted(name)[0]][self._kept] for name in self.metrics], axis=-1)
        rows[:] = in_last_year(seen, adding_up(self.metrics)) if seen.shape[1] > 1 else seen[:, 0]
        held = factors_of(self.metrics, self.scenario.material.place)
        if held is not None:
            rows *= held


def _leave_interrupts_to_the_driver() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def process_workers(player: Player, processes: int) -> Iterator[Workers]:
    """Processes that are started afresh, so that none inherits threads; one chunk more than processes is under way."""
    with safe_path():  # one process starts with the pool, the others when they are needed
        pool = ProcessPoolExecutor(
            processes, multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_driver
        )
        try:
            yield Workers(lambda chunk: pool.submit(player, chunk), lambda: processes + 1)
        finally:
            pool.shutdown(cancel_futures=True)
