"""YAML read so that every value knows its file, line and column.

The rules are stricter and simpler than YAML's: one document a file, UTF-8, keys are text and unique, no aliases,
anchors or tags, no empty values. Plain ``true`` and ``false`` are flags, plain decimal numbers are numbers, all else is
text (so ``2010-11``, ``no`` and ``1:30`` stay what they look like). A number as good as 0 is 0.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.numbers import number_meant, plain
from totalplace.scenarios.plain_values import Scalar, plain_value
from totalplace.scenarios.text_places import TAB, at_tab, control_character, line_and_column

#: Largest file read, bytes.
MOST_BYTES = 1_000_000
#: Most mappings and lists inside each other.
MOST_DEPTH = 16
#: Most files that build on each other.
MOST_FILES = 50
#: Technical: longest text of which what was read is kept, in characters, and how many are. All that ships is shorter.
KEPT_LENGTH = 32_000
KEPT_TEXTS = 128

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A value of a file and where it stands: a scalar, a mapping of keys to marked values or a list of marked values.

    ``line`` and ``column`` count from 1 and are None for values that come from no file. ``key_line`` and ``key_column``
    are those of the key that the value stands under, if there is one. Nothing writes to a value once it is read: a text read again
    gives the same one, and what was made of it is known by it. So two are equal only when they are one.
    """

    value: Scalar | dict[str, Marked] | list[Marked]
    file: str
    line: int | None = None
    column: int | None = None
    key_line: int | None = None
    key_column: int | None = None

    def plain(self) -> Any:
        """The value without marks."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def error(self, message: str, allowed: str | Iterable[str] = "", nearest: str | None = None) -> InputError:
        """An error about this value, at its place."""
        return InputError(
            message, file=self.file, line=self.line, column=self.column, allowed=allowed, nearest=nearest
        )

    def unknown(self, what: str, given: object, allowed: Iterable[str], where: str = "") -> UnknownName:
        """An error about a name that this value gives."""
        return UnknownName(what, given, allowed, where=where, file=self.file, line=self.line, column=self.column)

    def unknown_key(self, what: str, key: str, allowed: Iterable[str], where: str = "") -> UnknownName:
        """An error about a key of this mapping, at the key."""
        item = self.mapping(what)[key]
        return UnknownName(
            what, key, allowed, where=where, file=item.file, line=item.key_line, column=item.key_column
        )

    def mapping(self, what: str) -> dict[str, Marked]:
        """The value if it is a mapping; else an InputError that names it ``what``."""
        if not isinstance(self.value, dict):
            raise self.error(f"{what} must be a mapping of keys to values, not {self.shown()}")
        return self.value

    def items(self, what: str) -> list[Marked]:
        """The value if it is a list; else an InputError that names it ``what``."""
        if not isinstance(self.value, list):
            raise self.error(f"{what} must be a list, not {self.shown()}")
        return self.value

    def text(self, what: str) -> str:
        """The value if it is text; else an InputError that names it ``what``."""
        if not isinstance(self.value, str):
            raise self.error(f"{what} must be text, not {self.shown()}")
        return self.value

    def number(self, what: str, low: float, high: float, unit: str = "") -> float:
        """The value if it is a number from ``low`` to ``high``; else an InputError that names it ``what``."""
        allowed = f"{low:g} to {high:g}"
        allowed += f" ({unit})" if unit and unit != allowed else ""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            nearest = number_meant(self.value, low, high) if isinstance(self.value, str) else None
            raise self.error(f"{what} must be a number, not {self.shown()}", allowed=allowed, nearest=nearest)
        if not low <= self.value <= high:
            raise self.error(f"{what} is {self.shown()}, which is out of range", allowed=allowed)
        return float(self.value)

    def shown(self) -> str:
        """How a message shows the value."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, str):
            return "'" + (self.value if len(self.value) <= 60 else self.value[:57] + "...") + "'"
        return repr(self.value) if isinstance(self.value, float) else f"{self.value:.12g}"


def read_file(path: Path | str) -> Marked:
    """The marked content of a YAML file.

    Raises InputError when there is no such file, it is too large, is not text in UTF-8 or breaks the rules above.
    """
    file = str(path)
    try:
        if not os.path.isfile(file):
            raise InputError("There is no such file", file=file)
        with open(file, "rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "the name cannot be a file name"
        raise InputError(f"The file cannot be read: {reason}", file=file) from None
    if len(content) > MOST_BYTES:
        raise InputError("The file is too large", file=file, allowed=f"at most {MOST_BYTES:,} bytes")
    return read_text(decoded(content, file), file)


def decoded(content: bytes, file: str) -> str:
    """The text of a file. Raises InputError, with the place, for bytes that are not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode("utf-8", errors="replace")
        line, column = line_and_column(before, len(before))
        raise InputError(
            f"The file is not text in UTF-8: byte {content[problem.start]:#04x} cannot be read",
            file=file, line=line, column=column,
        ) from None


def read_text(text: str, file: str) -> Marked:
    """The marked content of YAML text; ``file`` is the name under which errors report it. A text read before is not read again."""
    if not isinstance(text, str):
        raise InputError(f"{str(text)[:60]!r} ({type(text).__name__}) is no text", allowed="YAML as text")
    return _kept(text, file) if len(text) <= KEPT_LENGTH else _read(text, file)


@lru_cache(maxsize=KEPT_TEXTS)
def _kept(text: str, file: str) -> Marked:
    return _read(text, file)


def _read(text: str, file: str) -> Marked:
    try:
        return _Builder(unicodedata.normalize("NFC", text), file).document()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        tab = mark is not None and at_tab(text, mark.line, mark.column)
        raise InputError(
            f"The YAML cannot be read: {TAB if tab else problem.problem or problem.context}", file=file,
            line=mark.line + 1 if mark else None, column=mark.column + 1 if mark else None,
        ) from None
    except yaml.reader.ReaderError as problem:
        line, column = control_character(text)
        raise InputError(f"The YAML cannot be read: {problem.reason}", file=file, line=line, column=column) from None
    except UnicodeEncodeError as problem:
        line, column = line_and_column(text, problem.start)
        raise InputError("The text holds half a character", file=file, line=line, column=column) from None


class _Builder:
    """Builds marked values from the parser's events, so that depth, aliases and repeated keys are checked."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Marked:
        root: Marked | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._error("There is more than one document in the file", event.start_mark)
                root = self._value(next(self.events), 0)
        if root is None:
            raise InputError("The file is empty", file=self.file, line=1, column=1)
        return root

    def _value(self, event: Any, depth: int, key: Marked | None = None) -> Marked:
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise self._error("Aliases (*name) are not allowed", mark)
        if event.anchor is not None:
            raise self._error("Anchors (&name) are not allowed", mark)
        if event.tag is not None:
            raise self._error(f"Tags ({event.tag}) are not allowed", mark)
        if depth > MOST_DEPTH:
            raise self._error("Too many mappings and lists inside each other", mark, f"at most {MOST_DEPTH}")
        value: Scalar | dict[str, Marked] | list[Marked]
        if isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._list(depth)
        else:
            value = self._scalar(event, key)
        place = (None, None) if key is None else (key.line, key.column)
        return Marked(value, self.file, mark.line + 1, mark.column + 1, *place)

    def _scalar(self, event: Any, key: Marked | None) -> Scalar:
        if not event.implicit[0]:  # quoted, or a block of text
            return str(event.value)
        value = plain_value(event.value)
        if value is None:
            what = f"{key.shown()} has no value" if key is not None else "There is an empty value"
            raise self._error(what, event.start_mark)
        return value

    def _mapping(self, depth: int) -> dict[str, Marked]:
        found: dict[str, Marked] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            mark: Any = event.start_mark
            if not isinstance(event, yaml.ScalarEvent):
                self._value(event, depth + 1)  # reports an alias or too great a depth as such
                raise self._error("A key must be text", mark)
            if event.anchor is not None or event.tag is not None:
                raise self._error("Anchors and tags are not allowed", mark)
            key = Marked(event.value, self.file, mark.line + 1, mark.column + 1)
            if event.value in found:
                first = found[event.value].key_line
                raise self._error(f"The key {key.shown()} is given twice; first in line {first}", mark)
            given = next(self.events)
            self._check_comma(key, given, found)
            found[event.value] = self._value(given, depth + 1, key)
        return found

    def _check_comma(self, key: Marked, given: Any, before: dict[str, Marked]) -> None:
        """Raise InputError for a number with a comma, as in ``{clawback: 0,5}``: to YAML it is a value and a further key."""
        last, text = next(reversed(before.values()), None), str(key.value)
        if last is None or isinstance(last.value, bool) or not isinstance(last.value, int | float) or not text[:1].isdigit():
            return
        if isinstance(given, yaml.ScalarEvent) and given.implicit[0] and plain_value(given.value) is None:
            number = f"{last.value},{text}"
            nearest = number_meant(number)
            raise InputError(f"'{number}' is no number", file=self.file, line=last.line, column=last.column, nearest=nearest)

    def _list(self, depth: int) -> list[Marked]:
        found: list[Marked] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, depth + 1))
        return found

    def _error(self, message: str, mark: Any, allowed: str = "") -> InputError:
        return InputError(message, file=self.file, line=mark.line + 1, column=mark.column + 1, allowed=allowed)


def marked(value: object, source: str) -> Marked:
    """A plain value as a marked one that comes from no file; ``source`` is the name under which errors report it.

    NumPy's numbers and arrays are taken as the numbers they hold.
    """
    value = plain(value)
    if isinstance(value, dict):
        return Marked({str(key): marked(item, source) for key, item in value.items()}, source)
    if hasattr(value, "tolist"):  # an array of numbers
        value = value.tolist()
    if isinstance(value, list | tuple):
        return Marked([marked(item, source) for item in value], source)
    if isinstance(value, str | bool | int | float):
        return Marked(value, source)
    raise InputError(f"A {type(value).__name__} cannot be a value of a scenario", file=source)
