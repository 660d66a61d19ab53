"""The command line as a function, for quick tests, and as a process, for tests of pipes and signals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.drawing import drawing_little
from totalplace.sim.cli import exit_code

#: Settings of a terminal or of a build server that would change colours or width.
_NOT_WANTED = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "NO_COLOR", "COLUMNS", "TERM", "TTY_COMPATIBLE")


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Each test runs in a folder of its own, on a terminal without colours."""
    for name in _NOT_WANTED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def figures(request: pytest.FixtureRequest) -> Iterator[None]:
    """One small figure in place of all, unless the test is marked as one of figures."""
    with nullcontext() if request.node.get_closest_marker("figures") else drawing_little():
        yield


@pytest.fixture
def totalplace(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: str) -> Answer:
        capsys.readouterr()
        code = exit_code(list(words))
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    def start(*words: str, **options: Any) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_WANTED}
        return subprocess.Popen(
            [sys.executable, "-m", "totalplace", *words],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    return start
