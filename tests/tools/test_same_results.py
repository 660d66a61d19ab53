"""The comparison of two checkouts finds a single bit, says where it is, and plays each checkout's own code."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from tools import same_results
from tools.same_results import (
    ERROR,
    PACKAGES,
    ROOT,
    Job,
    Results,
    compare_within,
    differences,
    furthest,
    main,
    packages_of,
    random_jobs,
    results_of,
    went_another_way,
)


def test_the_first_bit_that_differs_is_named() -> None:
    here = {"gains": np.zeros((3, 3)), "metric wellbeing": np.array([0.5, 0.25])}
    there = {name: values.copy() for name, values in here.items()}
    assert list(differences(here, there)) == []
    there["gains"][2, 1] = np.nextafter(0.0, 1.0)
    assert list(differences(here, there)) == ["gains at [2, 1]: np.float64(0.0) here, np.float64(5e-324) there"]
    there["gains"][2, 1] = -0.0
    assert list(differences(here, there)) == ["gains at [2, 1]: np.float64(0.0) here, np.float64(-0.0) there"]
    there = here | {"gains": np.zeros((3, 4)), "metric redesign": np.zeros(2)}
    assert list(differences(here, there)) == [
        "gains: float64 (3, 3) here, float64 (3, 4) there", "metric redesign: only in the other checkout",
    ]
    refused, other = {ERROR: np.array("InputError: no")}, {ERROR: np.array("InputError: other")}
    assert list(differences(refused, refused)) == []
    assert list(differences(refused, other)) == ["error: InputError: no here, InputError: other there"]
    assert "error: only in this checkout (InputError: no)" in list(differences(refused, here))


def test_what_is_refused_is_compared_too() -> None:
    played = results_of(tp, Job(["place=Rutland", "quarters=2", "clusters=1"], 3))
    assert {"metric wellbeing", "negotiations, agreed", "gains", "flows of the ledger"} <= set(played)
    refused = results_of(tp, Job(["place=Rutlad"], 3))
    assert list(refused) == [ERROR]
    assert "Did you mean 'Rutland'" in str(refused[ERROR])


def test_jobs_are_the_same_for_the_same_seed() -> None:
    assert random_jobs(5, 3) == random_jobs(8, 3)[:5]
    assert random_jobs(5, 3) != random_jobs(5, 4)
    assert ERROR not in results_of(tp, random_jobs(1, 3)[0])


def test_more_seeds_play_the_same_scenarios() -> None:
    jobs, once = random_jobs(4, 3, seeds=3), random_jobs(4, 3)
    assert [job.settings for job in jobs] == [job.settings for job in once for _ in range(3)]
    assert [job.seed for job in jobs] == [job.seed + more for job in once for more in range(3)]


def close_run() -> Results:
    """The results of a run with two negotiations."""
    return {"metric net_saving": np.array([0.0, -50.0, 1e-9]), "metric payback": np.zeros(3),
            "negotiations, agency": np.array([1, 4]), "negotiations, agreed": np.array([0.25, 0.0]),
            "negotiations, part_saving": np.array([3.0, 4.0])}


def changed(name: str, *values: float) -> Results:
    """The same with other numbers of one name."""
    run = close_run()
    return run | {name: np.array(values, run[name].dtype)}


def test_negotiations_that_went_another_way_are_told_from_last_bits() -> None:
    assert not went_another_way(close_run(), close_run())
    assert not went_another_way(close_run(), changed("negotiations, part_saving", 3.0, 4.1))
    assert not went_another_way(close_run(), changed("negotiations, agreed", 0.25 + 1e-12, 0.0))
    assert went_another_way(close_run(), changed("negotiations, agreed", 0.36, 0.0))
    assert went_another_way(close_run(), changed("negotiations, agency", 1, 5))
    assert went_another_way(close_run(), changed("negotiations, agency", 1))


def test_how_far_apart_is_a_part_of_the_largest_number_of_its_kind() -> None:
    assert furthest(close_run(), close_run()) == (0.0, "")
    apart, name = furthest(close_run(), changed("metric net_saving", 0.0, -50.0, 2e-9))
    assert name == "metric net_saving"
    assert apart == pytest.approx(2e-11)
    assert furthest(close_run(), changed("metric payback", 0.0, 0.0, 1e-20)) == (0.0, "")
    assert furthest(close_run(), changed("metric payback", 0.0, 0.0, 1e-13)) == (np.inf, "metric payback")
    assert furthest(close_run(), changed("metric payback", 0.0, 0.0, np.nan)) == (np.inf, "metric payback")


def test_runs_are_counted_by_how_they_differ(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    job, refused = Job(["place=Kent"], 5), {ERROR: np.array("InputError: no")}
    pairs = [(job, close_run(), close_run()), (job, close_run(), changed("negotiations, agency", 1, 5)), (job, refused, refused),
             (job, close_run(), changed("metric net_saving", 0.0, -50.0, 2e-9))]
    monkeypatch.setattr(same_results, "both", lambda other, jobs: iter(pairs))
    assert compare_within(Path(), [job] * 4, 1e-10)
    said = "4 runs: negotiations of 1 went another way, 1 are equal to the bit, 1 were refused; of the others the furthest is 2e-11"
    assert capsys.readouterr().out.startswith(said)
    assert not compare_within(Path(), [job] * 4, 1e-11)
    assert "metric net_saving is 2e-11 apart: seed 5, place=Kent" in capsys.readouterr().out
    pairs.append((job, refused, close_run()))
    assert not compare_within(Path(), [job] * 5, 1e-10)


def test_a_checkout_is_known_by_its_package(tmp_path: Path) -> None:
    assert packages_of(ROOT)[1] in PACKAGES
    package = tmp_path / "src" / "totalplace"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    assert packages_of(tmp_path) == (tmp_path / "src", "totalplace")
    with pytest.raises(SystemExit, match="is no checkout of this project"):
        packages_of(package)


def test_an_edited_rule_of_the_other_checkout_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # plain Python: nothing is compiled for the copy
    folder, _ = packages_of(ROOT)
    other = tmp_path / "other"
    for package in sorted(path.parent for path in folder.glob("*/__init__.py") if path.parent.name not in ("tests", "tools")):
        shutil.copytree(package, other / package.relative_to(ROOT), ignore=shutil.ignore_patterns("__pycache__"))
    rules = next(path for path in other.rglob("duplication.py") if "ROUNDING" in path.read_text("utf-8"))
    rules.write_text(rules.read_text("utf-8").replace("return saved if saved >", "return 0.5 * saved if saved >"), "utf-8")
    small = [Job(["place=Rutland", f"quarters={quarters}", "clusters=1"], 3) for quarters in (1, 2)]
    monkeypatch.setattr("tools.same_results.random_jobs", lambda count, seed, seeds: small[:count])
    assert main([str(other), "--scenarios", "2", "--seed", "1"]) == 1
    said = capsys.readouterr().out
    assert "0 scenarios equal to the bit, 0 refused alike, 2 different" in said
    assert "metric " in said
    assert " here, " in said
    assert not list(other.rglob("__pycache__"))
