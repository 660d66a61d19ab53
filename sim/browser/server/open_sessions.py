"""Who reads: the sessions of open pages, whether somebody looks at one, when one ends, and the memory that it gives back."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from totalplace.sim.browser.server.settings import MOST_PAGES, MOST_PAGES_EACH

if TYPE_CHECKING:
    from solara.server.kernel_context import VirtualKernelContext

#: Seconds after the end of a session until memory is given back: sessions that end together are tidied up after once.
TIDY_AFTER: Final = 2.0
#: M_ARENA_MAX of the C library of GNU.
_ARENAS: Final = -8
_ending: Final = ThreadPoolExecutor(2, "totalplace-ending")
_tidying: Final = threading.Lock()


def reader() -> tuple[Hashable, Callable[[], bool]]:
    """Who asks, the same for all pages of one browser, and whether a browser is connected to the page that asks."""
    from solara.server import kernel_context

    if not kernel_context.has_current_context():
        return "", lambda: True
    context = kernel_context.get_current_context()
    return context.session_id, lambda: is_connected(context)


def is_connected(context: VirtualKernelContext) -> bool:
    """Whether a browser is connected to a page."""
    from solara.server.kernel_context import PageStatus

    return PageStatus.CONNECTED in tuple(context.page_status.values())


def may_open(kernel: str, session: str) -> str:
    """Why a browser whose cookie says ``session`` may not open or go on with a page, or nothing if it may."""
    from solara.server.kernel_context import contexts

    known = contexts.get(kernel)
    if known is not None and not known.closed_event.is_set():
        return "" if known.session_id == session else "the page is somebody else's"
    if session and sum(context.session_id == session for context in tuple(contexts.values())) >= MOST_PAGES_EACH:
        return f"its browser has {MOST_PAGES_EACH} pages open"
    return f"{MOST_PAGES} pages are open" if len(contexts) >= MOST_PAGES else ""


def leave(kernel: str, at_once: bool) -> Future[None]:
    """A browser has gone from a page: end its session ``at_once``, or if nothing was ever shown in it; else it may come back.

    Sessions end in threads of their own, so that many at once hold nobody up.
    """
    return _ending.submit(_leave, kernel, at_once)


def _leave(kernel: str, at_once: bool) -> None:
    from solara.server.kernel_context import contexts

    context = contexts.get(kernel)
    if context is None or context.closed_event.is_set():
        return
    if at_once or (context.container is None and not is_connected(context)):
        with contextlib.suppress(Exception):
            context.close()


def close_page(kernel: str, page: str, session: str) -> None:
    """A browser says that it has closed a page; nothing happens unless the page is its own."""
    from solara.server.kernel_context import contexts

    context = contexts.get(kernel)
    if context is not None and context.session_id == session and page in context.page_status:
        context.page_close(page)


def keep_one_heap() -> None:
    """Let all threads share one heap, so that those of many sessions leave none half empty: before the first thread starts."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)


def tidy_up_after_each() -> None:
    """From now on, memory goes back to the system some seconds after a session has ended."""
    import solara.lab

    solara.lab.on_kernel_start(lambda: _tidy_up_soon)


def _tidy_up_soon() -> None:
    if _tidying.acquire(blocking=False):
        timer = threading.Timer(TIDY_AFTER, _tidy_up)
        timer.daemon = True
        timer.current_context = None  # type: ignore[attr-defined]
        timer.start()


def _tidy_up() -> None:
    _tidying.release()
    give_back_memory()


def give_back_memory() -> None:
    """Collect what nobody holds any more, and give free memory back to the system where it can be."""
    gc.collect()
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
