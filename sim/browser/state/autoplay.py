"""Play: step after step in a thread of its own, no faster than asked and never two pictures ahead of what the browser has drawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from totalplace.sim.browser.state.session import PlaceSession

#: Steps a second that a reader may choose, by what the page calls them; 0 is as fast as the page draws.
SPEEDS: Final = {"1 a second": 1.0, "2 a second": 2.0, "5 a second": 5.0, "10 a second": 10.0, "as fast as it draws": 0.0}
#: Seconds to wait for a browser that does not say that it has drawn (a hidden tab), before the next step.
PATIENCE: Final = 2.0


class Drawn:
    """What the browser has drawn last, so that play waits for it and no queue of pictures grows."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._quarter = -1

    def tell(self, quarter: int) -> None:
        """The browser has drawn ``quarter``."""
        with self._changed:
            self._quarter = int(quarter)
            self._changed.notify_all()

    def wait(self, quarters: tuple[int, ...], stopped: threading.Event) -> None:
        """Return once one of ``quarters`` is drawn, or play is stopped, or the browser has been silent for too long."""
        until = time.monotonic() + PATIENCE
        with self._changed:
            while self._quarter not in quarters and not stopped.is_set() and time.monotonic() < until:
                self._changed.wait(0.05)


class Player(threading.Thread):
    """Steps ``session`` until it is stopped, broken or at its end, and calls ``refresh`` after each step, ``done`` at the end.

    ``speed`` gives the steps a second wanted now (0: no limit).
    """

    def __init__(self, session: PlaceSession, drawn: Drawn, speed: Callable[[], float], refresh: Callable[[], None],
                 done: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.session, self.drawn, self.speed, self.refresh, self.done = session, drawn, speed, refresh, done
        self.stopped = threading.Event()

    def stop(self) -> None:
        """Take no further step."""
        self.stopped.set()

    def run(self) -> None:
        """Step, show, wait; see :class:`Player`."""
        due = time.monotonic()
        while not self.stopped.is_set():
            view = self.session.step()
            if self.stopped.is_set():
                return
            self.refresh()
            if view.stopped or view.snapshot.finished:
                self.done()
                return
            passed = view.snapshot.quarter
            self.drawn.wait((passed - 1, passed), self.stopped)
            wanted = self.speed()
            due = max(due + (1.0 / wanted if wanted else 0.0), time.monotonic() - 0.2)
            self.stopped.wait(max(0.0, due - time.monotonic()))
