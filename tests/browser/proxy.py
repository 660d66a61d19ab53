"""A small reverse proxy for tests: it shows a server below a path, as hubs do, with or without that path in what it passes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Proxy:
    """How requests for ``path`` go to ``port``.

    ``strip`` takes the path away; ``tell`` says it in X-Forwarded-Prefix; ``host`` stands in place of the browser's own Host.
    """

    port: int
    path: str
    strip: bool = True
    tell: bool = False
    host: str = ""

    def head(self, head: bytes) -> bytes | None:
        """The head of a request as it is passed on; None for what is not below the path."""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = first.split(" ")
        path, question, query = target.partition("?")
        if not (path + "/").startswith(self.path + "/"):
            return None
        if self.strip:
            path = path[len(self.path):] or "/"
        kept = [line for line in lines if line]
        if not any(line.lower().startswith("upgrade:") for line in kept):
            kept = [line for line in kept if not line.lower().startswith("connection:")] + ["Connection: close"]
        if self.host:
            kept = [line for line in kept if not line.lower().startswith("host:")] + [f"Host: {self.host}"]
        if self.tell:
            kept.append(f"X-Forwarded-Prefix: {self.path}")
        return "\r\n".join([f"{method} {path}{question}{query} {version}", *kept, "", ""]).encode("latin-1")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = self.head(await reader.readuntil(b"\r\n\r\n"))
            if head is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                back, forth = await asyncio.open_connection("127.0.0.1", self.port)
                forth.write(head)
                forward = asyncio.create_task(_copy(reader, forth))
                forward.add_done_callback(lambda _: forth.close())
                await _copy(back, writer)
                forward.cancel()
        writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@contextmanager
def running(proxy: Proxy) -> Iterator[int]:
    """Serve on loopback in a thread; gives the port."""
    ready: list[int] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()

    async def start() -> asyncio.Server:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        return server

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(start())
        started.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(30)
    yield ready[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
