"""The manifest of a sweep's folder: which sweep it is, run by which code, cut into which chunks."""

from __future__ import annotations

import difflib
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.compiled import rule_sources
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.engine.sweep.chunks import chunk_count
from totalplace.sim.engine.sweep.designs import metric_names
from totalplace.sim.results.out_folder import ANALYSIS_FORMAT
from totalplace.sim.results.out_folder import FORMAT as RESULTS_FORMAT
from totalplace.sim.results.out_folder import OLDER as OLDER_FOLDERS
from totalplace.sim.results.relative import is_metric
from totalplace.sim.results.relative import names as every_name
from totalplace.sim.system.checksums import check_signed, signed

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps.sweep import Sweep

FORMAT = "totalplace sweep 2"
#: The format before it, without checksums of manifest and records, in which rows of ``every: year`` and ``last`` held single
#: quarters; those of every quarter are the same.
EARLIER = "totalplace sweep 1"
NAME = "manifest.json"
#: Largest manifest read, bytes, and most parts of a sweep.
MOST_BYTES = 256_000_000
MOST_CHUNKS = 10_000_000
_PACKAGES = ("totalplace", "numpy", "numba", "mesa", "pandas", "pyarrow", "scipy", "SALib")
#: Suffixes of the tables that the places and the budget paths are read from.
_DATA = (".csv", ".parquet", ".yaml")
#: What decides the results; two manifests that agree on these are of one sweep.
_DECIDES = ("format", "text", "points", "code", "engine", "agents")
#: What a folder of another format holds, by the format.
_OTHERS = {
    RESULTS_FORMAT: "results of run, compare, explain or branch",
    ANALYSIS_FORMAT: "answers of an analysis",
}
_OTHERS |= {older: _OTHERS[newer] for older, newer in OLDER_FOLDERS.items()}
_WORDS = {
    "format": "the format of the folder",
    "points": "the points of the design",
    "code": "the code or the data of the model",
    "engine": "the engine",
    "agents": "the classes of agents",
}


@dataclass(frozen=True)
class Manifest:
    """What a sweep's folder holds. ``chunk`` is the number of runs in each part but the last.

    ``scenarios`` is the checksum of the table of scenarios, ``parts`` has the records of the parts once all are there.
    """

    name: str
    title: str
    sha256: str
    text: str
    points: str
    factors: Mapping[str, str]
    metrics: Sequence[str]
    every: str
    runs: int
    chunk: int
    code: str
    engine: str = "compiled"
    agents: Mapping[str, str] = field(default_factory=dict)
    format: str = FORMAT
    started: str = ""
    finished: str = ""
    versions: Mapping[str, str | None] = field(default_factory=dict)
    parts: Sequence[Mapping[str, Any]] = ()
    scenarios: str = ""

    @property
    def chunks(self) -> int:
        """Number of parts of the whole sweep."""
        return chunk_count(self.runs, self.chunk)

    def runs_of(self, number: int) -> int:
        """Number of runs of a part."""
        return min(self.chunk, self.runs - number * self.chunk)


def manifest_of(
    sweep: Sweep, points: NDArray[np.float64], engine: str, agent_classes: Mapping[str, type] | None = None
) -> Manifest:
    """The manifest of a sweep that has not begun; its chunk size is still to be found."""
    return Manifest(
        name=sweep.name,
        title=sweep.title,
        sha256=sweep.sha256,
        text=sweep.text,
        points=hashlib.sha256(np.ascontiguousarray(points).tobytes()).hexdigest(),
        factors={factor.label: factor.kind for factor in sweep.factors},
        metrics=metric_names(sweep),
        every=sweep.every,
        runs=sweep.runs,
        chunk=0,
        code=code_hash(),
        engine=engine,
        agents={name: f"{kind.__module__}.{kind.__qualname__}" for name, kind in (agent_classes or {}).items()},
        versions={"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES},
    )


def begun(manifest: Manifest, chunk: int, scenarios: str = "") -> Manifest:
    """The manifest as the sweep begins, with the size of its chunks and the checksum of its table of scenarios."""
    return replace(manifest, chunk=chunk, started=_now(), scenarios=scenarios)


def ended(manifest: Manifest, parts: Sequence[Mapping[str, Any]]) -> Manifest:
    """The manifest of the finished sweep, with the parts and their checksums."""
    return replace(manifest, finished=_now(), parts=parts)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@lru_cache(maxsize=1)
def code_hash() -> str:
    """SHA-256 over the rules and the tables that the results come from."""
    data = sorted(
        path for folder in ("places", "cuts") for path in (ROOT / "scenarios" / folder).rglob("*") if path.suffix in _DATA
    )
    digest = hashlib.sha256()
    posterior = [path for path in (ROOT / "scenarios" / "posterior.csv",) if path.exists()]
    for source in (*rule_sources(), *data, *posterior):
        digest.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None if it has none. Raises InputError for one that is not of a sweep."""
    from pydantic import TypeAdapter, ValidationError

    path = folder / NAME
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"'{path}' is too large", allowed=f"at most {MOST_BYTES:,} bytes")
        content = json.loads(path.read_text("utf-8"))
        if content["format"] == EARLIER and content["every"] != "quarter":
            raise _single_quarters(path, str(content["every"])[:60])
        if content["format"] not in (FORMAT, EARLIER):
            raise _other_format(path, content["format"])
        if content["format"] == FORMAT:
            check_signed(content, path)
        manifest = TypeAdapter(Manifest).validate_python(content)
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _no_manifest(path, f"{'.'.join(str(part) for part in first['loc'][:2])}: {first['msg']}"[:200]) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _no_manifest(path, str(error)[:200]) from error
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}", allowed="a folder of a sweep") from error
    _check_numbers(manifest, path)
    return manifest


def _single_quarters(path: Path, every: str) -> InputError:
    """The error for a sweep of the earlier format that lacks the quarters of which the last year is made."""
    return InputError(
        f"'{path}' is of the format '{EARLIER}' with 'every: {every}': its rows hold the last quarter alone, of which the mean of "
        "the last year cannot be made",
        allowed="the same sweep run again into a new folder; its tables can still be read as Parquet files",
    )


def _other_format(path: Path, found: object) -> InputError:
    """The error for a folder that holds something else than a sweep, with what it holds and what makes a sweep."""
    message = f"'{path}' is of the format '{str(found)[:60]}'"
    holds = _OTHERS.get(found) if isinstance(found, str) else None
    if holds is None:
        return InputError(message, allowed=f"the format '{FORMAT}'")
    message += f": the folder holds {holds}, not a sweep"
    return InputError(message, allowed=f"the format '{FORMAT}', of a folder that 'totalplace sweep run' or totalplace.sweep makes")


def _no_manifest(path: Path, why: str) -> InputError:
    return InputError(f"'{path}' is not the manifest of a sweep: {why}", allowed="a folder of a sweep")


def _check_numbers(manifest: Manifest, path: Path) -> None:
    """Raise InputError for numbers that no sweep has, and for metrics that this version does not know."""
    if manifest.runs < 1 or manifest.chunk < 1 or manifest.chunks > MOST_CHUNKS:
        raise _no_manifest(path, f"{manifest.runs} runs in parts of {manifest.chunk}")
    for name in manifest.metrics:
        if not is_metric(name):
            raise UnknownName("metric", name, list(every_name()), file=str(path))


def written_manifest(manifest: Manifest) -> bytes:
    """The manifest as JSON, with a checksum of all that it says."""
    return (json.dumps(signed(asdict(manifest)), indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def check_same(found: Manifest, asked: Manifest, folder: Path) -> None:
    """Raise InputError, with the difference, when a folder holds another sweep than the one that is asked for."""
    older = found.format == EARLIER  # is gone on with as it was begun
    differing = [name for name in _DECIDES if getattr(found, name) != getattr(asked, name) and not (older and name == "format")]
    if not differing:
        return
    lines = []
    for name in differing:
        old, new = getattr(found, name), getattr(asked, name)
        if name == "text":
            lines += _changed_lines(old, new)
        elif name in ("code", "points"):
            lines.append(f"  {_WORDS[name]} changed" + _versions(found, asked) * (name == "code"))
        else:
            lines.append(f"  {_WORDS[name]}: {old or 'none'} there, {new or 'none'} asked for")
    raise InputError(
        f"The folder '{folder}' holds another sweep, '{found.name}'. What differs:\n" + "\n".join(lines) + "\n",
        allowed="a new folder, or the sweep that this one holds, by the code that began it",
    )


def _versions(found: Manifest, asked: Manifest) -> str:
    old, new = found.versions.get("totalplace"), asked.versions.get("totalplace")
    return f" (totalplace {old} there, {new} here)" if old != new else " since it was begun"


_SHOWN = 20


def _changed_lines(old: str, new: str) -> list[str]:
    """The lines of two texts that differ, those of the folder marked with -."""
    changes = [
        f"  {line.rstrip()}"[:200]
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = len(changes) - _SHOWN
    return [*changes[:_SHOWN], *([f"  and {more:,} more lines"] if more > 0 else [])]
