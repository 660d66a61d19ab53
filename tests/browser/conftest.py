"""A server of the web app and a real headless Chromium that may talk to nobody else.

Where continuous integration has no Chromium the tests fail; elsewhere they are skipped, with the reason.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import serving

LOCAL = ("127.0.0.1", "localhost")
NewPage = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two warnings of the web server's own are not ours to mend: cookies without https, and a module that websockets gives up."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.filterwarnings("ignore:Cookies with samesite"))
            item.add_marker(pytest.mark.filterwarnings("ignore:websockets"))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server that runs in a thread of this process, so that a test may make its model fail."""
    from totalplace.sim.browser.server.serving import bound, new_server

    running = new_server("127.0.0.1", 0)
    sockets = running.config.sockets  # type: ignore[attr-defined]  # put there by new_server
    thread = threading.Thread(target=running.run, kwargs={"sockets": sockets}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not running.started and time.monotonic() < until:
        time.sleep(0.05)
    assert running.started
    yield f"http://127.0.0.1:{bound(running)}"
    running.should_exit = True
    thread.join(15)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server for this machine alone that no other file of tests talks to."""
    with serving() as found:
        yield found


def told(said: Any) -> bool:
    """Whether the console tells of an error; that news of a run came after its widget was closed, on a page left, is none."""
    return said.type == "error" and "Could not process update msg for model id" not in said.text


@pytest.fixture
def new_page(chrome: Any) -> Iterator[NewPage]:
    """Makes pages of people who do not know each other; at the end nothing may have gone wrong or astray in any."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def guard(route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("data", "blob") or address.hostname in LOCAL:
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    def make(width: int = 1400, height: int = 900, **options: Any) -> Any:
        context = chrome.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.route("**/*", guard)
        context.set_default_timeout(60_000)
        made = context.new_page()
        made.on("console", lambda said: wrong.append(f"console: {said.text}") if told(said) else None)
        made.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        return made

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(new_page: NewPage) -> Any:
    """One page, 1400 pixels wide."""
    return new_page()
