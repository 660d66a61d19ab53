"""What a user should know though the work goes on: said on standard error, once."""

from __future__ import annotations

import contextlib
import sys
import threading

_said: set[str] = set()
_lock = threading.Lock()


def say_once(text: str) -> None:
    """Print a line to standard error unless this process has said it before. What cannot be printed is not worth an error."""
    with _lock:
        if text in _said:
            return
        _said.add(text)
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(text, file=sys.stderr, flush=True)
