"""What every answer of the web app allows a browser, and what it believes of a visitor."""

from __future__ import annotations

import re

import pytest

from tests.browser.serving import ask, serving
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
