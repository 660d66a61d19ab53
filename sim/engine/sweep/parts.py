"""The parts of a sweep's folder: written whole or not at all, known by their checksums.

A chunk becomes ``runs/part-00012.parquet``, ``metrics/part-00012.parquet`` and, last, ``parts/00012.json`` with the
checksums of both: without that the chunk is not there.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from totalplace.sim.engine.sweep.manifest import EARLIER, Manifest
from totalplace.sim.engine.sweep.tables import metrics_table, runs_table
from totalplace.sim.system.checksums import checksum, file_checksum, is_signed, signed
from totalplace.sim.system.disk import clear_partials, write_whole

if TYPE_CHECKING:
    from totalplace.sim.engine.sweep.chunks import Chunk, Outcome

TABLES = ("runs", "metrics")
RECORDS = "parts"


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
            clear_partials(folder)

    def record(self, number: int) -> dict[str, Any] | None:
        """What is recorded of a finished part; None if it is not finished, or its record is damaged."""
        try:
            record = json.loads(self.record_path(number).read_text("utf-8"))
            whole = is_signed(record) or self.manifest.format == EARLIER
            return record if whole and self._fits(record, number) else None
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return None

    def _fits(self, record: Any, number: int) -> bool:
        """Whether a record can be that of a part."""
        runs = self.manifest.runs_of(number)
        with contextlib.suppress(TypeError, KeyError):
            fits = record["part"] == number and record["runs"] == runs and record["failed"] in range(runs + 1)
            return bool(fits and all(len(record["sha256"][table]) == 64 for table in TABLES))
        return False

    def numbers(self) -> list[int]:
        """The numbers of the parts of which there is a record, in rising order."""
        names = (path.stem for path in (self.folder / RECORDS).glob("[0-9]*.json"))
        return sorted(int(name) for name in names if name.isdecimal() and len(name) < 20 and int(name) < self.manifest.chunks)

    def present(self, number: int, known: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """The record of a finished part, as its file or ``known`` has it, whose files are there and have the right size."""
        record = self.record(number) if known is None else dict(known)
        with contextlib.suppress(OSError, KeyError, TypeError):
            sizes = {table: self.table_path(table, number).stat().st_size for table in TABLES}
            if record and self._fits(record, number) and all(sizes[table] == record["bytes"][table] for table in TABLES):
                return record
        return None

    def whole(self, number: int) -> dict[str, Any] | None:
        """The record of a finished part whose files are, to the byte, those that were written."""
        record = self.present(number)
        with contextlib.suppress(OSError):
            if record and all(self.intact(table, record) for table in TABLES):
                return record
        return None

    def intact(self, table: str, record: Mapping[str, Any]) -> bool:
        """Whether the file of a part is, to the byte, the one that was written. Raises OSError."""
        return file_checksum(self.table_path(table, record["part"])) == str(record["sha256"][table])

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
        record = signed(record)
        write_whole(self.record_path(chunk.number), json.dumps(record).encode())
        return record


def parquet(table: pa.Table) -> memoryview:
    """A table as the bytes of a Parquet file. Real numbers seldom repeat: a dictionary of them would double time and size."""
    sink = pa.BufferOutputStream()
    repeating = [field.name for field in table.schema if field.type != pa.float64()]
    pq.write_table(table, sink, compression="zstd", use_dictionary=repeating)
    return memoryview(sink.getvalue())


def failed_runs(records: Mapping[int, Mapping[str, Any]]) -> int:
    """Number of failed runs in finished parts."""
    return sum(int(record["failed"]) for record in records.values())
