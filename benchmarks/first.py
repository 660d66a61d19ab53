"""The compiled run against that of the first version that was measured: both checkouts in processes of their own, in turn.

The first version is taken from the history of the repository and plays with the packages that are installed here. It had fewer
rules: a ratio tells how much faster runs are though they do more.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.measuring import report
from benchmarks.players import Player, times_as_fast
from benchmarks.sweeps import SWEEP

ROOT: Final = Path(__file__).resolve().parent.parent
FIRST: Final = "e84001b"
SCENARIO: Final = "joint-commissioning"
#: What is measured of a scenario: its settings, what is played, runs in a turn, turns, and how many times as fast it is to be.
RATIOS: Final = (
    ("a run, called by itself", SCENARIO, (), "alone", 40, 9, 1.9),
    ("a sweep, from the world to the kept metrics", SCENARIO, (), "together", 40, 9, 1.7),
    ("the same at 3,834 cohorts", SCENARIO, ("clusters=finest",), "together", 2, 5, 3.5),
    ("a single pot with Shapley's rule", "single-pot", ("levers.savings_rule=shapley",), "together", 4, 7, None),
)
#: Runs of a sweep that is written to disk, and turns.
TO_DISK, TURNS = 2_000, 5


def checked_out(commit: str, folder: Path) -> bool:
    """Whether the history of this repository has a commit; its files are then in ``folder``."""
    if shutil.which("git") is None:
        return False
    done = subprocess.run(["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=False)
    if done.returncode == 0:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
            files.extractall(folder, filter="data")
    return done.returncode == 0


def all_first() -> None:
    """Times as fast as the first version; one line where there is no history to take it from."""
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / FIRST
        if not checked_out(FIRST, folder):
            print(f"commit {FIRST} is not in the history of this checkout: runs were not held against it", file=sys.stderr)
            return
        for name, scenario, settings, what, runs, turns, aim in RATIOS:
            with Player(folder, SWEEP, scenario, settings, Path(scratch) / "cache") as old, \
                    Player(None, SWEEP, scenario, settings) as new:
                report(f"times as fast as the first version: {name}", times_as_fast(old, new, what, runs, turns), "ratio", aim)
                if what == "alone":
                    _sweeps_to_disk(old, new)


def _sweeps_to_disk(old: Player, new: Player) -> None:
    """Sweeps from their design to their last part on disk, by the clock, on one thread and on two."""
    players: dict[tuple[Player, int], list[float]] = {(player, threads): [] for player in (old, new) for threads in (1, 2)}
    for turn in range(TURNS + 1):
        for (player, threads), seconds in players.items():
            seconds.append(player.seconds("to disk", TO_DISK if turn else 100, 1, threads))

    def ratios(above: tuple[Player, int], below: tuple[Player, int]) -> list[float]:
        return [one / other for one, other in zip(players[above][1:], players[below][1:], strict=True)]  # the first warms up

    what = f"a sweep of {TO_DISK:,} runs to disk"
    report(f"times as fast as the first version: {what}, 1 thread", ratios((old, 1), (new, 1)), "ratio", 1.7)
    report(f"times as fast as the first version: {what}, 2 threads", ratios((old, 2), (new, 2)), "ratio", 1.7)
    report(f"two threads over one: {what}", ratios((new, 1), (new, 2)), "ratio", 1.9)
