"""What goes wrong goes wrong for real: killed drivers, full disks, runs that fail. Nothing that was finished is lost."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.sweeps import DRIVER, ROOT, assert_same, driver, small_sweep, tables, wait_for_parts, with_bad_points
from totalplace.sim.engine.sweep.playing import DesignStage
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.ledger import LedgerError

#: 480 runs in 24 parts: more than the small disk holds.
LONG = (60, 40, "year")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tp.sweep(small_sweep(*LONG), tmp_path_factory.mktemp("sweep") / "out", chunk=20)


def test_killed_again_and_again_it_ends_as_if_undisturbed(undisturbed: Store, tmp_path: Path) -> None:
    out, moments = tmp_path / "out", random.SystemRandom()
    for _ in range(3):
        with driver(out, *LONG, threads=2) as command:
            wait_for_parts(out, 1, command)
            time.sleep(moments.uniform(0.0, 0.3))
            command.kill()
            assert command.wait(timeout=300) in (-9, 0)
    before = tp.open_sweep(out)
    assert before.missing == before.total - before.played
    assert_same(tp.sweep(small_sweep(*LONG), out), undisturbed)
    assert not list(out.rglob("*.partial"))


@pytest.mark.parametrize("name", ["runs", "metrics", "parts"])
def test_killed_between_the_files_of_a_part(undisturbed: Store, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    program = (
        "import os, totalplace as tp, totalplace.sim.engine.sweep.parts as parts\nfrom tests.sweeps import small_sweep\n"
        "write = parts.write_whole\n"
        "def killed(path, content):\n"
        f"    if path.parent.name == {name!r} and '00002' in path.name:\n"
        "        path.with_name('.' + path.name + '.partial').write_bytes(content[:50])\n"
        "        os.kill(os.getpid(), 9)\n"
        "    write(path, content)\n"
        f"parts.write_whole = killed\ntp.sweep(small_sweep(*{LONG!r}), {str(out)!r}, threads=1, chunk=20)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=300).returncode == -9
    assert len(list(out.rglob("*.partial"))) == 1
    assert tp.open_sweep(out).played == 40
    assert_same(tp.sweep(small_sweep(*LONG), out), undisturbed)
    assert not list(out.rglob("*.partial"))


def test_a_full_disk_stops_the_sweep_and_more_room_lets_it_go_on(
    undisturbed: Store, small_disk: Path
) -> None:
    with pytest.raises(tp.SweepStopped, match=r"cannot be written: No space left on device. The same command"):
        tp.sweep(small_sweep(*LONG), small_disk / "out", threads=2, chunk=20)
    stopped = tp.open_sweep(small_disk / "out")
    assert 0 < stopped.played < stopped.total
    written = set(stopped.records)
    assert stopped.damaged() == sorted(set(range(24)) - written)  # two threads need not end in order
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    assert_same(tp.sweep(small_sweep(*LONG), small_disk / "out"), undisturbed)


def test_a_limit_on_the_size_of_files_stops_the_sweep(tmp_path: Path) -> None:
    """The same where nothing can be mounted: the system refuses to write more than so much to a file."""
    program = DRIVER.format(sweep=(10, 40, "quarter"), out=str(tmp_path / "out"), options={})
    script = tmp_path / "driver.py"
    script.write_text("import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + program)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))

    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    ended = subprocess.run([sys.executable, str(script)], cwd=ROOT, env=os.environ | {"PYTHONPATH": path},
                           preexec_fn=limited, capture_output=True, text=True, timeout=300)
    assert "SweepStopped" in ended.stderr
    assert "cannot be written: File too large" in ended.stderr
    assert not list((tmp_path / "out").rglob("*.partial"))
    sweep = small_sweep(10, 40, "quarter")
    assert_same(tp.sweep(sweep, tmp_path / "out"), tp.sweep(sweep, tmp_path / "undisturbed"))


def test_a_bad_point_costs_its_own_runs_only(tmp_path: Path) -> None:
    good = tp.sweep(small_sweep(), tmp_path / "good")
    store = tp.sweep(with_bad_points(small_sweep(), 3), tmp_path / "bad", threads=2, chunk=7)
    assert (store.played, store.failures, store.missing, store.complete) == (80, 8, 8, True)
    failed = store.failed()
    assert set(failed["point"]) == {3}
    assert failed["run"].tolist() == [6, 7, 26, 27, 46, 47, 66, 67]
    assert failed["error"].str.startswith("FloatingPointError: not a finite number: eta").all()
    assert failed["eta"].isna().all()
    rest = tables(good)["metrics"]
    rest = rest[~rest["run"].isin(failed["run"])].reset_index(drop=True)
    assert tables(store)["metrics"].equals(rest)
    assert store.summary()["missing"].tolist() == [2] * 12
    assert "8 of them failed" in repr(store)


def test_a_part_of_failed_runs_only(tmp_path: Path) -> None:
    store = tp.sweep(with_bad_points(small_sweep(), 0, 1), tmp_path / "out", chunk=4)
    assert store.failures == 16
    assert len(store.frame()) == 2 * 64


def test_a_run_whose_ledger_breaks_is_recorded_with_the_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _break_seed_two(monkeypatch)
    store = tp.sweep(small_sweep(), tmp_path / "out", threads=2)
    assert store.failures == 40
    assert set(store.failed()["seed"]) == {2}
    assert set(store.failed()["error"]) == {"LedgerError: The ledger does not close in quarter 5: council by £12.00"}


def test_stop_on_error_stops_at_once_and_can_go_on(tmp_path: Path) -> None:
    sweep, out = with_bad_points(small_sweep(*LONG), 40), tmp_path / "out"
    with pytest.raises(tp.RunFailed, match=r"^Run 80 \(point 40, seed 1\) failed: FloatingPointError") as stopped:
        tp.sweep(sweep, out, threads=1, on_error="stop", chunk=20)
    assert (stopped.value.run, stopped.value.point, stopped.value.seed) == (80, 40, 1)
    assert 20 <= tp.open_sweep(out).played <= 80
    assert tp.open_sweep(out).failures == 0
    with pytest.raises(tp.RunFailed):
        tp.sweep(sweep, out, threads=2, on_error="stop")
    assert_same(tp.sweep(sweep, out), tp.sweep(sweep, tmp_path / "undisturbed"))
    assert tp.open_sweep(out).failures == 8


def test_no_memory_is_nobodys_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def play(self: DesignStage, values: Any, seeds: Any, rows: Any) -> dict[int, Exception]:
        if 2 in seeds:
            raise MemoryError
        return {}

    with monkeypatch.context() as patch:
        patch.setattr(DesignStage, "play", play)
        with pytest.raises(tp.SweepStopped, match="MemoryError"):
            tp.sweep(small_sweep(), tmp_path / "out", threads=2, chunk=20)


def _break_seed_two(monkeypatch: pytest.MonkeyPatch) -> None:
    play = DesignStage.play

    def breaking(self: DesignStage, values: Any, seeds: Any, rows: Any) -> dict[int, Exception]:
        errors = play(self, values, seeds, rows)
        return errors | {i: LedgerError(5, {"council": 12e-6}) for i in np.flatnonzero(seeds == 2).tolist()}

    monkeypatch.setattr(DesignStage, "play", breaking)
