"""Locks that hold between processes: who has one, and who left one. The locking itself is filelock's.

The system lets go of the lock of a process that was killed. The lock file says in JSON who made it, for those who are refused, and
for file systems on which no lock can be held: there the file alone must do.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from filelock import BaseFileLock, FileLock, Timeout

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
#: What systems answer that know locks on a file system that has none.
_NO_LOCKS: Final = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL)
#: Most bytes of a lock file that are read.
_MOST_BYTES: Final = 4000


class Taken(Exception):  # noqa: N818 (says what has become of the lock)
    """Somebody else holds the lock."""


def take(path: Path) -> BaseFileLock | None:
    """Take the lock of the file ``path``, made if need be; None on a file system that has no locks.

    The one who gives it back with ``release`` removes the file before that. Raises Taken, at once, when it is held already, by
    whatever process, this one included, and OSError.
    """
    lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise Taken(str(path)) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return None
    return lock


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock, and say in its file who does; by the file alone where there are no locks. Raises Taken, OSError."""
    lock = take(path)
    try:
        sign(path)
        yield
    finally:
        if lock is not None:
            lock.release()


def holder() -> dict[str, Any]:
    """What others are told of this process."""
    return {"process": os.getpid(), "host": socket.gethostname(), "boot": boot(), "user": _user()}


def sign(path: Path) -> None:
    """Write into a lock file who holds it. Raises OSError, but where a system lets nobody write to a file that is locked."""
    with contextlib.suppress(PermissionError) if os.name == "nt" else contextlib.nullcontext():
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps(holder()).encode())
        finally:
            os.close(handle)


def signed_by(path: Path) -> dict[str, Any]:
    """What a lock file says of who holds it, or left it; nothing where it cannot be read."""
    with contextlib.suppress(ValueError, OSError), path.open("rb") as file:
        found = json.loads(file.read(_MOST_BYTES) or b"{}")
        if isinstance(found, dict):
            return found
    return {}


def who(told: dict[str, Any]) -> str:
    """A holder in words: ``process 12 of anna on lab-3``."""
    user = f" of {told['user']}" if told.get("user") else ""
    return f"process {told.get('process', '?')}{user} on {told.get('host', '?')}"


@cache
def boot() -> str | None:
    """The identity of this start of this machine's system, whatever the machine is called; None where it has none."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text("ascii").strip()
    return None


def _user() -> str | None:
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return None


def of_this_machine(told: dict[str, Any]) -> bool:
    """Whether a lock file was left by this machine: by its system's identity, whatever its name was, or else by its name."""
    started, host = told.get("boot"), told.get("host")
    return (started is not None and started == boot()) or host in (None, socket.gethostname())


def lives(process: Any) -> bool:
    """Whether there is a process with a number on this machine, other than this one."""
    if not isinstance(process, int) or isinstance(process, bool) or process <= 0 or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is another user's
        return True
    return True
