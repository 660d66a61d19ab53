"""An interrupt at whatever line of our own code leaves nothing behind of what is made for a while only."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from totalplace.sim.cli import output
from totalplace.sim.results import out_folder
from totalplace.sim.results.out_folder import check_out, written
from totalplace.sim.system import disk, locks, passing

#: Where a signal may come: our own code, and that of the blocks it uses.
WATCHED = {module.__file__ for module in (out_folder, disk, locks, passing, output, contextlib)}


class Interrupt(BaseException):
    pass


@pytest.fixture(autouse=True)
def _lost_at_the_end_of_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python lets no error out of ``__del__``: the work goes on, and must come to its whole end."""
    ours, others = Interrupt, sys.unraisablehook
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: None if isinstance(lost.exc_value, ours) else others(lost))


def interrupted(at: int, work: Callable[[], None]) -> bool:
    """Do the work and raise before its ``at``-th line, as the handler of a signal does; whether it came that far."""
    count, raised = 0, False

    def line(frame: FrameType, event: str, given: Any) -> Any:
        nonlocal count, raised
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event in ("line", "return"):
            count += 1
            if count == at:
                raised = True
                sys.settrace(None)
                raise Interrupt
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    except Interrupt:
        pass
    finally:
        sys.settrace(before)
    return raised


def fill(folder: Path) -> None:
    (folder / "manifest.json").write_text(f'{{"format": "{out_folder.FORMAT}"}}')


def whole(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("exchanged", [True, False])
@pytest.mark.parametrize("there", [False, True])
def test_results_are_whole_or_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, exchanged: bool, step: int
) -> None:
    if not exchanged:
        monkeypatch.setattr(out_folder, "exchange", lambda one, other: False)
    at, ends = 0, set()
    while True:
        at += step
        top = tmp_path / str(at)
        top.mkdir()
        out = top / "deep" / "new"
        if there:
            out.mkdir(parents=True)
            fill(out)
        output.begin()

        def save(out: Path = out) -> None:
            check_out(out, force=True)
            written(out, True, fill)

        def work(out: Path = out, save: Callable[[], None] = save) -> None:
            output.in_turn(out, save, lambda: None, lambda: None)

        before = out.stat().st_ino if there else None
        raised = interrupted(at, work)
        passing.clear()
        left = sorted(path.relative_to(top).as_posix() for path in top.rglob("*"))
        assert left in ([], ["deep", "deep/new", "deep/new/manifest.json"]), (at, left)
        assert left or not there
        new = out.exists() and out.stat().st_ino != before
        if output.whereabouts():
            assert new
            assert whole(out)
        ends.add((new, bool(output.whereabouts())))
        if not raised:
            break
    assert at > 100
    assert {(False, False), (True, True)} <= ends


def test_a_file_is_whole_or_nothing_is_left(tmp_path: Path) -> None:
    at, path = 0, tmp_path / "world.npz"
    while True:
        at += 1
        path.unlink(missing_ok=True)
        raised = interrupted(at, lambda: disk.write_whole(path, b"world"))
        passing.clear()
        assert [left.name for left in tmp_path.iterdir()] in ([], ["world.npz"]), at
        assert not path.exists() or path.read_bytes() == b"world"
        if not raised:
            break
    assert at > 10


def test_a_child_does_not_take_away_what_its_parent_makes(tmp_path: Path) -> None:
    with passing.passing(tmp_path / "mine", Path.rmdir) as mine:
        mine.mkdir()
        child = os.fork()
        if not child:
            passing.clear()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert mine.is_dir()
    assert not mine.exists()


ENDS = """
import atexit, signal, sys, threading
from totalplace.sim import cli

class Object:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def in_the_end_of_an_object(words):
    Object()
    threading.Event().wait(60)
    return 0

def after_the_end(words):
    atexit.register(signal.raise_signal, signal.SIGINT)
    return 0

cli._code = globals()[sys.argv[1]]
cli.main([])
"""


@pytest.mark.parametrize(("when", "code", "says"), [
    ("in_the_end_of_an_object", 130, "Interrupted: nothing was written.\n"), ("after_the_end", 0, ""),
])
def test_an_interrupt_is_neither_lost_nor_told_by_python(tmp_path: Path, when: str, code: int, says: str) -> None:
    ended = subprocess.run([sys.executable, "-P", "-c", ENDS, when], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (code, says)
