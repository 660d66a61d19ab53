"""What a sweep would take, before it is run: how many runs, how long and how large, from a short sample of real runs."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, chunk_count, chunk_of
from totalplace.sim.engine.sweep.designs import metric_names
from totalplace.sim.engine.sweep.designs import points as design_points
from totalplace.sim.engine.sweep.execution import processors
from totalplace.sim.engine.sweep.parts import parquet
from totalplace.sim.engine.sweep.playing import play_chunk
from totalplace.sim.engine.sweep.tables import metrics_table, runs_table, scenarios_table
from totalplace.sim.engine.sweep.work import chunk_size, mean_run_seconds
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps.sweep import Sweep

#: Chunks played all over the sweep, to see every kind of place, the most runs in each, and about how long they take as counted.
SPREAD: Final = 8
SPREAD_RUNS: Final = 12
SPREAD_SECONDS: Final = 0.5
#: Counted length of the sample on each thread, from which the rate of many runs in a row is taken, and the most runs in it.
SAMPLE_SECONDS: Final = 0.5
SAMPLE_RUNS: Final = 2_000
_SECONDS_BYTES: Final = 8
_KEPT: Final = {"quarter": "every quarter", "year": "every year", "last": "the last year"}


@dataclass(frozen=True)
class Plan:
    """What a sweep would take. ``sweep`` names it; ``kept`` is what is kept of each run, in words.

    ``seconds`` is an estimate of the time on ``threads`` threads of this machine, once the rules are compiled, in which
    ``run_seconds`` is the work of one run on one of these threads and ``scenario_seconds`` that of loading one scenario.
    ``bytes`` estimates the files on disk. Both come from ``sampled`` runs that were really played and encoded. Times are measured,
    and follow how busy the machine is; nothing else depends on them.
    """

    sweep: str
    scenarios: int
    places: int
    factors: tuple[str, ...]
    design: str
    points: int
    replicates: int
    runs: int
    kept: str
    failed: int
    sampled: int
    threads: int
    run_seconds: float
    scenario_seconds: float
    seconds: float
    bytes: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        varied = listing([f"'{name}'" for name in self.factors]) if len(self.factors) <= 6 else ""
        lines = [
            ("scenarios", f"{self.scenarios:,} ({count(self.places, 'place')})"),
            ("factors", f"{len(self.factors)}" + (f": {varied}" if varied else "")),
            ("points", f"{self.points:,} ({self.design})"),
            ("replicates", f"{self.replicates:,} at each point"),
            ("runs", f"{self.runs:,}"),
            ("kept", self.kept),
            ("time", f"about {duration(self.seconds)} on {count(self.threads, 'thread')} of this machine, once compiled"),
            ("disk", f"about {size(self.bytes)}"),
            ("sample", f"{count(self.sampled, 'run')}" + (f", of which {self.failed} failed" if self.failed else "")),
            *(("note", note) for note in self.notes),
        ]
        return "\n".join([self.sweep, *(f"  {key:<11}{text}" for key, text in lines)])

    __repr__ = __str__


def plan(sweep: Sweep, threads: int | None = None) -> Plan:
    """What the sweep would take on ``threads`` threads (default: one for each processor). Plays a sample of a second or two.

    Raises InputError for a metric that there is not. Runs of the sample that fail are counted.
    """
    points = design_points(sweep)
    metrics = metric_names(sweep)
    threads = threads or processors()
    load, run, spread = _costs(sweep, points)
    chunk, outcome, pace = _row(sweep, points, threads)
    bytes_a_part, bytes_a_run, writing = _encoded(chunk, outcome, sweep.replicates)
    played = [*spread, (chunk, outcome)]
    run *= pace
    seconds = len(sweep.scenarios) * load + sweep.runs * (run / threads + writing)
    parts = chunk_count(sweep.runs, chunk_size(sweep))
    return Plan(
        sweep=sweep.title or sweep.name,
        scenarios=len(sweep.scenarios),
        places=len({scenario.place for scenario in sweep.scenarios}),
        factors=tuple(factor.label for factor in sweep.factors),
        design=sweep.design,
        points=len(points),
        replicates=sweep.replicates,
        runs=sweep.runs,
        kept=f"{count(len(metrics), 'metric')} of {_KEPT[sweep.every]}",
        failed=sum(len(result.errors) for _, result in played),
        sampled=sum(len(part) for part, _ in played),
        threads=threads,
        run_seconds=run,
        scenario_seconds=load,
        seconds=seconds,
        bytes=round(parts * bytes_a_part + sweep.runs * bytes_a_run + len(parquet(scenarios_table(sweep.scenarios)))),
        notes=sweep.notes,
    )


def _costs(sweep: Sweep, points: NDArray[np.float64]) -> tuple[float, float, list[tuple[Chunk, Outcome]]]:
    """Seconds to load a scenario and to play a run, from chunks spread over the sweep; and these chunks."""
    alone = chunk_of(sweep, points, 0, 1)
    play_chunk(alone)  # compiles
    known = float(play_chunk(alone).seconds[0])
    size = int(min(max(1.0, SPREAD_SECONDS / SPREAD / mean_run_seconds(sweep)), SPREAD_RUNS, sweep.runs))
    numbers = np.unique(np.linspace(0, (sweep.runs - 1) // size, SPREAD).astype(int)).tolist()
    chunks = [chunk_of(sweep, points, number, size) for number in numbers]
    played = [(chunk, play_chunk(chunk)) for chunk in chunks]
    first: list[float] = []
    again: list[float] = []
    for chunk, outcome in played:
        new = np.diff(chunk.scenario, prepend=-1) != 0  # the first run of a scenario loads it
        first += outcome.seconds[new].tolist()
        again += outcome.seconds[~new].tolist()
    run = float(np.mean(again or [known]))
    return max(0.0, float(np.mean(first)) - run), run, played


def _row(sweep: Sweep, points: NDArray[np.float64], threads: int) -> tuple[Chunk, Outcome, float]:
    """A chunk of many runs, what came of it, and how much longer a run takes with all threads at work than one alone."""
    size = int(min(max(1.0, SAMPLE_SECONDS / mean_run_seconds(sweep)), SAMPLE_RUNS, sweep.runs))
    chunk = chunk_of(sweep, points, (sweep.runs - 1) // size // 2, size)
    if threads == 1:
        return chunk, play_chunk(chunk), 1.0
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        outcome, *_ = pool.map(play_chunk, [chunk] * threads)
        together = time.perf_counter() - began
    began = time.perf_counter()
    play_chunk(chunk)
    return chunk, outcome, max(1.0, together / (time.perf_counter() - began))


def _encoded(chunk: Chunk, outcome: Outcome, replicates: int) -> tuple[float, float, float]:
    """Bytes of a part whatever its runs, bytes of each run, and seconds to encode a run, as the store writes them."""
    began = time.perf_counter()
    timeless = replace(outcome, seconds=np.zeros(len(chunk)))  # how long runs took is no pattern that could be packed: 8 bytes each
    tables = (runs_table(chunk, timeless, replicates), metrics_table(chunk, timeless))
    whole = sum(len(parquet(table)) for table in tables)
    seconds = time.perf_counter() - began
    if len(chunk) < 2:
        return 0.0, float(whole + _SECONDS_BYTES), seconds
    half = sum(len(parquet(table.slice(0, table.num_rows // 2))) for table in tables)
    each = min((whole - half) / (len(chunk) - len(chunk) // 2), whole / len(chunk))
    return max(0.0, whole - each * len(chunk)), each + _SECONDS_BYTES, seconds / len(chunk)


def duration(seconds: float) -> str:
    """A time in words: ``0.4 seconds``, ``12 seconds``, ``3 minutes``, ``5.2 hours``, ``2.1 days``."""
    for unit, length in (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}s"
    return f"{seconds:.0f} seconds" if seconds >= 9.5 else f"{seconds:.1f} seconds"


def size(number: float) -> str:
    """A number of bytes in words: ``640 kB``, ``12.3 MB``, ``1.4 GB``."""
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= length:
            return f"{number / length:.1f} {unit}"
    return f"{max(1, round(number / 1e3)):,} kB"
