"""Checkouts that are timed in turn: what is asked for is played, and a process that ends is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.first import checked_out
from benchmarks.players import Player, times_as_fast
from benchmarks.sweeps import SWEEP


def test_runs_and_sweeps_are_played_on_request() -> None:
    with Player(None, SWEEP, "silo", ("quarters=2",)) as player:
        ratios = times_as_fast(player, player, "together", runs=3, turns=2)
        assert len(ratios) == 2
        assert min(ratios) > 0.0
        assert player.seconds("alone", 2, first=5) > 0.0


def test_a_process_that_ends_is_told_of() -> None:
    with pytest.raises(RuntimeError, match="the process that plays nowhere ended"), Player(None, SWEEP, "nowhere"):
        pass


def test_a_commit_that_is_not_in_the_history_is_not_measured(tmp_path: Path) -> None:
    assert not checked_out("0" * 40, tmp_path)
    assert list(tmp_path.iterdir()) == []
