"""Checksums of what is written, checked when it is read: a file that is not what was written is refused, not believed."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

#: The key under which a manifest keeps the checksum of all else in it.
KEY: Final = "checksum"
#: Most bytes of a manifest that is read, unless its kind allows more.
MOST_BYTES: Final = 64_000_000
_HEX: Final = 64
#: The key of a table's metadata that holds the checksum of its values.
_SEAL: Final = b"totalplace checksum"
#: What was found of files in this process: a file that has not changed since is not read for its checksum again.
_known: dict[tuple[str, int, int, int], str] = {}
_guard = threading.Lock()


def checksum(content: bytes | memoryview) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, taken once in a process as long as its time, size and place on the disk are the same. Raises OSError."""
    state = path.stat()
    key = (str(path.absolute()), state.st_size, state.st_mtime_ns, state.st_ino)
    with _guard:
        found = _known.get(key)
    if found is None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        with _guard:
            _known[key] = found
    return found


def signed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a manifest with the checksum of all of it."""
    rest = {key: value for key, value in content.items() if key != KEY}
    return rest | {KEY: _of(rest)}


def is_signed(content: Mapping[str, Any]) -> bool:
    """Whether a manifest is what was signed."""
    return content.get(KEY) == _of({key: value for key, value in content.items() if key != KEY})


def _of(content: Mapping[str, Any]) -> str:
    """The checksum of what a manifest says, whatever the blanks between."""
    return checksum(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())


def check_signed(content: Mapping[str, Any], path: Path) -> None:
    """Raise InputError when a manifest is not what was signed."""
    if not is_signed(content):
        raise InputError(f"'{path}' is damaged or was changed: it does not have its checksum", allowed="the file as it was written")


def read_object(path: Path, what: str, most: int = MOST_BYTES) -> dict[str, Any]:
    """A JSON object from a file. Raises FileNotFoundError, and InputError for one that is too large, damaged or something else."""
    allowed = f"the file as it was written, of {what}"
    try:
        if path.stat().st_size > most:
            raise InputError(f"'{path}' is too large", allowed=f"at most {most:,} bytes")
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}", allowed=allowed) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{path}' cannot be read: {error}"[:300], allowed=allowed) from error
    if not isinstance(content, dict):
        raise InputError(f"'{path}' is not a manifest", allowed=allowed)
    return content


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and checksum of every file in a folder, by its name within it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": file_checksum(path)} for path in paths
    }


def check_files(folder: Path, files: object, name: str | None = None) -> None:
    """Raise InputError unless the files that a manifest lists, or the one called ``name``, are those that were written."""
    for file, said in _entries(folder, files):
        if name not in (None, file):
            continue
        path = folder / file
        try:
            right = path.stat().st_size == said["bytes"] and file_checksum(path) == said["sha256"]
        except FileNotFoundError:
            raise InputError(f"The folder '{folder}' has no {file}", allowed="a folder as it was written") from None
        except OSError as error:
            raise InputError(f"'{path}' cannot be read: {error.strerror}", allowed="a file as it was written") from error
        if not right:
            raise InputError(
                f"'{path}' is damaged or was changed since it was written: it does not have its checksum",
                allowed="a folder as it was written; run the command in the manifest again",
            )


def _entries(folder: Path, files: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for file, said in files.items() if isinstance(files, dict) else ():
        parts = Path(str(file)).parts
        fits = isinstance(said, dict) and isinstance(said.get("bytes"), int) and len(str(said.get("sha256"))) == _HEX
        if not fits or not parts or ".." in parts or Path(str(file)).is_absolute():
            raise InputError(f"The manifest in '{folder}' lists '{file}' as nobody writes it", allowed="a folder as it was written")
        yield str(file), said


def seal(table: pa.Table) -> pa.Table:
    """A table of numbers that carries the checksum of its values, for a file that is not listed in a manifest."""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), _SEAL: _of_values(table).encode()})


def is_intact(table: pa.Table) -> bool:
    """Whether a sealed table has the values that were written. One without a seal, as earlier versions wrote it, is believed."""
    metadata = table.schema.metadata or {}
    return _SEAL not in metadata or metadata[_SEAL].decode("ascii", "replace") == _of_values(table)


def _of_values(table: pa.Table) -> str:
    digest = hashlib.sha256()
    for name in table.column_names:
        values = table[name].to_numpy()
        digest.update(f"{name} {values.dtype} {len(values)} ".encode("utf-8", "replace") + values.tobytes())
    return digest.hexdigest()
