"""What the app sends to a page waits in one queue, which the event loop empties in one go.

Solara hands every message to the event loop by itself and waits until it is written; a step of the place page is a dozen messages,
the first view of a page some hundred.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from solara.server import starlette
from solara.server.websocket import WebSocketDisconnect
from starlette.websockets import WebSocketState

from totalplace.sim.browser.server.logs import LOG, in_one_line

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

#: The class of which Solara makes a websocket.
_CLASS: Final = "WebsocketWrapper"
#: Characters and bytes that may wait for a page that reads slowly; whoever has more to send waits with them.
MOST_WAITING: Final = 500_000
#: Longest time that what waits is given to be sent before the websocket is closed, seconds.
LAST_WORDS: Final = 1.0


class QueuedWebsocket(starlette.WebsocketWrapper):
    """A websocket whose senders wait for nobody, unless too much waits already."""

    def __init__(self, ws: Any, portal: BlockingPortal | None) -> None:
        super().__init__(ws, portal)
        self._lock = threading.Lock()
        self._waiting: deque[str | bytes] = deque()
        self._size = 0
        self._gone = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._busy = False

    def send_text(self, data: str) -> None:
        """Send a message. Raises WebSocketDisconnect once the page is known to be gone."""
        self._put(data)

    def send_bytes(self, data: bytes) -> None:
        """Send a message in bytes. Raises WebSocketDisconnect once the page is known to be gone."""
        self._put(data)

    def close(self) -> None:
        """Close the websocket after what waits."""
        portal = self._portal_from_elsewhere()
        if portal is not None:
            with suppress(Exception):
                portal.call(self._last_words)
        super().close()

    async def _last_words(self) -> None:
        await asyncio.wait_for(self._idle.wait(), LAST_WORDS)

    def _portal_from_elsewhere(self) -> BlockingPortal | None:
        """The way to wait for the event loop, for callers that are not in it."""
        return self.portal if threading.get_ident() != self._thread_id else None

    def _put(self, data: str | bytes) -> None:
        with self._lock:
            if self._gone:
                raise WebSocketDisconnect
            self._waiting.append(data)
            self._size += len(data)
            wake, full = not self._busy, self._size > MOST_WAITING
            self._busy = True
        try:
            if wake:
                self.event_loop.call_soon_threadsafe(self._start)
            portal = self._portal_from_elsewhere() if full else None
            if portal is not None:
                portal.call(self._idle.wait)
        except RuntimeError as error:  # the server is closing
            raise WebSocketDisconnect from error

    def _start(self) -> None:
        self._idle.clear()
        task = self.event_loop.create_task(self._send_all())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send_all(self) -> None:
        """Send what waits, in order, until nothing does or the page is gone."""
        sent = False
        try:
            while (data := self._next()) is not None:
                if self.ws.client_state is WebSocketState.DISCONNECTED:  # else the socket is written to, and asyncio complains
                    raise WebSocketDisconnect
                await (self._send_text_exc(data) if isinstance(data, str) else self._send_bytes_exc(data))
            sent = True
        except WebSocketDisconnect:
            pass
        except Exception as error:
            LOG.error("A message could not be sent: %s", in_one_line(error))
        finally:
            if not sent:  # nothing more reaches the page
                with self._lock:
                    self._gone, self._busy, self._size = True, False, 0
                    self._waiting.clear()
            self._idle.set()

    def _next(self) -> str | bytes | None:
        with self._lock:
            if not self._waiting:
                self._busy = False
                return None
            data = self._waiting.popleft()
            self._size -= len(data)
            return data


def queue_what_is_sent() -> None:
    """From now on, what Solara sends to its pages waits in a queue of each."""
    setattr(starlette, _CLASS, QueuedWebsocket)
