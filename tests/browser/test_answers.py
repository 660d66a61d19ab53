"""What every answer of the web app allows a browser, and what it believes of a visitor."""

from __future__ import annotations

import re
from http.client import HTTPResponse
from pathlib import Path
from socket import create_connection

import pytest

from tests.browser.serving import PATIENCE, ask, serving
from totalplace.sim.browser.server.access import access


@pytest.mark.parametrize(("path", "headers", "method", "status"), [
    ("/", {}, "GET", 200), ("/guide", {}, "GET", 200), ("/nothing", {}, "GET", 404), ("/", {"Host": "evil.example"}, "GET", 400),
    ("/static/assets/style.css", {}, "GET", 200), ("/_solara/cdn/requirejs@2.3.6/require.js", {}, "GET", 200),
    ("/", {}, "POST", 405),
    ("/_solara/api/close/unknown", {}, "POST", 204), ("/_solara/api/close/a/b", {}, "POST", 404),
    ("/_solara/api/evict/x", {}, "POST", 404),
    ("/resourcez", {}, "GET", 404), ("/%00", {}, "GET", 404), ("/", {"Content-Length": "99999"}, "GET", 400),
    ("/readyz", {}, "GET", 200),
])
def test_every_answer_says_what_a_browser_may_do(port: int, path: str, headers: dict[str, str], method: str, status: int) -> None:
    found, said, text = ask(port, path, headers, method)
    assert found == status
    policy = said["content-security-policy"]
    assert "default-src 'self'" in policy
    scripts = re.search(r"script-src ([^;]*)", policy)
    assert scripts is not None
    assert "unsafe-inline" not in scripts[1]
    assert "frame-ancestors 'self';" in policy
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin"
    assert said["x-frame-options"] == "SAMEORIGIN"
    assert "server" not in said
    assert "Traceback (" not in text


HERE, WEBSOCKET = b"Host: localhost\r\n", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
CHANNELS, KEY = b"GET /jupyter/api/kernels/a/channels?session_id=a HTTP/1.1\r\n", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"


@pytest.mark.parametrize(("sent", "status"), [
    (b"GET / HTTP/1.1\r\n", 400), (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400), (b"GET / HTTP/1.1\r\nHost: a\x01b\r\n", 400),
    (b"GET / / HTTP/1.1\r\n", 400), (b"PRI * HTTP/2.0\r\n", 400), (b"GET / HTTP/1.1\r\nHost\r\n", 400), (b"nothing\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HERE + b"Content-Length: x\r\n", 400),
    (b"POST / HTTP/1.1\r\n" + HERE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (CHANNELS + HERE + WEBSOCKET, 400), (CHANNELS + HERE + WEBSOCKET + VERSION + b"Sec-WebSocket-Key: a\r\n", 400),
    (CHANNELS + HERE + WEBSOCKET + b"Sec-WebSocket-Version: 9\r\n" + KEY, 400),
    (CHANNELS + b"Host: evil.example\r\n" + WEBSOCKET + VERSION + KEY, 403),
    (CHANNELS.replace(b"GET", b"POST") + HERE + WEBSOCKET + VERSION + KEY, 405),
])
def test_what_is_refused_before_the_app_is_asked_says_so_too(
    port: int, sent: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(sent + b"\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        answer.read()
    assert answer.status == status
    said = {name.lower(): value for name, value in answer.getheaders()}
    assert "frame-ancestors" in said["content-security-policy"]
    assert "x-frame-options" in said
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "same-origin"
    assert ask(port, "/readyz")[0] == 200
    assert [record.message for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_a_body_that_breaks_off_after_its_answer_ends_the_connection(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(b"POST /readyz HTTP/1.1\r\n" + HERE + b"Transfer-Encoding: chunked\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        answer.read()
        connection.sendall(b"zz\r\n")
        assert connection.recv(1000) == b""
    assert answer.status == 405
    assert ask(port, "/readyz")[0] == 200
    assert [record.message for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_every_script_of_a_page_is_known_by_a_word_that_is_used_once(port: int) -> None:
    words = set()
    for _ in range(2):
        _, said, text = ask(port, "/place")
        (word,) = re.findall(r"'nonce-([^']+)'", said["content-security-policy"])
        assert len(re.findall(r"<script\b", text)) == text.count(f'<script nonce="{word}"') > 5
        words.add(word)
    assert len(words) == 2


def test_hubs_that_are_named_may_show_the_app_in_a_frame() -> None:
    with serving(access(frames=["https://hub.example.org"])) as port:
        _, said, _ = ask(port, "/")
    assert "frame-ancestors 'self' https://hub.example.org;" in said["content-security-policy"]
    assert "x-frame-options" not in said


@pytest.mark.parametrize("header", ["Script-Name", "X-Script-Name", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Path"])
def test_what_a_visitor_claims_is_not_believed_for_others(port: int, header: str) -> None:
    for claim in ("//evil.example", "/evil\"><script>", "https://evil.example", "/.."):
        assert "evil" not in ask(port, "/", {header: claim})[2]
    assert "evil" not in ask(port, "/")[2]


def test_only_one_message_says_that_the_server_has_gone(port: int) -> None:
    _, _, text = ask(port, "/place")
    assert text.count('data-testid="gone"') == 1
    assert not re.search(r"Server\s+disconnected|Could not restore session\. Please|App is disconnected", text)


def test_a_page_that_loads_says_why_it_may_take_long(port: int) -> None:
    text = ask(port, "/place")[2]
    assert " ".join(text.split()).count("its rules are compiled once, which can take a minute.") == 1
    assert 'width: 600px; max-width: 100%' in text


@pytest.mark.parametrize("path", [
    "evil@1/x.html", "vue@3.4.21/dist/vue.js", "nothing", "requirejs@2.3.6", "echarts@5.4.0/dist", "echarts@5.4.0/dist/", "",
    "%2e%2e/secret", "..%5csecret", "echarts@5.4.0/dist/none.js", "echarts@5.4.0/dist/echarts.min.js/x",
])
def test_what_solara_does_not_ship_is_not_fetched_kept_or_served(port: int, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from solara.server import cdn_helper, settings

    asked: list[str] = []

    def fetched(url: str) -> bytes:
        asked.append(url)
        return b"<script>evil</script>"

    monkeypatch.setattr(cdn_helper, "fetch_from_cdn", fetched)
    before = files_below(settings.assets.proxy_cache_dir)
    status, _, text = ask(port, f"/_solara/cdn/{path}")
    assert status == 404
    assert "evil" not in text.replace("evil@1", "")
    assert asked == []
    assert files_below(settings.assets.proxy_cache_dir) == before


def files_below(folder: Path) -> set[Path]:
    return {found for found in folder.rglob("*") if found.is_file()}


def test_what_solara_ships_is_served_and_may_be_kept(port: int) -> None:
    status, said, text = ask(port, "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js")
    assert (status, len(text) > 500_000) == (200, True)
    assert "immutable" in said["cache-control"]
