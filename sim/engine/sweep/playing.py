"""The compiled engine of a sweep: one world, set back, changed at its design point and played.

A design point changes numbers only: the prior of an uncertainty becomes a fixed value, a lever its value at the start.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import LEVER, Factor
from totalplace.sim.engine.play import Stage
from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, quarters_of_rows
from totalplace.sim.engine.sweep.stopping import RunFailed
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.model.world import World, lever_place
from totalplace.sim.results.run import adding_up, in_last_year


class Abandoned(Exception):  # noqa: N818 (not an error: nobody waits for the chunk any more)
    """The sweep ended while the chunk was under way."""


class DesignStage:
    """The world of one scenario, ready to be played at any design point. Not to be shared by threads."""

    def __init__(self, scenario: Scenario, factors: Sequence[Factor], metrics: Sequence[str], every: str) -> None:
        self._stage = Stage(scenario)
        self._find(factors)
        self._stage.set(self._draw_no_factor)
        self._kept = _positions(quarters_of_rows(every, scenario.quarters), metrics)
        self._seen = np.empty(self._kept.shape)
        self._adds_up = adding_up(metrics)
        self._measures = np.asarray(self._stage.world.measures).view(np.float64).reshape(-1)

    def _find(self, factors: Sequence[Factor]) -> None:
        """Find the numbers that the factors set."""
        names = list(PARAMETERS)
        uncertain = [(column, names.index(f.name)) for column, f in enumerate(factors) if f.kind != LEVER]
        levers = [
            (column, lever_place(f.name, index))
            for column, f in enumerate(factors) if f.kind == LEVER
            for index in f.indices
        ]
        self._prior_columns, self._prior_rows = np.array(uncertain, dtype=np.int64).reshape(-1, 2).T
        self._lever_columns, self._lever_places = np.array(levers, dtype=np.int64).reshape(-1, 2).T
        self._fixed = np.asarray(self._stage.world.priors)["low"]

    def _draw_no_factor(self, world: World) -> None:
        """An uncertainty that is a factor is no longer drawn."""
        np.asarray(world.priors)["distribution"][self._prior_rows] = 0

    def play(self, values: NDArray[np.float64], seed: int) -> None:
        """Play a run; raises LedgerError, with the accounts, if a quarter does not close. See :class:`Playable`."""

        def at_the_point(world: World) -> None:
            self._fixed[self._prior_rows] = values[self._prior_columns]
            world.lever_values[self._lever_places] = values[self._lever_columns]

        self._stage.play(seed, at_the_point)

    def keep(self, rows: NDArray[np.float64]) -> None:
        """Copy what is kept of the run just played into ``rows``."""
        if self._kept.shape[1] == 1:
            np.take(self._measures, self._kept[:, 0], out=rows, mode="clip")
        else:
            np.take(self._measures, self._kept, out=self._seen, mode="clip")
            rows[:] = in_last_year(self._seen, self._adds_up)


def _positions(quarters: NDArray[np.int64], metrics: Sequence[str]) -> NDArray[np.int64]:
    """Where the kept metrics of the quarters (rows, n) stand in the table of metrics, read as one row of numbers (rows, n, M)."""
    names = list(METRICS)
    columns = np.array([names.index(name) for name in metrics], dtype=np.int64)
    return quarters[..., np.newaxis] * len(names) + columns


class Playable(Protocol):
    """One scenario of a chunk, ready to be played at any design point."""

    def play(self, values: NDArray[np.float64], seed: int) -> None:
        """Play a run with ``values`` (F,) for the factors."""

    def keep(self, rows: NDArray[np.float64]) -> None:
        """Copy the metrics that are kept of the run just played into ``rows`` (quarters kept, M)."""


#: Makes a scenario ready: scenario, factors, metrics, every.
MakeReady = Callable[[Scenario, Sequence[Factor], Sequence[str], str], Playable]


def play_chunk(chunk: Chunk, stop: threading.Event | None = None, ready: MakeReady = DesignStage) -> Outcome:
    """Play every run of a chunk. A run that fails costs that run only, unless the chunk says to stop at an error.

    Raises RunFailed in that case, and Abandoned once ``stop`` is set.
    """
    counts = chunk.row_counts
    ends = np.cumsum(counts)
    metrics = np.empty((int(ends[-1]), len(chunk.metrics)))
    seconds = np.zeros(len(chunk))
    errors: dict[int, str] = {}
    for scenario, runs in chunk.groups:
        stage: Playable | None = None
        for i in runs:
            if stop is not None and stop.is_set():
                raise Abandoned
            began = time.perf_counter()
            try:
                stage = stage or ready(scenario, chunk.factors, chunk.metrics, chunk.every)
                stage.play(chunk.values[i], int(chunk.seed[i]))
                rows = metrics[ends[i] - counts[i] : ends[i]]
                stage.keep(rows)
                _check_numbers(rows, chunk.metrics)
            except MemoryError:
                raise
            except Exception as error:  # whatever goes wrong in a run is that run's
                errors[i] = _failure(chunk, i, error)
            seconds[i] = time.perf_counter() - began
    return Outcome(chunk.number, seconds, _of_the_done(metrics, counts, errors), errors)


def _check_numbers(rows: NDArray[np.float64], metrics: Sequence[str]) -> None:
    """Raise FloatingPointError for a metric that is not a number or infinite: such a run is of no use to anybody."""
    if not np.isfinite(rows).all():
        wrong = [name for name, column in zip(metrics, rows.T, strict=True) if not np.isfinite(column).all()]
        raise FloatingPointError(f"not a finite number: {', '.join(wrong)}")


def _failure(chunk: Chunk, i: int, error: Exception) -> str:
    """What is recorded of the error of run ``i`` of a chunk; raises RunFailed if the chunk says to stop."""
    text = f"{type(error).__name__}: {error}"
    if chunk.stop_on_error:
        raise RunFailed(chunk.first + i, int(chunk.point[i]), int(chunk.seed[i]), text) from error
    return text


def _of_the_done(
    metrics: NDArray[np.float64], counts: NDArray[np.int64], errors: dict[int, str]
) -> NDArray[np.float64]:
    """The rows of the runs that did not fail."""
    if not errors:
        return metrics
    done = np.ones(len(counts), dtype=bool)
    done[list(errors)] = False
    return metrics[np.repeat(done, counts)]
