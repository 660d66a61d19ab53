"""Where the figures of a report come from: enough to make them again."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.sim.report.content import Listing, Section
from totalplace.sim.report.set_up import without_paths
from totalplace.sim.results.setting import seeds_in_words
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from totalplace.sim.engine.sweep.store import Store
    from totalplace.sim.report.read_results import Results

#: Authors and title of the software, as CITATION.cff has them, which is not installed.
CITED: Final = "The totalplace contributors, totalplace: agent-based simulation of pooled public budgets in English places"
#: Said of a folder that an earlier version wrote.
UNCHECKED: Final = "An earlier version wrote this folder, without checksums: whether its files are as written is not known."


def of_results(results: Results) -> Section:
    """Command, versions, seeds and hashes of a folder of results."""
    manifest = results.manifest
    runs = sum(ensemble.runs for ensemble in results.ensembles)
    seconds = float(manifest.get("seconds", float("nan")))
    settings = listing([str(setting) for setting in manifest.get("options", {}).get("settings", [])])
    rows = [
        ("to cite", citation()),
        ("command", command_line(manifest.get("command", []))),
        ("written", str(manifest.get("written", ""))),
        ("engine", str(manifest.get("options", {}).get("engine", ""))),
        ("settings", settings or "none"),
        ("runs", f"{count(runs, 'run')}, {count(results.missing, 'run')} missing"),
        ("seeds", seeds_in_words([int(seed) for seed in results.baseline.seeds])),
        ("duration", f"{seconds:,.1f} s"),
        *_code(manifest),
    ]
    notes = [f"{count(results.missing, 'run')} named in the manifest {'is' if results.missing == 1 else 'are'} not in the tables."
             ] if results.missing else []
    notes += [f"The text of the scenario {name} is not the one that its hash was taken of." for name in results.altered]
    notes += [UNCHECKED] if results.unchecked else []
    notes += [f"The scenario {name} was saved with the name of a file of its budget path or network: what is said of it is as that "
              "file is now." for name in results.from_files]
    if results.older:
        version = results.manifest.get("versions", {}).get("totalplace")
        notes.append(
            f"Written by another state of the model (totalplace {version}): {listing(list(results.older))} "
            "would not run the same today. Figures are of the runs as they were; set-up is as this version reads it."
        )
    hashes = tuple(
        (e.scenario.name, str(entry["sha256"]), f"{len(e.deals):,}")
        for e, entry in zip(results.ensembles, manifest["scenarios"], strict=True)
    )
    scenarios = Listing("scenario-hashes", "Scenarios", ("scenario", "SHA-256", "negotiations"), hashes, words=2)
    files = _files([results.folder / f"{name}.parquet" for name in results.tables], results.folder)
    return Section("provenance", "Provenance", notes=tuple(notes), tables=(_table(rows), scenarios, files))


def of_sweep(store: Store, failed: Sequence[str]) -> Section:
    """Design, code, versions and missing runs of a sweep. ``failed`` are the errors of the runs that failed."""
    manifest = store.manifest
    rows = [
        ("to cite", citation()),
        ("sweep", f"{manifest.name} (SHA-256 {manifest.sha256})"),
        ("begun", manifest.started),
        ("finished", manifest.finished or "not finished"),
        ("engine", manifest.engine),
        ("runs", f"{store.state}; {count(store.missing, 'run')} missing"),
        ("points", f"SHA-256 {manifest.points}"),
        ("code of the model", f"SHA-256 {manifest.code}"),
        *_code({"versions": manifest.versions}),
    ]
    missing = f"{count(store.missing, 'run')} of {store.total:,} without results: every figure is of the others."
    notes = ((missing,) if store.missing else ()) + (() if store.checked else (UNCHECKED,))
    texts = {"The sweep in full": without_paths(manifest.text)}
    if failed:
        texts["Errors of runs that failed"] = "\n".join(failed)
    return Section("provenance", "Provenance", notes=notes, tables=(_table(rows),), texts=texts)


def of_analysis(manifest: Mapping[str, Any]) -> Section:
    """Command, options, versions of what an analysis or a ranking wrote."""
    options = {str(name): value for name, value in manifest.get("options", {}).items() if value not in (None, [], "")}
    rows = [
        ("to cite", citation()),
        ("command", command_line(manifest.get("command", []))),
        ("written", str(manifest.get("written", ""))),
        ("options", "; ".join(f"{name} {value}" for name, value in options.items()) or "none"),
        *_code(manifest),
    ]
    return Section("provenance", "Provenance", tables=(_table(rows),))


def citation() -> str:
    """How to cite the software, as CITATION.cff says, with the version that made the report."""
    return f"{CITED}, version {metadata.version('totalplace')}."


def command_line(words: Sequence[str]) -> str:
    """What was typed, as one line."""
    return shlex.join(str(word) for word in words)


def _code(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    versions = manifest.get("versions") or {}
    rows = [("versions", ", ".join(f"{name} {version}" for name, version in versions.items() if version))]
    if manifest.get("commit"):
        rows.append(("commit", str(manifest["commit"])))
    if platform := manifest.get("platform"):
        rows.append(("platform", f"{platform.get('system')}, {platform.get('machine')}, {platform.get('processors')} processors"))
    return rows


def _table(rows: Sequence[tuple[str, str]]) -> Listing:
    return Listing("provenance", "How it was made", ("", ""), tuple(rows), words=2)


def _files(paths: Sequence[Path], folder: Path) -> Listing:
    rows = []
    for path in paths:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows.append((path.relative_to(folder).as_posix(), digest, f"{path.stat().st_size:,}"))
    return Listing("files", "Files that were read", ("file", "SHA-256", "bytes"), tuple(rows), words=2)
