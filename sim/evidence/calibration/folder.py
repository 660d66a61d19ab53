"""The folder of a calibration: every batch of pictures is written whole when it is done, and never simulated again.

All that comes after the pictures follows from them and the seed, so the folder needs no other state: after a kill the same
command finds the batches that are there and goes on with the next.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep.parts import parquet
from totalplace.sim.evidence.calibration.pictures import Simulator
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.results.out_folder import holdings
from totalplace.sim.system.checksums import check_signed, is_intact, read_object, seal, signed
from totalplace.sim.system.disk import check_kind, clear_partials, write_whole

FORMAT: Final = "totalplace calibration 3"
MANIFEST: Final = "manifest.json"
BATCHES: Final = "batches"

Progress = Callable[[str, int], None]


class Batches:
    """Pictures by batch, kept in a folder (or, with none, only in memory)."""

    def __init__(self, simulator: Simulator, folder: Path | None = None, progress: Progress | None = None) -> None:
        self.simulator = simulator
        self.pictures = 0
        self._folder = folder / BATCHES if folder is not None else None
        self._progress = progress or (lambda words, done: None)
        if self._folder is not None:
            self._folder.mkdir(exist_ok=True)
            clear_partials(self._folder)

    def play(self, stage: str, values: Floats, first: int) -> Floats:
        """Measures of pictures ``first`` and on, from the folder if they are there with these very parameters."""
        path = self._folder / f"{stage}-{first:08d}.parquet" if self._folder is not None else None
        measured = self._kept(path, values) if path is not None else None
        if measured is None:
            measured = self.simulator.play(values, first)
            if path is not None:
                write_whole(path, parquet(seal(self._table(values, measured))))
        self.pictures += len(values)
        self._progress(stage, len(values))
        return measured

    def _columns(self) -> list[str]:
        return [*self.simulator.parameters, *(f"measure:{name}" for name in self.simulator.measures)]

    def _table(self, values: Floats, measured: Floats) -> pa.Table:
        return pa.table(dict(zip(self._columns(), np.hstack([values, measured]).T, strict=True)))

    def _kept(self, path: Path, values: Floats) -> Floats | None:
        """What a file holds; None for one that is missing, damaged or of other parameters."""
        try:
            table = pq.read_table(io.BytesIO(path.read_bytes()))
            if not is_intact(table):
                return None
            rows = np.stack([table[name].to_numpy() for name in self._columns()], axis=1)
        except Exception:  # damaged bytes make Arrow raise errors of all kinds
            return None
        width = values.shape[1]
        return rows[:, width:] if np.array_equal(rows[:, :width], values) else None


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a calibration's folder, None if there is none. Raises InputError for that of something else."""
    path = folder / MANIFEST
    try:
        found = read_object(path, "a calibration")
        if found["format"] != FORMAT:
            raise InputError(f"'{path}' is of the format '{found['format']}'", allowed=f"the format '{FORMAT}'")
        check_signed(found, path)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"'{path}' is not the manifest of a calibration: {error}", allowed="a folder of a calibration") from error
    return found


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest whole, with its checksum."""
    text = json.dumps(signed(manifest), indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / MANIFEST, text.encode("utf-8", "backslashreplace"))


def claim(folder: Path, plan: Plan) -> dict[str, Any]:
    """Make ``folder`` that of this calibration, or find it to be; gives its manifest.

    Raises InputError when it holds something else, or the calibration of another plan or other rules.
    """
    check_kind(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"'{folder}' cannot be made: {error.strerror}", allowed="a folder you may write in") from error
    found = read_manifest(folder)
    mine = {"format": FORMAT, "plan": json.loads(json.dumps(asdict(plan))), "digest": plan.digest()}
    if found is None:
        if others := [name for name in holdings(folder) if name != "lock"]:
            raise InputError(f"The folder '{folder}' holds something else: {others[0]}", allowed="a new or empty folder")
        write_manifest(folder, mine)
        return mine
    if found.get("digest") != mine["digest"]:
        what = "another calibration" if found.get("plan") != mine["plan"] else "a calibration by other rules, facts or tables"
        raise InputError(f"The folder '{folder}' holds {what}", allowed="a new folder, or the same plan and code that began it")
    return found
