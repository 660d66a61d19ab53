"""One websocket between a browser and the app: its messages are checked as they come, and wait where there are too many."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from totalplace.sim.browser.server.logs import LOG
from totalplace.sim.browser.server.message_limits import FrameError, check_frame

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Seconds that a new websocket may be silent.
SILENCE: Final = 30.0
#: Messages that a page may send at once, and a second after that; further ones wait. Of a large one each ``LARGE`` bytes count.
BURST: Final = 400
A_SECOND: Final = 200.0
LARGE: Final = 10_000


class Talk:
    """One websocket: messages are checked as they come, and wait where there are too many."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._waiting: list[Message] = []
        self._ended = False
        self.damaged = False
        self._allowed, self._counted = float(BURST), time.monotonic()

    async def open(self) -> bool:
        """Accept the websocket and wait for its first good message; False if none came. Until then the app knows nothing of it."""
        connect = await self._receive()
        await self._send({"type": "websocket.accept"})
        try:
            first = await asyncio.wait_for(self._checked(), SILENCE)
        except TimeoutError:
            await self.end(1008)
            return False
        self._waiting = [connect, first]
        return first["type"] == "websocket.receive"

    async def receive(self) -> Message:
        """The next message, for the app."""
        return self._waiting.pop(0) if self._waiting else await self._checked()

    async def send(self, message: Message) -> None:
        """What the app sends; it need not accept the websocket any more."""
        if message["type"] == "websocket.accept" or self._ended:
            return
        self._ended = message["type"] == "websocket.close"
        await self._send(message)

    async def end(self, code: int) -> None:
        """Close the websocket, unless it is closed."""
        if not self._ended:
            self._ended = True
            await self._send({"type": "websocket.close", "code": code})

    async def _checked(self) -> Message:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self._ended = True
            return message
        text = message.get("text")
        content = text if text is not None else message.get("bytes") or b""
        await self._pace(1.0 + len(content) // LARGE)
        try:
            check_frame(content)
        except FrameError as error:
            self.damaged = True
            LOG.warning("A session was ended: of a message that it sent, %s.", error)
            await self.end(1007)
            return {"type": "websocket.disconnect", "code": 1007}
        return message

    async def _pace(self, count: float) -> None:
        now = time.monotonic()
        self._allowed = min(float(BURST), self._allowed + (now - self._counted) * A_SECOND) - count
        self._counted = now
        if self._allowed < 0:
            await asyncio.sleep(-self._allowed / A_SECOND)
