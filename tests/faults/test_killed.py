"""Finished results survive a kill at any file operation of any command, and at any instant."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from sim.checksums import check_files, is_signed
from sim.out_folder import holdings
from tests.killing import Killer, killer

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
#: Commands by name, with the folders and files that they write to.
COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "run": (("run", "silo", *SMALL, "--out", "out", "--force", "--seed", "7"), ("out",)),
    "compare": (("compare", "silo", "single-pot", *SMALL, "--out", "out", "--force"), ("out",)),
    "report": (("report", "out", "--out", "page.html", "--force"), ("page", "page.html")),
    "sweep": (("sweep", "run", "small.yaml", "--out", "other"), ("other",)),
    "sweep again": (("sweep", "run", "small.yaml", "--out", "sweep"), ("sweep",)),
    "analyse": (("analyse", "sensitivity", "sweep", "--metric", "net_saving", "--scenario", "single-pot", "--out", "found",
                 "--force"), ("found",)),
    "search": ((*SEARCH, "--generations", "3"), ("search",)),
    "branch": (("branch", "silo", "--at", "2010-10", "--then", "levers.clawback=0.5", "--save", "point.npz", *SMALL, "--out",
                "branched", "--force"), ("branched", "point.npz")),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every kind of command has finished once."""
    folder = tmp_path_factory.mktemp("finished") / "work"
    folder.mkdir()
    (folder / "small.yaml").write_text(SWEEP)
    with killer(folder) as commands:
        for name in FOLDERS:
            assert commands.run("run", "silo", *SMALL, "--out", name)["code"] == 0
        for words in (("report", "out", "--out", "page.html"), ("sweep", "run", "small.yaml", "--out", "sweep"),
                      COMMANDS["analyse"][0], (*SEARCH, "--generations", "2"), COMMANDS["branch"][0]):
            assert commands.run(*words)["code"] == 0, words
    return folder


@pytest.fixture
def work(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "work")


def content(path: Path) -> dict[str, bytes]:
    """Every file at a path, by its name."""
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def whole(path: Path) -> bool:
    """Whether a folder has all that its manifest says, or a file is no part of one."""
    if path.is_file():
        return path.read_bytes().rstrip().endswith(b"</html>") if path.suffix == ".html" else path.read_bytes()[:2] == b"PK"
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    check_files(path, manifest.get("files"))
    return is_signed(manifest)


def look(work: Path, finished: Path, targets: tuple[str, ...]) -> None:
    """What the command does not write to is as it was, to the byte; what it writes to is whole, of before or of now."""
    for name in holdings(finished):
        if name not in targets:
            assert content(work / name) == content(finished / name), name
        else:
            assert whole(work / name), name
    strangers = {name for name in os.listdir(work) if name not in (*holdings(finished), *targets)}
    assert all(name.startswith(".") for name in strangers), strangers


def refreshed(work: Path, finished: Path) -> None:
    shutil.rmtree(work)
    shutil.copytree(finished, work)


def killed_at_operations(work: Path, finished: Path, name: str, commands: Killer, chosen: random.Random, share: float) -> int:
    """Kill a command at a share of its operations, at each in a fresh copy; the number of kills."""
    words, targets = COMMANDS[name]
    every = commands.run(*words)
    assert every["code"] == 0
    kills = 0
    for at in range(1, every["operations"] + 1):
        if chosen.random() > share:
            continue
        refreshed(work, finished)
        assert commands.run(*words, at=at)["code"] == -9
        look(work, finished, targets)
        kills += 1
        if chosen.random() < 0.2 or at == every["operations"]:
            assert commands.run(*words)["code"] == 0
            look(work, finished, targets)
            left = [path.name for path in work.iterdir() if path.name.startswith(".")]
            assert left == [], (at, left)
    return kills


@pytest.mark.parametrize("name", ["run", "sweep"])
def test_killed_at_some_operations(work: Path, finished: Path, name: str) -> None:
    with killer(work) as commands:
        assert killed_at_operations(work, finished, name, commands, random.Random(5), 0.1) >= 2


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_every_operation(work: Path, finished: Path, name: str) -> None:
    with killer(work) as commands:
        assert killed_at_operations(work, finished, name, commands, random.Random(6), 1.0) >= 3


@pytest.mark.soak
def test_killed_at_500_instants(work: Path, finished: Path) -> None:
    names, chance = list(COMMANDS), random.Random(7)
    with killer(work) as commands:
        usual = {}
        for name in names:
            usual[name] = commands.run(*COMMANDS[name][0])["seconds"]
            refreshed(work, finished)
        for number in range(500):
            name = names[number % len(names)]
            commands.run(*COMMANDS[name][0], after=chance.uniform(0.0, 1.1) * usual[name])
            look(work, finished, COMMANDS[name][1])
            if number % 10 == 9:
                refreshed(work, finished)
