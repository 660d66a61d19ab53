"""Running a sweep: chunks are handed to workers, a bounded number at a time, and written as they come back.

Workers are threads over the compiled rules, processes with Mesa models, or a Dask cluster. They only compute; this process
writes. Whatever happens, the folder holds finished parts, and the same command goes on from there.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.sweeps import load
from totalplace.scenarios.sweeps.sweep import Sweep
from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, Player, Workers, chunks_of
from totalplace.sim.engine.sweep.designs import points as design_points
from totalplace.sim.engine.sweep.lock import held
from totalplace.sim.engine.sweep.manifest import (
    NAME,
    Manifest,
    begun,
    check_same,
    ended,
    manifest_of,
    read_manifest,
    written_manifest,
)
from totalplace.sim.engine.sweep.parts import RECORDS, TABLES, Parts, parquet
from totalplace.sim.engine.sweep.playing import play_chunk
from totalplace.sim.engine.sweep.stopping import GO_ON, Request, RunFailed, SweepInterrupted, SweepStopped, stop_requests
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.engine.sweep.tables import scenarios_table
from totalplace.sim.engine.sweep.work import chunk_size
from totalplace.sim.results.out_folder import check_name, holdings
from totalplace.sim.system.checksums import checksum
from totalplace.sim.system.disk import check_kind, write_whole
from totalplace.sim.system.progress import Progress, heard

ENGINES = ("compiled", "mesa")
ON_ERROR = ("continue", "stop")
#: Folders that last as long as the session: each is removed when Python ends.
_SESSION: list[TemporaryDirectory[str]] = []
_WAKE = 0.2  # seconds between looks at whether a stop was asked for


def run_sweep(
    sweep: Sweep | str | Path,
    out: str | Path | None = None,
    threads: int | None = None,
    dask: Any = None,
    on_error: str = "continue",
    progress: Progress | bool | None = None,
    *,
    engine: str = "compiled",
    agent_classes: Mapping[str, type] | None = None,
    chunk: int | None = None,
) -> Store:
    """Run a sweep into the folder ``out``, or go on with it there; the result does not depend on who plays the runs.

    Without ``out`` the folder is gone when Python ends. ``progress`` hears of the runs done, those of earlier commands too, and of
    all; True shows a bar. ``threads`` counts threads, or processes with ``engine="mesa"`` (default: one for each processor).
    ``dask`` is the address of a scheduler, a number of local worker processes or a ``distributed.Client``. ``agent_classes`` puts
    subclasses in place of kinds of agent, as in :class:`totalplace.PlaceModel`; needs ``engine="mesa"`` and classes that can be
    imported. ``chunk`` is the number of runs in a part (default: about a second of work); a folder that exists keeps its own.

    Raises InputError for what cannot be used, such as the folder of another sweep or one that another process writes to;
    SweepStopped when it had to end early, RunFailed when a run failed and ``on_error`` is ``stop``; SweepInterrupted (a
    KeyboardInterrupt) after an interrupt, once the chunks under way are written.
    """
    threads, chunk = _checked(threads, on_error, engine, agent_classes, chunk)
    sweep = sweep if isinstance(sweep, Sweep) else load(sweep)
    points, folder = design_points(sweep), _own_folder() if out is None else path_of(out, "folder")
    progress = heard(progress, sweep.title or sweep.name)
    stop, player = threading.Event(), _player(engine, agent_classes)
    with stop_requests() as request, _written_in(folder):
        found = read_manifest(folder)
        asked = manifest_of(sweep, points, engine, agent_classes)
        if found is not None:
            check_same(found, asked, folder)
        manifest = found or _begin(folder, sweep, asked, chunk or chunk_size(sweep, engine))
        parts = Parts(folder, manifest)
        parts.make_folders()
        records = {number: record for number in range(manifest.chunks) if (record := parts.whole(number))}
        report = _reporter(progress, records, manifest.runs)
        left = [number for number in range(manifest.chunks) if number not in records]
        chunks = chunks_of(sweep, points, left, manifest.chunk, on_error == "stop")

        def keep(done: Chunk, outcome: Outcome) -> None:
            records[done.number] = parts.write(done, outcome, sweep.replicates)
            report()

        if left:
            with _workers(player, engine, threads, dask, stop) as workers:
                _drive(chunks, workers, keep, request, stop)
        if len(records) < manifest.chunks:
            raise SweepInterrupted(request.number, _runs(records), manifest.runs)
        if left or not manifest.finished:
            last = ended(manifest, [records[number] for number in range(manifest.chunks)])
            write_whole(folder / NAME, written_manifest(last))
    return Store(folder, read_manifest(folder) or manifest)


def _own_folder() -> Path:
    """A new folder that is kept until Python ends."""
    _SESSION.append(TemporaryDirectory(prefix="totalplace-", ignore_cleanup_errors=True))
    return Path(_SESSION[-1].name) / "sweep"


def _checked(
    threads: int | None, on_error: str, engine: str, agent_classes: Mapping[str, type] | None, chunk: int | None
) -> tuple[int | None, int | None]:
    """The number of threads and the size of a chunk, where they are given. Raises InputError for options that cannot be."""
    for word, given, allowed in (("on_error", on_error, ON_ERROR), ("engine", engine, ENGINES)):
        if given not in allowed:
            raise InputError(f"{word} cannot be '{given}'", allowed=allowed)
    if agent_classes and engine != "mesa":
        raise InputError("Only Mesa's engine knows classes of agents", allowed="engine='mesa' with agent_classes")
    return (
        None if threads is None else whole(threads, "number of threads"),
        None if chunk is None else whole(chunk, "size of a chunk"),
    )


def _player(engine: str, agent_classes: Mapping[str, type] | None) -> Player:
    if engine == "compiled":
        return play_chunk
    from totalplace.sim.engine.sweep.mesa_engine import ModelStage

    return partial(play_chunk, ready=partial(ModelStage, agent_classes=dict(agent_classes or {})))


@contextmanager
def _written_in(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be; what keeps it from being written is said as such."""
    check_name(folder)
    check_kind(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_ours(folder)
        with held(folder):
            yield
    except OSError as error:
        if not isinstance(error, InterruptedError) and error.errno is not None:
            so_far = GO_ON if (folder / NAME).exists() else "Nothing of the sweep is there yet"
            raise SweepStopped(f"'{folder}' cannot be written: {os.strerror(error.errno)}. {so_far}.") from error
        raise


def _check_ours(folder: Path) -> None:
    """Raise InputError when a folder without a manifest holds something that no sweep put there."""
    ours = {*TABLES, RECORDS, NAME, "lock", "scenarios.parquet"}
    other = [name for name in holdings(folder) if name not in ours and not name.endswith(".partial")]
    if other and not (folder / NAME).exists():
        raise InputError(
            f"The folder '{folder}' holds something other than a sweep ('{min(other)}')", allowed="a new or empty folder"
        )


def _begin(folder: Path, sweep: Sweep, asked: Manifest, chunk: int) -> Manifest:
    scenarios = parquet(scenarios_table(sweep.scenarios))
    manifest = begun(asked, chunk, checksum(scenarios))
    write_whole(folder / "scenarios.parquet", scenarios)
    write_whole(folder / NAME, written_manifest(manifest))
    return manifest


def _runs(records: Mapping[int, Mapping[str, Any]]) -> int:
    return sum(int(record["runs"]) for record in records.values())


def _reporter(progress: Progress | None, records: Mapping[int, Mapping[str, Any]], runs: int) -> Callable[[], None]:
    """Tells ``progress`` how many runs are in ``records``: now, and whenever it is called."""

    def report() -> None:
        if progress is not None:
            progress(_runs(records), runs)

    report()
    return report


def _drive(
    chunks: Iterator[Chunk], workers: Workers, keep: Callable[[Chunk, Outcome], None], request: Request, stop: threading.Event
) -> None:
    """Keep the workers busy, and what they bring; after a request to stop, only what is under way.

    A bounded number of chunks is under way, counting those that wait to be written, so that memory stays flat.
    """
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()
    under_way: dict[Any, Chunk] = {}
    try:
        while True:
            while not request.number and len(under_way) < workers.slots() and (chunk := next(chunks, None)) is not None:
                future = workers.submit(chunk)
                under_way[future] = chunk
                future.add_done_callback(arrived.put)
            if not under_way or (request.number and workers.nobody()):
                return
            try:
                future = arrived.get(timeout=_WAKE)
            except queue.Empty:
                continue
            keep(under_way.pop(future), _outcome(future))
    finally:
        stop.set()
        for future in under_way:
            future.cancel()


def _outcome(future: Any) -> Outcome:
    """What a worker brought; an error that is not a run's ends the sweep."""
    try:
        outcome: Outcome = future.result()
        return outcome
    except (RunFailed, InputError):
        raise
    except Exception as error:
        raise SweepStopped(f"The workers failed ({type(error).__name__}: {error}). {GO_ON}.") from error


def _workers(
    player: Player, engine: str, threads: int | None, dask: Any, stop: threading.Event
) -> AbstractContextManager[Workers]:
    if dask is not None:
        from totalplace.sim.engine.sweep.dask_cluster import dask_workers

        return dask_workers(player, dask)
    if engine == "mesa":
        from totalplace.sim.engine.sweep.mesa_engine import process_workers

        return process_workers(player, threads or processors())
    return thread_workers(threads or processors(), stop)


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def thread_workers(threads: int, stop: threading.Event) -> Iterator[Workers]:
    """Threads over the compiled rules. One chunk more than threads is under way, so that none waits for the disk."""
    with ThreadPoolExecutor(threads, thread_name_prefix="sweep") as pool:
        try:
            yield Workers(lambda chunk: pool.submit(play_chunk, chunk, stop), lambda: threads + 1)
        finally:
            stop.set()
