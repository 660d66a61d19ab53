"""Ways in which a sweep can stop before its end. Each leaves a folder from which the same command goes on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from totalplace.sim.system.signals import stop_signals

GO_ON = "The same command on the same folder goes on from there"


class SweepStopped(RuntimeError):  # noqa: N818 (what is done stays good)
    """The sweep stopped: a full disk, a lost cluster, a failed run. What is written stays and counts."""


class RunFailed(SweepStopped):
    """A run failed and ``on_error`` is ``stop``. ``run`` is its number, ``point`` and ``seed`` say which it was."""

    def __init__(self, run: int, point: int, seed: int, error: str) -> None:
        self.run, self.point, self.seed, self.error = run, point, seed, error
        super().__init__(run, point, seed, error)

    def __str__(self) -> str:
        return f"Run {self.run} (point {self.point}, seed {self.seed}) failed: {self.error}"


class SweepInterrupted(KeyboardInterrupt):
    """The user or the system asked the sweep to stop, and the chunks under way were finished and written.

    ``number`` is the signal, ``done`` and ``runs`` count runs.
    """

    def __init__(self, number: int, done: int, runs: int) -> None:
        self.number, self.done, self.runs = number, done, runs
        super().__init__(f"Stopped after {done:,} of {runs:,} runs. {GO_ON}.")


class Request:
    """Whether a stop was asked for; ``number`` is the signal, 0 for none."""

    number = 0


@contextmanager
def stop_requests() -> Iterator[Request]:
    """Turn the first interrupt into a request to stop; the second one raises KeyboardInterrupt at once.

    Only the main thread can watch signals: elsewhere nothing is watched. Signals that the process ignores stay ignored.
    """
    request = Request()

    def asked(number: int, frame: FrameType | None) -> None:
        if request.number:
            raise KeyboardInterrupt
        request.number = number
        with suppress(OSError):  # not print: a handler may interrupt another print
            os.write(2, b"Stopping: the chunks under way are finished first. Once more stops at once.\n")

    watched = stop_signals() if threading.current_thread() is threading.main_thread() else []
    before = {number: signal.signal(number, asked) for number in watched}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
