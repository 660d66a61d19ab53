"""The compiled engine of a sweep: one world, set back, changed at its design point and played, many runs in one call.

A design point changes numbers only: the prior of an uncertainty becomes a fixed value, a lever its value at the start.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import LEVER, Factor
from totalplace.sim.engine.play import Stage
from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, quarters_of_rows
from totalplace.sim.engine.sweep.stopping import RunFailed
from totalplace.sim.engine.sweep.work import run_seconds
from totalplace.sim.model.ledger import LedgerError
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.model.world import World, lever_place
from totalplace.sim.results.last_year import adding_up, in_last_year
from totalplace.sim.results.relative import factors as factors_of
from totalplace.sim.results.relative import parted

#: Technical: runs that are played without coming back to Python: as many as take about so long, keep so much, and at most so many.
_SECONDS_TOGETHER: Final = 0.05
_BYTES_TOGETHER: Final = 2**20
MOST_TOGETHER: Final = 64


class Abandoned(Exception):  # noqa: N818 (not an error: nobody waits for the chunk any more)
    """The sweep ended while the chunk was under way."""


class DesignStage:
    """The world of one scenario, ready to be played at any design point. Not to be shared by threads."""

    def __init__(self, scenario: Scenario, factors: Sequence[Factor], metrics: Sequence[str], every: str) -> None:
        self._stage = Stage(scenario).without_record()
        self._find(factors)
        self._stage.set(self._draw_no_factor)
        quarters = quarters_of_rows(every, scenario.quarters)
        words = self._stage.words(np.asarray(self._stage.world.measures).view(np.float64).reshape(scenario.quarters, -1))
        self._kept = np.ascontiguousarray(words[quarters][..., _columns(metrics)])
        self._adds_up, self._factors = adding_up(metrics), factors_of(metrics, self._stage.template.place)
        seconds, memory = _SECONDS_TOGETHER / run_seconds(scenario), _BYTES_TOGETHER / self._kept.nbytes
        self.together = int(min(max(1.0, min(seconds, memory)), MOST_TOGETHER))
        self._seen = np.empty((self.together, self._kept.size), np.int64)

    def _find(self, factors: Sequence[Factor]) -> None:
        """Find the numbers that the factors set."""
        names, world = list(PARAMETERS), self._stage.world
        low, levers = self._stage.words(np.asarray(world.priors)["low"]), self._stage.words(world.lever_values)
        set_by = [(column, [low[names.index(f.name)]] if f.kind != LEVER else levers[[lever_place(f.name, i) for i in f.indices]])
                  for column, f in enumerate(factors)]
        self._columns = np.array([column for column, places in set_by for _ in places], dtype=np.int64)
        self._places = np.array([place for _, places in set_by for place in places], dtype=np.int64)
        self._uncertain = np.array([names.index(f.name) for f in factors if f.kind != LEVER], dtype=np.int64)

    def _draw_no_factor(self, world: World) -> None:
        """An uncertainty that is a factor is no longer drawn."""
        np.asarray(world.priors)["distribution"][self._uncertain] = 0

    def play(self, values: NDArray[np.float64], seeds: NDArray[np.int64], rows: NDArray[np.float64]) -> dict[int, Exception]:
        """Play up to ``together`` runs at once. See :class:`Playable`."""
        seen, changed = self._seen[: len(seeds)], values[:, self._columns]
        played = self._stage.play_many(seeds, self._kept.reshape(-1), seen, self._places, changed)
        quarters = seen.view(np.float64).reshape(len(seeds), *self._kept.shape)
        rows[:] = quarters[:, :, 0] if self._kept.shape[1] == 1 else in_last_year(quarters, self._adds_up)
        if self._factors is not None:
            rows *= self._factors
        return {run: self._ledger_error(int(seeds[run]), changed[run]) for run in np.flatnonzero(played.broken >= 0).tolist()}

    def _ledger_error(self, seed: int, values: NDArray[np.float64]) -> LedgerError:
        """What is wrong with the ledger of a run that broke, with the accounts."""
        try:
            self._stage.replay(seed, self._places, values)
        except LedgerError as error:
            return error
        raise AssertionError("a run that broke closes its books when it is played again")

    def rows(self, values: NDArray[np.float64], seeds: Sequence[int]) -> NDArray[np.float64]:
        """What is kept of the runs (seeds,) at one design point (F,): (seeds, rows, M). Raises LedgerError."""
        found = np.empty((len(seeds), len(self._kept), self._kept.shape[2]))
        for first in range(0, len(seeds), self.together):
            batch = np.array(seeds[first : first + self.together], dtype=np.int64)
            errors = self.play(np.tile(values, (len(batch), 1)), batch, found[first : first + len(batch)])
            if errors:
                raise errors[min(errors)]
        return found


def _columns(metrics: Sequence[str]) -> NDArray[np.int64]:
    """Where metrics stand in a row of the table of metrics."""
    names = list(METRICS)
    return np.array([names.index(parted(name)[0]) for name in metrics], dtype=np.int64)


class Playable(Protocol):
    """One scenario of a chunk, ready to be played at any design point, up to ``together`` runs at once."""

    together: int

    def play(self, values: NDArray[np.float64], seeds: NDArray[np.int64], rows: NDArray[np.float64]) -> dict[int, Exception]:
        """Play runs with ``values`` (n, F) for the factors and ``seeds`` (n,); the metrics that are kept go to ``rows``.

        ``rows`` is (n, quarters kept, M). What went wrong in a run comes back by its position.
        """


#: Makes a scenario ready: scenario, factors, metrics, every.
MakeReady = Callable[[Scenario, Sequence[Factor], Sequence[str], str], Playable]


def play_chunk(chunk: Chunk, stop: threading.Event | None = None, ready: MakeReady = DesignStage) -> Outcome:
    """Play every run of a chunk. A run that fails costs that run only, unless the chunk says to stop at an error.

    The runs that are played together count as taking equally long, but for the first of a scenario, which makes it ready.

    Raises RunFailed in that case, and Abandoned once ``stop`` is set.
    """
    counts = chunk.row_counts
    ends = np.cumsum(counts)
    metrics = np.empty((int(ends[-1]), len(chunk.metrics)))
    seconds = np.zeros(len(chunk))
    errors: dict[int, str] = {}
    for scenario, runs in chunk.groups:
        began = time.perf_counter()
        try:
            stage = ready(scenario, chunk.factors, chunk.metrics, chunk.every)
        except MemoryError:
            raise
        except Exception as error:  # a scenario that cannot be made ready costs its own runs only
            errors |= {i: _failure(chunk, i, error) for i in runs}
            continue
        making = time.perf_counter() - began
        for first in runs[:: stage.together]:
            if stop is not None and stop.is_set():
                raise Abandoned
            began = time.perf_counter()
            batch = slice(first, min(first + stage.together, runs.stop))
            rows = metrics[ends[first] - counts[first] : ends[batch.stop - 1]].reshape(batch.stop - first, counts[first], -1)
            failed = _played(stage, chunk, batch, rows)
            errors |= {first + i: _failure(chunk, first + i, error) for i, error in sorted(failed.items())}
            seconds[batch] = (time.perf_counter() - began) / len(rows)
        seconds[runs.start : runs.start + 1] += making
    return Outcome(chunk.number, seconds, _of_the_done(metrics, counts, errors), errors)


def _played(stage: Playable, chunk: Chunk, batch: slice, rows: NDArray[np.float64]) -> dict[int, Exception]:
    """Play runs together, and say what went wrong in which of them."""
    try:
        failed = stage.play(chunk.values[batch], chunk.seed[batch], rows)
    except MemoryError:
        raise
    except Exception as error:  # whatever goes wrong in a run is that run's
        return dict.fromkeys(range(len(rows)), error)
    factors = [factor.label for factor in chunk.factors]
    for names, numbers in ((chunk.metrics, rows), (factors, chunk.values[batch, np.newaxis])):
        if not np.isfinite(numbers).all():
            failed |= {i: _not_finite(one, names) for i, one in enumerate(numbers) if not np.isfinite(one).all()}
    return failed


def _not_finite(rows: NDArray[np.float64], names: Sequence[str]) -> FloatingPointError:
    """What is wrong with metrics or factors that are not numbers or infinite: such a run is of no use to anybody."""
    wrong = [name for name, column in zip(names, rows.T, strict=True) if not np.isfinite(column).all()]
    return FloatingPointError(f"not a finite number: {', '.join(wrong)}")


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
