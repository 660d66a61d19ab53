"""A bit flipped in each kind of file that the program writes and reads back, and what is shown of it then."""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.worlds import small
from totalplace.scenarios.errors import InputError

RUN: Final = ("run", "single-pot", "--runs", "2", "--quarters", "4", "--place", "Rutland")


@dataclass(frozen=True)
class Written:
    """Something that the program writes: ``make`` writes it at a path, ``files`` are those within it that are read back (the path
    itself where empty), ``shown`` reads it and gives all that a user is shown. It raises InputError for what it refuses.
    """

    make: Callable[[Path], object]
    files: tuple[str, ...]
    shown: Callable[[Path], Any]


def _results(path: Path) -> None:
    import totalplace as tp
    from totalplace.sim.results.store import write_tables, written

    ensembles = [tp.ensemble(small(name, quarters=4), runs=2) for name in ("silo", "single-pot")]
    written(path, False, lambda folder: write_tables(folder, ensembles, command=["totalplace"], options={}, seconds=1.0))


def _shown_results(path: Path) -> Any:
    """Every table, word and number of the report."""
    from totalplace.sim.report import report

    made = report(path)
    return [
        (made.title, made.lead, made.facts, made.summary),
        *((s.title, s.paragraphs, s.points, s.notes, [(t.title, t.rows) for t in s.tables], s.texts) for s in made.sections),
    ]


def _sweep(path: Path) -> None:
    import totalplace as tp
    from tests.sweeps import small_sweep

    tp.sweep(small_sweep(3, 8), path, threads=1, chunk=8)


def _unfinished(path: Path) -> None:
    """A sweep that was stopped before its end: records are read from their own files."""
    _sweep(path)
    from dataclasses import replace

    from totalplace.sim.engine.sweep.manifest import read_manifest, written_manifest

    manifest = read_manifest(path)
    assert manifest is not None
    (path / "manifest.json").write_bytes(written_manifest(replace(manifest, finished="", parts=())))


def _shown_sweep(path: Path) -> Any:
    import totalplace as tp
    from totalplace.sim.analysis.cases import of_sweep

    store = tp.open_sweep(path)
    frames = [store.frame(), store.summary(), store.scenarios(), of_sweep(store).table]
    return store.state, store.manifest.title, store.failures, [frame.to_csv() for frame in frames]


def _search(path: Path) -> None:
    from totalplace.sim.analysis.search.analysis import search

    search(small("joint-commissioning", quarters=4), path, ["clawback"], population=4, generations=2, seeds=(1,), draws=2)


def _shown_search(path: Path) -> Any:
    from totalplace.sim.analysis.search.analysis import open_search

    found = open_search(path)
    tables = [table.to_csv() for table in (found.front, found.evaluated, found.hypervolume)]
    return found.title, found.source, found.sentences, tables


def _checkpoint(path: Path) -> None:
    from totalplace.sim.engine import checkpoints

    checkpoints.save(checkpoints.checkpoint(small("single-pot", quarters=4), 2), path)


def _shown_checkpoint(path: Path) -> Any:
    from totalplace.sim.engine import checkpoints

    point = checkpoints.open_checkpoint(path)
    return point.scenario.text, point.seed, point.quarter, {name: table.tobytes() for name, table in point.tables.items()}


class _Counted:
    """A simulator whose measures are plain sums, so that a batch costs nothing; it counts what it is asked for."""

    parameters = ("eta", "kappa")
    measures = ("one", "two")

    def __init__(self) -> None:
        self.played = 0

    def play(self, values: Any, first: int) -> Any:
        self.played += len(values)
        return np.stack([values.sum(axis=1), values.prod(axis=1)], axis=1) + first


def _batch_values() -> Any:
    return np.random.Generator(np.random.Philox(3)).random((40, 2))


def _batches(path: Path) -> None:
    from totalplace.sim.evidence.calibration.folder import Batches

    path.mkdir()
    simulator: Any = _Counted()
    Batches(simulator, path).play("prior", _batch_values(), 0)


def _shown_batches(path: Path) -> Any:
    """What a calibration that goes on takes for the measures: those of the file, or played again when that is refused."""
    from totalplace.sim.evidence.calibration.folder import Batches

    simulator: Any = _Counted()
    return Batches(simulator, path).play("prior", _batch_values(), 0).tobytes()


def _manifest_of_calibration(path: Path) -> None:
    from totalplace.sim.evidence.calibration.folder import claim
    from totalplace.sim.evidence.calibration.plan import shipped

    claim(path, shipped())


def _shown_manifest(path: Path) -> Any:
    from totalplace.sim.evidence.calibration.folder import claim, read_manifest
    from totalplace.sim.evidence.calibration.plan import shipped

    claim(path, shipped())
    found = read_manifest(path)
    return found if found is None else {key: value for key, value in found.items() if key != "checksum"}


KINDS: Final[dict[str, Written]] = {
    "results": Written(
        _results, ("manifest.json", "metrics.parquet", "deals.parquet", "gains.parquet", "ties.parquet"), _shown_results,
    ),
    "sweep": Written(_sweep, (
        "manifest.json", "scenarios.parquet", "runs/part-00000.parquet", "metrics/part-00001.parquet", "parts/00000.json",
    ), _shown_sweep),
    "unfinished sweep": Written(_unfinished, ("manifest.json", "parts/00001.json", "metrics/part-00000.parquet"), _shown_sweep),
    "search": Written(_search, ("manifest.json", "generations/seed-001-generation-00001.parquet"), _shown_search),
    "checkpoint": Written(_checkpoint, (), _shown_checkpoint),
    "batches": Written(_batches, ("batches/prior-00000000.parquet",), _shown_batches),
    "calibration": Written(_manifest_of_calibration, ("manifest.json",), _shown_manifest),
}


def flipped(path: Path, chance: random.Random) -> int:
    """Flip one bit of a file; its number."""
    content = bytearray(path.read_bytes())
    bit = chance.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return bit


def outcomes(name: str, cases: range, folder: Path) -> dict[str, list[str]]:
    """What became of flipped bits in a kind of file: refused, the same, said to be fewer (parts left out), or wrong."""
    kind = KINDS[name]
    found: dict[str, list[str]] = {"refused": [], "same": [], "said": [], "wrong": []}
    right_path = folder / "right"
    kind.make(right_path)
    right = kind.shown(right_path)
    assert kind.shown(right_path) == right
    for number in cases:
        chance = random.Random(zlib.crc32(name.encode()) * 1_000_003 + number)
        path = folder / "flipped"
        if right_path.is_file():
            shutil.copy2(right_path, path)
        else:
            shutil.copytree(right_path, path)
        file = path / kind.files[number % len(kind.files)] if kind.files else path
        case = f"{number}: bit {flipped(file, chance)} of {file.name}"
        try:
            shown = kind.shown(path)
            said = isinstance(shown, tuple) and "damaged and left out" in str(shown[0])
            found["same" if shown == right else "said" if said else "wrong"].append(case)
        except InputError:
            found["refused"].append(case)
        except Exception as error:
            found["wrong"].append(f"{case}: {type(error).__name__}: {error}"[:300])
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return found
