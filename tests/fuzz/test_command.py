"""Spoilt files and odd words on the command line: exit code 0 or 2, a message, never a traceback."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing import KINDS, spoilt
from tests.mutations import ODD_VALUES
from totalplace.sim.cli import exit_code

COMMANDS = {
    "scenario": (["scenarios", "check", "own.yaml"], ["run", "own.yaml", "--runs", "1", "--quarters", "2", "--place", "Rutland"],
                 ["compare", "own.yaml", "silo", "--runs", "1", "--quarters", "2"], ["explain", "own.yaml", "--runs", "1"]),
    "sweep": (["sweep", "plan", "own.yaml"], ["sweep", "run", "own.yaml", "--out", "out"]),
}
#: Cases that are too large to run here, not wrong: a sweep of many runs, a scenario of many neighbourhoods.
SECONDS = 60
OPTIONS = ("--place", "--year", "--runs", "--seed", "--quarters", "--set", "--metric", "--out", "--baseline", "--engine")


def answer(words: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and standard error of the real command, in a process of its own with 4 GB to live in."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({4 * 2**30},) * 2)\nimport totalplace.sim.cli, sys\n"
    try:
        done = subprocess.run(
            [sys.executable, "-c", limit + "totalplace.sim.cli.main(sys.argv[1:])", *words],
            cwd=folder, capture_output=True, text=True,
            errors="replace", timeout=SECONDS, stdin=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(Path.cwd() / "src")},
        )
    except subprocess.TimeoutExpired as late:
        return -1, f"no answer in {late.timeout} seconds"
    return done.returncode, done.stderr


def wrong(code: int, err: str) -> bool:
    return code not in (0, 2) or "Traceback" in err or (code == 2 and not err.strip())


@pytest.mark.parametrize("number", range(3))
def test_a_spoilt_scenario_on_the_real_command_line(number: int, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(spoilt("scenario", 10_000 + number))
    code, err = answer(COMMANDS["scenario"][0], tmp_path)
    assert not wrong(code, err), err


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["scenario", "sweep"])
def test_a_hundred_spoilt_files_on_the_real_command_line(kind: str, tmp_path: Path) -> None:
    found = []
    commands = COMMANDS[kind] if kind == "scenario" else COMMANDS[kind][:1]
    for number in range(100):
        (tmp_path / KINDS[kind].file).write_bytes(spoilt(kind, 20_000 + number))
        code, err = answer(commands[number % len(commands)], tmp_path)
        if wrong(code, err):
            found.append((number, code, err[-500:]))
    assert found == []


def odd_words(number: int) -> list[str]:
    """A command with words that are right nowhere, or nearly."""
    chance = random.Random(number)
    words = [chance.choice(["run", "compare", "explain", "scenarios", "sweep", "places", "metrics", "validate"])]
    for _ in range(chance.randint(0, 4)):
        value = str(chance.choice(ODD_VALUES)).replace("\0", "\1")
        word = chance.choice([value, chance.choice(OPTIONS), f"{chance.choice(OPTIONS)}={value}", "silo", "show", "--force"])
        words += [word, "--set", f"levers.{value}={value}"][: chance.choice([1, 1, 3])]
    return [*words, "--no-such-option"]  # so that nothing is run, even if all the rest is right


@pytest.mark.parametrize("block", range(4))
def test_odd_words_are_refused(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(50 * block, 50 * block + 50):
        words = odd_words(number)
        code = exit_code(words)
        err = capsys.readouterr().err
        assert code == 2, words
        assert err.strip(), words
    assert list(tmp_path.iterdir()) == []
