"""A Dask cluster as the workers of a sweep: any scheduler that Dask's own launchers start, or processes on this machine.

Each chunk carries all that it needs, so that workers may come and go; one that dies has its chunk played by another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from scenarios.errors import InputError
from sim.sweep.chunks import Chunk, Outcome, Player
from sim.sweep.execution import Workers
from sim.sweep.manifest import code_hash
from sim.sweep.stopping import GO_ON, SweepStopped

#: Seconds to wait for a scheduler to answer, and for the first worker.
CONNECT_SECONDS = 30
#: Run by each local worker as it starts: an interrupt at the terminal reaches all processes, and is the driver's to answer.
_LEAVE_INTERRUPTS = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"


@contextmanager
def dask_workers(player: Player, where: Any) -> Iterator[Workers]:
    """Workers of a cluster: ``where`` is a scheduler's address, a number of local processes, or a ``distributed.Client``.

    Two chunks a worker thread are under way, as many as there are threads at the time. Raises InputError without Dask or for
    an address that nobody answers at.
    """
    with ExitStack() as stack:
        client = _client(where, stack)
        token, code = uuid.uuid4().hex, code_hash()

        def submit(chunk: Chunk) -> Any:
            return client.submit(play_elsewhere, player, code, chunk, pure=False, key=f"sweep-{token}-{chunk.number}")

        def slots() -> int:
            if client.status != "running":
                raise SweepStopped(f"The connection to the Dask cluster is lost. {GO_ON}.")
            return max(2, 2 * sum(client.nthreads().values()))

        yield Workers(submit, slots)


def play_elsewhere(player: Player, code: str, chunk: Chunk) -> Outcome:
    """Play a chunk on a worker. Raises InputError if the worker's rules or data are not those of the driver, by their hash."""
    if code_hash() != code:
        raise InputError("A Dask worker has another version of the model", allowed="workers with the code of this process")
    return player(chunk)


def _client(where: Any, stack: ExitStack) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError("Dask is not installed", allowed="pip install 'totalplace[cluster]'") from error
    if isinstance(where, distributed.Client):
        return where
    if isinstance(where, int):
        if where < 1:
            raise InputError(f"{where} local workers cannot run a sweep", allowed="a whole number from 1")
        where = stack.enter_context(
            distributed.LocalCluster(
                n_workers=where, threads_per_worker=1, processes=True, dashboard_address=":0", preload=[_LEAVE_INTERRUPTS]
            )
        )
    try:
        return stack.enter_context(distributed.Client(where, timeout=CONNECT_SECONDS, set_as_default=False))
    except (OSError, ValueError) as error:
        raise InputError(f"No Dask scheduler answers at '{where}': {error}", allowed="tcp://HOST:PORT") from error
