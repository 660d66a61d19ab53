from __future__ import annotations

import json
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from tests.drawing import drawing_little
from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.cli import exit_code
from totalplace.sim.engine import ensemble as runs
from totalplace.sim.engine.batches import Batches
from totalplace.sim.engine.precision import read_goals, runs_until
from totalplace.sim.model.world import build
from totalplace.sim.results.compare import difference, shared_draws
from totalplace.sim.results.monte_carlo import quantile_interval


@pytest.fixture(scope="module")
def pair() -> list[scenarios.Scenario]:
    return [tp.load(name, place="Rutland", quarters=8, set=["clusters=2"]) for name in ("silo", "single-pot")]


def test_runs_are_added_until_the_interval_is_narrow_and_equal_a_run_of_that_size(pair: list[scenarios.Scenario]) -> None:
    wide = runs_until(pair, ["net_saving=1000"], runs=20, first_seed=5)
    assert wide.ensembles[0].runs == 20, "what is met at once adds nothing"
    target = wide.halves[0] / 2.0
    found = runs_until(pair, [f"net_saving={target}"], runs=20, first_seed=5, most=3000)
    number = found.ensembles[1].runs
    assert found.met
    assert number > 20
    gap = difference(found.ensembles[1], found.ensembles[0], "net_saving")
    draws = shared_draws(found.ensembles[1], found.ensembles[0])
    assert quantile_interval(gap, draws=draws).half(float(np.median(gap))) == found.halves[0] <= target
    for scenario, ensemble in zip(pair, found.ensembles, strict=True):
        fixed = tp.ensemble(scenario, runs=number, first_seed=5)
        for name in ("metrics", "deals", "gains", "ties_start", "ties_end", "seeds"):
            assert getattr(ensemble, name).tobytes() == getattr(fixed, name).tobytes(), name


def test_the_cap_is_kept_and_said(pair: list[scenarios.Scenario]) -> None:
    found = runs_until(pair[1:], ["net_saving=1e-9"], runs=10, most=25)
    assert (found.met, found.ensembles[0].runs) == (False, 25)
    assert found.words.endswith("25 runs. Not met with the most runs allowed, 25.")
    assert "to ±1e-09 " in found.words
    assert found.record == {"asked": ["net_saving=1e-09"], "half_widths": [found.halves[0]], "met": False, "runs": 25, "most": 25}


def test_the_share_of_better_runs_may_be_asked_for(pair: list[scenarios.Scenario]) -> None:
    found = runs_until(pair, ["wellbeing:better=0.15"], runs=10)
    assert found.met
    assert found.halves[0] <= 0.15
    assert "the share of runs with better wellbeing to ±15.0 points" in found.words


@pytest.mark.parametrize(("text", "half", "shown"), [
    ("net_saving=1", 0.0, "±£0m"), ("net_saving=1", 1e-9, "±1e-09"), ("net_saving=1", 0.25, "±£0.25m a year of resources"),
    ("net_saving:better=0.1", 0.1, "±10.0 points"), ("net_saving:better=0.1", 1e-5, "±0.001 points"),
    ("net_saving=1", math.inf, "unknown"),
])
def test_no_half_width_reads_as_none_but_none(text: str, half: float, shown: str) -> None:
    (goal,) = read_goals([text], compared=True)
    assert goal.shown(half).startswith(shown)


@pytest.mark.parametrize("text", [
    "net_saving", "net_saving=", "net_saving=-1", "net_saving=nan", "net_saving=inf", "net_saving:worse=1",
    "pooled_share:better=0.1", "net_saving:better=2",
])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_goals([text], compared=True)


def test_nothing_is_better_than_itself_and_names_are_checked() -> None:
    with pytest.raises(InputError, match="one scenario"):
        read_goals(["net_saving:better=0.1"], compared=False)
    with pytest.raises(UnknownName, match="net_saving"):
        read_goals(["net_savin=0.1"], compared=False)


def test_the_command_says_what_was_reached_in_table_and_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--place", "Rutland", "--quarters", "4", "--runs", "10", "--precision", "net_saving=1e-9", "--most-runs", "20"]
    with drawing_little():
        assert exit_code(["compare", "silo", "single-pot", *asked, "--out", str(tmp_path / "out")]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "20 runs of each scenario. Not met with the most runs allowed, 20." in out
    options = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["options"]
    assert options["precision"]["runs"] == 20
    assert options["precision"]["met"] is False
    assert exit_code(["run", "silo", "--most-runs", "20"]) == 2
    assert "--precision" in capsys.readouterr().err


def test_runs_stop_where_no_more_fit_in_memory_and_what_there_is_stays(
    pair: list[scenarios.Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard counts what there is, what is added and what is joined, not each batch alone."""
    begun = runs_until(pair, ["net_saving=1000"], runs=10).ensembles
    held = sum(part.nbytes for one in begun for part in (one.metrics, one.deals, one.gains, one.ties_start, one.ties_end)) // 10
    allowed = 60 * held
    monkeypatch.setattr(runs, "MOST_MEMORY", allowed)
    tracemalloc.start()
    try:
        found = runs_until(pair, ["net_saving=1e-9"], runs=10, most=5000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    number = found.ensembles[0].runs
    assert 15 < number < 60
    assert {one.runs for one in found.ensembles} == {number}
    assert (found.met, found.full, found.record["full"]) == (False, True, True)
    assert found.words.endswith(f"{number} runs of each scenario. Not met with the most runs that fit in memory, {number}.")
    aside = 2 * sum(Batches(build(one))._told.nbytes for one in pair)  # for negotiations, in two threads, used as they come
    assert peak < allowed + aside + 3_000_000, "beside the worlds that are played, and what Python needs"
    monkeypatch.undo()
    fixed = tp.ensemble(pair[1], runs=number)
    assert found.ensembles[1].metrics.tobytes() == fixed.metrics.tobytes()


def test_runs_to_begin_with_that_do_not_fit_together_are_refused(
    pair: list[scenarios.Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_MEMORY", 5_000_000)  # room for the first runs, which say what all would take
    with pytest.raises(InputError, match="2 scenarios with 600 runs of 8 quarters each need about"):
        runs_until(pair, ["net_saving=1000"], runs=600)
