"""The queue of what is sent to a page: in order, bounded, ended with the page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.from_thread import BlockingPortal
from starlette.websockets import WebSocketDisconnect as Left
from starlette.websockets import WebSocketState

from tests.browser.serving import Socket, wait_until

if TYPE_CHECKING:
    from totalplace.sim.browser.server.outgoing import QueuedWebsocket


class Page:
    """A websocket that takes what it is sent when it may, unless it has a fault."""

    def __init__(self) -> None:
        self.got: list[str | bytes] = []
        self.may = asyncio.Event()
        self.may.set()
        self.fault: Exception | None = None
        self.client_state = WebSocketState.CONNECTED

    async def send_text(self, data: str | bytes) -> None:
        await self.may.wait()
        if self.fault is not None:
            raise self.fault
        self.got.append(data)

    send_bytes = send_text

    async def close(self) -> None:
        self.got.append("closed")


def talk(*senders: Callable[[QueuedWebsocket], None], then: Callable[[Page, QueuedWebsocket], Any] | None = None) -> Page:
    """Let senders talk to a page, each from a thread of its own, while ``then`` runs in the event loop."""

    from totalplace.sim.browser.server.outgoing import QueuedWebsocket

    async def main() -> Page:
        page = Page()
        if then is not None:
            page.may.clear()
        async with BlockingPortal() as portal:
            queue = QueuedWebsocket(page, portal)
            async with anyio.create_task_group() as group:
                for sender in senders:
                    group.start_soon(anyio.to_thread.run_sync, sender, queue)
                if then is not None:
                    await then(page, queue)
        return page

    with ThreadPoolExecutor(1) as pool:  # a browser of other tests has its event loop in this thread
        return pool.submit(anyio.run, main).result()


def test_what_is_sent_arrives_in_order_and_before_the_end() -> None:
    def sender(name: str) -> Callable[[QueuedWebsocket], None]:
        def send(queue: QueuedWebsocket) -> None:
            for i in range(300):
                queue.send_text(f"{name} {i}") if i % 3 else queue.send_bytes(f"{name} {i}".encode())

        return send

    got = [one.decode() if isinstance(one, bytes) else one for one in talk(sender("a"), sender("b")).got]
    for name in ("a", "b"):
        assert [one for one in got if one.startswith(name)] == [f"{name} {i}" for i in range(300)]

    def last(queue: QueuedWebsocket) -> None:
        queue.send_text("last words")
        queue.close()

    assert talk(last).got == ["last words", "closed"]


def test_whoever_sends_too_much_to_a_slow_page_waits_with_it() -> None:
    from totalplace.sim.browser.server.outgoing import MOST_WAITING

    sent: list[int] = []
    many = 8

    def send(queue: QueuedWebsocket) -> None:
        for i in range(many):
            queue.send_text("x" * (MOST_WAITING // 2))
            sent.append(i)

    async def then(page: Page, queue: QueuedWebsocket) -> None:
        while queue._size <= MOST_WAITING:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(sent) <= 3, "what is on its way, and what may wait"
        page.may.set()

    assert len(talk(send, then=then).got) == many == len(sent)


@pytest.mark.parametrize(("fault", "lines"), [
    (Left(), []), (ValueError("broken"), ["A message could not be sent: ValueError: broken"])])
def test_a_page_that_has_gone_takes_nothing_more(fault: Exception, lines: list[str], caplog: pytest.LogCaptureFixture) -> None:
    from solara.server.websocket import WebSocketDisconnect

    def send(queue: QueuedWebsocket) -> None:
        queue.send_text("lost")
        wait_until(lambda: queue._gone, "nobody notices")
        with pytest.raises(WebSocketDisconnect):
            queue.send_text("more")

    async def then(page: Page, queue: QueuedWebsocket) -> None:
        page.fault = fault
        page.may.set()

    assert talk(send, then=then).got == []
    assert [record.getMessage().partition(" (")[0] for record in caplog.records if record.name == "totalplace.browser"] == lines


def test_pages_of_the_app_are_sent_to_by_the_queue(port: int) -> None:
    from solara.server import starlette
    from solara.server.kernel_context import contexts

    from totalplace.sim.browser.server.outgoing import QueuedWebsocket

    with Socket(port) as mine:
        mine.show("/guide")
        (found,) = contexts[mine.kernel].kernel.session.websockets
    assert isinstance(found, QueuedWebsocket)
    assert starlette.WebsocketWrapper is QueuedWebsocket
