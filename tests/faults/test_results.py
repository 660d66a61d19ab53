"""Faults of the machine while ``run`` and ``compare`` write: an older folder stays as it was, nothing is half written."""

from __future__ import annotations

import io
import json
import operator
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

import totalplace.sim.figures
import totalplace.sim.results.store
from totalplace.sim.cli import exit_code
from totalplace.sim.system.checksums import check_files

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = ("silo", "--runs", "2", "--quarters", "4", "--place", "Rutland")
COMMANDS = {"run": ("run", *WORDS), "compare": ("compare", "single-pot", *WORDS)}


def started(*words: str, where: Path, before: str = "") -> subprocess.Popen[str]:
    """The real command in a process of its own; ``before`` is Python that it runs first."""
    program = f"import sys, totalplace.sim.cli\n{before}\ntotalplace.sim.cli.main(sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.Popen([sys.executable, "-c", program, *words], cwd=where, env=environment, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def called(*words: str, where: Path, before: str = "") -> tuple[int, str]:
    """Exit code and standard error of a command in a process of its own."""
    command = started(*words, where=where, before=before)
    _, err = command.communicate(timeout=300)
    return command.returncode, err


def here(*words: str, where: Path, before: str = "") -> tuple[int, str]:
    """The same of a command that ends by itself, in this process."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), redirect_stderr(said):
        patch.chdir(where)
        for name in ("figures.drawings", "results.store.manifest"):
            patch.setattr(f"totalplace.sim.{name}", operator.attrgetter(name)(totalplace.sim))  # as they are again afterwards
        exec(before, {})
        code = exit_code(list(words))
    return code, said.getvalue()


def whole(folder: Path, drawn: bool = True) -> bool:
    """Whether a folder holds results and all that the manifest says of them, and figures."""
    import pyarrow.parquet as pq

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    rows = sum(len(scenario["seeds"]) * scenario["quarters"] for scenario in manifest["scenarios"])
    check_files(folder, manifest["files"])
    figures = len(list((folder / "figures").iterdir())) >= 4 if drawn else True  # two at least, each as PNG and SVG
    return pq.read_table(folder / "metrics.parquet").num_rows == rows and figures


#: One small figure in place of all, for tests to which figures are nothing.
ONE_FIGURE = """
import totalplace.sim.figures
from totalplace.sim.figures.style import Chart
totalplace.sim.figures.drawings = lambda ensembles, baseline: {"one": lambda: Chart(1.0, 1.0)}
"""
#: Every figure by its name, but small.
SMALL_FIGURES = """
import totalplace.sim.figures
from totalplace.sim.figures.style import Chart
every = totalplace.sim.figures.drawings
totalplace.sim.figures.drawings = lambda *given: dict.fromkeys(every(*given), lambda: Chart(1.0, 1.0))
"""
#: Kills the process when a function that writes has been called so many times.
KILL_AT = """
import os, totalplace.sim.results.out_folder, totalplace.sim.results.store
module = totalplace.sim.results.store if hasattr(totalplace.sim.results.store, "{name}") else totalplace.sim.results.out_folder
real, calls = module.{name}, [0]
def killed(*given, **named):
    calls[0] += 1
    if calls[0] == {call}:
        os.kill(os.getpid(), 9)
    return real(*given, **named)
module.{name} = killed
"""


@pytest.mark.parametrize(("name", "call"), [
    ("manifest", 1), pytest.param("_swap", 1, marks=pytest.mark.soak),
    pytest.param("deals_table", 1, marks=pytest.mark.soak),
])
def test_killed_while_it_writes(tmp_path: Path, name: str, call: int) -> None:
    first = [*COMMANDS["run"], "--out", "out"]
    assert here(*first, where=tmp_path, before=ONE_FIGURE)[0] == 0
    before = (tmp_path / "out" / "manifest.json").read_bytes()
    assert called(*first, "--force", where=tmp_path, before=KILL_AT.format(name=name, call=call))[0] == -9
    assert (tmp_path / "out" / "manifest.json").read_bytes() == before
    assert whole(tmp_path / "out", drawn=False)
    assert len(list(tmp_path.iterdir())) == 2  # the folder and what the killed command left
    assert here(*first, "--force", "--seed", "5", where=tmp_path, before=ONE_FIGURE)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert whole(tmp_path / "out", drawn=False)


def test_killed_while_it_draws(tmp_path: Path) -> None:
    """Tables are in place before anything is drawn: those of the killed command are whole, and its figures are drawn anew."""
    first = [*COMMANDS["run"], "--out", "out"]
    assert here(*first, where=tmp_path, before=ONE_FIGURE)[0] == 0
    again = [*first, "--force", "--seed", "5"]
    assert called(*again, where=tmp_path, before=SMALL_FIGURES + KILL_AT.format(name="_write_figure", call=2))[0] == -9
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["scenarios"][0]["seeds"] == [5, 6]
    check_files(tmp_path / "out", manifest["files"])
    assert here(*again, where=tmp_path, before=SMALL_FIGURES)[0] == 0
    assert whole(tmp_path / "out")


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_random_moments(tmp_path: Path, name: str) -> None:
    words, moments = [*COMMANDS[name], "--out", "out", "--force"], random.SystemRandom()
    began = time.monotonic()
    assert called(*words, where=tmp_path)[0] == 0
    usual, ended = time.monotonic() - began, 0
    for _ in range(20):
        command = started(*words, where=tmp_path)
        time.sleep(moments.uniform(0.2, 1.1) * usual)
        command.kill()
        ended += command.wait(60) == 0
        command.communicate()
        assert whole(tmp_path / "out", drawn=False)
    assert ended < 20
    assert called(*words, where=tmp_path)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["run", pytest.param("compare", marks=pytest.mark.soak)])
def test_a_disk_too_full_for_the_figures_is_said_and_keeps_the_tables(small_disk: Path, name: str) -> None:
    code, err = here(*COMMANDS[name], "--out", "out", where=small_disk)
    assert (code, [path.name for path in small_disk.iterdir()]) == (1, ["out"])
    assert "(No space left on device). All else is whole in 'out'" in err
    assert "Traceback" not in err
    assert whole(small_disk / "out", drawn=False)


def test_a_disk_that_may_only_be_read_is_said(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for words in (COMMANDS["run"], ("sweep", "run", "sobol-net-saving")):
        code, err = here(*words, "--out", "out", where=small_disk)
        assert code in (1, 2)
        assert "cannot be written" in err
        assert "Traceback" not in err


HOLDS = """
import time, totalplace.sim.results.store
def slow(*given, **named):
    print("writing", flush=True)
    time.sleep(600)
totalplace.sim.results.store.manifest = slow
"""


def test_two_commands_on_one_folder(tmp_path: Path) -> None:
    words = [*COMMANDS["run"], "--out", "out", "--force"]
    first = started(*words, where=tmp_path, before=HOLDS)
    try:
        assert first.stdout is not None
        while first.stdout.readline().strip() != "writing":
            assert first.poll() is None
        code, err = here(*words, where=tmp_path)
        assert code == 2
        assert f"out' is being written by process {first.pid} " in err
        assert "Allowed: another folder, or this one once that process has ended." in err
        first.send_signal(signal.SIGTERM)
        assert first.wait(60) == 143
    finally:
        first.kill()
        first.communicate()
    assert list(tmp_path.iterdir()) == []
    assert here(*words, where=tmp_path, before=ONE_FIGURE)[0] == 0
    assert whole(tmp_path / "out", drawn=False)


OTHERS_WRITE = """
import pathlib, totalplace.sim.results.store
real = totalplace.sim.results.store.manifest
def slow(*given, **named):
    pathlib.Path("out").mkdir(exist_ok=True)
    pathlib.Path("out/thesis").write_text("years")
    return real(*given, **named)
totalplace.sim.results.store.manifest = slow
"""


def test_what_others_wrote_meanwhile_is_not_replaced_and_the_results_are_not_lost(tmp_path: Path) -> None:
    code, err = here(*COMMANDS["run"], "--out", "out", where=tmp_path, before=ONE_FIGURE + OTHERS_WRITE)
    assert code == 2
    assert "out' exists. The results are whole in '" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out-2"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis"]
    assert whole(tmp_path / "out-2", drawn=False)
