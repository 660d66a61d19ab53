"""Who may reach the web app: hosts, origins, other people's pages, the token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.serving import Socket, ask, message, serving
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.server.access import Access, access, root_path
from totalplace.sim.browser.server.settings import kept_seconds

EVIL = "http://evil.example"
TOKEN = "a-token-of-letters-only"


@pytest.mark.parametrize(("allowed", "host", "known"), [
    (Access(), "127.0.0.1:8765", True), (Access(), "localhost", True), (Access(), "[::1]:8765", True),
    (Access(), "LOCALHOST.:1", True),
    (Access(), "127.9.9.9", True), (Access(), "evil.example", False), (Access(), "localhost.evil.example", False),
    (Access(), "", False),
    (Access(), "127.0.0.1.evil.example", False), (Access(), "127.0.0.1:99999", False),
    (Access(), "127.0.0.1:8765@evil.example", False),
    (Access(), "localhost/evil", False), (Access(), "10.0.0.1", False), (Access(), "a" * 500, False),
    (Access(), "localhost\t", True),
    (Access("0.0.0.0"), "10.0.0.1:8765", True), (Access("0.0.0.0"), "evil.example", False), (Access("::"), "[fe80::1]", True),
    (Access("10.0.0.5"), "10.0.0.5:80", True), (Access("10.0.0.5"), "10.0.0.6:80", False),
    (Access(hosts=("hub.example.org",)), "hub.example.org:8443", True), (Access(hosts=("hub.example.org",)), "example.org", False),
    (Access(hosts=("*.example.org",)), "a.b.example.org", True), (Access(hosts=("*.example.org",)), "badexample.org", False),
    (Access(hosts=("*",)), "anything.example", True), (Access(hosts=("*",)), "any thing", False),
])
def test_a_host_is_known_by_its_names_alone(allowed: Access, host: str, known: bool) -> None:
    assert allowed.knows(host) is known


@pytest.mark.parametrize(("allowed", "origin", "host", "trusted"), [
    (Access(), "http://127.0.0.1:8765", "127.0.0.1:8765", True), (Access(), "http://localhost:8765", "127.0.0.1:8765", False),
    (Access(), "http://127.0.0.1:9999", "127.0.0.1:8765", False), (Access(), EVIL, "127.0.0.1:8765", False),
    (Access(), "null", "127.0.0.1:8765", False), (Access(), "", "127.0.0.1:8765", False), (Access(), "file://", "127.0.0.1", False),
    (Access(), "https://hub.example.org", "hub.example.org", True),
    (Access(), "https://hub.example.org:443", "hub.example.org", True),
    (Access(), "http://hub.example.org:443", "hub.example.org", False),
    (Access(hosts=("hub.example.org",)), "https://hub.example.org", "127.0.0.1:8765", True),
    (Access(hosts=("hub.example.org",)), "https://hub.example.org:9999", "127.0.0.1:8765", False),
    (Access(hosts=("hub.example.org:9999",)), "https://hub.example.org:9999", "127.0.0.1:8765", True),
    (Access(hosts=("*.example.org",)), "https://a.example.org", "127.0.0.1:8765", True),
    (Access(hosts=("*",)), EVIL, "127.0.0.1:8765", False),
])
def test_an_origin_is_trusted_where_it_is_the_app_s_own_or_named(allowed: Access, origin: str, host: str, trusted: bool) -> None:
    assert allowed.trusts(origin, host) is trusted


@pytest.mark.parametrize("wanted", [
    {"hosts": ["hub example"]}, {"hosts": ["http://hub.example"]}, {"hosts": [""]}, {"frames": ["hub.example"]},
    {"frames": ["https://a b"]},
    {"path": "/a b"}, {"path": "//evil.example/.."}, {"path": "/a?b"}, {"path": '/"'},
])
def test_a_name_that_is_none_is_bad_input(wanted: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        access(**wanted)


def test_what_is_not_given_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOTALPLACE_BROWSER_HOSTS", "hub.example.org, *.Example.com")
    monkeypatch.setenv("SOLARA_ROOT_PATH", "/user/ada/")
    monkeypatch.setenv("TOTALPLACE_BROWSER_TOKEN", TOKEN)
    found = access("0.0.0.0")
    assert found == Access("0.0.0.0", ("hub.example.org", "*.example.com"), (), "/user/ada", TOKEN)
    assert access().token == ""  # this machine alone: none is asked for
    assert access(path="/other").path == "/other"
    monkeypatch.setenv("TOTALPLACE_BROWSER_TOKEN", "short")
    with pytest.raises(InputError, match="16 to 200"):
        access()
    monkeypatch.setenv("TOTALPLACE_BROWSER_KEEP", "never")
    with pytest.raises(InputError, match="86,400"):
        kept_seconds()


def test_each_start_has_a_token_of_its_own_where_the_network_is_served() -> None:
    tokens = {access("0.0.0.0").token for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) >= 32 for token in tokens)
    assert root_path("/") == root_path("") == ""


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example", "Origin": EVIL}, {"Origin": EVIL}, {"Origin": "null"}, {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
])
@pytest.mark.parametrize("path", ["/", "/compare", "/readyz",
"/static/assets/style.css", "/_solara/cdn/requirejs@2.3.6/require.js"])
def test_pages_of_others_get_nothing(port: int, headers: dict[str, str], path: str) -> None:
    status, _, text = ask(port, path, headers)
    assert status == 400
    assert "allow-host" in text or "another site" in text


def test_a_link_from_elsewhere_opens_a_page(port: int) -> None:
    assert ask(port, "/guide", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})[0] == 200


@pytest.mark.parametrize("wrong", [
    {"origin": EVIL}, {"origin": "http://localhost:1"}, {"origin": "null"}, {"host": "evil.example"},
    {"kernel": "a%20b"}, {"kernel": "x" * 200}, {"cookie": ""}, {"cookie": "solara-session-id=a b"}, {"cookie": "other=tester"},
])
def test_a_websocket_from_elsewhere_is_refused(port: int, wrong: dict[str, str]) -> None:
    from solara.server.kernel_context import contexts
    from websockets.exceptions import InvalidStatus

    before = set(contexts)
    with pytest.raises(InvalidStatus) as refused:
        Socket(port, **wrong)
    assert refused.value.response.status_code == 403
    assert set(contexts) == before


def test_one_browser_cannot_take_another_s_page(port: int) -> None:
    with Socket(port) as mine:
        assert mine.lives()
        with Socket(port, kernel=mine.kernel, cookie="solara-session-id=somebody-else") as theirs:
            theirs.send(message("kernel_info_request"))
            assert theirs.closed() == 1013
        with Socket(port, kernel=mine.kernel, cookie="solara-session-id=somebody-else") as theirs:
            theirs.send(b"\x7f\xff\xff\xff")
            assert theirs.closed() == 1007
        page = "session_id=whatever"
        ask(port, f"/_solara/api/close/{mine.kernel}?{page}", {"Cookie": "solara-session-id=somebody-else"}, "POST")
        assert mine.lives()


def test_the_token_opens_the_app_once_and_a_cookie_after_that() -> None:
    with serving(Access(token=TOKEN)) as port:
        status, _, text = ask(port, "/compare?scenario=silo&scenario=lsp")
        assert status == 403
        assert text.count('<input type="hidden" name="scenario"') == 2
        assert ask(port, "/static/assets/style.css")[0] == 403
        assert "not the token of this server" in ask(port, "/?token=wrong")[2]
        status, headers, _ = ask(port, f"/compare?scenario=silo&token={TOKEN}&scenario=lsp")
        assert status == 303
        assert headers["location"] == "/compare?scenario=silo&scenario=lsp"
        assert "HttpOnly" in headers["set-cookie"]
        assert "SameSite=lax" in headers["set-cookie"]
        cookie = headers["set-cookie"].partition(";")[0]
        assert ask(port, "/compare?scenario=silo", {"Cookie": cookie})[0] == 200
        assert ask(port, "/static/assets/style.css", {"Cookie": cookie})[0] == 200
        with pytest.raises(Exception, match="403"):
            Socket(port)
        with Socket(port, cookie=f"{cookie}; solara-session-id=tester") as mine:
            assert mine.lives()
