"""One process at a time writes to the folder of a sweep."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filelock import BaseFileLock

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.notices import say_once
from totalplace.sim.system.locks import Taken, lives, of_this_machine, sign, signed_by, take, who

NAME = "lock"
#: Technical: seconds between signs of life, times at which the lock file is touched, and those after which it counts as left.
SIGN_SECONDS: Final = 60.0
LEFT_SECONDS: Final = 600.0
#: Technical: how often a lock is asked for whose file its holder removes in that moment.
_TRIES: Final = 100


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process. Raises InputError, naming the other one, when another process holds it.

    The system lets go of the lock of a process that was killed, also when this machine has had another name since. A lock file
    that another machine left behind has to be removed by hand: the error says whose it is, when that process last gave a sign of
    life, and how. On a file system without locks the file alone must do, which is said.
    """
    path = folder / NAME
    lock = _taken(path)
    ended = threading.Event()
    signs = threading.Thread(target=_give_signs, args=(path, ended), daemon=True, name="lock")
    try:
        sign(path)
        signs.start()
        yield
    finally:
        ended.set()
        if signs.ident is not None:
            signs.join()
        _let_go(path, lock)


def _let_go(path: Path, lock: BaseFileLock | None) -> None:
    """Remove the file, and then give back the lock: who waits for a file that has gone asks for a new one."""
    with contextlib.suppress(OSError):
        path.unlink()
    if lock is not None:
        lock.release()


def _taken(path: Path) -> BaseFileLock | None:
    """The lock, taken; None on a file system without locks. Raises InputError when somebody else has it, or may have it."""
    for _ in range(_TRIES):
        left = signed_by(path)
        try:
            lock = take(path)
        except Taken:
            if path.exists():
                break
            continue  # its holder removed it between our opening and our locking
        if lock is None:
            say_once(f"The file system of '{path.parent}' has no locks: see to it that no other command writes to that folder.")
        if of_this_machine(left) and not (lock is None and lives(left.get("process"))):
            return lock
        if lock is not None:  # of a machine whose locks are not seen here
            lock.release()
        break
    raise _refused(path)


def _give_signs(path: Path, ended: threading.Event) -> None:
    """Touch the lock file from time to time, until ``ended``."""
    while not ended.wait(SIGN_SECONDS):
        with contextlib.suppress(OSError):
            os.utime(path)


def _refused(path: Path) -> InputError:
    """The error that says who holds the folder, since when nothing was heard of them, and what to do."""
    holder = signed_by(path)
    quiet: float | None = None
    with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=path.parent) as now:
        # By the clock of the file system, which may be another machine's.
        quiet = os.fstat(now.fileno()).st_mtime - path.stat().st_mtime
    if quiet is not None and quiet > LEFT_SECONDS and not of_this_machine(holder):
        return InputError(
            f"The folder '{path.parent}' was being written by {who(holder)}, which has given no sign of life for {_span(quiet)}",
            allowed=f"another folder; or, if that process has ended, which is likely, remove '{path}' and run the command again",
        )
    return InputError(
        f"The folder '{path.parent}' is being written by {who(holder)}",
        allowed=f"another folder, or the same one once that process has ended; if it has, remove '{path}'",
    )


def _span(seconds: float) -> str:
    """A long time in words."""
    for unit, length in (("days", 86_400.0), ("hours", 3_600.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
