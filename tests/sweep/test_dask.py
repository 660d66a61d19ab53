"""Dask as the workers of a sweep: the same tables, also when workers die under it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import totalplace as tp
from tests.sweeps import assert_same, driver, small_sweep, wait_for_parts, with_bad_points
from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep.dask_cluster import _local_cluster, _lost_is_stopped
from totalplace.sim.engine.sweep.stopping import SweepStopped
from totalplace.sim.engine.sweep.store import Store

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SWEEP = (75, 40, "year")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tp.sweep(small_sweep(*SWEEP), tmp_path_factory.mktemp("sweep") / "out", threads=1)


def test_one_thread_two_threads_and_dask_give_the_same_tables(
    undisturbed: Store, cluster: Any, tmp_path: Path
) -> None:
    assert_same(tp.sweep(small_sweep(*SWEEP), tmp_path / "threads", threads=2, chunk=33), undisturbed)
    dask = tp.sweep(small_sweep(*SWEEP), tmp_path / "dask", dask=cluster.scheduler_address, chunk=25)
    assert_same(dask, undisturbed)


def test_what_threads_began_dask_can_finish(undisturbed: Store, cluster: Any, tmp_path: Path) -> None:
    store = tp.sweep(small_sweep(*SWEEP), tmp_path / "out", chunk=25)
    for number in range(5, 20):
        (store.folder / "parts" / f"{number:05d}.json").unlink()
    with distributed.Client(cluster, set_as_default=False) as client:
        assert_same(tp.sweep(small_sweep(*SWEEP), tmp_path / "out", dask=client), undisturbed)
        assert client.status == "running"


def test_a_worker_that_is_killed_costs_nothing(undisturbed: Store, cluster: Any, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(done: int, total: int) -> None:
        if done >= 100 and not killed:
            with distributed.Client(cluster, set_as_default=False) as client:
                pids = client.run(os.getpid)
            killed.append(next(iter(pids.values())))
            os.kill(killed[0], signal.SIGKILL)

    store = tp.sweep(small_sweep(*SWEEP), tmp_path / "out", dask=cluster.scheduler_address, chunk=25, progress=kill_one)
    assert killed
    assert_same(store, undisturbed)


def test_failed_runs_come_back_from_the_workers(cluster: Any, tmp_path: Path) -> None:
    sweep = with_bad_points(small_sweep(), 3)
    address = cluster.scheduler_address
    assert_same(tp.sweep(sweep, tmp_path / "dask", dask=address, chunk=9), tp.sweep(sweep, tmp_path / "threads"))
    with pytest.raises(tp.RunFailed, match=r"^Run \d+ \(point 3, seed [12]\) failed") as failed:
        tp.sweep(sweep, tmp_path / "stopped", dask=address, chunk=9, on_error="stop")
    assert str(failed.value).startswith(f"Run {failed.value.run} ")  # which of them is met first, workers decide


def test_a_worker_with_another_version_of_the_model_is_refused(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("totalplace.sim.engine.sweep.dask_cluster.code_hash", lambda: "0" * 64)
    with pytest.raises(InputError, match="A Dask worker has another version of the model"):
        tp.sweep(small_sweep(), tmp_path / "out", dask=cluster.scheduler_address)


@pytest.fixture(scope="module")
def empty_cluster() -> Iterator[Any]:
    """A scheduler without workers."""
    with distributed.LocalCluster(n_workers=0, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield cluster


def test_a_scheduler_without_workers_is_waited_for_in_words(empty_cluster: Any, tmp_path: Path) -> None:
    address = empty_cluster.scheduler_address
    said = f"The Dask scheduler at {address} has no workers; waiting for one (dask worker {address}). Ctrl-C stops.\n"
    with driver(tmp_path / "stopped", dask=address) as command:
        assert command.stderr is not None
        assert command.stderr.readline() == said
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=300)
    assert "Stopped after 0 of 80 runs. The same command on the same folder goes on from there." in err
    assert command.returncode != 0
    with driver(tmp_path / "out", dask=address) as command:
        assert command.stderr is not None
        assert command.stderr.readline() == said
        empty_cluster.scale(1)
        _, err = command.communicate(timeout=240)
    assert (command.returncode, err.count("no workers")) == (0, 0)
    assert_same(tmp_path / "out", tp.sweep(small_sweep(), tmp_path / "threads"))


def test_a_cluster_that_goes_away_stops_the_sweep(empty_cluster: Any, tmp_path: Path) -> None:
    """The last of the tests with this cluster."""
    out = tmp_path / "out"
    empty_cluster.scale(1)

    def close() -> None:
        _until_parts(out, 2)
        empty_cluster.close()

    closer = threading.Thread(target=close)
    closer.start()
    with pytest.raises(tp.SweepStopped, match="The same command on the same folder goes on from there"):
        tp.sweep(small_sweep(400, 40), out, dask=empty_cluster.scheduler_address, chunk=50)
    closer.join()
    assert tp.open_sweep(out).played > 0


def test_a_real_asynchronous_client_is_refused(cluster: Any, tmp_path: Path) -> None:
    async def ask() -> None:
        async with distributed.Client(cluster.scheduler_address, asynchronous=True, set_as_default=False) as client:
            with pytest.raises(InputError, match="an asynchronous Dask client"):
                tp.sweep(small_sweep(), tmp_path / "out", dask=client)

    with ThreadPoolExecutor(1) as apart:  # a browser test before may have left a loop running in this thread
        apart.submit(asyncio.run, ask()).result()


@pytest.mark.parametrize("number", [True, 0, -1, [], 1.5])
def test_what_is_no_cluster_is_refused(tmp_path: Path, number: Any) -> None:
    with pytest.raises(InputError):
        tp.sweep(small_sweep(), tmp_path / "out", dask=number)


def _until_parts(out: Path, number: int) -> None:
    while len(list((out / "parts").glob("[0-9]*.json"))) < number:
        time.sleep(0.01)


def test_an_interrupt_at_the_terminal_lets_local_workers_finish(undisturbed: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with driver(out, *SWEEP, dask=2) as command:
        wait_for_parts(out, 2, command)
        os.killpg(command.pid, signal.SIGINT)
        _, err = command.communicate(timeout=300)
    assert "The same command on the same folder goes on from there" in err
    assert not (out / "lock").exists()
    assert_same(tp.sweep(small_sweep(*SWEEP), out), undisturbed)


def test_nobody_at_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("totalplace.sim.engine.sweep.dask_cluster.CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match=r"No Dask scheduler answers at 'tcp://127.0.0.1:1'"):
        tp.sweep(small_sweep(), tmp_path / "out", dask="tcp://127.0.0.1:1")


def test_local_workers_that_are_slow_to_close_cost_nothing_and_those_that_do_not_start_are_said() -> None:
    class Slow:
        closed = 0

        def __init__(self, **given: Any) -> None:
            if given["n_workers"] > 1:
                raise RuntimeError("Nanny failed to start")

        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *fault: object) -> None:
            Slow.closed += 1
            raise TimeoutError

    launcher = SimpleNamespace(LocalCluster=Slow)
    with _local_cluster(launcher, 1) as cluster:
        assert isinstance(cluster, Slow)
    with pytest.raises(SweepStopped), _local_cluster(launcher, 1):
        raise SweepStopped
    assert Slow.closed == 2
    with pytest.raises(SweepStopped, match="The connection to the Dask cluster is lost"), _lost_is_stopped():
        raise asyncio.CancelledError
    did_not = pytest.raises(InputError, match="2 local workers did not start: RuntimeError Nanny failed to start")
    with did_not, _local_cluster(launcher, 2):
        pass
