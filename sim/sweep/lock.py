"""One process at a time writes to the folder of a sweep."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from scenarios.errors import InputError

try:
    from fcntl import LOCK_EX, LOCK_NB, flock

    LOCKS = True
except ImportError:  # a system without such locks: the file alone must do
    LOCKS = False

NAME = "lock"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process. Raises InputError, naming the other one, when another process holds it.

    The system lets go of the lock of a process that was killed. Only a lock file that another machine left behind, or any on
    a system without locks, has to be removed by hand.
    """
    path = folder / NAME
    handle = _taken(path)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode(), 0)
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _taken(path: Path) -> int:
    """The open, locked lock file."""
    while True:
        if not LOCKS and path.exists():
            raise _refused(path)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if LOCKS:
                flock(handle, LOCK_EX | LOCK_NB)
            if _elsewhere(handle):
                raise _refused(path)
            if _is(path, handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise _refused(path) from None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # its holder removed it between our opening and our locking


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _elsewhere(handle: int) -> bool:
    """Whether the file was left by a process on another machine, whose locks this one may not see."""
    with contextlib.suppress(ValueError, AttributeError):
        host = json.loads(os.pread(handle, 1000, 0) or b"{}").get("host")
        return host not in (None, socket.gethostname())
    return False


def _refused(path: Path) -> InputError:
    holder: dict[str, object] = {}
    with contextlib.suppress(OSError, ValueError):
        holder = json.loads(path.read_text("utf-8"))
    who = f"process {holder.get('process', '?')} on {holder.get('host', '?')}"
    return InputError(
        f"The folder '{path.parent}' is being written by {who}",
        allowed=f"another folder, or the same one once that process has ended; if it has, remove '{path}'",
    )
