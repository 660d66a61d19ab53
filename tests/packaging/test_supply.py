"""What is installed beside totalplace: bounds with reasons, a lock file of exact versions, licences, packages that build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = WHOLE["project"]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)( ; [^\\]+)? \\$", re.MULTILINE)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[str]:
    extras = (line for extra in PROJECT["optional-dependencies"].values() for line in extra)
    return [line for line in (*PROJECT["dependencies"], *extras) if not line.startswith("totalplace[")]


def test_the_lock_file_pins_everything_by_hash_and_names_no_host() -> None:
    pinned = {canonical(found[1]): found[2] for found in PINNED.finditer(LOCK)}
    blocks = [block for block in re.split(r"\n(?=\S)", LOCK) if not block.startswith("#")]
    assert len(blocks) >= len(pinned) > 100
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?:|//|--(extra-)?index|--find-links| @ ", LOCK)
    wanted = {canonical(re.split(r"[^\w.-]", line)[0]) for line in requirements()}
    assert wanted <= set(pinned)


def pinned_versions() -> dict[str, list[str]]:
    """The versions of each package in the lock; more than one where systems or Pythons differ."""
    pinned: dict[str, list[str]] = {}
    for found in PINNED.finditer(LOCK):
        pinned.setdefault(canonical(found[1]), []).append(found[2])
    return pinned


def test_the_lock_file_fits_the_bounds_of_the_project() -> None:
    pinned = pinned_versions()
    for line in (*requirements(), *WHOLE["dependency-groups"]["build"], *WHOLE["build-system"]["requires"]):
        requirement = Requirement(line)
        for version in pinned[canonical(requirement.name)]:
            assert requirement.specifier.contains(version, prereleases=True), (line, version)


@pytest.mark.parametrize(("file", "extras"), [("use.txt", ["analysis", "browser"]), ("dev.txt", ["dev"])])
def test_set_up_takes_all_that_its_extras_need_from_the_lock(file: str, extras: list[str]) -> None:
    """Followed from package to package, as far as they are installed here in the version of the lock."""
    names = set((ROOT / ".ci" / file).read_text("utf-8").split())
    pinned = pinned_versions()
    assert names <= set(pinned)
    left = [Requirement(line) for line in WHOLE["dependency-groups"]["build"]]
    left += [Requirement(line) for line in PROJECT["dependencies"]] + [Requirement(f"totalplace[{','.join(extras)}]")]
    seen: set[str] = set()
    while left:
        requirement = left.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        name = canonical(requirement.name)
        if name == "totalplace":
            left += [Requirement(line) for extra in requirement.extras for line in PROJECT["optional-dependencies"][extra]]
            continue
        assert name in names, f"{requirement} is not in .ci/{file}"
        assert any(requirement.specifier.contains(version, prereleases=True) for version in pinned[name]), str(requirement)
        left += needed_by(name, requirement.extras, pinned[name])
    assert {canonical(Requirement(line).name) for line in seen} - {"totalplace"} <= names


def needed_by(name: str, extras: set[str], versions: list[str]) -> list[Requirement]:
    """What an installed package needs on this system; nothing where another version is installed than was locked."""
    try:
        about = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    if about.version not in versions:
        return []
    asked = [Requirement(line) for line in about.requires or ()]
    return [line for line in asked if line.marker is None or any(line.marker.evaluate({"extra": extra}) for extra in (*extras, ""))]


def test_the_packages_of_use_are_among_those_of_development() -> None:
    use, dev = ((ROOT / ".ci" / name).read_text("utf-8").split() for name in ("use.txt", "dev.txt"))
    assert set(use) < set(dev)


def test_upper_bounds_stand_beside_their_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    told = "\n".join(line for line in section.splitlines() if "#" in line)
    for line in requirements():
        bounded = re.search(r"<|==", line)
        name = re.split(r"[^\w.-]", line)[0]
        if bounded:
            assert name.casefold() in told.casefold(), f"say why {line} has an upper bound"


def test_licences_are_listed() -> None:
    page = (ROOT / "docs" / "licences.md").read_text("utf-8")
    listed = re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", page, re.MULTILINE)
    names = {name for name, _ in listed} - {"package"}
    assert {canonical(found[1]) for found in PINNED.finditer(LOCK)} <= names
    core = {canonical(re.split(r"[^\w.-]", line)[0]) for line in PROJECT["dependencies"]}
    missing = [name for name, licence in listed if name in core and "not installed" in licence]
    assert missing == []


@pytest.mark.soak
def test_the_packages_build_and_work_in_an_empty_environment(tmp_path: Path) -> None:
    """Build source distribution and wheel, install the wheel alone into an empty environment, run from another folder."""

    def call(*words: str, where: Path = tmp_path) -> str:
        environment = os.environ | {"TOTALPLACE_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ""}
        done = subprocess.run(words, cwd=where, env=environment, capture_output=True, text=True, timeout=1500)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    tools, empty = tmp_path / "tools", tmp_path / "empty"
    for folder in (tools, empty):
        call(sys.executable, "-m", "venv", str(folder))
    call(str(tools / "bin" / "python"), "-m", "pip", "install", "-q", "build")
    call(str(tools / "bin" / "python"), "-m", "build", "-q", "--outdir", str(tmp_path / "dist"), str(ROOT))
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    (source,) = (tmp_path / "dist").glob("*.tar.gz")
    names = set(call(sys.executable, "-m", "tarfile", "-l", str(source)).split())
    inside = {name.partition("/")[2] for name in names}
    assert {"pyproject.toml", "LICENSE", "README.md", "requirements.lock", "scenarios/places/small_areas.parquet"} <= inside
    call(str(empty / "bin" / "python"), "-m", "pip", "install", "-q", str(wheel))
    command = str(empty / "bin" / "totalplace")
    assert "Simulate" in call(command, "--help")
    assert "Trafford" in call(command, "places", "--search", "trafford")
    call(command, "run", "single-pot", "--place", "Kent", "--runs", "2", "--quarters", "4", "--out", "out")
    assert (tmp_path / "out" / "metrics.parquet").stat().st_size > 1000
    assert call(command, "sweep", "plan", "sobol-net-saving")
    where = call(str(empty / "bin" / "python"), "-c", "import totalplace.sim.cli as cli; print(cli.__file__)")
    assert str(empty) in where
