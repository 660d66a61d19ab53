"""Faults that a sweep meets beside those of ``tests/sweep/test_faults.py``: a clock that jumped, older and newer formats."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import totalplace as tp
from tests.sweeps import assert_same, small_sweep
from tests.worlds import small
from totalplace.scenarios.errors import InputError
from totalplace.sim.engine import checkpoints
from totalplace.sim.results.out_folder import check_out


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sweep") / "out"
    tp.sweep(small_sweep(), out, threads=1, chunk=20)
    return out


@pytest.mark.parametrize("moment", [0, 2**32])
def test_a_clock_that_jumped_costs_no_part(finished: Path, tmp_path: Path, moment: int) -> None:
    sweep, out = small_sweep(), tmp_path / "out"
    with pytest.raises(tp.SweepStopped):
        tp.sweep(sweep, out, threads=1, chunk=20, progress=_full_disk_at(40))
    for path in out.rglob("*"):
        os.utime(path, (moment, moment))
    kept = {path.name: path.read_bytes() for path in (out / "runs").iterdir()}
    assert kept
    assert_same(tp.sweep(sweep, out), finished)
    assert all((out / "runs" / name).read_bytes() == content for name, content in kept.items())


def _full_disk_at(runs: int) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if done >= runs:
            raise OSError(28, "No space left on device")

    return progress


@pytest.mark.parametrize("format", ["totalplace sweep 0", "totalplace sweep 3", "totalplace results 1", "", None, 1, ["a"]])
def test_another_format_is_refused_by_name(finished: Path, tmp_path: Path, format: object) -> None:
    out = tmp_path / "out"
    out.mkdir()
    content = json.loads((finished / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(content | {"format": format}))
    calls: tuple[Callable[[], object], ...] = (lambda: tp.open_sweep(out), lambda: tp.sweep(small_sweep(), out))
    for call in calls:
        with pytest.raises(InputError, match=r"is of the format .* Allowed: (the format 'totalplace sweep 2'|a folder of a sweep)"):
            call()
    assert [path.name for path in out.iterdir() if path.name != "lock"] == ["manifest.json"]


def test_results_of_another_format_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "totalplace results 0"}))
    with pytest.raises(InputError, match="holds something other than results"):
        check_out(tmp_path, force=True)


def test_a_checkpoint_of_another_format_or_other_rules_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = checkpoints.checkpoint(small("single-pot"), 2)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "FORMAT", "totalplace checkpoint 0")
        checkpoints.save(point, tmp_path / "older.npz")
    with pytest.raises(InputError, match=r"has the format 'totalplace checkpoint 0'. Allowed: 'totalplace checkpoint 1'"):
        checkpoints.open_checkpoint(tmp_path / "older.npz")
    with monkeypatch.context() as patch:
        patch.setattr("totalplace.sim.engine.sweep.manifest.code_hash", lambda: "other")
        checkpoints.save(point, tmp_path / "other.npz")
    with pytest.raises(InputError, match="made by other rules or data"):
        checkpoints.open_checkpoint(tmp_path / "other.npz")


def test_a_checkpoint_that_points_to_no_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = checkpoints.checkpoint(small("single-pot"), 2)
    point.tables["commissioners"]["host"] = 10**6
    with pytest.raises(InputError, match="does not fit its scenario: commissioners"):
        checkpoints.save(point, tmp_path / "wild.npz")
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "check_tables", lambda point, path: None)
        checkpoints.save(point, tmp_path / "wild.npz")
    with pytest.raises(InputError, match="does not fit its scenario: commissioners"):
        checkpoints.open_checkpoint(tmp_path / "wild.npz")
