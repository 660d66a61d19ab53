"""The model calibrated against itself: parameters that made the figures are found again; stops and threads change nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.cli import exit_code
from totalplace.sim.evidence.calibration.folder import BATCHES, Batches, claim
from totalplace.sim.evidence.calibration.pictures import Pictures, needed
from totalplace.sim.evidence.calibration.plan import Plan, asked, by_measure, reasons, shipped
from totalplace.sim.evidence.calibration.posterior import weighted_quantiles
from totalplace.sim.evidence.calibration.results import patch, shipped_text, write
from totalplace.sim.evidence.calibration.run import POSTERIOR, calibrate
from totalplace.sim.evidence.calibration.screening import screen
from totalplace.sim.evidence.calibration.smc import sample
from totalplace.sim.evidence.fact_runs import chosen_places
from totalplace.sim.evidence.facts import Criterion

ROOT = Path(__file__).resolve().parents[3]
NAMES = list(PARAMETERS)
DRIVER = (
    "import sys\nfrom pathlib import Path\nfrom totalplace.sim.evidence.calibration.run import calibrate\n"
    "sys.path.insert(0, sys.argv[3])\nfrom test_model import small_plan\n"
    "calibrate(small_plan(), Path(sys.argv[1]), threads=int(sys.argv[2]))\n"
)


def small_plan() -> Plan:
    plan = asked(["Reading"], ["full_redesign", "median_lag"], 4, screening=48, particles=16, generations=2, batch=8, pictures=200,
                 candidates=4, trials=4, predicted=2)
    return replace(plan, holdout_places=("Darlington",), also=("lags_in_range",))


def test_parameters_that_made_the_figures_are_found_again() -> None:
    """Set-up lag and scale exponent from the model's own figures, read with a tolerance, though 160 others are not known either."""
    true = np.array([[row.default for row in PARAMETERS.values()]])
    given = {"setup_lag": 4.6, "eta": 0.68, "kappa": 0.75}
    for name, value in given.items():
        true[0, NAMES.index(name)] = value
    pictures = Pictures(["Reading"], ("full_redesign", "median_lag"))
    seen = np.mean(pictures.play(np.tile(true, (8, 1)), 10_000_000), axis=0)
    width = {"full_redesign": 0.03 * seen[0], "median_lag": 0.5}
    targets = tuple(Criterion(name, "", "", seen[i] - width[name], None, seen[i] + width[name], "the model's own")
                    for i, name in enumerate(pictures.measures))
    batches = Batches(pictures)
    screening = screen(batches, targets, 240, 40, 5, 3)
    assert NAMES.index("setup_lag") in screening.moving
    found = sample(batches, targets, screening, 60, 6, 40, 2000, 3)
    lag = found.values[:, NAMES.index("setup_lag")]
    low, high = weighted_quantiles(lag, found.weights, (0.05, 0.95))
    row = PARAMETERS["setup_lag"]
    assert low <= given["setup_lag"] <= high
    assert high - low < 0.75 * (row.high - row.low)
    # eta and kappa are known together, by what full redesign frees, and not apart
    eta, kappa = (found.values[:, NAMES.index(name)] for name in ("eta", "kappa"))
    prior = np.corrcoef(screening.unit[:, NAMES.index("eta")], screening.unit[:, NAMES.index("kappa")])[0, 1]
    assert np.corrcoef(eta, kappa)[0, 1] > prior + 0.3
    freed = np.average(found.measured[:, 0], weights=found.weights)
    assert abs(freed / seen[0] - 1.0) < 0.1


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibration") / "out"
    write(calibrate(small_plan(), folder, threads=2), folder)
    return folder


def wait_for_batches(folder: Path, number: int, command: subprocess.Popen[bytes]) -> None:
    for _ in range(6000):
        if len(list((folder / BATCHES).glob("*.parquet"))) >= number or command.poll() is not None:
            return
        time.sleep(0.05)
    raise AssertionError("no batch was written in five minutes")


def test_killed_twice_it_ends_as_if_undisturbed(undisturbed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for number in (3, 9):
        arguments = [sys.executable, "-c", DRIVER, str(folder), "1", str(Path(__file__).parent)]
        command = subprocess.Popen(arguments, cwd=ROOT)
        wait_for_batches(folder, number, command)
        command.kill()
        assert command.wait(timeout=300) == -9
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / BATCHES).glob("*.parquet")}
    assert kept
    (folder / BATCHES / ".left.parquet.partial").write_bytes(b"half")
    damaged = folder / BATCHES / sorted(kept)[0]
    damaged.write_bytes(damaged.read_bytes()[:100])
    write(calibrate(small_plan(), folder, threads=1), folder)
    again = {path.name: path.stat().st_mtime_ns for path in (folder / BATCHES).glob("*.parquet")}
    assert {name for name in kept if kept[name] != again[name]} == {damaged.name}
    assert not list(folder.rglob("*.partial"))
    for name in ("posterior.parquet", "distances.parquet", "parameters.parquet", "predicted.parquet"):
        one, other = (pq.read_table(path / name).to_pandas() for path in (folder, undisturbed))
        assert_frame_equal(one, other, check_exact=True)
    for name in ("defaults.patch", "posterior.csv"):
        assert (folder / name).read_text("utf-8") == (undisturbed / name).read_text("utf-8")


def test_what_is_left_says_what_it_is(undisturbed: Path) -> None:
    table = pq.read_table(undisturbed / "posterior.parquet").to_pandas()
    assert table["weight"].sum() == pytest.approx(1.0)
    assert list(table.columns[4 : 4 + len(NAMES)]) == NAMES
    assert {"sample", "weight", "distance", "measure:full_redesign", "distance:median_lag"} <= set(table.columns)
    predicted = pq.read_table(undisturbed / "predicted.parquet").to_pandas()
    assert set(predicted["measure"]) == set(by_measure())
    assert POSTERIOR in set(predicted["parameters"])
    assert len(set(predicted["where"])) == 3


def test_the_same_folder_again_costs_no_simulation(undisturbed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr(Pictures, "play", refuse)
    found = calibrate(small_plan(), undisturbed)
    moved = [name for i, name in enumerate(NAMES) if found.proposed[i] != found.present[i]]
    change = patch(found)
    assert moved
    assert len([line for line in change.splitlines() if line.startswith("-") and not line.startswith("---")]) == len(moved)
    for name in moved:
        assert f"\n+{name}: {{default: {found.proposed[NAMES.index(name)]:g}" in change
    rows = [line for line in shipped_text(found).splitlines() if not line.startswith("#")]
    assert rows[0].split(",") == NAMES
    assert len(rows) == 401


def test_a_folder_of_another_calibration_is_refused(undisturbed: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="another calibration"):
        claim(undisturbed, asked(["Reading"], ["full_redesign"], 4))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="something else: letter.txt"):
        claim(tmp_path / "other", small_plan())
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("arguments", [
    ["--places", "Atlantis"], ["--fact", "voluntary_sahre"], ["--places", "Reading", "--places", "Reading"], ["--particles", "2"],
    ["--ship", "nowhere/posterior.csv"],
])
def test_bad_input_writes_nothing(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["calibrate", "--out", str(tmp_path / "out"), *arguments]) == 2
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().err


def test_unknown_facts_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="voluntary_share"):
        asked(targets=["voluntary_sahre"])


def test_the_shipped_plan_fits_no_place_that_it_or_validation_checks() -> None:
    plan = shipped()
    assert not set(plan.places) & (set(chosen_places()) | set(plan.holdout_places))
    assert not set(plan.holdout_places) & set(chosen_places())
    assert plan.holdout_year == "2017-18"
    assert set(reasons()) == set(plan.choice)
    assert not set(plan.also) & set(plan.targets)


def test_a_picture_plays_only_what_its_measures_read() -> None:
    names = {setting.name for setting in needed(("voluntary_share", "top_up"), "Reading")}
    assert names == {"joint_no_cuts", "bcf", "bcf_floor"}


def test_pictures_are_the_same_whenever_and_on_however_many_threads_they_are_played() -> None:
    values = np.tile([row.default for row in PARAMETERS.values()], (3, 1))
    one, two = (Pictures(["Reading", "Darlington"], ("voluntary_share",), threads=n) for n in (1, 2))
    assert np.array_equal(one.play(values, 5), two.play(values, 5))
    assert np.array_equal(one.play(values, 5)[1:], two.play(values[1:], 6))


def test_a_setting_in_another_year_moves_start_and_policies_with_the_budgets() -> None:
    from totalplace import scenarios
    from totalplace.sim.evidence.calibration.pictures import in_year
    from totalplace.sim.evidence.facts import settings

    for name in ("bcf", "corporate", "lsp"):
        setting = settings()[name]
        now = scenarios.load(setting.scenario, place="Kent", set=list(setting.set))
        later = scenarios.load(setting.scenario, place="Kent", set=list(in_year(setting, "2017-18").set))
        assert (later.year, later.start) == ("2017-18", "2017-10")
        kinds = [[(event.quarter, event.lever, event.index) for event in one.events] for one in (now, later)]
        assert kinds[0] == kinds[1]
        for before, after in zip(now.events, later.events, strict=True):
            rise = 1.0
            if before.lever == "mandate_england":  # the same money in real terms, in the money of its day
                rise = later.material.prices[after.quarter] / now.material.prices[before.quarter]
                rise *= deflator(2017) / deflator(2010)
            assert after.value == pytest.approx(before.value * rise)
        assert in_year(setting, "") is setting
