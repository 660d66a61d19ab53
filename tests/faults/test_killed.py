"""Finished results survive a kill at any file operation of any command, and at any instant.

The instants are 500 in all, or as many as ``TOTALPLACE_INSTANTS`` says; ``-k calibrate`` takes those of one command.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Set
from pathlib import Path

import pytest

from tests.killing import Killer, killer
from totalplace.sim.results.out_folder import holdings
from totalplace.sim.system.checksums import check_files, is_signed

SMALL = ("--runs", "2", "--quarters", "4", "--place", "Rutland")
#: Names of which one begins as another does, or differs by a sign: left-overs must not be mixed up.
FOLDERS = ("out", "out.b", "out-2", "Out")
SWEEP = """
arrangements: [joint-commissioning, single-pot]
places: [Rutland]
settings: {quarters: 4, clusters: 2}
uncertainties: {eta: prior}
design: {kind: latin-hypercube, samples: 64}
metrics: [net_saving]
every: last
"""
SEARCH = ("search", "joint-commissioning", "--lever", "clawback", "--population", "4", "--searches", "1", "--draws", "2",
          "--quarters", "4", "--place", "Rutland", "--out", "search")
CALIBRATE = ("calibrate", "--quick", "--fact", "payback", "--out")
VALIDATE = ("validate", "--runs", "1", "--places", "Rutland", "--out", "validated", "--seed")
#: Commands by name, with the folders and files that they write to.
COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "run": (("run", "silo", *SMALL, "--out", "out", "--force", "--seed", "7"), ("out",)),
    "compare": (("compare", "silo", "single-pot", *SMALL, "--out", "out", "--force"), ("out",)),
    "figures": (("figures", "out", "one"), ("out",)),
    "report": (("report", "out", "--out", "page.html", "--force"), ("page", "page.html")),
    "sweep": (("sweep", "run", "small.yaml", "--out", "other"), ("other",)),
    "sweep again": (("sweep", "run", "small.yaml", "--out", "sweep"), ("sweep",)),
    "analyse": (("analyse", "sensitivity", "sweep", "--metric", "net_saving", "--scenario", "single-pot", "--out", "found",
                 "--force"), ("found",)),
    "search": ((*SEARCH, "--generations", "3"), ("search",)),
    "branch": (("branch", "silo", "--at", "2010-10", "--then", "levers.clawback=0.5", "--save", "point.npz", *SMALL, "--out",
                "branched", "--force"), ("branched", "point.npz")),
    "validate": ((*VALIDATE, "2"), ("validated",)),
    "calibrate": ((*CALIBRATE, "tuned"), ("tuned",)),
    "calibrate again": ((*CALIBRATE, "calibrated"), ("calibrated",)),
}
#: Part of the file operations at which a command is killed that takes too long to be killed at each.
SHARES = {"validate": 0.5, "calibrate": 0.1, "calibrate again": 0.2}
INSTANTS = int(os.environ.get("TOTALPLACE_INSTANTS", "500"))
#: How whole files end that no manifest lists.
ENDS = {".html": b"</html>", ".png": b"IEND\xaeB\x60\x82", ".parquet": b"PAR1"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder in which every kind of command has finished once; of those that the short tests do not kill only the quick ones."""
    long = any(item.get_closest_marker("soak") for item in request.session.items)
    folder = tmp_path_factory.mktemp("finished") / "work"
    folder.mkdir()
    (folder / "small.yaml").write_text(SWEEP)
    with killer(folder) as commands:
        for name in FOLDERS[: None if long else 1]:
            assert commands.run("run", "silo", *SMALL, "--out", name)["code"] == 0
        for words in (("report", "out", "--out", "page.html"), ("sweep", "run", "small.yaml", "--out", "sweep"),
                      COMMANDS["analyse"][0],
                      *(((*SEARCH, "--generations", "2"), COMMANDS["branch"][0], (*VALIDATE, "1"), (*CALIBRATE, "calibrated"))
                        if long else ())):
            assert commands.run(*words)["code"] == 0, words
    for name in FOLDERS[1:] if not long else ():
        shutil.copytree(folder / "out", folder / name)
    return folder


@pytest.fixture
def work(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "work")


def content(path: Path) -> dict[str, bytes]:
    """Every file at a path, by its name, but for locks, which are nobody's once a process has gone."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file() and file.name != "lock")
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def whole(path: Path, known: Set[bytes]) -> bool:
    """Whether a folder has all that its manifest says, or a file is no part of one. A text that does not show it is ``known``.

    The parts of a sweep hold the seconds that runs took, so that their lists are known by their checksum.
    """
    if path.is_file():
        bytes_ = path.read_bytes()
        if path.suffix == ".json" and bytes_ not in known:
            return is_signed(json.loads(bytes_))
        if path.suffix in ENDS:
            return bytes_.rstrip().endswith(ENDS[path.suffix])
        return bytes_[:2] == b"PK" if path.suffix == ".npz" else bytes_ in known
    if (path / "manifest.json").is_file():
        manifest = json.loads((path / "manifest.json").read_text("utf-8"))
        check_files(path, manifest.get("files"))
        if "files" in manifest or not is_signed(manifest):
            return is_signed(manifest)
    files = [Path(name) for name in content(path) if Path(name).name != "manifest.json"]
    return all(whole(path / name, known) for name in files if not any(part.startswith(".") for part in name.parts))


def look(work: Path, finished: Path, targets: tuple[str, ...], now: Set[bytes] = frozenset()) -> None:
    """What the command does not write to is as it was, to the byte; what it writes to is whole, of before or of ``now``.

    No file of before has gone, but for figures, which are drawn last.
    """
    for name in holdings(finished):
        if name not in targets:
            assert content(work / name) == content(finished / name), name
            continue
        assert whole(work / name, now | set(content(finished / name).values())), name
        if (finished / name).is_dir() and "files" not in _manifest(finished / name):
            gone = set(content(finished / name)) - set(content(work / name))
            assert all("figures/" in file for file in gone), (name, gone)
    for name in set(targets) - set(holdings(finished)):
        if (work / name).exists() and "files" not in _manifest(work / name):
            assert whole(work / name, now), name
    strangers = {name for name in os.listdir(work) if name not in (*holdings(finished), *targets)}
    assert all(name.startswith(".") for name in strangers), strangers


def _manifest(folder: Path) -> dict[str, object]:
    path = folder / "manifest.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def made(work: Path, targets: tuple[str, ...]) -> set[bytes]:
    """The content of every file that a command has written."""
    return {file for name in targets if (work / name).exists() for file in content(work / name).values()}


def refreshed(work: Path, finished: Path) -> None:
    shutil.rmtree(work)
    shutil.copytree(finished, work)


def killed_at_operations(work: Path, finished: Path, name: str, commands: Killer, chosen: random.Random, share: float) -> int:
    """Kill a command at a share of its operations, at each in a fresh copy; the number of kills."""
    words, targets = COMMANDS[name]
    every = commands.run(*words)
    assert every["code"] == 0
    now, kills = made(work, targets), 0
    for at in range(1, every["operations"] + 1):
        if chosen.random() > share:
            continue
        refreshed(work, finished)
        assert commands.run(*words, at=at)["code"] == -9
        look(work, finished, targets, now)
        kills += 1
        if chosen.random() < 0.2 or at == every["operations"]:
            assert commands.run(*words)["code"] == 0
            look(work, finished, targets, now)
            check_calibrated(work)
            left = [path.name for path in work.iterdir() if path.name.startswith(".")]
            assert left == [], (at, left)
    return kills


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_killed_at_some_operations(work: Path, finished: Path, name: str) -> None:
    with killer(work) as commands:
        assert killed_at_operations(work, finished, name, commands, random.Random(5), 0.05) >= 2


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_every_operation(work: Path, finished: Path, name: str) -> None:
    with killer(work) as commands:
        assert killed_at_operations(work, finished, name, commands, random.Random(6), SHARES.get(name, 1.0)) >= 3


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_instants(work: Path, finished: Path, name: str) -> None:
    """Of ten kills in a row, nine fall on what those before have left."""
    (words, targets), chance = COMMANDS[name], random.Random(f"7 {name}")
    with killer(work) as commands:
        usual = commands.run(*words)["seconds"]
        now = made(work, targets)
        refreshed(work, finished)
        for number in range(-(-INSTANTS // len(COMMANDS))):
            commands.run(*words, after=chance.uniform(0.0, 1.1) * usual)
            look(work, finished, targets, now)
            if number % 10 == 9:
                refreshed(work, finished)
        assert commands.run(*words)["code"] == 0
        look(work, finished, targets, now)
        check_calibrated(work)


def check_calibrated(work: Path) -> None:
    """A calibration that was killed and taken up again gives what one gives that was not."""
    for name in ("posterior.csv", "particles.parquet", "parameters.parquet", "waves.parquet"):
        if (work / "tuned" / name).exists():
            assert (work / "tuned" / name).read_bytes() == (work / "calibrated" / name).read_bytes(), name
