"""A storm of frames and requests that no page sends, and a witness who wants to be served meanwhile."""

from __future__ import annotations

import json
import random
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import SHUT_WR, create_connection
from typing import Any

from tests.browser.serving import PATIENCE, Socket, ask, message

#: Connections that storm at one time.
AT_ONCE = 4


def held(process: int) -> int:
    """Memory that a process holds, bytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@dataclass
class Witness:
    """Asks for a page and talks over a websocket, again and again; ``longest`` is the longest wait so far, seconds."""

    port: int
    longest: float = 0.0
    served: int = 0

    def watch(self, over: threading.Event, most: float = float("inf")) -> None:
        """Watch until ``over``, or until served ``most`` times."""
        with Socket(self.port, cookie="solara-session-id=witness") as mine:
            assert mine.lives()
            while not over.wait(0.05) and self.served < most:
                for served in (mine.lives, lambda: ask(self.port, "/readyz")[0] == 200, lambda: ask(self.port, "/guide")[0] == 200):
                    begun = time.monotonic()
                    assert served()
                    self.longest = max(self.longest, time.monotonic() - begun)
                    self.served += 1


def storm(port: int, frames: int, requests: int, seed: int) -> Witness:
    """Send so many frames and requests; gives the witness. A fault of the witness is raised here."""
    witness, over, wrong = Witness(port), threading.Event(), []

    def guarded(task: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                task()
            except BaseException as error:
                wrong.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    watching = guarded(lambda: witness.watch(over))
    storming = [guarded(partial(_frames, port, frames // AT_ONCE, random.Random(seed * 100 + i))) for i in range(AT_ONCE)]
    storming.append(guarded(lambda: _requests(port, requests, random.Random(seed))))
    for thread in storming:
        thread.join()
    over.set()
    watching.join(PATIENCE)
    if wrong:
        raise wrong[0]
    assert not watching.is_alive()
    return witness


def _frames(port: int, frames: int, dice: random.Random) -> None:
    from websockets.exceptions import ConnectionClosed

    sent = 0
    while sent < frames:
        with suppress(ConnectionClosed, OSError), Socket(port, cookie=f"solara-session-id=storm-{dice.randrange(8)}") as mine:
            if dice.random() < 0.5:
                mine.send(message("comm_open", {"comm_id": "control", "target_name": "solara.control", "data": {}}))
            for _ in range(dice.randint(1, 12)):
                mine.send(frame(dice))
                sent += 1
            mine.lives()


def frame(dice: random.Random) -> str | bytes:
    """A frame: noise, or a message with a fault, or one without that asks for nothing sensible."""
    kinds: list[Callable[[], str | bytes]] = [
        lambda: dice.randbytes(dice.randint(0, 40)),
        lambda: dice.randbytes(dice.randint(1_000, 60_000)),
        lambda: struct.pack("!I", dice.choice([0, 1, 2, 2**31 - 1, 2**31, 2**32 - 1, dice.getrandbits(32)])),
        lambda: struct.pack("!III", dice.randint(1, 3), dice.getrandbits(32), dice.getrandbits(32)) + dice.randbytes(30),
        lambda: "".join(map(chr, (dice.randint(1, 0xD7FF) for _ in range(dice.randint(0, 60))))),
        lambda: "[" * dice.randint(1, 200_000),
        lambda: '{"a":' * dice.randint(1, 50_000),
        lambda: "9" * dice.randint(1, 20_000),
        lambda: _flipped(message("kernel_info_request"), dice),
        lambda: _flipped(message("comm_msg", {"comm_id": "control", "data": {"method": "app-status"}}), dice),
        lambda: json.dumps(_damaged(json.loads(message("comm_msg", {"comm_id": "control", "data": {"method": "run"}})), dice)),
        lambda: message("comm_open", {"comm_id": f"c{dice.randrange(10**6)}",
        "target_name": dice.choice(["jupyter.widget", "x", ""])}),
        lambda: message("comm_msg", {"comm_id": "control", "data": {"method": dice.choice(["evict", "reload", "x", None])}}),
        lambda: message("comm_msg", {"comm_id": "control", "data": {"x": "A" * dice.randint(0, 1_000_000)}}),
        lambda: message("comm_msg", {"comm_id": "control", "data": {"x": [[]] * dice.randint(1, 400_000)}}),
        lambda: message("comm_msg", {"comm_id": "control", "data": {"x": {str(i): i for i in range(dice.randint(1, 60_000))}}}),
        lambda: message("comm_close", {"comm_id": f"c{dice.randrange(100)}", "data": {}}),
        lambda: message(dice.choice(["execute_request", "shutdown_request", "input_reply", "comm_info_request"])),
    ]
    return dice.choice(kinds)()


def _flipped(text: str, dice: random.Random) -> bytes | str:
    raw = bytearray(text.encode())
    for _ in range(dice.randint(1, 4)):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return bytes(raw) if dice.random() < 0.5 else raw.decode("utf-8", "replace")


def _damaged(whole: Any, dice: random.Random) -> Any:
    strange: Any = dice.choice([None, [], {}, "", -1, 1e308, "A" * 500, [[[]]], {"a": {"b": []}}, True])
    part = whole
    while isinstance(part, dict) and part:
        name = dice.choice(sorted(part))
        if not isinstance(part[name], dict) or dice.random() < 0.4:
            part[name] = strange
            break
        part = part[name]
    return whole


def _requests(port: int, requests: int, dice: random.Random) -> None:
    for _ in range(requests):
        with suppress(OSError), create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(request(port, dice))
            connection.shutdown(SHUT_WR)
            while connection.recv(65_536):
                pass


def request(port: int, dice: random.Random) -> bytes:
    """A request whose headers no browser sends."""
    names = ["Host", "Origin", "Cookie", "Referer", "X-Forwarded-Host",
    "X-Forwarded-Prefix", "Script-Name", "X-Script-Name", "Range",
             "Accept-Encoding", "Sec-Fetch-Site", "If-None-Match", "Content-Length", "Transfer-Encoding", "Upgrade", "Connection",
             "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Authorization", "X-" + "A" * 300]
    values = ["", "null", "http://evil.example", "evil.example",
    f"127.0.0.1:{port}", "//evil", "/../..", "-1", "9" * 30, "bytes=0-0,1-1,2-",
              "chunked", "gzip, chunked", "websocket", "solara-session-id=" + "a" * 5_000, "a=b; " * 900, "\xff\xfe", "%00",
              "\x00", "\r\n x",
              "A" * dice.choice([10, 1_000, 20_000, 100_000]),
              "permessage-deflate; server_max_window_bits=99", '"; drop', "<script>"]
    path = dice.choice(["/", "/place", "/guide", "/static/assets/style.css",
    "/_solara/cdn/../../etc/passwd", "/jupyter/api/kernels/x/channels",
                        "/%2e%2e/%2e%2e/etc/passwd", "/" + "a" * 3_000, "/?token=" + "b" * 3_000, "/\xff", "*",
                        "http://evil.example/",
                        "/_solara/api/close/x?session_id=y", "/jupyter/nbextensions/../x", "/place?" + "a=1&" * 2_000])
    method = dice.choice(["GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "CONNECT", "G\x00T", "A" * 200])
    lines = [f"{method} {path} HTTP/{dice.choice(['1.1', '1.1', '1.0', '2.0', 'x'])}"]
    if dice.random() < 0.7:
        lines.append(f"Host: 127.0.0.1:{port}")
    lines += [f"{dice.choice(names)}: {dice.choice(values)}" for _ in range(dice.randint(1, 12))]
    lines += ["Connection: close"] if dice.random() < 0.8 else []
    return "\r\n".join([*lines, "", dice.choice(["", "", "x" * 50_000])]).encode("latin-1")
