"""A sweep cut into chunks of runs: what a worker is given, and what it hands back.

Chunks are small enough to be sent to another machine and know nothing of the rest of the sweep. Shapes: n runs of the
chunk, F factors, M metrics kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import Factor
from totalplace.sim.engine.sweep.designs import metric_names
from totalplace.sim.results.last_year import LAST_QUARTERS

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps.sweep import Sweep


@dataclass(frozen=True, eq=False)
class Chunk:
    """Runs ``first``, ``first + 1`` and so on of a sweep: run ``i`` plays ``scenarios[scenario[i]]`` at ``values[i]``."""

    number: int
    first: int
    scenarios: tuple[Scenario, ...]
    scenario: NDArray[np.int64]  # (n,) index in ``scenarios``
    point: NDArray[np.int64]  # (n,) row of the design
    seed: NDArray[np.int64]  # (n,)
    values: NDArray[np.float64]  # (n, F) values of the factors
    factors: tuple[Factor, ...]
    metrics: tuple[str, ...]
    every: str
    stop_on_error: bool = False

    def __len__(self) -> int:
        return len(self.seed)

    @property
    def groups(self) -> Iterator[tuple[Scenario, range]]:
        """Each scenario of the chunk with the positions of its runs, in their order."""
        ends = np.searchsorted(self.scenario, np.arange(len(self.scenarios)), side="right")
        start = 0
        for scenario, end in zip(self.scenarios, ends.tolist(), strict=True):
            yield scenario, range(start, end)
            start = end

    @property
    def row_counts(self) -> NDArray[np.int64]:
        """Rows of metrics of each run (n,)."""
        counts = [len(kept_quarters(self.every, scenario.quarters)) for scenario in self.scenarios]
        return np.array(counts, dtype=np.int64)[self.scenario]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a chunk: ``metrics`` (rows, M) of the runs that are done, ``errors`` of the others by position."""

    number: int
    seconds: NDArray[np.float64]  # (n,) duration of each run
    metrics: NDArray[np.float64]
    errors: dict[int, str]


#: Plays every run of a chunk.
Player = Callable[[Chunk], Outcome]


class Workers(NamedTuple):
    """Something that plays chunks: ``submit`` gives a future, ``slots`` says how many chunks to keep under way.

    ``nobody`` says whether there is none who could finish what is under way.
    """

    submit: Callable[[Chunk], Any]
    slots: Callable[[], int]
    nobody: Callable[[], bool] = lambda: False


def kept_quarters(every: str, quarters: int) -> NDArray[np.int64]:
    """The quarters, counted from 0, with a row of metrics: all, the last of each year of four quarters and of the run, or the
    last. But where every quarter is kept, a row stands for the year that ends with its quarter; see :func:`quarters_of_rows`.
    """
    numbers = np.arange(quarters)
    if every == "quarter":
        return numbers
    return numbers[(numbers % 4 == 3) & (every == "year") | (numbers == quarters - 1)]


def quarters_of_rows(every: str, quarters: int) -> NDArray[np.int64]:
    """The quarters (rows, n) that each row of metrics of a run sums up: one, or the year that ends with the row's quarter.

    A row of a year is to its four quarters what the end of a run is to its last year; see
    :func:`totalplace.sim.results.run.in_last_year`. A run that is shorter than a year has one row of all its quarters.
    """
    length = 1 if every == "quarter" else min(LAST_QUARTERS, quarters)
    found: NDArray[np.int64] = kept_quarters(every, quarters)[:, np.newaxis] + np.arange(1 - length, 1)
    return found


def chunk_of(sweep: Sweep, points: NDArray[np.float64], number: int, size: int, stop_on_error: bool = False) -> Chunk:
    """Chunk ``number`` of a sweep that is cut into chunks of ``size`` runs; ``points`` (N, F) is its design."""
    runs = np.arange(number * size, min((number + 1) * size, sweep.runs))
    cell, _ = np.divmod(runs, sweep.replicates)
    scenario, point = np.divmod(cell, len(points))
    low, high = int(scenario[0]), int(scenario[-1])
    return Chunk(
        number=number,
        first=int(runs[0]),
        scenarios=sweep.scenarios[low : high + 1],
        scenario=scenario - low,
        point=point,
        seed=np.array([sweep.seed(run) for run in runs.tolist()], dtype=np.int64),
        values=points[point],
        factors=sweep.factors,
        metrics=metric_names(sweep),
        every=sweep.every,
        stop_on_error=stop_on_error,
    )


def chunk_count(runs: int, size: int) -> int:
    """Number of chunks of ``size`` runs."""
    return -(-runs // size)


def chunks_of(
    sweep: Sweep, points: NDArray[np.float64], numbers: Iterable[int], size: int, stop_on_error: bool
) -> Iterator[Chunk]:
    """The chunks with these numbers, each made when it is asked for."""
    for number in numbers:
        yield chunk_of(sweep, points, number, size, stop_on_error)
