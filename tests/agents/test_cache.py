"""The folder of compiled rules: where it is, and that work goes on without it on machines that have no place for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
import pytest

from totalplace.agents import compiled
from totalplace.agents.numba_private import kept_in
from totalplace.scenarios import notices

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_said", False)
    monkeypatch.setattr(notices, "_said", set())


def found() -> Path | None:
    """The cache folder as a process that starts now would find it."""
    compiled._folder.cache_clear()
    folder: Path | None = compiled.cache_folder.__wrapped__()
    return folder


def square(x: int) -> int:
    return x * x


def test_home_and_relative_paths_are_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    for given, folder in (("~/kept", "home/kept"), ("kept", "kept"), (str(tmp_path / "a"), "a"), ("", "home/.cache/totalplace")):
        monkeypatch.setenv("TOTALPLACE_CACHE_DIR", given)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        assert compiled.user_cache() == tmp_path / folder
    for given, folder in (("~/kept", "home/kept/totalplace"), ("kept", "home/.cache/totalplace"), (str(tmp_path), "totalplace")):
        monkeypatch.setenv("XDG_CACHE_HOME", given)
        assert compiled.user_cache() == tmp_path / folder
    assert not (tmp_path / "~").exists()


def test_a_folder_of_one_s_own_is_used_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOTALPLACE_CACHE_DIR", str(tmp_path / "cache"))
    folder = found()
    assert folder is not None
    assert folder.parent == tmp_path / "cache"
    assert list(folder.iterdir()) == []
    assert capsys.readouterr().err == ""


def spoilt(kind: str, disk: Path) -> str:
    """Make a cache folder on ``disk`` unusable in some way; part of what is to be said comes back."""
    folder = disk / "cache"
    if kind == "a file":
        folder.write_text("not a folder")
        return "Not a directory"
    folder.mkdir()
    if kind == "full":
        with pytest.raises(OSError), (folder / "big").open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        return "No space left on device"
    if kind == "read-only":
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        return "Read-only file system"
    rules = folder / Path(str(compiled.cache_folder())).name
    rules.mkdir()
    if kind == "foreign":
        os.chown(rules, 12345, 12345)
        return "belongs to another user"
    rules.chmod(0o777)
    return "everybody may write to"


@pytest.mark.parametrize("kind", ["a file", "full", "read-only", "foreign", "open to all"])
def test_a_folder_that_cannot_be_used_is_said_once(
    kind: str, small_disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compiled.cache_folder() is not None
    reason = spoilt(kind, small_disk)
    monkeypatch.setenv("TOTALPLACE_CACHE_DIR", str(small_disk / "cache"))
    assert found() is None
    assert found() is None
    said = capsys.readouterr().err
    assert said.count("\n") == said.count("Rules are compiled again at each start") == 1
    assert reason in said
    assert str(small_disk / "cache") in said


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("TOTALPLACE_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert found() is None
    assert "Rules are compiled again at each start" in capsys.readouterr().err


def test_without_a_folder_rules_are_compiled_and_kept_nowhere() -> None:
    alone = compiled._compiled(square, None)
    assert alone(cast(int, np.int64(7))) == 49
    assert kept_in(alone) is None


@pytest.mark.parametrize("kind", ["gone", "full", "never there"])
def test_a_folder_that_fails_later_costs_only_the_keeping(
    kind: str, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_disk / "rules"
    if kind == "never there":
        folder.write_text("a file")
    rule: Any = compiled._compiled(square, folder)
    if kind == "gone":
        shutil.rmtree(folder)
        small_disk.joinpath("rules").write_text("a file")
    if kind == "full":
        with pytest.raises(OSError), (small_disk / "big").open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
    assert rule(np.int64(7)) == 49
    assert rule(np.int64(8)) == 64
    assert capsys.readouterr().err.count("Rules are compiled again at each start") == 1
    assert not (Path(__file__).parent / "__pycache__" / "numba").exists()
    assert list(Path(__file__).parent.rglob("*.nbi")) == []


PROGRAM = """
import numpy as np
from totalplace.agents.compiled import python, rule
from totalplace.agents.duplication import gap
from totalplace import scenarios
python(gap)
print("went on")
"""


def test_who_plays_no_rule_need_not_know_that_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    environment = os.environ | {"TOTALPLACE_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-P", "-m", "totalplace", "metrics"], env=environment, capture_output=True, text=True,
                          check=True)
    assert "net_saving" in done.stdout
    assert done.stderr == ""


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path) -> None:
    for name in ("temporary", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "cache").write_text("a file")
    environment = os.environ | {
        "TOTALPLACE_CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "temporary"), "HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run([sys.executable, "-P", "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "went on\n"
    assert done.stderr.count("\n") == 1
    assert "Not a directory" in done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
