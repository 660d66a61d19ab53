"""The parts of a sweep's folder: written whole or not at all, known by their checksums.

A chunk becomes ``runs/part-00012.parquet``, ``metrics/part-00012.parquet`` and, last, ``parts/00012.json`` with the
checksums of both: without that the chunk is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.sweep.manifest import Manifest, fsync_folder
from sim.sweep.tables import metrics_table, runs_table

if TYPE_CHECKING:
    from sim.sweep.chunks import Chunk, Outcome

TABLES = ("runs", "metrics")
RECORDS = "parts"
_PARTIAL = ".partial"


class Parts:
    """The parts in the folder of a sweep."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._width = max(5, len(str(manifest.chunks - 1)))

    def table_path(self, table: str, number: int) -> Path:
        """The file of a part of ``runs`` or ``metrics``."""
        return self.folder / table / f"part-{number:0{self._width}d}.parquet"

    def record_path(self, number: int) -> Path:
        """The file that says that a part is finished, and its checksums."""
        return self.folder / RECORDS / f"{number:0{self._width}d}.json"

    def make_folders(self) -> None:
        """Make the folders of the parts, and remove what a process left there that was killed while it wrote."""
        for name in (*TABLES, RECORDS):
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
            for left in folder.glob(f".*{_PARTIAL}"):
                left.unlink(missing_ok=True)

    def record(self, number: int) -> dict[str, Any] | None:
        """What is recorded of a finished part; None if it is not finished, or its record is damaged."""
        try:
            record = json.loads(self.record_path(number).read_text("utf-8"))
            runs = self.manifest.runs_of(number)
            fits = record["part"] == number and record["runs"] == runs and record["failed"] in range(runs + 1)
            return record if fits and all(len(record["sha256"][table]) == 64 for table in TABLES) else None
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def numbers(self) -> list[int]:
        """The numbers of the parts of which there is a record, in rising order."""
        names = (path.stem for path in (self.folder / RECORDS).glob("[0-9]*.json"))
        return sorted(int(name) for name in names if name.isdecimal() and len(name) < 20 and int(name) < self.manifest.chunks)

    def present(self, number: int) -> dict[str, Any] | None:
        """The record of a finished part whose files are there and have the right size."""
        record = self.record(number)
        with contextlib.suppress(OSError, KeyError, TypeError):
            if record and all(self.table_path(t, number).stat().st_size == record["bytes"][t] for t in TABLES):
                return record
        return None

    def whole(self, number: int) -> dict[str, Any] | None:
        """The record of a finished part whose files are, to the byte, those that were written."""
        record = self.present(number)
        with contextlib.suppress(OSError):
            if record and all(checksum(self.table_path(t, number).read_bytes()) == record["sha256"][t] for t in TABLES):
                return record
        return None

    def write(self, chunk: Chunk, outcome: Outcome, replicates: int) -> dict[str, Any]:
        """Write a chunk and give its record. Raises OSError, leaving no part of it that counts, when it cannot be written."""
        tables = {"runs": runs_table(chunk, outcome, replicates), "metrics": metrics_table(chunk, outcome)}
        files = {name: parquet(table) for name, table in tables.items()}
        record = {
            "part": chunk.number,
            "first": chunk.first,
            "runs": len(chunk),
            "failed": len(outcome.errors),
            "bytes": {name: len(content) for name, content in files.items()},
            "sha256": {name: checksum(content) for name, content in files.items()},
        }
        for name, content in files.items():
            write_whole(self.table_path(name, chunk.number), content)
        write_whole(self.record_path(chunk.number), json.dumps(record).encode())
        return record


def parquet(table: pa.Table) -> memoryview:
    """A table as the bytes of a Parquet file. Real numbers seldom repeat: a dictionary of them would double time and size."""
    sink = pa.BufferOutputStream()
    repeating = [field.name for field in table.schema if field.type != pa.float64()]
    pq.write_table(table, sink, compression="zstd", use_dictionary=repeating)
    return memoryview(sink.getvalue())


def checksum(content: bytes | memoryview) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it has all of ``content``, or, after a crash or on a full disk, is as it was before."""
    partial = path.with_name(f".{path.name}{_PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def failed_runs(records: Mapping[int, Mapping[str, Any]]) -> int:
    """Number of failed runs in finished parts."""
    return sum(int(record["failed"]) for record in records.values())
