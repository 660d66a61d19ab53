"""Documents of office programs: zip archives that are the same to the byte for the same content, with text that XML can hold."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from totalplace.scenarios.user_text import printable

#: Marks a document as one that may be replaced; it stands in its properties.
GENERATOR: Final = "totalplace report"
_PROPERTIES: Final = "docProps/core.xml"
_MOST_PROPERTIES: Final = 100_000
#: The earliest date that a zip archive can have: no date of today goes in.
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_CHANGED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
#: Characters that no XML may hold and that are no control characters.
_NOWHERE: Final = re.compile("[\ufffe\uffff]")
#: A sign before an amount of money, after which programs may end a line.


def settled(document: bytes, made: datetime) -> bytes:
    """A document with its parts in their order, none of them dated, and last changed when its content was ``made``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as given, zipfile.ZipFile(stream, "w") as settled_one:
        for name in given.namelist():
            content = given.read(name)
            if name == _PROPERTIES:
                content = _CHANGED.sub(rb"\g<1>" + f"{made:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, 0o644 << 16
            settled_one.writestr(entry, content)
    return stream.getvalue()


def is_ours(path: Path) -> bool:
    """Whether a file is a document that a report was written as."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_PROPERTIES) as part:
            return f">{GENERATOR}<".encode() in part.read(_MOST_PROPERTIES)
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False


def when(made: str) -> datetime:
    """The date and time of an ISO text in UTC; long ago where it is none, so that no date of today stands for it."""
    try:
        found = datetime.fromisoformat(made)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime(*_LONG_AGO, tzinfo=UTC)
    return found if found.year >= _LONG_AGO[0] else datetime(*_LONG_AGO, tzinfo=UTC)


def text_of(words: object) -> str:
    """A text that XML can hold: what it cannot is shown as an escape."""
    return _NOWHERE.sub(lambda found: f"\\u{ord(found[0]):04x}", printable(str(words)))


__all__ = ["GENERATOR", "is_ours", "settled", "text_of", "when"]
