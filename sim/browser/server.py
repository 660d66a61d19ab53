"""The web server: Solara's app under the routes of this app alone, on loopback unless asked otherwise, without the internet."""

from __future__ import annotations

import re
import signal
import threading
import warnings
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from sim.browser.settings import PAGES
from sim.signals import ignored

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

#: What the page may load: only what this server sends.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
#: A reader who has chosen no colours gets those of the system from the first moment on.
_COLOURS: Final = (
    "<script>if (!localStorage.getItem(':solara:theme.variant')) "
    "localStorage.setItem(':solara:theme.variant', '\"auto\"');</script>"
)
_LOOPBACK: Final = ("127.0.0.1", "localhost")


def web_app(host: str = "127.0.0.1") -> Starlette:
    """The web app as ASGI; ``host`` is the name it is bound to, and loopback names always reach it."""
    _set_up()
    import solara.server.starlette as solara_server
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Mount, Route, WebSocketRoute

    unwanted = ("/", "/{fullpath}", "/{fullpath:path}", "/resourcez")
    kept = [
        route for route in solara_server.routes
        if isinstance(route, Mount | WebSocketRoute) or (isinstance(route, Route) and route.path not in unwanted)
    ]
    pages = [Route("/", endpoint=_page), *(Route(f"/{name}", endpoint=_page) for name in PAGES)]
    hosts = ["*"] if host == "0.0.0.0" or ":" in host else [*dict.fromkeys((host, *_LOOPBACK))]
    return Starlette(
        routes=[*pages, *kept],
        lifespan=solara_server.lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts), *solara_server.middleware],
        exception_handlers={404: _not_found},
    )


def _set_up() -> None:
    """Solara's settings: production, nothing sent to anybody, no banner; models of closed pages are let go."""
    warnings.filterwarnings("ignore", "Cookies with samesite")  # without https, lax is what we want
    import pandas  # noqa: F401 (Solara looks for it among what is imported, and must not find it half way)
    from solara.server import app, settings

    import sim.browser.app
    import sim.model  # what pages need is here before the first of them, and before the thread that warms up

    settings.main.mode = "production"
    settings.telemetry.mixpanel_enable = False
    settings.theme.show_banner = False
    settings.theme.loader = "plain"
    settings.theme.title = "totalplace"
    settings.theme.variant = settings.ThemeVariant.light
    settings.assets.fontawesome_enabled = False
    settings.session.http_only = True
    settings.kernel.cull_timeout = "10m"
    if "__default__" not in app.apps:
        app.apps["__default__"] = app.AppScript(sim.browser.app.__name__)


async def _page(request: Request) -> Response:
    """A page of the app, with a language and a view port that readers may enlarge."""
    import solara.server.starlette as solara_server
    from starlette.responses import HTMLResponse

    response = await solara_server.root(request, request.url.path.strip("/"))
    if response.status_code != 200:
        return response
    text = bytes(response.body).decode()
    text = text.replace("<html>", '<html lang="en-GB">', 1)
    text = re.sub(r', maximum-scale=1, user-scalable=no, minimal-ui', "", text, count=1)
    text = text.replace("<head>", f"<head>{_COLOURS}", 1)
    finished = HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"})
    for name, value in response.raw_headers:
        if name.lower() == b"set-cookie":
            finished.raw_headers.append((name, value))
    return finished


async def _not_found(request: Request, error: Exception) -> Response:
    """The page for an address that there is not."""
    from starlette.responses import HTMLResponse

    from sim.browser.style import page_not_found

    return HTMLResponse(page_not_found(escape(request.url.path[:200])), status_code=404)


def serve(host: str, port: int, open_page: bool) -> None:
    """Serve until interrupted. ``port`` 0 takes a free one. Raises InputError if the address cannot be bound."""
    server = new_server(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{bound(server)}/"
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


def new_server(host: str, port: int) -> uvicorn.Server:
    """A server bound to its address, not yet running; its sockets are in ``server.config.sockets``."""
    import socket

    import uvicorn

    from scenarios.errors import InputError

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
    config = uvicorn.Config(web_app(host), log_level="error", access_log=False, ws_max_size=4_000_000, timeout_graceful_shutdown=2)
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
    from sim.browser.session import PlaceSession
    from sim.browser.setup import Setup

    scenario, seed = Setup().load()
    PlaceSession(scenario, seed).step()
