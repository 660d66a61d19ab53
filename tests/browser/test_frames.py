"""What may be said over the websocket of a page, and what becomes of who says something else."""

from __future__ import annotations

import json
import logging
import random
import struct
import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.serving import Socket, message, wait_until
from totalplace.sim.browser.server.message_limits import DEEPEST, MOST_BYTES, MOST_PARTS, FrameError, check_frame
from totalplace.sim.browser.server.settings import MOST_UPLOADED


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
    "no name": message("x", header={"msg_type": "kernel_info_request"}),
    "name is a number": message("x", header={"msg_type": "kernel_info_request", "msg_id": 1}),
    "opens widgets of no version": message("comm_open", OPEN | {"target_name": "jupyter.widget.control"}),
    "opens widgets of another version": message("comm_open", OPEN | {"target_name": "jupyter.widget.control"},
                                                metadata={"version": "2.0.0"}),
    "many small lists": message("comm_msg", {"comm_id": "a", "data": {"x": [[]] * 300_000}}),
    "many numbers": message("comm_msg", {"comm_id": "a", "data": {"x": [0] * 400_000}}),
    "many names": message("comm_msg", {"comm_id": "a", "data": {str(i): 0 for i in range(30_000)}}),
    "name of a kilobyte": message("x", header={"msg_type": "kernel_info_request", "msg_id": "a" * 1_000}),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_a_message_that_no_page_sends_is_refused_before_it_is_unpacked(name: str) -> None:
    with pytest.raises(FrameError) as refused:
        check_frame(BAD_FRAMES[name])
    assert len(str(refused.value)) < 60


@pytest.mark.parametrize("content", [
    GOOD, binary([GOOD.encode()]), binary([GOOD.encode(), b"abc", b"", bytes(100_000)]),
    message("comm_open", OPEN),
    message("comm_open", OPEN | {"target_name": "jupyter.widget.control"}, metadata={"version": "1.0.0"}),
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
    monkeypatch.setattr("totalplace.sim.browser.server.open_sessions.MOST_PAGES_EACH", 2)
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


def test_a_page_that_leaves_while_it_is_written_to_is_no_line_of_the_log(port: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        logging.getLogger("asyncio").warning("socket.send() raised exception.")
        logging.getLogger("asyncio").warning("another remark")
    assert [record.getMessage() for record in caplog.records] == ["another remark"]
