"""Who hears of progress: a function as it is given, a bar for True, nobody for nothing; results are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.sim.system.progress import heard

SWEEP = "arrangements: [silo]\nplaces: [Rutland]\nsettings: {quarters: 2}\nreplicates: 3\nmetrics: [wellbeing]\nevery: last\n"


def test_a_function_is_taken_as_it_is_and_nothing_hears_nothing() -> None:
    told: list[tuple[int, int]] = []

    def hears(done: int, of: int) -> None:
        told.append((done, of))

    assert heard(hears, "Runs") is hears
    assert heard(None, "Runs") is None
    assert heard(False, "Runs") is None


def test_a_bar_goes_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    bar = heard(True, "Many runs")
    assert bar is not None
    for done in (0, 3, 10):
        bar(done, 10)
    shown = capsys.readouterr().err
    assert "Many runs" in shown
    assert "10/10" in shown


def test_runs_with_a_bar_are_those_without(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tp.load("silo", place="Rutland", quarters=2)
    assert tp.ensemble(scenario, runs=3, progress=True).metrics.tobytes() == tp.ensemble(scenario, runs=3).metrics.tobytes()
    assert "3/3" in capsys.readouterr().err


def test_a_sweep_without_a_folder_has_one_for_the_session(tmp_path: Path) -> None:
    sweep = sweeps.loads(SWEEP, "small")
    first, second = tp.sweep(sweep, threads=1), tp.sweep(sweep, threads=1)
    assert first.folder != second.folder
    assert first.frame().equals(tp.sweep(sweep, tmp_path / "kept", threads=1).frame())
