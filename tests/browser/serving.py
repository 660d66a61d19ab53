"""A server of the web app in a thread of the test's process, requests by hand, and a websocket that talks as a page does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from socket import create_connection
from typing import Any
from uuid import uuid4

from totalplace.sim.browser.server.access import Access

#: Longest that a state may take to come, seconds; tests wait for it and no longer than it takes.
PATIENCE = 60.0


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Wait for a state."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, what
        time.sleep(0.02)


@contextmanager
def serving(allowed: Access | None = None) -> Iterator[int]:
    """Serve on loopback; gives the port."""
    from totalplace.sim.browser.server.serving import bound, new_server

    running = new_server("127.0.0.1", 0, allowed)
    sockets = running.config.sockets  # type: ignore[attr-defined]  # put there by new_server
    thread = threading.Thread(target=running.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    wait_until(lambda: running.started, "the server does not start")
    yield bound(running)
    running.should_exit = True
    thread.join(PATIENCE)


def ask(port: int, path: str, headers: Mapping[str, str] | None = None, method: str = "GET",
        body: bytes | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body=body, headers={"Host": f"127.0.0.1:{port}"} | dict(headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def message(kind: str, content: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """A message as pages send it."""
    header = {"msg_id": uuid4().hex, "msg_type": kind, "session": "page", "username": "", "version": "5.2",
              "date": "2026-11-26T14:00:00.000Z"}
    whole = {"header": header, "parent_header": {}, "metadata": {}, "content": dict(content or {}), "channel": "shell",
             "buffers": []}
    return json.dumps(whole | changes)


class Socket:
    """A websocket to a page of its own, or to that of ``kernel``; used as a context it is closed at the end."""

    def __init__(self, port: int, kernel: str = "", origin: str | None = "", cookie: str = "solara-session-id=tester",
                 path: str = "", host: str = "127.0.0.1") -> None:
        from websockets.sync.client import connect

        self.kernel = kernel or uuid4().hex
        address = f"ws://{host}:{port}{path}/jupyter/api/kernels/{self.kernel}/channels?session_id={uuid4().hex}"
        found: Any = f"http://127.0.0.1:{port}" if origin == "" else origin
        self._stack = ExitStack()
        self.connection = self._stack.enter_context(connect(
            address, sock=create_connection(("127.0.0.1", port), PATIENCE), origin=found, proxy=None, max_size=None,
            additional_headers={"Cookie": cookie}, open_timeout=PATIENCE, close_timeout=PATIENCE))

    def __enter__(self) -> Socket:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, content: str | bytes) -> None:
        """Send a frame."""
        self.connection.send(content)

    def lives(self) -> bool:
        """Whether the page answers: a question of the protocol gets its reply."""
        from websockets.exceptions import ConnectionClosed

        try:
            self.send(message("kernel_info_request"))
            while json.loads(self.connection.recv(timeout=PATIENCE))["header"]["msg_type"] != "kernel_info_reply":
                pass
        except ConnectionClosed:
            return False
        return True

    def show(self, path: str) -> None:
        """Ask for a page of the app and wait until the server has made it."""
        args = {"path": path, "themes": {"light": {}, "dark": {}}, "dark": False}
        self.send(message("comm_open", {"comm_id": "page", "target_name": "solara.control", "data": {}}))
        self.send(message("comm_msg", {"comm_id": "page", "data": {"method": "run", "args": args}}))
        while True:
            received = self.connection.recv(timeout=2 * PATIENCE)
            if isinstance(received, str):
                content = json.loads(received)["content"]
                if content.get("comm_id") == "page" and content.get("data", {}).get("method") == "finished":
                    return

    def closed(self) -> int:
        """Wait until the server closes the websocket; gives its code."""
        from websockets.exceptions import ConnectionClosed

        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                self.connection.recv(timeout=PATIENCE)
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0
        raise AssertionError("the server does not close the websocket")
