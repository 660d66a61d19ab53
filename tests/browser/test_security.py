"""Who may reach the web app, what may be said over its websocket, what its answers allow, and whose turn it is to compute."""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import re
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from scenarios.errors import InputError
from sim.browser.access import Access, access, root_path
from sim.browser.background import CANCELLED, DONE, FAILED, RUNNING, Job, Work
from sim.browser.frames import DEEPEST, MOST_BYTES, MOST_PARTS, FrameError, check_frame
from sim.browser.settings import MOST_UPLOADED, kept_seconds
from sim.browser.turns import Turns
from sim.browser.upload import read_upload
from tests.browser.reading import wait_for_quarter
from tests.browser.serving import Socket, ask, message, serving, wait_until
from tests.browser.storm import Witness, held, storm
from tests.browser.working import wait_for

EVIL = "http://evil.example"
TOKEN = "a-token-of-letters-only"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server for this machine alone."""
    with serving() as found:
        yield found


# Hosts and origins


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
    {"kernel": "a%20b"}, {"kernel": "x" * 200},
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


# The token


def test_the_token_opens_the_app_once_and_a_cookie_after_that() -> None:
    with serving(Access(token=TOKEN)) as port:
        status, _, text = ask(port, "/compare?scenario=silo&scenario=lsp")
        assert status == 403
        assert text.count('<input type="hidden" name="scenario"') == 2
        assert ask(port, "/static/assets/style.css")[0] == 403
        assert "not the one" in ask(port, "/?token=wrong")[2]
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


# What answers allow


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


# Messages over the websocket


def binary(parts: list[bytes], count: int | None = None, begins: list[int] | None = None) -> bytes:
    """A binary frame; ``count`` and ``begins`` are those of the parts unless they are given."""
    found, place = [], 4 * (len(parts) + 1)
    for part in parts:
        found.append(place)
        place += len(part)
    numbers = begins if begins is not None else found
    return struct.pack(f"!I{len(numbers)}I", len(parts) if count is None else count, *numbers) + b"".join(parts)


GOOD = message("kernel_info_request")
OPEN = {"comm_id": "abc", "target_name": "solara.control", "data": {}}
BAD_FRAMES: dict[str, Any] = {
    "four bytes that ask for 2,147,483,647 parts": b"\x7f\xff\xff\xff",
    "minus one part": b"\xff\xff\xff\xff" + bytes(8), "no part": bytes(8), "too short": b"\x00\x00\x00\x01", "nothing": b"",
    "a letter": b"x",
    "more parts than bytes": binary([GOOD.encode()], count=60), "too many parts": binary([GOOD.encode()] + [b""] * MOST_PARTS),
    "a part before the first": binary([GOOD.encode()], begins=[0]),
    "a part beyond the end": binary([GOOD.encode(), b"x"], begins=[12, 9_999]),
    "parts in wrong order": binary([GOOD.encode(), b"x"], begins=[14, 12]), "letters that are none": binary([b"\xff\xfe{}"]),
    "no JSON": "{", "a list": "[]", "a number": "1", "no text": "",
    "not a number": GOOD.replace('"channel": "shell"', '"channel": NaN'),
    "nested": '{"a":' * 100_000, "nested lists": "[" * 500_000,
    "deep but whole": message("comm_msg", {"comm_id": "a", "data": {"x": json.loads(
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))}}),
    "no header": json.dumps({"content": {}, "channel": "shell"}), "header of text": message("x", header="kernel_info_request"),
    "no kind": message("kernel_info_request", header={}), "a kind that runs code": message("execute_request", {"code": "1"}),
    "kind is a list": message("x", header={"msg_type": []}),
    "content is a list": message("kernel_info_request").replace('"content": {}', '"content": []'),
    "no channel": message("kernel_info_request", None, channel=None),
    "channel is a list": message("kernel_info_request", None, channel=[]),
    "metadata is text": message("kernel_info_request", None, metadata="x"),
    "parent is a list": message("kernel_info_request", None, parent_header=[]),
    "no widget": message("comm_msg", {"data": {}}), "widget is a list": message("comm_msg", {"comm_id": [], "data": {}}),
    "widget of a megabyte": message("comm_msg", {"comm_id": "a" * 1_000_000}),
    "data is text": message("comm_msg", {"comm_id": "a", "data": "x"}),
    "opens a widget of any kind": message("comm_open", OPEN | {"target_name": "jupyter.widget"}),
    "opens nothing": message("comm_open", {"comm_id": "a"}), "half a letter": GOOD.replace('"page"', '"\ud800"'),
    "number of ten thousand digits": GOOD.replace('"buffers": []', '"buffers": ' + "9" * 10_000),
    "name of a kilobyte": message("x", header={"msg_type": "kernel_info_request", "msg_id": "a" * 1_000}),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_message_that_no_page_sends_is_refused_before_it_is_unpacked(name: str) -> None:
    with pytest.raises(FrameError) as refused:
        check_frame(BAD_FRAMES[name])
    assert len(str(refused.value)) < 60


@pytest.mark.parametrize("content", [
    GOOD, binary([GOOD.encode()]), binary([GOOD.encode(), b"abc", b"", bytes(100_000)]),
    message("comm_open", OPEN), message("comm_open", OPEN | {"target_name": "jupyter.widget.control"}),
    message("comm_msg", {"comm_id": "a", "data": {"method": "update",
    "state": {"value": 0.5, "words": ["£", "\u2212", "\U0001f600"]}}}),
    message("comm_close", {"comm_id": "a", "data": {}}), message("comm_info_request", {"target_name": "jupyter.widget"}),
    message("comm_msg", {"comm_id": "a", "data": {"content": "A" * (MOST_UPLOADED * 4 // 3 + 4)}}),
])
def test_a_message_of_a_page_passes(content: str | bytes) -> None:
    assert check_frame(content)["channel"] == "shell"


def test_a_message_that_is_too_large_is_refused() -> None:
    with pytest.raises(FrameError, match="too large"):
        check_frame(message("comm_msg", {"comm_id": "a", "data": {"content": "A" * MOST_BYTES}}))


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
                    max_leaves=12)


@given(st.binary(max_size=200) | st.text(max_size=200) | JSON.map(json.dumps)
       | st.dictionaries(st.sampled_from(["header", "content", "channel", "metadata", "buffers"]), JSON).map(json.dumps)
       | st.tuples(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 2**32 - 1), max_size=6), st.binary(max_size=80)).map(
           lambda parts: struct.pack(f"!I{len(parts[1])}I", parts[0], *parts[1]) + parts[2]))
def test_any_frame_passes_or_is_refused_in_words(content: str | bytes) -> None:
    with suppress(FrameError):
        assert isinstance(check_frame(content)["header"], dict)


@pytest.mark.parametrize("name", ["four bytes that ask for 2,147,483,647 parts",
"no JSON", "opens a widget of any kind", "nested lists"])
@pytest.mark.parametrize("begun", [False, True])
def test_a_damaged_message_ends_its_own_session_and_no_other(port: int,
name: str, begun: bool, caplog: pytest.LogCaptureFixture) -> None:
    from solara.server.kernel_context import contexts

    with Socket(port) as mine, Socket(port) as theirs:
        assert mine.lives()
        if begun:
            assert theirs.lives()
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            theirs.send(BAD_FRAMES[name])
            assert theirs.closed() == 1007
        wait_until(lambda: theirs.kernel not in contexts, "the session is not ended")
        assert mine.lives()
        lines = [record for record in caplog.records if record.name == "totalplace.browser"]
        assert len(lines) == 1
        assert "\n" not in lines[0].getMessage()
        assert [record.exc_info for record in caplog.records if record.exc_info] == []


def test_a_message_beyond_the_largest_ends_the_websocket(port: int) -> None:
    with Socket(port) as mine:
        assert mine.lives()
        mine.send("A" * (MOST_BYTES + 1))
        assert mine.closed() == 1009


def test_nothing_is_made_for_who_says_nothing_good(port: int) -> None:
    from solara.server.kernel_context import contexts

    before = set(contexts)
    for i in range(40):
        with Socket(port, cookie=f"solara-session-id=visitor-{i}") as silent:
            if i % 2:
                silent.send(random.Random(i).randbytes(30))
                silent.closed()
            assert set(contexts) <= before | {silent.kernel}
            assert silent.kernel not in contexts
    assert threading.active_count() < 200


def test_a_browser_has_so_many_pages_and_no_more(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.browser.readers.MOST_PAGES_EACH", 2)
    cookie = "solara-session-id=hungry"
    with Socket(port, cookie=cookie) as one, Socket(port, cookie=cookie) as two:
        assert one.lives()
        assert two.lives()
        with Socket(port, cookie=cookie) as three:
            three.send(message("kernel_info_request"))
            assert three.closed() == 1013
        with Socket(port, cookie="solara-session-id=other") as other:
            assert other.lives()


def test_a_handler_that_fails_on_a_message_gives_one_line(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with Socket(port) as mine, caplog.at_level(logging.WARNING):
        mine.send(message("comm_open", OPEN))
        mine.send(message("comm_msg", {"comm_id": "abc", "data": {}}))
        assert mine.lives()
    failed = [record for record in caplog.records if "abc" in record.getMessage()]
    assert len(failed) == 1
    assert "KeyError" in failed[0].getMessage()
    assert failed[0].exc_info is None


# Uploads


@pytest.mark.parametrize("data", [
    None, [], "text", {}, {"name": 3, "size": "x", "content": "aaaa"}, {"name": "a",
    "size": 3}, {"name": "a", "size": None, "content": "aaaa"},
    {"name": "a", "size": 3, "content": ["aaaa"]}, {"name": "a",
    "size": 3, "content": "a"}, {"name": "a", "size": 3, "content": "é" * 8},
    {"name": "a", "size": 10**400, "content": ""}, {"name": "a", "size": 3, "content": "A" * (2 * MOST_UPLOADED + 1)},
    {"name": "\x1b[31m/../x", "size": 3, "content": base64.b64encode(b"\x00\x01").decode()},
])
def test_an_upload_that_is_damaged_is_bad_input(data: Any) -> None:
    with pytest.raises(InputError) as refused:
        read_upload(data)
    assert "\x1b" not in str(refused.value)


# Whose turn it is


class Tasks:
    """Jobs of several owners that report until they are told to end; ``order`` says who reported."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.ends, self.lock = turns, threading.Event(), threading.Lock()
        self.order: list[Any] = []
        self.jobs: list[Job] = []
        self.threads: list[threading.Thread] = []

    def start(self, owner: str, wanted: Callable[[], bool] = lambda: True) -> Work:
        """Start a job of ``owner``."""
        work = Work(self.jobs.append, self.turns.enter(owner, wanted))

        def task(work: Work) -> str:
            while not self.ends.is_set():
                work.report(0, 1)
                with self.lock:
                    self.order.append(owner)
            return owner

        thread = threading.Thread(target=work.run, args=(task,), daemon=True)
        thread.start()
        self.threads.append(thread)
        return work

    def reported(self, owner: str) -> int:
        """How often the jobs of an owner have reported."""
        with self.lock:
            return self.order.count(owner)

    def end(self) -> None:
        """Let all end."""
        self.ends.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)


def test_who_comes_later_need_not_wait_for_the_end_of_a_long_job() -> None:
    tasks = Tasks(Turns(1, slice_seconds=0.01))
    for _ in range(4):
        tasks.start("greedy")
    wait_until(lambda: tasks.reported("greedy") > 10, "the first job does not run")
    others = [f"reader {i}" for i in range(5)]
    for name in others:
        tasks.start(name)
    wait_until(lambda: all(tasks.reported(name) > 10 for name in others), "a job waits for the end of another owner's")
    before = tasks.reported("greedy")
    wait_until(lambda: tasks.reported("greedy") > before, "the long job does not go on")
    tasks.end()
    assert sorted(job.result for job in tasks.jobs if job.state == DONE) == sorted(["greedy"] * 4 + others)


def test_a_job_whose_page_nobody_looks_at_rests() -> None:
    tasks, looked_at = Tasks(Turns(1, slice_seconds=0.01)), threading.Event()
    looked_at.set()
    tasks.start("away", looked_at.is_set)
    wait_until(lambda: tasks.reported("away") > 0, "the job does not run")
    looked_at.clear()
    tasks.start("here")
    wait_until(lambda: tasks.reported("here") > 10, "the other job does not run")
    rested = tasks.reported("away")
    wait_until(lambda: tasks.reported("here") > 200, "the other job does not go on")
    assert tasks.reported("away") == rested
    looked_at.set()
    wait_until(lambda: tasks.reported("away") > rested, "the job does not go on when its reader is back")
    tasks.end()


def test_an_owner_has_so_many_jobs_and_cancelled_ones_count_no_more() -> None:
    turns = Turns(1, most_each=2, most=3)
    first, _ = turns.enter("a"), turns.enter("a")
    with pytest.raises(InputError, match="2 jobs of yours"):
        turns.enter("a")
    first.give_up()
    turns.enter("a")
    turns.enter("b")
    with pytest.raises(InputError, match="Too many people"):
        turns.enter("c")


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs() -> None:
    tasks = Tasks(Turns(1, slice_seconds=0.01))
    running = tasks.start("one")
    wait_until(lambda: tasks.reported("one") > 0, "the job does not run")
    waiting = tasks.start("one")
    waiting.cancel()
    tasks.threads[1].join(60)
    assert not tasks.threads[1].is_alive()
    running.cancel()
    tasks.threads[0].join(60)
    assert not tasks.threads[0].is_alive()
    assert [job.state for job in tasks.jobs if job.state in (DONE, FAILED, CANCELLED)] == []
    tasks.start("two")
    wait_until(lambda: tasks.reported("two") > 0, "no turn is left")
    tasks.end()


def test_a_long_comparison_of_one_reader_does_not_hold_up_another_s(new_page: Any, server: str) -> None:
    sim.ensemble(sim.load("silo", quarters=2), runs=1)  # the rules are compiled
    sides = "&".join(f"scenario={name}" for name in ("silo", "lsp", "prototype", "single-pot", "neighbourhood", "board-officer"))
    greedy, patient = new_page(), new_page()
    greedy.goto(f"{server}/compare?{sides}&runs=300&quarters=120")
    wait_for(greedy, RUNNING)
    patient.goto(f"{server}/compare?scenario=silo&scenario=lsp&runs=4&quarters=8")
    wait_for(patient, DONE)
    assert greedy.get_by_test_id("job").get_attribute("data-state") == RUNNING
    greedy.get_by_role("button", name="Cancel").click()
    wait_for(greedy, CANCELLED)


# Sessions that end


def test_a_page_whose_browser_is_gone_for_good_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from solara.server import settings
    from solara.server.kernel_context import contexts

    with Socket(port) as mine:
        mine.show("/guide")
        assert contexts[mine.kernel].container is not None
        monkeypatch.setattr(settings.kernel, "cull_timeout", "1s")
    wait_until(lambda: mine.kernel not in contexts, "the page is kept")


# A storm


@pytest.fixture(scope="module")
def apart(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """Port and process of a server of its own, so that its memory is its own; a parameter adds to its environment."""
    command = [sys.executable, "-m", "sim.cli", "browser", "--no-open", "--port", "0"]
    root = Path(__file__).parents[2]
    environment = os.environ | getattr(request, "param", {})
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r":([0-9]+)/", said)
        assert found, said + process.stdout.read()
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield int(found[1]), process.pid
        process.kill()


def weathered(port: int, process: int, frames: int, requests: int) -> tuple[Witness, Witness, float]:
    """A witness before a storm and one of the storm, and by how much the server has grown after it, MB."""
    with Socket(port) as first:
        first.show("/place")
    storm(port, 80, 40, seed=1)  # what is loaded once is there
    calm = Witness(port)
    calm.watch(threading.Event(), 60)
    before = held(process)
    witness = storm(port, frames, requests, seed=2)
    grown = (held(process) - before) / 1e6
    waited = f"longest wait {witness.longest:.2f} s of {witness.served:,}, {calm.longest:.2f} s before"
    print(f"{frames:,} frames, {requests:,} requests: {grown:.0f} MB more, {waited}")
    return calm, witness, grown


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_a_storm_of_frames_and_requests_takes_no_memory_and_others_are_served(apart: tuple[int, int]) -> None:
    _, witness, grown = weathered(*apart, 200, 60)
    assert grown < 100
    assert witness.served > 3


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_a_long_storm_takes_no_memory_and_others_are_served_within_a_second(apart: tuple[int, int]) -> None:
    _, witness, grown = weathered(*apart, 20_000, 2_000)
    assert grown < 100
    assert witness.longest < 1.0


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
@pytest.mark.parametrize("apart", [{"TOTALPLACE_BROWSER_KEEP": "5"}], indirect=True)
def test_memory_comes_back_after_ten_sessions_have_closed(apart: tuple[int, int], chrome: Any) -> None:
    port, process = apart
    with Socket(port) as first:
        first.show("/place")
    before = held(process)
    address = f"http://127.0.0.1:{port}"
    pages = []
    for i in range(10):
        page = chrome.new_context().new_page()
        page.set_default_timeout(120_000)
        pages.append(page)
        page.goto(f"{address}/place?seed={i + 1}" + ("&solara-no-close-beacon=1" if i % 2 else ""))
        page.locator("[data-testid=shown]").wait_for(state="attached")
        page.get_by_role("button", name="Play").click()
    for page in pages:
        wait_for_quarter(page, 40)
    for page in pages[:4]:
        page.goto(f"{address}/compare?scenario=silo&scenario=lsp&runs=40")
        wait_for(page, DONE)
    most = held(process)
    for page in pages:
        page.context.close()
    wait_until(lambda: held(process) - before < 60e6, "memory does not come back")
    print(f"ten sessions: {before / 1e6:.0f} MB before, {most / 1e6:.0f} with them, {held(process) / 1e6:.0f} after")
