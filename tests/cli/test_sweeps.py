"""The commands for sweeps: plan, run, show."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.cli.conftest import Command
from totalplace.sim.cli.sweeps import Pace
from totalplace.sim.engine.sweep.playing import DesignStage

TEXT = """
title: Clawback in Rutland
scenarios: joint-commissioning
places: Rutland
settings: {quarters: 8, clusters: 2}
levers: {clawback: [0, 0.5, 1]}
replicates: 10
metrics: [net_saving, mean_trust]
every: last
"""


@pytest.fixture
def file(plain_terminal: Path) -> str:
    (plain_terminal / "sweep.yaml").write_text(TEXT)
    return "sweep.yaml"


def test_plan_says_how_much_and_writes_nothing(totalplace: Command, file: str, plain_terminal: Path) -> None:
    answer = totalplace("sweep", "plan", file)
    assert answer.code == 0
    assert "Clawback in Rutland" in answer.out
    assert "30" in answer.out
    assert [path.name for path in plain_terminal.iterdir()] == [file]


def test_run_and_show_say_the_same(totalplace: Command, file: str) -> None:
    answer = totalplace("sweep", "run", file, "--out", "deep/out", "--threads", "2")
    assert (answer.code, answer.err) == (0, "")
    assert "Clawback in Rutland: 30 of 30 runs played" in answer.out
    assert "joint-commissioning, Rutland: 30 runs done" in answer.out
    assert "net saving" in answer.out
    assert "Results: deep/out" in answer.out
    assert totalplace("sweep", "show", "deep/out") == answer
    assert totalplace("sweep", "run", file, "--out", "deep/out") == answer
    assert tp.open_sweep("deep/out").missing == 0


def test_failed_runs_are_shown_and_do_not_fail_the_command(
    totalplace: Command, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_seed_three(monkeypatch)
    answer = totalplace("sweep", "run", file, "--out", "out", "--threads", "1")
    assert answer.code == 0
    assert "30 of 30 runs played, 3 of them failed" in answer.out
    assert "Run 12 failed (joint-commissioning, Rutland, point 1, seed 3): ValueError: no such thing" in answer.out
    assert "27 runs done, 3 missing" in answer.out


def test_stop_on_error(totalplace: Command, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_seed_three(monkeypatch)
    answer = totalplace("sweep", "run", file, "--out", "out", "--threads", "1", "--on-error", "stop")
    assert answer.code == 1
    assert answer.err == (
        "Error: Run 2 (point 0, seed 3) failed: ValueError: no such thing. What is written stays; the same command with "
        "--on-error continue records the failure and goes on.\n"
    )
    assert totalplace("sweep", "run", file, "--out", "out", "--threads", "1", "--on-error", "continue").code == 0


def test_what_cannot_be_used_is_refused(totalplace: Command, file: str, plain_terminal: Path) -> None:
    assert totalplace("sweep", "run", file, "--out", "out", "--threads", "1", "--dask-local", "1").code == 2
    assert totalplace("sweep", "run", "nothing", "--out", "out").code == 2
    assert totalplace("sweep", "run", file).code == 2
    assert totalplace("sweep", "show", ".").code == 2
    assert not (plain_terminal / "out").exists()
    totalplace("sweep", "run", file, "--out", "out")
    (plain_terminal / file).write_text(TEXT.replace("[0, 0.5, 1]", "[0, 0.5]"))
    answer = totalplace("sweep", "run", file, "--out", "out")
    assert answer.code == 2
    assert "holds another sweep" in answer.err
    assert "Traceback" not in answer.err


def test_mesa_and_dask_from_the_command_line(totalplace: Command, file: str, plain_terminal: Path) -> None:
    (plain_terminal / file).write_text(TEXT.replace("replicates: 10", "replicates: 1").replace("quarters: 8", "quarters: 4"))
    assert totalplace("sweep", "run", file, "--out", "mesa", "--engine", "mesa", "--threads", "1").code == 0
    assert totalplace("sweep", "run", file, "--out", "compiled").code == 0
    mesa, compiled = tp.open_sweep("mesa").frame(), tp.open_sweep("compiled").frame()
    assert mesa.equals(compiled)


def test_an_interrupted_command_says_how_to_go_on(process: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    (tmp_path / "sweep.yaml").write_text(TEXT.replace("quarters: 8", "quarters: 200").replace("10", "3000"))
    command = process("sweep", "run", "sweep.yaml", "--out", "out", "--threads", "1", start_new_session=True)
    try:
        end = time.monotonic() + 300
        while not list((tmp_path / "out" / "parts").glob("*.json")):
            assert command.poll() is None, command.communicate()
            assert time.monotonic() < end
            time.sleep(0.02)
        os.killpg(command.pid, signal.SIGINT)
        out, err = command.communicate(timeout=300)
    finally:
        command.kill()
    assert command.returncode == 130
    assert out == ""
    assert err.splitlines()[0].startswith("Stopping: the chunks under way are finished first.")
    assert err.splitlines()[-1].startswith("Stopped after ")
    assert err.splitlines()[-1].endswith("of 9,000 runs. The same command on the same folder goes on from there.")
    assert tp.open_sweep(tmp_path / "out").played > 0


def test_pace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    monkeypatch.setattr("totalplace.sim.cli.sweeps.time.monotonic", lambda: now[0])
    pace = Pace()
    pace.line(5_000, 20_000)
    now[0] = 105.0
    pace.line(10_000, 20_000)
    assert capsys.readouterr().err == ""
    now[0] = 110.0
    pace.line(15_000, 20_000)
    assert capsys.readouterr().err == "15,000 of 20,000 runs, 1,000 runs/s, about 5.0 seconds left\n"


def test_help_is_quick() -> None:
    heavy = "{'numba', 'pandas', 'pyarrow', 'scipy', 'SALib', 'mesa', 'distributed', 'numpy'}"
    program = f"import sys, totalplace.sim.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def _fail_seed_three(monkeypatch: pytest.MonkeyPatch) -> None:
    play = DesignStage.play

    def failing(self: DesignStage, values: Any, seeds: Any, rows: Any) -> dict[int, Exception]:
        errors = play(self, values, seeds, rows)
        return errors | {i: ValueError("no such thing") for i in np.flatnonzero(seeds == 3).tolist()}

    monkeypatch.setattr(DesignStage, "play", failing)
