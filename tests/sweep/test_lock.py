"""One process at a time writes to the folder of a sweep; what others left behind is told from what they hold."""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import totalplace as tp
from tests.sweeps import small_sweep
from totalplace.scenarios import notices
from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep import lock
from totalplace.sim.engine.sweep.lock import held
from totalplace.sim.system import locks


def test_the_lock_of_a_killed_process_is_no_lock(tmp_path: Path) -> None:
    held_for_ever = (
        "import time; from pathlib import Path; from totalplace.sim.engine.sweep.lock import held\n"
        f"with held(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", held_for_ever], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {other.pid} "), held(tmp_path):
            pass
        other.kill()
    assert (tmp_path / "lock").exists()
    with held(tmp_path):
        assert json.loads((tmp_path / "lock").read_text()) == locks.holder()
    assert not (tmp_path / "lock").exists()


def left(folder: Path, hours: float = 0.0, **holder: object) -> Path:
    """A lock file as another process left it, so long ago."""
    path = folder / "lock"
    path.write_text(json.dumps({"process": 12, "host": "elsewhere", "boot": "0000", "user": "anna"} | holder))
    os.utime(path, (path.stat().st_mtime - 3600 * hours,) * 2)
    return path


def test_the_lock_of_another_machine_is_kept(tmp_path: Path) -> None:
    path = left(tmp_path)
    words = r"is being written by process 12 of anna on elsewhere\. Allowed: .*if it has, remove"
    with pytest.raises(InputError, match=words), held(tmp_path):
        pass
    assert path.exists()


def test_the_lock_of_another_machine_that_fell_silent_says_so_and_how_to_remove_it(tmp_path: Path) -> None:
    path = left(tmp_path, hours=5)
    words = r"was being written by process 12 of anna on elsewhere, which has given no sign of life for 5 hours"
    with pytest.raises(InputError, match=words) as refused, held(tmp_path):
        pass
    assert f"remove '{path}' and run the command again" in str(refused.value)
    path.unlink()
    with held(tmp_path):
        assert path.exists()


HERE = ({"boot": locks.boot()}, {"host": socket.gethostname()}, {"host": None})


@pytest.mark.parametrize("holder", HERE, ids=["boot", "host", "no host"])
def test_a_lock_that_this_machine_left_under_any_name_is_no_lock(tmp_path: Path, holder: dict[str, Any]) -> None:
    if holder == {"boot": None}:
        pytest.skip("the system has no identity here")
    left(tmp_path, **holder)
    with held(tmp_path):
        assert json.loads((tmp_path / "lock").read_text()) == locks.holder()


def test_a_machine_that_was_given_another_name_still_holds_its_lock(tmp_path: Path) -> None:
    held_for_ever = "import socket, time; from pathlib import Path; from totalplace.sim.engine.sweep.lock import held\n" \
        f"socket.gethostname = lambda: 'before'\nwith held(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", held_for_ever], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"is being written by process {other.pid} .*on before"), held(tmp_path):
            pass
        other.kill()
    with held(tmp_path):
        pass


def test_who_holds_a_folder_gives_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "SIGN_SECONDS", 0.001)
    with held(tmp_path):
        path = tmp_path / "lock"
        os.utime(path, (0, 0))
        until = time.monotonic() + 60
        while path.stat().st_mtime == 0 and time.monotonic() < until:
            time.sleep(0.001)
        assert path.stat().st_mtime > 0
    assert not [thread for thread in threading.enumerate() if thread.name == "lock"]


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL])
def test_a_file_system_without_locks_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no locks")

    monkeypatch.setattr("fcntl.flock", refuse)
    monkeypatch.setattr(notices, "_said", set())
    for _ in range(2):
        with held(tmp_path):
            pass
    assert capsys.readouterr().err == (
        f"The file system of '{tmp_path}' has no locks: see to it that no other command writes to that folder.\n"
    )
    left(tmp_path, boot=locks.boot(), host=socket.gethostname(), process=os.getppid())
    with pytest.raises(InputError, match=f"is being written by process {os.getppid()} "), held(tmp_path):
        pass
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    left(tmp_path, boot=locks.boot(), host=socket.gethostname(), process=ended.pid)
    with held(tmp_path):
        pass


def test_other_errors_of_locking_are_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="broken disk"), held(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_whose_folders_cannot_be_synchronised_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, "not here")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(notices, "_said", set())
    store = tp.sweep(small_sweep(samples=1, quarters=4), tmp_path / "out")
    assert store.missing == 0
    assert capsys.readouterr().err.count("cannot make new names last through a loss of power") == 1


def test_a_broken_disk_is_not_taken_for_one_without_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(handle: int) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(tp.SweepStopped, match="cannot be written"):
        tp.sweep(small_sweep(samples=1, quarters=4), tmp_path / "out")
