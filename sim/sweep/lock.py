"""One process at a time writes to the folder of a sweep."""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from scenarios.errors import InputError
from scenarios.notices import say_once

try:
    from fcntl import LOCK_EX, LOCK_NB, flock

    LOCKS = True
except ImportError:  # a system without such locks: the file alone must do
    LOCKS = False

NAME = "lock"
#: Technical: seconds between signs of life, times at which the lock file is touched, and those after which it counts as left.
SIGN_SECONDS: Final = 60.0
LEFT_SECONDS: Final = 600.0
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
#: What systems answer that know locks on a file system that has none.
_NO_LOCKS: Final = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process. Raises InputError, naming the other one, when another process holds it.

    The system lets go of the lock of a process that was killed, also when this machine has had another name since. A lock file
    that another machine left behind, or any on a system without locks, has to be removed by hand: the error says whose it is,
    when that process last gave a sign of life, and how. On a file system without locks the file alone must do, which is said.
    """
    path = folder / NAME
    handle = _taken(path)
    ended = threading.Event()
    signs = threading.Thread(target=_give_signs, args=(path, handle, ended), daemon=True, name="lock")
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(_holder()).encode(), 0)
        signs.start()
        yield
    finally:
        ended.set()
        if signs.ident is not None:
            signs.join()
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _holder() -> dict[str, Any]:
    """What others are told of this process."""
    return {"process": os.getpid(), "host": socket.gethostname(), "boot": _boot(), "user": _user()}


def _boot() -> str | None:
    """The identity of this start of this machine's system, whatever the machine is called; None where it has none."""
    with contextlib.suppress(OSError):
        return _BOOT_ID.read_text("ascii").strip()
    return None


def _user() -> str | None:
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return None


def _give_signs(path: Path, handle: int, ended: threading.Event) -> None:
    """Touch the lock file from time to time, until ``ended``."""
    while not ended.wait(SIGN_SECONDS):
        with contextlib.suppress(OSError):
            os.utime(handle if os.utime in os.supports_fd else path)


def _taken(path: Path) -> int:
    """The open, locked lock file."""
    while True:
        if not LOCKS and path.exists():
            raise _refused(path)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if _in_use(path, handle):
                raise _refused(path)
            if _is(path, handle):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # its holder removed it between our opening and our locking


def _in_use(path: Path, handle: int) -> bool:
    """Whether another process holds the lock, or may hold it on a machine whose locks are not seen here; locks it if not."""
    holder = _read(handle)
    here = _of_this_machine(holder)
    if not LOCKS:
        return False
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        say_once(f"The file system of '{path.parent}' has no locks: see to it that no other command writes to that folder.")
        return not here or _lives(holder.get("process"))
    return not here


def _read(handle: int) -> dict[str, Any]:
    with contextlib.suppress(ValueError, OSError):
        holder = json.loads(os.pread(handle, 4000, 0) or b"{}")
        if isinstance(holder, dict):
            return holder
    return {}


def _of_this_machine(holder: dict[str, Any]) -> bool:
    """Whether a lock file was left by this machine: by its system's identity, whatever its name was, or else by its name."""
    boot, host = holder.get("boot"), holder.get("host")
    return (boot is not None and boot == _boot()) or host in (None, socket.gethostname())


def _lives(process: Any) -> bool:
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


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _refused(path: Path) -> InputError:
    """The error that says who holds the folder, since when nothing was heard of them, and what to do."""
    holder: dict[str, Any] = {}
    quiet: float | None = None
    with contextlib.suppress(OSError, ValueError):
        with tempfile.TemporaryFile(dir=path.parent) as now:  # by the clock of the file system, which may be another machine's
            quiet = os.fstat(now.fileno()).st_mtime - path.stat().st_mtime
        found = json.loads(path.read_text("utf-8"))
        holder = found if isinstance(found, dict) else {}
    user = f" of {holder['user']}" if holder.get("user") else ""
    who = f"process {holder.get('process', '?')}{user} on {holder.get('host', '?')}"
    if quiet is not None and quiet > LEFT_SECONDS and not _of_this_machine(holder):
        return InputError(
            f"The folder '{path.parent}' was being written by {who}, which has given no sign of life for {_span(quiet)}",
            allowed=f"another folder; or, if that process has ended, which is likely, remove '{path}' and run the command again",
        )
    return InputError(
        f"The folder '{path.parent}' is being written by {who}",
        allowed=f"another folder, or the same one once that process has ended; if it has, remove '{path}'",
    )


def _span(seconds: float) -> str:
    """A long time in words."""
    for unit, length in (("days", 86_400.0), ("hours", 3_600.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
