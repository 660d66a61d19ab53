"""What stands before the app: it knows hosts and origins, asks for the token, checks messages, and adds headers to every answer."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from totalplace.sim.browser.server import open_sessions as readers
from totalplace.sim.browser.server.access import Access, is_path_below
from totalplace.sim.browser.server.logs import LOG, in_one_line
from totalplace.sim.browser.server.message_limits import is_name
from totalplace.sim.browser.server.websocket import App, Message, Receive, Scope, Send, Talk

if TYPE_CHECKING:
    from starlette.responses import Response

#: Where a browser talks to a page: between the two parts stands the name of the page's kernel.
SOCKET: Final = ("/jupyter/api/kernels/", "/channels")
#: Largest body of a request, bytes; pages send none, files come over the websocket.
MOST_BODY: Final = 10_000
#: Headers by which Solara or Starlette would believe a stranger; what they say is known here already.
_NOT_BELIEVED: Final = (b"script-name", b"x-script-name", b"x-forwarded-host", b"x-forwarded-prefix", b"x-forwarded-path")
#: Headers of every answer, whatever it is.
FIXED_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_NAME_IT: Final = "Behind a proxy or hub, start it with --allow-host and the name of its host."


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request says of itself. The app is reached below ``path``; ``page`` is what is asked for there."""

    kind: str
    method: str
    path: str
    page: str
    query: str
    host: str
    hosts: int
    origin: str | None
    site: str
    mode: str
    cookies: dict[str, str]
    secure: bool
    body: str

    @classmethod
    def of(cls, scope: Scope, access: Access) -> Visit:
        """The visit in an ASGI scope."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

        def one(name: str) -> str:
            return headers.get(name, [""])[-1]

        told = one("x-forwarded-prefix").rstrip("/")
        path = access.path or (told if is_path_below(told) else "")
        asked = str(scope["path"])
        page = asked[len(path):] if path and (asked + "/").startswith(path + "/") else asked
        origins = headers.get("origin")
        return cls(
            kind=scope["type"], method=scope.get("method", "GET"), path=path, page="/" + page.lstrip("/"),
            query=scope.get("query_string", b"").decode("latin-1"), host=one("host"), hosts=len(headers.get("host", ())),
            origin=None if origins is None else (origins[0] if len(origins) == 1 else "several"),
            site=one("sec-fetch-site"), mode=one("sec-fetch-mode"), cookies=_cookies(headers.get("cookie", [])),
            secure=scope.get("scheme") in ("https", "wss"), body=one("content-length"),
        )

    @property
    def session(self) -> str:
        """The session of the browser, as its cookie says."""
        return self.cookies.get(SESSION_COOKIE, "")


#: The cookie by which Solara knows a browser.
SESSION_COOKIE: Final = "solara-session-id"


def _cookies(headers: list[str]) -> dict[str, str]:
    found: SimpleCookie = SimpleCookie()
    for header in headers:
        try:
            found.load(header)
        except CookieError:
            continue
    return {name: morsel.value for name, morsel in found.items()}


class Guard:
    """The app as ASGI behind its guard. See the module."""

    def __init__(self, app: App, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand the request on; a fault of the app gives one line in the log and no more."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visit = Visit.of(scope, self.access)
        inner = {**scope, "path": visit.path + visit.page, "raw_path": (visit.path + visit.page).encode(), "root_path": visit.path,
                 "headers": [(name.lower(), value) for name, value in scope["headers"] if name.lower() not in _NOT_BELIEVED]}
        if visit.path:
            inner["headers"].append((b"x-forwarded-prefix", visit.path.encode()))
        if visit.kind == "websocket":
            await self._talk(visit, inner, receive, send)
        else:
            await self._answer(visit, inner, receive, send)

    def refusal(self, visit: Visit) -> str:
        """Why a visit is refused, in words for the reader of the page, or nothing."""
        if visit.hosts != 1 or not self.access.knows(visit.host):
            return f"This server does not go by that name. {_NAME_IT}"
        if visit.origin is not None and not self.access.trusts(visit.origin, visit.host):
            return f"Pages of another origin may not use this app. {_NAME_IT}"
        if visit.site in ("cross-site", "same-site") and not (visit.mode == "navigate" and visit.method in ("GET", "HEAD")):
            return "Pages of another site may not use this app."
        length = visit.body
        if length and not (length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= MOST_BODY):
            return "The request is too large."
        return ""

    async def _answer(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse

        nonce = scope["totalplace.nonce"] = secrets.token_urlsafe(16)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], *self._headers(visit, nonce, message["headers"])]}
            await send(message)

        try:
            refusal = self.refusal(visit)
            first: Response | None = PlainTextResponse(refusal, 400) if refusal else self._ask_for_token(visit, nonce)
            await (first or self.app)(scope, _bounded(receive), send_with_headers)
        except Exception as error:
            LOG.error("A request failed: %s", in_one_line(error))
            if not started:
                await PlainTextResponse("Something went wrong. The server's log says what.", 500)(scope, receive, send_with_headers)

    def _ask_for_token(self, visit: Visit, nonce: str) -> Response | None:
        """What somebody without the token is answered; nobody else is."""
        from starlette.responses import HTMLResponse, RedirectResponse

        from totalplace.sim.browser.parts.plain_page import page_for_token

        values = parse_qsl(visit.query, keep_blank_values=True)[:1000] if len(visit.query) < 20_000 else []
        given = [value for name, value in values if name == "token"]
        others = [(name, value) for name, value in values if name != "token"]
        if self.access.token and given and self.access.admits(given[-1]) and visit.method == "GET":
            where = visit.path + visit.page + ("?" + urlencode(others) if others else "")
            answer = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
            answer.set_cookie(self.access.cookie, self.access.token, max_age=31_536_000, path=visit.path or "/", httponly=True,
                              secure=visit.secure, samesite=self.same_site(visit.secure))
            return answer
        if self.access.admits(visit.cookies.get(self.access.cookie, "")):
            return None
        return HTMLResponse(page_for_token(others[:200], bool(given), nonce), 403, headers={"Cache-Control": "no-store"})

    def same_site(self, secure: bool) -> Any:
        """How far cookies travel: into frames of other sites only where such frames are allowed, and the connection is safe."""
        return "none" if secure and self.access.frames else "lax"

    def _headers(self, visit: Visit, nonce: str, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of every answer, but for those that it has."""
        ours = f"ws://{visit.host} wss://{visit.host}" if self.access.knows(visit.host) else ""
        policy = (
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {ours} blob: data:; worker-src 'none'; "
            f"object-src 'none'; frame-src 'none'; frame-ancestors {' '.join(("'self'", *self.access.frames))}; "
            "base-uri 'none'; form-action 'self'"
        )
        wanted = {"content-security-policy": policy, **FIXED_HEADERS}
        if not self.access.frames:
            wanted["x-frame-options"] = "SAMEORIGIN"
        there = {name.lower() for name, _ in given}
        return [(name.encode(), value.encode("latin-1")) for name, value in wanted.items() if name.encode() not in there]

    async def _talk(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a websocket on once its first message has been checked, and end its session if a later one is damaged."""
        kernel, refusal = self._socket(visit)
        if refusal:
            LOG.warning("A websocket was refused: %s.", refusal)
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        talk = Talk(receive, send)
        if not await talk.open():
            return
        full = readers.may_open(kernel, visit.session)
        if full:
            LOG.warning("A websocket was refused: %s.", full)
            await talk.end(1013)
            return
        try:
            await self.app(scope, talk.receive, talk.send)
        except Exception as error:
            LOG.error("A session failed: %s", in_one_line(error))
            await talk.end(1011)
        finally:
            await asyncio.shield(asyncio.wrap_future(readers.leave(kernel, talk.damaged)))

    def _socket(self, visit: Visit) -> tuple[str, str]:
        """The name of the kernel that a websocket asks for, and why it is refused, or nothing."""
        refusal = self.refusal(visit)
        if refusal:
            return "", "it comes from another origin or to another host"
        if not self.access.admits(visit.cookies.get(self.access.cookie, "")):
            return "", "it has no token"
        if not is_name(visit.session):
            return "", "it has no session"
        before, after = SOCKET
        kernel = visit.page[len(before): -len(after)]
        if not (visit.page.startswith(before) and visit.page.endswith(after) and is_name(kernel)):
            return "", "there is nothing at its address"
        pages = [value for name, value in parse_qsl(visit.query[:2000]) if name == "session_id"]
        return kernel, "" if len(pages) == 1 and is_name(pages[0]) else "it names no page"


def _bounded(receive: Receive) -> Receive:
    """The same body, up to its largest size; the rest is as if it had broken off."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= MOST_BODY else {"type": "http.disconnect"}

    return bounded
