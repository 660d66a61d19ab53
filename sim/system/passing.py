"""What a process makes for a while only: noted before it is made, so that an interrupt at whatever moment leaves nothing behind.

A block that clears up after itself is not enough: an interrupt may come between the making and the block, or in the clearing.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

#: What takes each path away, in the order in which they were noted.
_passing: dict[Path, Callable[[Path], None]] = {}


def note(path: Path, take_away: Callable[[Path], None]) -> None:
    """Have ``take_away`` called with a path, which is still to be made, when the process ends, unless it is forgotten before."""
    _passing[path] = take_away


def forget(path: Path) -> None:
    """Say that a path is gone, or is to stay."""
    _passing.pop(path, None)


@contextlib.contextmanager
def passing(path: Path, take_away: Callable[[Path], None]) -> Iterator[Path]:
    """A path that is made in the block and goes with it: at its end, or, if that is interrupted, at the end of the process."""
    note(path, take_away)
    try:
        yield path
    finally:
        take_away(path)
        forget(path)


def clear() -> None:
    """Take away all that is noted, the latest first."""
    for path, take_away in reversed(list(_passing.items())):
        with contextlib.suppress(OSError):
            take_away(path)
        forget(path)


atexit.register(clear)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_passing.clear)  # they are the parent's
