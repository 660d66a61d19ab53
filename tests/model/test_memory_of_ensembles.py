"""An ensemble that does not fit in memory is refused, with what it would need; what is estimated is what is really taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import totalplace as tp
from totalplace.scenarios import load
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.engine import ensemble as runs

ROOT = Path(__file__).resolve().parent.parent.parent

#: Peak of the resident memory above what is there once the rules are loaded, in bytes, by Linux' own count.
PROGRAM = """
import gc, sys
import totalplace as tp
from totalplace import load
from totalplace.sim.engine.ensemble import ensemble_bytes
name, clusters, quarters, runs = sys.argv[1], *map(int, sys.argv[2:5])
scenario = load(name).with_settings([f"clusters={clusters}", f"quarters={quarters}", *sys.argv[5:]])
tp.ensemble(scenario, runs=20, threads=2)
first = tp.ensemble(scenario, runs=min(32, runs // 25))
gc.collect()
def kilobytes(key):
    return int(next(line for line in open("/proc/self/status") if line.startswith(key)).split()[1])
open("/proc/self/clear_refs", "w").write("5")
before = kilobytes("VmRSS")
result = tp.ensemble(scenario, runs=runs, threads=2)
held = sum(part.nbytes for part in (result.metrics, result.deals, result.gains, result.ties_start, result.ties_end))
print((kilobytes("VmHWM") - before) * 1024, runs * ensemble_bytes(first)[1], held, runs * ensemble_bytes(first)[0])
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak can be set back on Linux only")
@pytest.mark.parametrize("case", [
    ("silo", 1, 40, 1500), ("joint-commissioning", 5, 40, 800), ("single-pot", 5, 20, 1500),
    ("board-political", 5, 40, 800, "uncertainties=prior"),  # its first run has half as many negotiations again as the mean
    pytest.param(("joint-commissioning", 5, 40, 4000), marks=pytest.mark.soak),
])
def test_the_estimate_is_near_the_measured_peak(case: tuple[str | int, ...]) -> None:
    words = [sys.executable, "-P", "-c", PROGRAM, *map(str, case)]
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True)
    peak, estimate, held, estimate_held = (int(number) for number in done.stdout.split())
    assert 0.75 < peak / estimate < 1.1
    assert 0.8 < held / estimate_held <= 1.0


def test_too_many_runs_are_refused_with_what_they_would_need(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("joint-commissioning").with_settings(["quarters=40"])
    _, each = runs.ensemble_bytes(tp.ensemble(scenario, runs=4, first_seed=1))  # those that are asked of 100 runs
    allowed = 100 * each + 1
    monkeypatch.setattr(runs, "MOST_MEMORY", allowed)
    words = r"^101 runs of 40 quarters need about 0\.0 GB of memory, and 0\.0 GB may be taken.*at most 100 runs.*totalplace sweep"
    with pytest.raises(InputError, match=words):
        tp.ensemble(scenario, runs=101, first_seed=1)
    assert tp.ensemble(scenario, runs=100, first_seed=1).runs == 100


def test_a_refusal_comes_after_the_first_few_runs_not_after_all() -> None:
    told: list[int] = []
    with pytest.raises(InputError, match=r"1,000,000,000 runs of 40 quarters need about \d+,\d{3}\.\d GB"):
        tp.ensemble(load("silo"), runs=10**9, progress=lambda done, of: told.append(done))
    assert len(told) == 1
    assert told[0] <= 32


def test_the_first_runs_are_not_more_than_a_twenty_fifth_of_all() -> None:
    scenario, told = load("silo").with_settings(["quarters=2"]), list[int]()
    for runs_in_all, first in ((1, 1), (24, 1), (100, 4), (800, 32)):
        told.clear()
        tp.ensemble(scenario, runs_in_all, threads=1, progress=lambda done, of: told.append(done))
        assert (told[0], told[-1]) == (first, runs_in_all)


def test_scenarios_that_are_held_together_are_counted_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = tp.run(load("silo").with_settings(["quarters=40"]))
    held, peak = runs.ensemble_bytes(first)
    monkeypatch.setattr(runs, "MOST_MEMORY", 1000 * (held + peak))
    runs.check_memory([first, first], 1000)
    with pytest.raises(InputError, match=r"2 scenarios with 1,001 runs of 40 quarters each .*at most 1,000 runs"):
        runs.check_memory([first, first], 1001)
    runs.check_memory([first], 1001)
    assert exit_code(["compare", "silo", "silo-no-cuts", "--runs", "5000"]) == 2
    assert "2 scenarios with 5,000 runs of 40 quarters each need about" in capsys.readouterr().err


def test_a_small_machine_may_take_half_of_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"SC_PHYS_PAGES": 500_000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", lambda name: pages[name])
    assert runs.memory_allowed() == 500_000 * 4096 // 2
    pages["SC_PHYS_PAGES"] = 10**9
    assert runs.memory_allowed() == runs.MOST_MEMORY

    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(os, "sysconf", unknown)
    assert runs.memory_allowed() == runs.MOST_MEMORY
