"""What only a process of its own shows: pipes, colours, signals."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from totalplace.sim.browser.server.settings import sweep_root
from totalplace.sim.engine.sweep.stopping import stop_requests
from totalplace.sim.system.signals import stop_signals


def test_piped_output_has_no_colours_and_no_progress(process: Callable[..., Any]) -> None:
    out, err = process("compare", "silo", "single-pot", "--runs", "2", "--quarters", "4").communicate(timeout=300)
    assert "Wellbeing" in out
    assert "\x1b" not in out + err
    assert err == ""


def test_a_reader_who_goes_away_is_no_error_message(process: Callable[..., Any]) -> None:
    command = process("scenarios", "schema")
    command.stdout.close()
    err = command.stderr.read()
    command.stderr.close()
    assert command.wait(timeout=300) in (0, 1)
    assert "Traceback" not in err
    assert "Error" not in err


#: A command whose runs take ten milliseconds at least, and which says when it plays the first of them.
STARTED = """
import sys, time
import totalplace as tp, totalplace.sim.cli, totalplace.sim.cli.engines
from totalplace.sim.model import kernel
tp.run(tp.load("single-pot", quarters=1))  # so that the rules are compiled
play, told = kernel.many, []
def slow(world, memory, begun, seeds, *others, **named):
    if not told:
        told.append(print("playing", flush=True))
    time.sleep(0.01 * len(seeds))
    return play(world, memory, begun, seeds, *others, **named)
kernel.many = slow
totalplace.sim.cli.main(sys.argv[1:])
"""


@contextmanager
def playing(where: Path, *words: str, ignoring: tuple[signal.Signals, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """A command that plays its first run now, started with some signals ignored, as ``nohup`` and shells do."""

    def ignore() -> None:
        for number in ignoring:
            signal.signal(number, signal.SIG_IGN)

    command = subprocess.Popen(
        [sys.executable, "-P", "-c", STARTED, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=where,
        preexec_fn=ignore,
    )
    try:
        assert command.stdout is not None
        assert command.stdout.readline() == "playing\n"
        yield command
    finally:
        command.kill()
        command.communicate()


@pytest.mark.parametrize(("number", "code"), [
    (signal.SIGINT, 130), (signal.SIGTERM, 143), pytest.param(signal.SIGHUP, 129, marks=pytest.mark.soak),
])
def test_an_interrupted_command_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with playing(tmp_path, "run", "single-pot", "--runs", "3000", "--out", "deep/results") as command:
        command.send_signal(number)
        out, err = command.communicate(timeout=300)
    assert err == "Interrupted: nothing was written.\n"
    assert command.returncode == code
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_calibration_that_is_stopped_says_that_what_it_wrote_stays(tmp_path: Path) -> None:
    with playing(tmp_path, "calibrate", "--quick", "--fact", "children_numbers", "--out", "found") as command:
        for _ in range(3000):
            if (tmp_path / "found" / "manifest.json").exists():
                break
            time.sleep(0.05)
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=300)
    assert err.endswith("Interrupted. What is written in 'found' stays; the same command goes on from there.\n")
    assert "nothing was written" not in err
    assert command.returncode == 130
    assert (tmp_path / "found" / "manifest.json").exists()


SWEEP = "scenarios: single-pot\nplaces: Rutland\nsettings: {quarters: 4, clusters: 1}\nreplicates: 150\nmetrics: [net_saving]"


@pytest.mark.parametrize("words", [
    ("run", "single-pot", "--quarters", "4", "--runs", "150"),
    pytest.param(("explain", "single-pot", "--quarters", "4", "--runs", "150"), marks=pytest.mark.soak),
    ("sweep", "run", "sweep.yaml", "--out", "out"),
])
def test_signals_that_it_was_told_to_ignore_do_not_stop_a_command(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "sweep.yaml").write_text(SWEEP)
    ignoring = (signal.SIGHUP, signal.SIGINT)
    with playing(tmp_path, *words, ignoring=ignoring) as command:
        for number in ignoring:
            command.send_signal(number)
        out, err = command.communicate(timeout=240)
    assert command.returncode == 0, err
    assert "nterrupted" not in err + out
    assert "Stopp" not in err + out


def test_a_signal_that_is_not_ignored_still_stops_it(tmp_path: Path) -> None:
    words = ("run", "single-pot", "--runs", "3000")
    with playing(tmp_path, *words, ignoring=(signal.SIGHUP, signal.SIGINT)) as command:
        command.send_signal(signal.SIGTERM)
        assert command.wait(60) == 143


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_stops_sweeps_and_searches_leaves_ignored_signals_alone(name: str) -> None:
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_IGN)
    try:
        assert number not in stop_signals()
        with stop_requests() as request:
            assert signal.getsignal(number) is signal.SIG_IGN
            signal.raise_signal(number)
            assert request.number == 0
        assert signal.getsignal(number) is signal.SIG_IGN
        signal.signal(number, lambda *_: None)
        with stop_requests() as request:
            signal.raise_signal(number)
            assert request.number == number
    finally:
        signal.signal(number, before)


def test_paths_in_the_environment_may_be_relative_or_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOTALPLACE_BROWSER_SWEEPS", "~/sweeps")
    assert sweep_root() == tmp_path / "home" / "sweeps"
    code = "from totalplace.sim.figures.settings import matplotlib; print(matplotlib.get_configdir())"
    for given, meant in (("~/figures", "home/figures"), ("figures", "figures")):
        environment = os.environ | {"HOME": str(tmp_path / "home"), "MPLCONFIGDIR": given}
        done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == (f"{tmp_path / meant}\n", "")
    assert not (tmp_path / "~").exists()


def test_a_figure_folder_that_cannot_be_used_is_not_worth_a_word(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "temporary").mkdir()
    environment = os.environ | {"MPLCONFIGDIR": str(tmp_path / "file"), "TMPDIR": str(tmp_path / "temporary")}
    code = "import totalplace.sim.figures.settings, logging; logging.getLogger('matplotlib').warning('of later')"
    done = subprocess.run([sys.executable, "-P", "-c", code], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "of later\n")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.soak
@pytest.mark.skipif(shutil.which("unshare") is None, reason="users without a home are made with unshare")
def test_a_user_without_a_home(tmp_path: Path) -> None:
    """No name, no home folder, no cache: a run and its figures all the same, said in one line, and nothing is left."""
    (tmp_path / "temporary").mkdir()
    words = ["unshare", "--user", "--map-user=12345", "--map-group=12345", "env", "-u", "HOME", "-u", "TOTALPLACE_CACHE_DIR",
             "-u", "XDG_CACHE_HOME", f"TMPDIR={tmp_path / 'temporary'}", sys.executable, "-P", "-m", "totalplace",
             "run", "silo", "--runs", "2", "--quarters", "2", "--place", "Rutland", "--out", str(tmp_path / "out")]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    if "unshare" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1
    assert "Rules are compiled again at each start" in done.stderr
    assert (tmp_path / "out" / "manifest.json").exists()
    assert list((tmp_path / "temporary").iterdir()) == []
