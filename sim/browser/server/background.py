"""Work in the background of a page: progress, cancel, an end with the session, a message when it fails."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import solara

from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.server.fair_turns import Turn, Turns
from totalplace.sim.browser.server.open_sessions import reader

#: Jobs of all sessions that compute at one time; others wait for their turn, and sessions take turns.
AT_ONCE: Final = max(1, (os.cpu_count() or 1) - 1)
#: Threads that one job may use, so that all jobs together leave the server a processor where there are several.
THREADS: Final = max(1, ((os.cpu_count() or 1) - 1) // AT_ONCE)
#: Name of the threads that work.
THREAD: Final = "totalplace-work"
#: Seconds between two reports of progress to the browser, and between two of what has come so far, which is drawn anew each time.
PAUSE: Final = 0.15
RESULT_PAUSE: Final = 1.0
_TURNS: Final = Turns(AT_ONCE)

WAITING, RUNNING, DONE, CANCELLED, FAILED = "waiting", "running", "done", "cancelled", "failed"


class Cancelled(Exception):  # noqa: N818 (nothing went wrong: somebody asked for it)
    """The work was cancelled."""


@dataclass(frozen=True, eq=False)
class Job:
    """The state of a piece of work: how far it is, what has come of it so far, why it failed."""

    state: str = ""
    done: int = 0
    total: int = 0
    result: Any = None
    message: str = ""

    @property
    def busy(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)


class Work:
    """A piece of work on its thread: it reports how far it is, and hears there that it is no longer wanted."""

    def __init__(self, show: Callable[[Job], None], turn: Turn | None = None) -> None:
        self._show, self._stopped, self._shown, self._lock = in_session(show), threading.Event(), 0.0, threading.RLock()
        self._turn = turn
        self.job = Job(WAITING)

    def cancel(self) -> None:
        """End the work at its next report; nothing it does is shown any more."""
        with self._lock:  # news that is on its way is shown before, not after
            self._stopped.set()
        if self._turn is not None:
            self._turn.give_up()

    def report(self, done: int, total: int, result: Any = None) -> None:
        """Say how far the work is, and what has come of it so far; let others have their turn. Raises Cancelled.

        May be called from several threads.
        """
        if self._stopped.is_set() or (self._turn is not None and not self._turn.renew()):
            raise Cancelled
        with self._lock:
            now, pause = time.monotonic(), PAUSE if result is None else RESULT_PAUSE
            if now - self._shown >= pause or done >= total:
                self._shown = now
                self._put(Job(RUNNING, done, total, self.job.result if result is None else result))

    def run(self, task: Callable[[Work], Any]) -> None:
        """Wait for a turn, do the task, show what came of it."""
        if self._turn is None:
            self._turn = _TURNS.enter(self)
        try:
            if not self._turn.wait():
                return
            self._put(replace(self.job, state=RUNNING))
            result = task(self)
            self._put(replace(self.job, state=DONE, result=result))
        except Cancelled:
            pass
        except InputError as error:
            self._put(replace(self.job, state=FAILED, message=str(error)))
        except Exception as error:  # a fault of the model: the page stays and says so
            self._put(replace(self.job, state=FAILED, message=f"The model stopped: {type(error).__name__}: {error}"))
        finally:
            self._turn.leave()

    def _put(self, job: Job) -> None:
        with self._lock:
            self.job = job
            if not self._stopped.is_set():
                self._show(job)


def in_session(show: Callable[[Job], None]) -> Callable[[Job], None]:
    """``show`` for every thread: what it draws belongs to the session that asks now.

    A thread of a pool belongs to no session; what it drew, the browser would never hear of, and the page could not go on from it.
    """
    from solara.server import kernel_context

    if not kernel_context.has_current_context():
        return show
    session = kernel_context.get_current_context()

    def shown(job: Job) -> None:
        if not session.closed_event.is_set():
            with session:
                show(job)

    return shown


def use_work() -> tuple[Job, Callable[[Callable[[Work], Any]], None], Callable[[], None]]:
    """The job of this part of the page, a way to start another in its place, and a way to cancel it.

    The job is cancelled when the part goes or the session ends, and rests while no browser is connected to the page.
    """
    job, show = solara.use_state(Job())
    current: Any = solara.use_ref(None)

    def stop() -> None:
        if current.current is not None:
            current.current.cancel()
            current.current = None

    def start(task: Callable[[Work], Any]) -> None:
        stop()
        try:
            work = current.current = Work(show, _TURNS.enter(*reader()))
        except InputError as error:
            show(Job(FAILED, message=str(error)))
            return
        show(work.job)
        threading.Thread(target=work.run, args=(task,), name=THREAD, daemon=True).start()

    def cancel() -> None:
        if current.current is not None:
            was = current.current.job
            stop()
            show(replace(was, state=CANCELLED))

    solara.use_effect(lambda: stop, [])
    return job, start, cancel
