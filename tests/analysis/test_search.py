"""Policy search: known fronts, policies that can be run, and an archive that survives a kill."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import totalplace as tp
from tests.sweeps import ROOT
from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.search.analysis import directions, open_search, search
from totalplace.sim.analysis.search.evaluation import decoded, judged, read_levers, read_objectives
from totalplace.sim.analysis.search.words import first_front, hypervolumes, representatives

LEVERS = ["clawback", "encouragement.health", "savings_rule", "capital_pot"]
OBJECTIVES = ["net_saving", "pooled_share:more", "inequality"]
OPTIONS: dict[str, Any] = {"population": 10, "generations": 4, "seeds": (1, 2), "draws": 3, "threads": 1}

#: Searches until three generations are written, and then waits to be killed.
DRIVER = """
import sys
import threading
from totalplace.sim.analysis.search.analysis import search
from totalplace.sim.analysis.search.archive import Archive
from tests.analysis.test_search import LEVERS, OBJECTIVES, OPTIONS, small

write = Archive.write

def write_three(archive, seed, generation, *rest):
    write(archive, seed, generation, *rest)
    if generation == 2:
        threading.Event().wait()

Archive.write = write_three
search(small(), sys.argv[1], LEVERS, OBJECTIVES, **OPTIONS)
"""


def small() -> Scenario:
    return tp.load("single-pot", place="Rutland", set=["quarters=8", "clusters=2"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a search that was never interrupted."""
    out = tmp_path_factory.mktemp("search") / "whole"
    search(small(), out, LEVERS, OBJECTIVES, **OPTIONS)
    return out


def test_the_front_is_what_no_other_policy_beats(whole: Path) -> None:
    found = open_search(whole)
    assert len(found.evaluated) == 2 * 4 * 10
    losses = found.evaluated[["net_saving", "pooled_share", "inequality"]].to_numpy() * [-1, -1, 1]
    front = found.front[["net_saving", "pooled_share", "inequality"]].to_numpy() * [-1, -1, 1]
    for row in front:
        assert not ((losses <= row).all(axis=1) & (losses < row).any(axis=1)).any()
    assert found.hypervolume.groupby("seed")["hypervolume"].apply(lambda part: part.is_monotonic_increasing).all()
    assert found.hypervolume["hypervolume"].between(0.0, 1.0).all()
    assert found.evaluated["capital_pot"].isin([0.0, 1.0]).all()
    for table in (found.evaluated, found.front):  # choices by name, as a scenario and a file of rows take them
        assert table["savings_rule"].isin(["proportional", "equal", "nash", "shapley"]).all()


def test_policies_are_scenarios_that_give_the_numbers_again(whole: Path) -> None:
    found = open_search(whole)
    files = sorted((whole / "front" / "policies").glob("*.yaml"))
    assert [file.stem for file in files] == sorted(one.name for one in found.policies)
    scenario = scenarios.load(files[0])
    row = found.front.set_index("name").loc[scenario.name]
    played = tp.ensemble(scenario)
    assert played.runs == 3
    assert np.quantile(played.at_end("net_saving"), 0.1) == pytest.approx(row["net_saving"])
    assert np.quantile(played.at_end("inequality"), 0.9) == pytest.approx(row["inequality"])
    assert scenario.levers["clawback"] == (row["clawback"],) * 9
    assert scenario.levers["encouragement"][1] == row["encouragement.health"]


def test_the_folder_holds_tables_figures_and_policies(whole: Path) -> None:
    names = {path.name for path in (whole / "front").iterdir()}
    assert {"front.parquet", "front.csv", "evaluated.csv", "convergence.parquet", "figures", "policies", "manifest.json"} <= names
    assert {path.name for path in (whole / "front" / "figures").iterdir()} >= {"front.svg", "levers.png", "convergence.png"}
    assert len(pd.read_parquet(whole / "front" / "front.parquet")) == len(open_search(whole).front)
    assert not list(whole.glob(".*"))


def test_a_search_that_is_killed_goes_on_and_ends_with_the_same_archive(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    words = [sys.executable, "-c", DRIVER, str(out)]
    command = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    end = time.monotonic() + 300.0
    while len(list(out.glob("generations/seed-*.parquet"))) < 3:
        assert command.poll() is None, "the search ended before it could be killed"
        assert time.monotonic() < end, "no generation was finished in time"
        time.sleep(0.005)
    command.kill()
    command.wait()
    assert len(list(out.glob("generations/seed-*.parquet"))) >= 3  # those that a busy machine let it write are good too
    part = open_search(out)
    assert any("Not finished" in warning for warning in part.warnings)
    found = search(small(), out, LEVERS, OBJECTIVES, **OPTIONS)
    pd.testing.assert_frame_equal(found.evaluated, open_search(whole).evaluated, check_exact=True)
    pd.testing.assert_frame_equal(found.front, open_search(whole).front, check_exact=True)


def test_a_search_can_be_made_longer_and_another_one_is_refused(whole: Path, tmp_path: Path) -> None:
    import shutil

    out = tmp_path / "longer"
    shutil.copytree(whole, out)
    before = {path.name: path.stat().st_mtime_ns for path in (out / "generations").iterdir()}
    found = search(small(), out, LEVERS, OBJECTIVES, **{**OPTIONS, "generations": 5})
    assert len(found.evaluated) == 2 * 5 * 10
    assert {name: (out / "generations" / name).stat().st_mtime_ns for name in before} == before, "nothing is played again"
    with pytest.raises(InputError, match="draws .3 there, 4 asked for"):
        search(small(), out, LEVERS, OBJECTIVES, **{**OPTIONS, "draws": 4})
    with pytest.raises(InputError, match="the scenario"):
        search(small().with_settings(["quarters=9"]), out, LEVERS, OBJECTIVES, **OPTIONS)
    (out / "generations" / "seed-001-generation-00001.parquet").write_bytes(b"damaged")
    again = search(small(), out, LEVERS, OBJECTIVES, **{**OPTIONS, "generations": 5})
    pd.testing.assert_frame_equal(again.evaluated, found.evaluated, check_exact=True)


def test_folders_of_other_things_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="something other than a search"):
        search(small(), tmp_path, LEVERS, OBJECTIVES, **OPTIONS)
    with pytest.raises(InputError, match="holds no search"):
        open_search(tmp_path / "none")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("levers", "objectives", "error"),
    [
        (["clawbak"], OBJECTIVES, UnknownName),
        (["eta"], OBJECTIVES, InputError),
        (["clawback", "clawback.health"], OBJECTIVES, InputError),
        ([], OBJECTIVES, InputError),
        (LEVERS, ["net_savings"], UnknownName),
        (LEVERS, ["pooled_share"], InputError),
        (LEVERS, ["net_saving:upwards"], InputError),
        (LEVERS, ["net_saving", "net_saving:less"], InputError),
        (LEVERS, [], InputError),
    ],
)
def test_bad_questions_are_refused_before_anything_is_written(
    levers: list[str], objectives: list[str], error: type[InputError], tmp_path: Path
) -> None:
    with pytest.raises(error):
        search(small(), tmp_path / "out", levers, objectives, **OPTIONS)
    assert not (tmp_path / "out").exists()


def test_levers_are_decoded_to_round_values_in_their_ranges() -> None:
    factors = read_levers(["encouragement", "transition_fund", "savings_rule", "capital_pot"])
    values = decoded(np.array([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.503, 0.333, 0.26, 0.49]]), factors)
    assert values[0].tolist() == [-1.0, 0.0, 0.0, 0.0]
    assert values[1].tolist() == [1.0, 50.0, 3.0, 1.0]
    assert values[2].tolist() == pytest.approx([0.0, 16.5, 1.0, 0.0])


def test_nine_in_ten_reach_the_level_of_an_objective() -> None:
    objectives = read_objectives(["net_saving", "inequality"])
    ends = np.column_stack([np.arange(11.0), np.arange(11.0)])
    assert judged(ends, objectives, "nine-in-ten").tolist() == [1.0, 9.0]
    assert judged(ends, objectives, "mean").tolist() == [5.0, 5.0]


def test_a_known_front_its_volume_and_its_representatives() -> None:
    losses = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0], [0.6, 0.6], [1.0, 1.0]])
    assert first_front(losses).tolist() == [0, 1, 2]
    kinds = representatives(losses[:3])
    assert kinds == {0: "best:0", 2: "best:1", 1: "compromise"}
    evaluated = pd.DataFrame({"seed": 1, "generation": [0, 0, 1, 1, 1], "net_saving": -losses[:, 0], "inequality": losses[:, 1]})
    found = hypervolumes(evaluated, ["net_saving", "inequality"], read_objectives(["net_saving", "inequality"]), losses[:3])
    # the square to 1.1: 0.1 x 0.5 + 0.5 x 0.6 + 1.1 x 0.1 uncovered steps, computed by hand as rectangles
    assert found["hypervolume"].iloc[-1] == pytest.approx((1.1 * 0.1 + 0.6 * 0.5 + 0.1 * 0.5) / 1.21)
    assert found["hypervolume"].iloc[0] < found["hypervolume"].iloc[-1]


def test_directions_fit_into_the_population() -> None:
    assert len(directions(5, 36)) == 35
    assert len(directions(2, 10)) == 10
    assert directions(1, 10).tolist() == [[1.0]]
    assert directions(3, 10).sum(axis=1) == pytest.approx(np.ones(10))
