"""Faults of the cache of compiled rules: killed during the first compilation, a clock that jumped, a cache nobody may write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.worlds import small
from totalplace.sim.engine.ensemble import run

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import json, totalplace as tp
from tests.worlds import small
print(json.dumps(tp.run(small("single-pot", quarters=3), seed=1).metrics["net_saving"].tolist()))
"""

pytestmark = pytest.mark.soak


def started(cache: Path) -> subprocess.Popen[str]:
    """A first start with a cache of its own: it compiles in two processes."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "TOTALPLACE_CACHE_DIR": str(cache)}
    return subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def wait_for_rules(cache: Path, number: int, command: subprocess.Popen[str]) -> None:
    """Return once so many rules are compiled and kept, while the command still compiles others."""
    until = time.monotonic() + 600
    while len(list(cache.rglob("*.nbc"))) < number:
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < until, "too few rules were compiled in time"
        time.sleep(0.01)


def right(cache: Path) -> bool:
    """Whether a start with this cache gives the numbers that it should."""
    command = started(cache)
    out, err = command.communicate(timeout=600)
    assert command.returncode == 0, err
    expected: list[float] = run(small("single-pot", quarters=3), seed=1).metrics["net_saving"].tolist()
    return bool(json.loads(out) == expected)


@pytest.mark.parametrize("both", [True, False], ids=["both processes", "the first process"])
def test_killed_during_the_first_compilation(tmp_path: Path, both: bool) -> None:
    for rules in (1, 15, 40):
        command = started(tmp_path / "cache")
        wait_for_rules(tmp_path / "cache", rules, command)
        if both:
            os.killpg(command.pid, 9)
        else:
            command.kill()
        command.wait(60)
        command.communicate()
    assert right(tmp_path / "cache")
    assert right(tmp_path / "cache")


def test_two_first_starts_at_once(tmp_path: Path) -> None:
    commands = [started(tmp_path / "cache") for _ in range(2)]
    answers = [command.communicate(timeout=900) for command in commands]
    assert [command.returncode for command in commands] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert right(tmp_path / "cache")


def test_a_clock_that_jumped(tmp_path: Path) -> None:
    assert right(tmp_path / "cache")
    for moment in (0, 2**32):
        for path in (tmp_path / "cache").rglob("*"):
            os.utime(path, (moment, moment))
        assert right(tmp_path / "cache")
