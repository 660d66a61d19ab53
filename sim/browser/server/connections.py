"""What the server answers before the app is asked: requests that are not HTTP, and websockets that come to nothing.

These answers carry the headers of every other, and a body that breaks off ends its request without a word in the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from totalplace.sim.browser.server.middleware import FIXED_HEADERS

if TYPE_CHECKING:
    from websockets.http11 import Response

#: Headers of an answer in plain words, which uses nothing and belongs in no frame.
BARE_HEADERS: Final = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
                       "x-frame-options": "DENY", **FIXED_HEADERS}


class Requests(H11Protocol):
    """A connection over which requests come."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP and close. An answer that has begun is cut off: there is no taking it back."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:  # the app still works on a request whose body has broken off
            cycle.disconnected = True
            cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = {"content-type": "text/plain; charset=utf-8", "connection": "close", **BARE_HEADERS}
            answer = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
            for part in (answer, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
                self.transport.write(self.conn.send(part) or b"")
        self.transport.close()


class WebSockets(WebSocketsSansIOProtocol):
    """A connection over which a page talks, once it has been taken up; a refusal is an answer like any other."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        send = self.conn.send_response

        def send_with_headers(response: Response) -> None:
            if response.status_code != 101:
                for name, value in BARE_HEADERS.items():
                    response.headers.setdefault(name, value)
            send(response)

        self.conn.send_response = send_with_headers  # type: ignore[method-assign]


__all__ = ["BARE_HEADERS", "Requests", "WebSockets"]
