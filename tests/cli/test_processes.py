"""What only a process of its own shows: pipes, colours, signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest


def test_piped_output_has_no_colours_and_no_progress(process: Callable) -> None:
    out, err = process("compare", "silo", "single-pot", "--runs", "2", "--quarters", "4").communicate(timeout=120)
    assert "Wellbeing" in out
    assert "\x1b" not in out + err
    assert err == ""


def test_a_reader_who_goes_away_is_no_error_message(process: Callable) -> None:
    command = process("scenarios", "schema")
    command.stdout.close()
    err = command.stderr.read()
    command.stderr.close()
    assert command.wait(timeout=120) in (0, 1)
    assert "Traceback" not in err
    assert "Error" not in err


STARTED = """
import sim, sim.cli, sim.cli.engines
sim.run(sim.load("single-pot", quarters=1))  # so that the rules are compiled
print("started", flush=True)
sim.cli.main(["run", "single-pot", "--runs", "3000", "--out", "deep/results"])
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    command = subprocess.Popen(
        [sys.executable, "-c", STARTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        assert command.stdout is not None
        assert command.stdout.readline() == "started\n"
        time.sleep(1.0)
        assert command.poll() is None, command.communicate()
        command.send_signal(number)
        out, err = command.communicate(timeout=60)
    finally:
        command.kill()
    assert err == "Interrupted: nothing was written.\n"
    assert command.returncode == code
    assert out == ""
    assert list(tmp_path.iterdir()) == []
