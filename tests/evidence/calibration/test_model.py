"""The calibration of the model itself at a small size: what is played, what is kept, what stops and threads change (nothing)."""

from __future__ import annotations

import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from pandas.testing import assert_frame_equal

from tests.worlds import small
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.posterior import particles, read
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.cli import exit_code
from totalplace.sim.engine.checkpoints import tables_of
from totalplace.sim.engine.play import Stage
from totalplace.sim.evidence.calibration.folder import BATCHES, claim
from totalplace.sim.evidence.calibration.marginals import rounded
from totalplace.sim.evidence.calibration.page import markdown
from totalplace.sim.evidence.calibration.pictures import Pictures, needed, strata
from totalplace.sim.evidence.calibration.plan import Plan, asked, shipped
from totalplace.sim.evidence.calibration.results import REGISTRY, registry_text, ship, write
from totalplace.sim.evidence.calibration.run import SHIPPED, Calibration, calibrate
from totalplace.sim.evidence.facts import targets
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR, chosen_places
from totalplace.sim.model.limits import check_values

ROOT = Path(__file__).resolve().parents[3]
NAMES = list(PARAMETERS)
DRIVER = (
    "import sys\nfrom pathlib import Path\nfrom totalplace.sim.evidence.calibration.run import calibrate\n"
    "sys.path.insert(0, sys.argv[3])\nfrom test_model import small_plan\n"
    "calibrate(small_plan(), Path(sys.argv[1]), threads=int(sys.argv[2]))\n"
)


def small_plan() -> Plan:
    """Two targets, of which one knows its parameter to the digit and the other half a dozen well."""
    plan = asked(["children_elasticity", "full_redesign_england"], 4, quick=True)
    size = replace(plan.size, points=48, cloud=120, round=60, rounds=1, populations=2, synthetic=3, each=20, batch=16)
    return replace(plan, size=size, waves=plan.waves[:2])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibration") / "out"
    write(calibrate(small_plan(), folder, threads=2), folder)
    return folder


@pytest.fixture(scope="module")
def taken_up(undisturbed: Path) -> Calibration:
    """What a calibration finds that begins with all that was simulated, and plays no picture more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pictures, "play", lambda *_: pytest.fail("simulated again"))
        return calibrate(small_plan(), undisturbed)


def wait_for_batches(folder: Path, number: int, command: subprocess.Popen[bytes]) -> None:
    for _ in range(6000):
        if len(list((folder / BATCHES).glob("*.parquet"))) >= number or command.poll() is not None:
            return
        time.sleep(0.05)
    raise AssertionError("no batch was written in five minutes")


@pytest.mark.parametrize("batches", [pytest.param((5,), id="once"), pytest.param((3, 9), id="twice", marks=pytest.mark.soak)])
def test_killed_it_ends_as_if_undisturbed(undisturbed: Path, tmp_path: Path, batches: tuple[int, ...]) -> None:
    folder = tmp_path / "out"
    for number in batches:
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
    for name in ("particles.parquet", "waves.parquet", "parameters.parquet", "coverage.parquet"):
        one, other = (pq.read_table(path / name).to_pandas() for path in (folder, undisturbed))
        assert_frame_equal(one, other, check_exact=True)
    assert (folder / "posterior.csv").read_text("utf-8") == (undisturbed / "posterior.csv").read_text("utf-8")


def test_what_is_left_says_what_it_is(undisturbed: Path, taken_up: Calibration, tmp_path: Path) -> None:
    """All of it without a single run more: the posterior, the registry, the page."""
    found = deepcopy(taken_up)
    table = pq.read_table(undisturbed / "particles.parquet").to_pandas()
    assert table["weight"].sum() == pytest.approx(1.0)
    assert list(table.columns[2 : 2 + len(NAMES)]) == NAMES
    at = NAMES.index("reactive_elasticity")
    assert abs(found.rows[:, at].mean() - 0.72) < 0.04
    assert found.rows[:, at].std() < 0.09 < 0.35 / 12**0.5
    found.marginals["reactive_elasticity"] = replace(found.marginals["reactive_elasticity"], informed=True)
    found.defaults()[at] = 0.7123
    rows = read(undisturbed / "posterior.csv")
    assert rows.rows.shape == (SHIPPED, len(NAMES))
    assert rows.rows == pytest.approx(found.rows, rel=1e-4)
    assert not rows.missing
    text = markdown(found)
    assert "`reactive_elasticity`" in text
    assert "nan" not in text
    (tmp_path / REGISTRY).write_text((ROOT / "scenarios" / REGISTRY).read_text("utf-8"))
    ship(found, tmp_path)
    before, after = (yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "scenarios" / REGISTRY, tmp_path / REGISTRY))
    moved = {name for name in after if after[name] != before[name]}
    assert "reactive_elasticity" in moved
    assert after["reactive_elasticity"]["default"] == 0.712
    assert moved <= {NAMES[i] for i in found.informed}
    for name in moved:
        same = after[name] | {"default": before[name]["default"]}
        assert {key: value for key, value in same.items() if key != "mode" or key in before[name]} == before[name]
        assert before[name]["low"] <= after[name]["default"] <= before[name]["high"]
    assert read(tmp_path / "posterior.csv").rows.shape == rows.rows.shape


@pytest.mark.parametrize("scenario", ["better-care-fund", "board-political", "outcome-partnership", "single-pot"])
def test_what_a_particle_says_can_be_the_defaults_everywhere(scenario: str) -> None:
    """Rounded as the registry writes them, whole numbers and shares included: scenarios load, begin and play."""
    for row in particles()[:: len(particles()) // 3]:
        values = {name: rounded(PARAMETERS[name], float(value)) for name, value in zip(NAMES, row, strict=True) if value == value}
        assert all(PARAMETERS[name].low <= value <= PARAMETERS[name].high for name, value in values.items())
        drawn = small(scenario, *(f"uncertainties.{name}={value!r}" for name, value in values.items()), quarters=8)
        assert drawn.uncertainties == {**drawn.uncertainties, **values}
        check_values(tables_of(Stage(drawn).play(3)), "a world at its end")


def test_a_triangular_prior_keeps_its_peak_where_its_default_moves(taken_up: Calibration) -> None:
    found = deepcopy(taken_up)
    at = NAMES.index("unit_cost_drift")
    found.marginals["unit_cost_drift"] = replace(found.marginals["unit_cost_drift"], informed=True)
    found.defaults()[at] = 0.0411
    after = yaml.safe_load(registry_text((ROOT / "scenarios" / REGISTRY).read_text("utf-8"), found))["unit_cost_drift"]
    row = PARAMETERS["unit_cost_drift"]
    assert after["default"] == 0.0411
    assert replace(row, default=0.0411, mode=after["mode"]).peak == row.peak


def test_a_folder_of_another_calibration_is_refused(undisturbed: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="another calibration"):
        claim(undisturbed, replace(small_plan(), seed=5))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="something else"):
        claim(tmp_path, small_plan())


@pytest.mark.parametrize("arguments", [["--fact", "voluntary_sahre"], ["--fact", "jobcentre_rank"], ["--ship", "nowhere"]])
def test_bad_input_writes_nothing(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["calibrate", "--out", str(tmp_path / "out"), *arguments]) == 2
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().err


def test_unknown_facts_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="voluntary_share"):
        asked(["voluntary_sahre"])


def test_the_shipped_plan_draws_no_place_that_is_held_out_and_aims_at_every_target() -> None:
    plan = shipped()
    assert plan.targets == tuple(one.measure for one in targets())
    assert not set(plan.pool()) & set(chosen_places())
    assert len(plan.pool()) > 100
    assert plan.holdout_year == HELD_OUT_YEAR
    pictures = Pictures(("children_elasticity",), plan.pool(), 8, 1)
    drawn = {name for first in range(40) for name in pictures.places(first)}
    assert not drawn & set(chosen_places())
    assert len(drawn) > 80


def test_a_digest_tells_calibrations_apart_and_minds_no_posterior() -> None:
    plan = small_plan()
    assert plan.digest() == small_plan().digest()
    assert plan.digest() != replace(plan, seed=5).digest()


def test_a_picture_plays_only_what_its_measures_read() -> None:
    names = {setting.name for setting in needed(("voluntary_share", "top_up"), "Reading")}
    assert names == {"joint_no_cuts", "bcf", "bcf_floor"}


def test_places_are_drawn_over_size_and_deprivation_anew_for_every_batch() -> None:
    pool = shipped().pool()
    groups = strata(pool, 8)
    assert sorted(name for group in groups for name in group) == sorted(pool)
    assert {len(group) for group in groups} <= {15, 16}
    assert len(strata(pool, 5)) == 5
    pictures = Pictures(("children_elasticity",), pool, 8, 1)
    assert all(name in group for name, group in zip(pictures.places(7), groups, strict=True))
    assert pictures.places(7) == pictures.places(7)
    assert pictures.places(7) != pictures.places(8)


def test_pictures_are_the_same_on_however_many_threads_they_are_played() -> None:
    values = np.tile([row.default for row in PARAMETERS.values()], (3, 1))
    one, two = (Pictures(("voluntary_share",), ("Reading", "Darlington", "Suffolk"), 2, 3, threads=n) for n in (1, 2))
    assert np.array_equal(one.play(values, 5), two.play(values, 5))
    assert one.runs == 2


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
