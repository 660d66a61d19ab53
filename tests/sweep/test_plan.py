"""The plan of a sweep: its counts are exact, its estimates come from runs that were played."""

from __future__ import annotations

from pathlib import Path

import pytest

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import UnknownName
from totalplace.sim.engine.sweep.plan import duration, plan, size

TEXT = """
arrangements: [silo, joint-commissioning]
places: [Kent, Rutland]
settings: {quarters: 8, clusters: 2}
levers: {clawback: [0, 0.5]}
uncertainties: {eta: [0.7, 0.8, 0.9]}
replicates: 5
metrics: [net_saving, wellbeing]
every: year
"""


def test_a_plan_counts_what_would_be_run() -> None:
    found = plan(sweeps.loads(TEXT), threads=1)
    assert (found.scenarios, found.places, found.points, found.replicates, found.runs) == (4, 2, 6, 5, 120)
    assert found.factors == ("clawback", "eta")
    assert found.failed == 0
    assert 0 < found.sampled <= 240
    assert found.seconds > found.runs * found.run_seconds > 0
    text = str(found)
    kept = "2 metrics of every year"
    for words in ("4 (2 places)", "2: 'clawback' and 'eta'", "6 (grid)", kept, "on 1 thread"):
        assert words in text


def test_the_estimate_of_disk_is_near_what_is_written(tmp_path: Path) -> None:
    text = TEXT.replace("[net_saving, wellbeing]", "all").replace("year", "quarter").replace("replicates: 5", "replicates: 20")
    sweep = sweeps.loads(text)
    tp.sweep(sweep, tmp_path / "out", threads=1)
    really = sum(file.stat().st_size for file in (tmp_path / "out").rglob("*") if file.is_file())
    estimate = plan(sweep, threads=1).bytes
    assert estimate == plan(sweep, threads=2).bytes
    assert estimate == pytest.approx(really, rel=0.2)


def test_the_smallest_sweep_has_a_plan() -> None:
    found = plan(sweeps.loads("settings: {quarters: 1}\nmetrics: [wellbeing]"), threads=2)
    assert found.runs == found.sampled - 1 == 1
    assert found.bytes > 0


def test_a_plan_shows_the_notes_of_the_sweep() -> None:
    text = "levers: {cuts: [0, 1]}\nsettings: {quarters: 8, events: ['2011-04: cuts at 1.5']}"
    assert "replaces what the sweep sets of 'cuts'" in str(plan(sweeps.loads(text), threads=1))


def test_a_plan_of_an_unknown_metric_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no metric 'net_savings'"):
        plan(sweeps.loads("metrics: [net_savings]"))


@pytest.mark.parametrize(("seconds", "words"), [(0.42, "0.4 seconds"), (42, "42 seconds"), (200, "3.3 minutes"),
                                                (9000, "2.5 hours"), (2e5, "2.3 days")])
def test_times_are_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("number", "words"), [(12, "1 kB"), (640_000, "640 kB"), (12_340_000, "12.3 MB"), (2e9, "2.0 GB")])
def test_sizes_are_in_words(number: float, words: str) -> None:
    assert size(number) == words
