"""What is installed beside totalplace: bounds with reasons, a lock file of exact versions, licences, packages that build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
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


def test_the_lock_file_fits_the_bounds_of_the_project() -> None:
    from packaging.requirements import Requirement

    pinned: dict[str, list[str]] = {}
    for found in PINNED.finditer(LOCK):
        pinned.setdefault(canonical(found[1]), []).append(found[2])
    for line in requirements():
        requirement = Requirement(line)
        for version in pinned[canonical(requirement.name)]:
            assert requirement.specifier.contains(version, prereleases=True), (line, version)


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
    where = call(str(empty / "bin" / "python"), "-c", "import sim, scenarios, agents; print(sim.__file__)")
    assert str(empty) in where
