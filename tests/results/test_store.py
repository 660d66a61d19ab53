from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from totalplace.scenarios.errors import InputError
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.out_folder import check_files, left_over_prefix
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import FORMAT, check_out, manifest, whole_folder, write_tables
from totalplace.sim.system.disk import check_kind


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def results(folder: Path, mark: str = "") -> None:
    """The least that counts as results of an earlier command."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT, "mark": mark}))


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "results"
    with whole_folder(out, force=False) as folder:
        (folder / "a").write_text("a")
        assert not out.exists()
        assert folder.parent.parent == out.parent, "on the same disk, and beside it"
    assert left_in(out) == ["a"]
    assert left_in(out.parent) == ["results"]
    assert out.stat().st_mode & 0o777 == (tmp_path / "deep").stat().st_mode & 0o777


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing_behind(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), whole_folder(tmp_path / "deep" / "results", force=False) as folder:
        (folder / "a").write_text("a")
        raise error
    assert left_in(tmp_path) == []


def test_an_error_leaves_the_old_folder_as_it_was(tmp_path: Path) -> None:
    results(tmp_path / "results", "old")
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "results", force=True):
        raise RuntimeError
    assert json.loads((tmp_path / "results" / "manifest.json").read_text())["mark"] == "old"
    assert left_in(tmp_path) == ["results"]


def test_force_replaces_results_as_a_whole(tmp_path: Path) -> None:
    results(tmp_path / "results", "old")
    (tmp_path / "results" / "stale").write_text("")
    with whole_folder(tmp_path / "results", force=True) as folder:
        (folder / "new").write_text("")
        assert (tmp_path / "results" / "stale").exists()
    assert left_in(tmp_path / "results") == ["new"]
    assert left_in(tmp_path) == ["results"]


def test_what_may_not_be_written_is_refused(tmp_path: Path) -> None:
    results(tmp_path / "results")
    with pytest.raises(InputError, match="exists.*--force"):
        check_out(tmp_path / "results", force=False)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("years of work")
    with pytest.raises(InputError, match="is not replaced"):
        check_out(tmp_path / "thesis", force=True)
    with pytest.raises(InputError, match="is a file"):
        check_out(tmp_path / "thesis" / "chapter", force=True)
    with pytest.raises(InputError, match="cannot be written"):
        check_out(tmp_path / "thesis" / "chapter" / "below", force=False)
    (tmp_path / "empty").mkdir()
    check_out(tmp_path / "empty", force=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_what_is_no_folder_is_said_to_be_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    links = {"dangling": "nowhere", "to file": "file", "loop": "loop", "to folder": "folder", "to link": "dangling"}
    for name, target in links.items():
        (tmp_path / name).symlink_to(target)
    says = {
        "file": "a file", "pipe": "a named pipe", "dangling": "a symbolic link to 'nowhere', which does not exist",
        "to file": "a symbolic link to 'file', which is a file", "loop": "a symbolic link that leads back to itself",
        "to link": "a symbolic link to 'dangling', which does not exist",
    }
    for name, what in says.items():
        for check in (lambda out: check_out(out, force=True), check_files, check_kind):
            with pytest.raises(InputError) as caught:
                check(tmp_path / name)
            assert caught.value.message == f"'{tmp_path / name}' is {what}"
    check_out(tmp_path / "to folder", force=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*links, "file", "folder", "pipe"])


WRITER = """
import sys, time
from pathlib import Path
from totalplace.sim.results.store import whole_folder
with whole_folder(Path(sys.argv[1]), force=True) as folder:
    (folder / "half").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_leaves_no_result_and_the_next_clears_up(tmp_path: Path) -> None:
    results(tmp_path / "results", "old")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "results")], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    with (
        pytest.raises(InputError, match=f"results' is being written by process {writer.pid} "),
        whole_folder(tmp_path / "results", force=True),
    ):
        pass
    assert len(left_in(tmp_path)) == 2, "the folder of a live process is left alone"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert json.loads((tmp_path / "results" / "manifest.json").read_text())["mark"] == "old"
    with whole_folder(tmp_path / "results", force=True) as folder:
        results(folder, "new")
    assert left_in(tmp_path) == ["results"]


def test_a_process_killed_between_old_and_new_loses_neither(tmp_path: Path) -> None:
    left = left_over_prefix(tmp_path / "results")
    results(tmp_path / f"{left}x.partial")
    (tmp_path / f"{left}y.partial").mkdir()
    results(tmp_path / f"{left}y.partial" / "old", "old")
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "results", force=True):
        raise RuntimeError
    assert json.loads((tmp_path / "results" / "manifest.json").read_text())["mark"] == "old"
    assert left_in(tmp_path) == ["results"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, silo: Ensemble, single_pot: Ensemble) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    command = ["totalplace", "compare", "silo", "/elsewhere/somebody/mine.yaml", "--out=/elsewhere/somebody/results"]
    write_tables(folder, [silo, single_pot], command=command, options={"engine": "compiled"}, seconds=1.5)
    return folder


def test_metrics_hold_every_run_with_units(tables: Path, single_pot: Ensemble) -> None:
    table = pq.read_table(tables / "metrics.parquet")
    assert table.num_rows == 2 * 4 * 8
    assert table.column_names == ["scenario", "place", "seed", "quarter", "date", *METRICS]
    for name, metric in METRICS.items():
        said = table.schema.field(name).metadata
        assert said[b"unit"].decode() == metric.unit
        assert said[b"meaning"].decode() == metric.meaning
    frame = table.to_pandas()
    own = frame[frame["scenario"] == "single-pot"].reset_index(drop=True)
    expected = single_pot.frame()
    for name in METRICS:
        assert np.array_equal(own[name], expected[name], equal_nan=True)
    assert own["date"].tolist() == expected["date"].tolist()


def test_deals_hold_names_parts_and_reasons(tables: Path, single_pot: Ensemble) -> None:
    table = pq.read_table(tables / "deals.parquet")
    wanted = {"quarter", "theme", "commissioner", "agency", "asked", "offered", "agreed", "outcome", "reason", "seed"}
    assert wanted | {"part_control", "part_saving"} <= set(table.column_names)
    assert all(table.schema.field(name).metadata[b"meaning"] for name in table.column_names)
    frame = table.to_pandas()
    expected = single_pot.deals_frame()
    for name in ("agency", "commissioner", "theme", "outcome"):
        assert frame[name].astype(str).tolist() == expected[name].astype(str).tolist()
    assert frame["reason"].isna().tolist() == expected["reason"].isna().tolist()
    assert np.array_equal(frame["part_control"], expected["part_control"])


def test_gains_hold_who_pays_for_whom(tables: Path, single_pot: Ensemble) -> None:
    frame = pq.read_table(tables / "gains.parquet").to_pandas()
    own = frame[(frame["scenario"] == "single-pot") & (frame["seed"] == 2)]
    council, nhs = (single_pot.agency_names.index(name) for name in ("council", "nhs"))
    cell = own[(own["pays"] == "nhs") & (own["gains"] == "council")]["amount"]
    assert cell.tolist() == [single_pot.gains[1, nhs, council]]


def test_ties_hold_who_is_tied_to_whom(tables: Path, single_pot: Ensemble) -> None:
    table = pq.read_table(tables / "ties.parquet")
    assert table.schema.field("money_end").metadata[b"unit"].decode() == "£m a year"
    frame = table.to_pandas()
    assert set(frame["scenario"]) == {"single-pot"}, "silo has no commissioner"
    assert len(frame) == single_pot.ties_end.size
    nhs = single_pot.agency_names.index("nhs")
    row = frame[(frame["seed"] == 2) & (frame["agency"] == "nhs") & (frame["commissioner"] == single_pot.commissioner_names[0])]
    for when, ties in (("start", single_pot.ties_start), ("end", single_pot.ties_end)):
        for name in ("tied", "trust", "money"):
            assert row[f"{name}_{when}"].tolist() == [ties[1, nhs, 0][name]]


def test_the_manifest_says_how_to_do_it_again(tables: Path, single_pot: Ensemble) -> None:
    said = json.loads((tables / "manifest.json").read_text())
    assert said["format"] == FORMAT
    assert [entry["name"] for entry in said["scenarios"]] == ["silo", "single-pot"]
    entry = said["scenarios"][1]
    assert entry["seeds"] == [1, 2, 3, 4]
    assert entry["text"] == single_pot.scenario.text
    assert entry["sha256"] == single_pot.scenario.sha256
    assert {"python", "numpy", "numba", "mesa", "totalplace"} <= set(said["versions"])
    assert said["seconds"] == 1.5


def test_the_manifest_names_no_folder_of_the_user(tables: Path) -> None:
    text = (tables / "manifest.json").read_text()
    assert "somebody" not in text
    assert str(Path.home()) not in text
    assert json.loads(text)["command"] == ["totalplace", "compare", "silo", "mine.yaml", "--out=results"]


def test_the_scenario_of_a_manifest_gives_the_same_numbers(single_pot: Ensemble) -> None:
    import totalplace as tp
    from totalplace import scenarios

    text = manifest([single_pot], ["totalplace"], {}, 0.0)["scenarios"][0]["text"]
    again = tp.run(scenarios.loads(text), seed=4)
    assert np.array_equal(again.metrics, single_pot.metrics[3])
