"""What tests of work in the background wait for."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import Any

from totalplace.sim.browser.server.background import THREAD

#: Longest that work may take, milliseconds.
PATIENCE = 120_000


def wait_for(page: Any, state: str) -> None:
    """Wait until the job of a page is in this state; the first one of all may have to compile the rules."""
    page.locator(f"[data-testid=job][data-state={state}]").wait_for(state="attached", timeout=PATIENCE)


def wait_until_idle(page: Any) -> None:
    """Wait until no thread works in the background of any session."""
    for _ in range(PATIENCE // 100):
        if not any(thread.name == THREAD for thread in threading.enumerate()):
            return
        page.wait_for_timeout(100)
    raise AssertionError("work goes on after its session has ended:\n" + "\n".join(_stacks()))


def _stacks() -> list[str]:
    """Where the threads that work are."""
    frames = sys._current_frames()
    return ["".join(traceback.format_stack(frames[thread.ident])) for thread in threading.enumerate()
            if thread.name == THREAD and thread.ident in frames]
