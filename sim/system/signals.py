"""Signals that ask a process to stop, unless whoever started it said that it should not heed them.

``nohup`` starts a command with SIGHUP ignored, a shell script starts what it puts in the background with SIGINT ignored: a
handler of our own would undo that.
"""

from __future__ import annotations

import signal
from typing import Final

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


def ignored(number: int) -> bool:
    """Whether the process was told to ignore a signal, or somebody other than Python handles it."""
    return signal.getsignal(number) in (signal.SIG_IGN, None)


def stop_signals() -> list[int]:
    """Those signals of this system that ask the process to stop and that it is to heed."""
    numbers = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    return [int(number) for number in numbers if not ignored(number)]
