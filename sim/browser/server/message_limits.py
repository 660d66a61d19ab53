"""What a browser may say over a websocket: every size, count and name is checked before Solara unpacks the message."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, NoReturn

#: Largest message, bytes: a scenario file of the largest size in base 64, and room for what is around it.
MOST_BYTES: Final = 1_500_000
#: Technical: most binary parts of a message, most values that it may nest in each other, longest name.
MOST_PARTS: Final = 64
DEEPEST: Final = 60
LONGEST_NAME: Final = 200
#: Most values in a message, by the signs that part them: pages send some tens, and a file is one. Many take long to read.
MOST_VALUES: Final = 20_000
#: Kinds of message that the app's own page sends, and what it opens: nothing else is answered.
KINDS: Final = ("kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close", "shutdown_request")
TARGETS: Final = ("solara.control", "jupyter.widget.control")
#: The target that has versions, and how that of ipywidgets here begins.
VERSIONED: Final = ("jupyter.widget.control", "1.")

_CHANNELS: Final = ("shell", "control", "iopub", "stdin")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}", re.ASCII)


class FrameError(ValueError):
    """A message that no page of the app sends; the text says why, and holds nothing that the sender chose."""


def check_frame(content: str | bytes) -> Mapping[str, Any]:
    """The message in a frame, text or binary. Raises FrameError."""
    if len(content) > MOST_BYTES:
        raise FrameError("it is too large")
    message = _parsed(content if isinstance(content, str) else _text_part(content))
    if not isinstance(message, dict):
        raise FrameError("it is no message")
    header, body = message.get("header"), message.get("content")
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise FrameError("header or content is missing")
    kind = header.get("msg_type")
    if kind not in KINDS:
        raise FrameError("its kind is unknown")
    if message.get("channel") not in _CHANNELS:
        raise FrameError("its channel is unknown")
    for name in ("msg_id", "session", "username", "version", "date"):
        if (name in header or name == "msg_id") and not (isinstance(header.get(name), str) and len(header[name]) <= LONGEST_NAME):
            raise FrameError("its header is damaged")
    for part in ("parent_header", "metadata"):
        if not isinstance(message.get(part, {}), dict):
            raise FrameError("its header is damaged")
    if kind.startswith("comm_") and kind != "comm_info_request":
        _check_comm(kind, body, message.get("metadata", {}))
    return message


def is_name(text: object) -> bool:
    """Whether a text can be the name of a session, a page or a widget: short, of letters, digits and ``. _ -``."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def _check_comm(kind: str, body: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    if not is_name(body.get("comm_id")):
        raise FrameError("it names no widget")
    if not isinstance(body.get("data", {}), dict):
        raise FrameError("its data are damaged")
    if kind == "comm_open" and body.get("target_name") not in TARGETS:
        raise FrameError("it opens what cannot be opened")
    target, version = VERSIONED
    if kind == "comm_open" and body["target_name"] == target and not str(metadata.get("version", "")).startswith(version):
        raise FrameError("it opens widgets of another version")


def _text_part(content: bytes) -> str:
    """The text of a binary message: a count of parts, where each begins, and the parts; the first is the text."""
    if len(content) < 8:
        raise FrameError("it is cut short")
    (parts,) = struct.unpack_from("!I", content)
    start = 4 * (parts + 1)
    if not 1 <= parts <= MOST_PARTS or start > len(content):
        raise FrameError("its count of parts is wrong")
    begins = [*struct.unpack_from(f"!{parts}I", content, 4), len(content)]
    if begins[0] != start or any(later < earlier for earlier, later in pairwise(begins)):
        raise FrameError("its parts overlap")
    try:
        return content[begins[0]: begins[1]].decode()
    except UnicodeDecodeError:
        raise FrameError("it is not text in UTF-8") from None


def _parsed(text: str) -> Any:
    if sum(map(text.count, ",:[{")) > MOST_VALUES:
        raise FrameError("it has too many values")
    try:
        text.encode()
        message = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):  # broken JSON, half a surrogate pair, a number of thousands of digits
        raise FrameError("it is not JSON") from None
    _check_depth(message)
    return message


def _check_depth(message: Any) -> None:
    level = [message]
    for _ in range(DEEPEST):
        level = [inner for outer in level if isinstance(outer, dict | list)
                 for inner in (outer.values() if isinstance(outer, dict) else outer) if isinstance(inner, dict | list)]
        if not level:
            return
    raise FrameError("it is nested too deeply")


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a number")
