"""A Dask cluster as the workers of a sweep: any scheduler that Dask's own launchers start, or processes on this machine.

Each chunk carries all that it needs, so that workers may come and go; one that dies has its chunk played by another.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, Player, Workers
from totalplace.sim.engine.sweep.manifest import code_hash
from totalplace.sim.engine.sweep.stopping import GO_ON, SweepStopped
from totalplace.sim.system.extras import how_to_install
from totalplace.sim.system.processes import safe_path

_LOST = f"The connection to the Dask cluster is lost. {GO_ON}."
#: Seconds to wait for a scheduler to answer, and for the first worker.
CONNECT_SECONDS = 30
#: Run by each local worker as it starts: an interrupt at the terminal reaches all processes, and is the driver's to answer.
_LEAVE_INTERRUPTS = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"


@contextmanager
def dask_workers(player: Player, where: Any) -> Iterator[Workers]:
    """Workers of a cluster: ``where`` is a scheduler's address, a number of local processes, or a ``distributed.Client``.

    Two chunks a worker thread are under way, as many as there are threads at the time. While the scheduler has no workers, two
    wait for the first one, and standard error says so. Raises InputError without Dask, for an address that nobody answers at
    and for an asynchronous client.
    """
    with _lost_is_stopped(), ExitStack() as stack:
        client = _client(where, stack)
        token, code = uuid.uuid4().hex, code_hash()
        crew = _Crew(client)

        def submit(chunk: Chunk) -> Any:
            return client.submit(play_elsewhere, player, code, chunk, pure=False, key=f"sweep-{token}-{chunk.number}")

        def slots() -> int:
            if client.status != "running":
                raise SweepStopped(_LOST)
            return max(2, 2 * crew.threads())

        yield Workers(submit, slots, nobody=lambda: client.status != "running" or crew.threads() == 0)


@contextmanager
def _lost_is_stopped() -> Iterator[None]:
    """A question to a scheduler that goes away meanwhile is cancelled, which no caller expects."""
    try:
        yield
    except asyncio.CancelledError as error:
        raise SweepStopped(_LOST) from error


class _Crew:
    """The workers of a cluster; says when there are none, once each time, for then nothing moves."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._missed = False

    def threads(self) -> int:
        """Threads of all workers now."""
        threads = sum(self._client.nthreads().values())
        if not threads and not self._missed:
            address = self._client.scheduler.address
            message = f"The Dask scheduler at {address} has no workers; waiting for one (dask worker {address}). Ctrl-C stops."
            with suppress(OSError):
                print(message, file=sys.stderr, flush=True)
        self._missed = not threads
        return threads


def play_elsewhere(player: Player, code: str, chunk: Chunk) -> Outcome:
    """Play a chunk on a worker. Raises InputError if the worker's rules or data are not those of the driver, by their hash."""
    if code_hash() != code:
        raise InputError("A Dask worker has another version of the model", allowed="workers with the code of this process")
    return player(chunk)


def _client(where: Any, stack: ExitStack) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError("Dask is not installed", allowed=how_to_install("cluster")) from error
    if getattr(where, "asynchronous", False):
        allowed = "one made without asynchronous=True, or the address of its scheduler"
        raise InputError(f"A sweep cannot wait for an asynchronous Dask {type(where).__name__.lower()}", allowed=allowed)
    if isinstance(where, distributed.Client):
        return where
    if isinstance(where, int | np.integer) and not isinstance(where, bool):
        where = stack.enter_context(_local_cluster(distributed, int(where)))
    try:
        return stack.enter_context(_closed(distributed.Client(where, timeout=CONNECT_SECONDS, set_as_default=False)))
    except (OSError, ValueError, TypeError) as error:
        allowed = "tcp://HOST:PORT, a number of local workers or a distributed.Client"
        raise InputError(f"No Dask scheduler answers at '{where}': {error}", allowed=allowed) from error


@contextmanager
def _local_cluster(distributed: Any, workers: int) -> Iterator[Any]:
    """Processes on this machine; those that die are started anew, so that none ever takes code from the current folder."""
    if workers < 1:
        raise InputError(f"{workers} local workers cannot run a sweep", allowed="a whole number from 1")
    with safe_path():
        try:
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", preload=[_LEAVE_INTERRUPTS])
        except (OSError, RuntimeError) as error:
            problem = f"{workers} local workers did not start: {type(error).__name__} {error}".rstrip()
            raise InputError(problem, allowed="fewer of them, or threads of this process") from error
        with _closed(cluster):
            yield cluster


@contextmanager
def _closed(made: Any) -> Iterator[Any]:
    """A client or a cluster that is closed in the end; one that is slow to say that it has closed costs nobody the results."""
    entered = made.__enter__()
    try:
        yield entered
    finally:
        with suppress(TimeoutError):
            made.__exit__(None, None, None)
