"""The web server: Solara's app under the routes of this app alone, on loopback unless asked otherwise, without the internet."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from totalplace.sim.browser.parts.plain_page import page_not_found
from totalplace.sim.browser.parts.style import server_gone
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.server import open_sessions as readers
from totalplace.sim.browser.server.access import Access, access
from totalplace.sim.browser.server.logs import faults_in_one_line
from totalplace.sim.browser.server.message_limits import MOST_BYTES
from totalplace.sim.browser.server.middleware import SESSION_COOKIE, Guard
from totalplace.sim.browser.server.settings import PAGES, kept_seconds
from totalplace.sim.system.signals import ignored

if TYPE_CHECKING:
    import uvicorn
    from starlette.requests import Request
    from starlette.responses import Response

#: Where Solara's page says, one over the other, that the server has gone; one message of ours stands in their place.
_GONE: Final = tuple(re.compile(pattern, re.DOTALL) for pattern in (
    r'<v-overlay style="z-index: 100002;".*?</v-overlay>', r'<v-dialog v-if="!vue3" v-model="needsRefresh".*?</v-dialog>',
    r'<v-alert v-if="needsRefresh .*?</v-alert>',
))
#: The end of the heading of a page while it loads; ours has a sentence below it.
_LOADING: Final = "</v-card-title>"


def web_app(allowed: Access | None = None) -> Guard:
    """The web app as ASGI for those whom ``allowed`` lets in: this machine alone unless it says otherwise."""
    allowed = allowed or Access()
    _set_up(allowed)
    import solara.server.starlette as solara_server
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route, WebSocketRoute

    from totalplace.sim.browser.server.shipped_files import from_disk

    kept = [from_disk(route) for route in solara_server.routes if isinstance(route, Mount | WebSocketRoute)]
    ours = [
        Route("/", endpoint=_page),
        *(Route(f"/{name}", endpoint=_page) for name in PAGES),
        Route("/readyz", endpoint=solara_server.readyz),
        Route("/_solara/api/close/{kernel}", endpoint=_close, methods=["POST"]),
        Route("/jupyter/api/kernels/{kernel}", endpoint=_kernel, methods=["GET", "DELETE"]),
    ]
    app = Starlette(
        routes=[*ours, *kept],
        lifespan=solara_server.lifespan,
        middleware=solara_server.middleware,
        exception_handlers={404: _not_found},
    )
    guard = Guard(app, allowed)
    app.state.guard = guard
    return guard


def _set_up(allowed: Access) -> None:
    """Solara's settings: production, nothing sent to anybody, no banner; models of closed pages are let go."""
    import pandas  # noqa: F401 (Solara looks for it among what is imported, and must not find it half way)
    from solara.server import app, settings

    # What pages need is here before the first of them, and before the thread that warms up.
    import totalplace.sim.browser.app
    import totalplace.sim.engine.place_model
    from totalplace.sim.browser.server.outgoing import queue_what_is_sent

    settings.main.mode = "production"
    settings.main.root_path = allowed.path  # never what the first visitor says
    settings.main.base_url = f"http://127.0.0.1{allowed.path}/"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    settings.theme.title = "totalplace"
    settings.theme.variant = settings.ThemeVariant.light
    settings.assets.fontawesome_enabled = False
    settings.session.http_only = True
    settings.kernel.cull_timeout = f"{kept_seconds()}s"
    if "__default__" not in app.apps:
        app.apps["__default__"] = app.AppScript(totalplace.sim.browser.app.__name__)
        queue_what_is_sent()
        readers.tidy_up_after_each()
        faults_in_one_line()


async def _page(request: Request) -> Response:
    """A page of the app, with a language, a view port that readers may enlarge, and one message when the server has gone."""
    from starlette.responses import HTMLResponse

    below = str(request.scope["root_path"])
    text = await asyncio.to_thread(_solara_page, request.url.path.removeprefix(below) or "/", below)
    answer = HTMLResponse(_finished(text, below, request.scope["totalplace.nonce"]), headers={"Cache-Control": "no-store"})
    guard: Guard = request.app.state.guard
    secure = request.url.scheme == "https"
    answer.set_cookie(SESSION_COOKIE, request.cookies.get(SESSION_COOKIE) or str(uuid4()), max_age=31_536_000, path=below or "/",
                      httponly=True, secure=secure, samesite=guard.same_site(secure))
    return answer


@lru_cache(maxsize=32)
def _solara_page(path: str, below: str) -> str:
    """Solara's page for a path of the app, reached below the path ``below``: the same for all readers."""
    from solara.server import server

    text = server.read_root(path, below)
    if text is None:
        raise LookupError(f"{path} is no page")
    return text


def _finished(text: str, below: str, nonce: str) -> str:
    """Solara's page as ours, reached below the path ``below``; ``nonce`` lets its scripts run, and no others."""
    text = text.replace("<html>", '<html lang="en-GB">', 1)
    text = text.replace("<v-progress-linear ", '<v-progress-linear aria-label="The server is busy" ', 1)
    text = text.replace(", maximum-scale=1, user-scalable=no, minimal-ui", "", 1)
    for i, message in enumerate(_GONE):
        text = message.sub("" if i else server_gone(), text, count=1)
    text = text.replace("width: 600px", "width: 600px; max-width: 100%", 1)
    text = text.replace(_LOADING, _LOADING + html("loading"), 1)
    text = text.replace("<head>", html("head", below=below), 1)
    return re.sub(r"<script\b", f'<script nonce="{nonce}"', text)


async def _close(request: Request) -> Response:
    """A browser says that a page of its own is closed."""
    from starlette.responses import Response as Answer

    kernel, page = request.path_params["kernel"], request.query_params.get("session_id", "")
    await asyncio.to_thread(readers.close_page, kernel, page, request.cookies.get(SESSION_COOKIE, ""))
    return Answer(status_code=204)


async def _kernel(request: Request) -> Response:
    """A page that has lost its server asks whether its kernel is there, or has no more use for it: the websocket says the rest."""
    from starlette.responses import JSONResponse
    from starlette.responses import Response as Answer

    if request.method == "DELETE":
        return Answer(status_code=204)
    return JSONResponse({"name": "totalplace", "id": request.path_params["kernel"][:200]})


async def _not_found(request: Request, error: Exception) -> Response:
    """The page for an address that there is not."""
    from starlette.responses import HTMLResponse

    below = str(request.scope.get("root_path", ""))
    path = str(request.scope["path"]).removeprefix(below)[:200]
    fonts = await asyncio.to_thread(_fonts, below)
    nonce = request.scope.get("totalplace.nonce", "")
    return HTMLResponse(page_not_found(path, request.url.query[:2000], below, nonce, fonts), status_code=404)


def _fonts(below: str) -> str:
    """The address of the style sheet with the fonts of the app's pages; nothing if they have none."""
    found = re.search(r'href="([^"]+/fonts\.css)"', _solara_page("/", below))
    return found[1] if found else ""


def serve(host: str, port: int, open_page: bool, allowed: Access | None = None) -> None:
    """Serve until interrupted. ``port`` 0 takes a free one. Raises InputError if the address cannot be bound."""
    allowed = allowed or access(host)
    server = new_server(host, port, allowed)
    address = f"http://{f'[{host}]' if ':' in host else host}:{bound(server)}{allowed.path}/{allowed.query}"
    print(f"totalplace browser: {address} (Ctrl+C stops it)", flush=True)
    threading.Thread(target=_warm_up, daemon=True).start()
    if open_page:
        threading.Timer(1.0, webbrowser.open, (address,)).start()
    with _signals_end_it_quietly():
        server.run(sockets=server.config.sockets)  # type: ignore[attr-defined]


@contextmanager
def _signals_end_it_quietly() -> Iterator[None]:
    """The server closes on a signal and then raises it again; here that is the way to stop it and no failure."""
    heeded = [number for number in (signal.SIGINT, signal.SIGTERM) if not ignored(number)]
    before = {number: signal.signal(number, lambda *_: None) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def new_server(host: str, port: int, allowed: Access | None = None) -> uvicorn.Server:
    """A server bound to its address, not yet running; its sockets are in ``server.config.sockets``."""
    import socket

    import uvicorn

    from totalplace.scenarios.errors import InputError
    from totalplace.sim.browser.server.connections import Requests, WebSockets

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # who comes before the server is ready waits
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        problem = f"The address {host}:{port} cannot be used: {reason}"
        raise InputError(problem, allowed="another --port, or 0 for a free one") from None
    config = uvicorn.Config(web_app(allowed or access(host)), log_level="error", access_log=False, http=Requests, ws=WebSockets,
                            ws_max_size=MOST_BYTES, server_header=False, timeout_graceful_shutdown=2)
    config.sockets = [listener]  # type: ignore[attr-defined]
    passed_over = [number for number in (signal.SIGINT, signal.SIGTERM) if ignored(number)]

    class Server(uvicorn.Server):
        """A server that heeds no signal which the process was told to ignore."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if sig not in passed_over:
                super().handle_exit(sig, frame)

    return Server(config)


def bound(server: Any) -> int:
    """The port that the server is bound to."""
    return int(server.config.sockets[0].getsockname()[1])


def _warm_up() -> None:
    """Compile the rules, or load them, before the first page asks."""
    from totalplace.sim.browser.state.place_setup import Setup
    from totalplace.sim.browser.state.session import PlaceSession

    scenario, seed = Setup().load()
    PlaceSession(scenario, seed).step()
