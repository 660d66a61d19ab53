"""Results are never computed and then lost: where they go is tried first, and what cannot be put in place stays under a name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import totalplace as tp
from tests.drawing import drawing_little
from tests.worlds import small
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.figures import drawings
from totalplace.sim.results import out_folder
from totalplace.sim.results.out_folder import (
    check_files,
    check_name,
    check_out,
    left_over_prefix,
    whole_folder,
    written,
)
from totalplace.sim.results.results_kept import ResultsKept

SMALL = ["run", "silo", "--runs", "2", "--quarters", "4", "--place", "Rutland", "--out"]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def results(folder: Path, mark: str) -> None:
    (folder / "manifest.json").write_text(f'{{"format": "{out_folder.FORMAT}", "mark": "{mark}"}}')


@pytest.mark.parametrize("name", ["x" * 256, "a/" + "y" * 256 + "/b", "nul\0", "file/below"], ids=range(4))
def test_names_that_cannot_be_are_refused_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        check_out(tmp_path / name, force=False)
    assert left_in(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["x" * 255, " ", "[bold]", "a\nb", "*", ".partial", "日本", os.fsdecode(b"r\xff"), "-rf", "a.b"])
def test_odd_names_are_written_and_read(tmp_path: Path, name: str) -> None:
    check_out(tmp_path / name, force=False)
    assert left_in(tmp_path) == []
    with whole_folder(tmp_path / name, force=False) as folder:
        results(folder, "new")
    assert left_in(tmp_path) == [name]
    check_out(tmp_path / name, force=True)


def test_a_folder_that_is_not_utf_8_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"r\xff")
    with drawing_little():
        assert exit_code([*SMALL, name]) == 0
    assert exit_code(["report", name]) == 0, capsys.readouterr().err
    assert (Path(name) / "report.html").is_file()
    with pytest.raises(InputError, match=r"The name 'r\\xff' is not text in UTF-8"):
        check_name(Path(name))


def test_where_a_disk_is_mounted_is_refused_at_once(small_disk: Path) -> None:
    with pytest.raises(InputError, match="is where a disk is mounted, and cannot be replaced. Allowed: a new folder in it"):
        check_out(small_disk, force=True)
    check_out(small_disk / "results", force=False)
    assert left_in(small_disk) == []


def test_a_disk_that_may_only_be_read_is_found_before_the_work(small_disk: Path) -> None:
    (small_disk / "empty").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for out in (small_disk / "new", small_disk / "empty", small_disk / "deep" / "er"):
        with pytest.raises(InputError, match="cannot be written in .*Read-only file system"):
            check_out(out, force=False)
    with pytest.raises(InputError, match="Read-only file system"):
        check_files(small_disk)


@pytest.mark.parametrize("left", [".DS_Store", "desktop.ini", "Thumbs.db", "._x", "DESKTOP.INI"])
def test_what_systems_leave_counts_as_nothing(tmp_path: Path, left: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / left).write_text("")
    check_out(out, force=False)
    with whole_folder(out, force=False) as folder:
        results(folder, "new")
    assert left_in(out) == ["manifest.json"]
    assert left_in(tmp_path) == ["out"]


def test_sweeps_and_searches_take_such_folders_for_empty(tmp_path: Path) -> None:
    import totalplace as tp
    from tests.sweeps import small_sweep
    from totalplace.sim.analysis.search.archive import read_asked

    (tmp_path / ".DS_Store").write_text("")
    assert read_asked(tmp_path) is None
    assert tp.sweep(small_sweep(1, 4), tmp_path, threads=1).complete


@pytest.mark.parametrize(("one", "other"), [("a", "a.b"), ("a.b", "a"), ("a", "A"), ("x*", "xy"), ("r.1", "r")])
def test_left_overs_of_another_folder_are_left_alone(tmp_path: Path, one: str, other: str) -> None:
    theirs = tmp_path / f"{left_over_prefix(tmp_path / other)}killed.partial"
    (theirs / "old").mkdir(parents=True)
    results(theirs / "old", "theirs")
    with whole_folder(tmp_path / one, force=False) as folder:
        results(folder, "mine")
    assert left_in(tmp_path) == sorted([theirs.name, one])
    check_out(tmp_path / other, force=True)
    assert '"theirs"' in (tmp_path / other / "manifest.json").read_text()
    assert left_in(tmp_path) == sorted([one, other])


def test_results_that_cannot_be_put_in_place_stay_under_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(new: Path, out: Path) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(out_folder, "_swap", fails)
    (tmp_path / "out-2").mkdir()
    with pytest.raises(ResultsKept, match=r"cannot be written: Device or resource busy. The results are whole in '.*out-3'"):
        written(tmp_path / "out", False, lambda folder: results(folder, "new"))
    assert left_in(tmp_path) == ["out-2", "out-3"]
    assert '"new"' in (tmp_path / "out-3" / "manifest.json").read_text()
    with pytest.raises(ResultsKept, match="out-4"):
        written(tmp_path / "out", False, lambda folder: results(folder, "newer"))


def test_a_folder_that_others_made_meanwhile_is_not_replaced_and_nothing_is_lost(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        results(folder, "new")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis").write_text("years")

    with pytest.raises(ResultsKept, match=r"out' exists. The results are whole in '.*out-2'"):
        written(tmp_path / "out", False, fill)
    assert left_in(tmp_path / "out") == ["thesis"]
    assert left_in(tmp_path / "out-2") == ["manifest.json"]


def test_tables_that_do_not_fit_are_kept_where_there_is_room(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "single-pot", "--runs", "60", "--quarters", "24", "--place", "Rutland", "--out", str(small_disk / "out")]
    assert exit_code(words) == 2
    out, err = capsys.readouterr()
    assert "Pooled share" in out
    assert "cannot be written: No space left on device. The results are whole in '" in err
    kept = Path(re.findall(r"are whole in '([^']+)'", err)[0])
    assert left_in(kept) == ["deals.parquet", "gains.parquet", "manifest.json", "metrics.parquet", "ties.parquet"]
    assert left_in(small_disk) == []
    subprocess.run(["rm", "-r", str(kept.parent)], check=True)


def test_without_an_exchange_in_one_step_nothing_is_lost_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_folder, "exchange", lambda one, other: False)
    for mark in ("old", "new"):
        with whole_folder(tmp_path / "out", force=True) as folder:
            results(folder, mark)
    assert '"new"' in (tmp_path / "out" / "manifest.json").read_text()
    assert left_in(tmp_path) == ["out"]


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="no exchange in one step")
def test_folders_change_places_in_one_step(tmp_path: Path) -> None:
    from totalplace.sim.system.disk import exchange

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text("")
    assert exchange(tmp_path / "one", tmp_path / "two")
    assert (left_in(tmp_path / "one"), left_in(tmp_path / "two")) == (["two"], ["one"])
    assert not exchange(tmp_path / "one", tmp_path / "three")


def test_scenarios_that_differ_by_case_or_signs_have_their_own_figures() -> None:
    text = small("single-pot", quarters=2).text
    named = [scenarios.loads(re.sub(r"(?m)^name: .*$", f"name: {name}", text), name) for name in ("own", "Own", "o/wn", "o-wn")]
    ensembles = [tp.ensemble(scenario, runs=2) for scenario in named]
    assert [one.scenario.name for one in ensembles] == ["own", "Own", "o/wn", "o-wn"]
    names = [name for name in drawings(ensembles, ensembles[0]) if name.startswith("network")]
    assert len({name.casefold() for name in names}) == 4
    assert all("/" not in name for name in names)


@pytest.mark.parametrize("holds", [[], ["mine.txt"], ["manifest.json"]])
@pytest.mark.parametrize("given", ["", ".", "..", "../here", "link"])
def test_the_current_folder_is_never_replaced(
    given: str, holds: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for name in holds:
        results(here, "mine") if name == "manifest.json" else (here / name).write_text("mine")
    if given == "link":
        (here / "link").symlink_to(here)
    monkeypatch.chdir(here)
    before = here.stat().st_ino, left_in(here)
    for force in (False, True):
        with pytest.raises(InputError, match="is the current folder, or holds it, and cannot be replaced. Allowed: the name"):
            check_out(Path(given), force)
    assert (here.stat().st_ino, left_in(here)) == before


@pytest.mark.parametrize("words", [
    ["run", "silo", "--out"], ["compare", "silo", "lsp", "--out"], ["explain", "silo", "--out"],
    ["branch", "lsp", "--at", "2014-04", "--then", "levers.clawback=0", "--out"], ["branch", "lsp", "--at", "2014-04", "--save"],
    ["search", "lsp", "--out"], ["calibrate", "--out"], ["calibrate", "--out", "new", "--docs"],
    ["calibrate", "--out", "new", "--ship"],
    ["validate", "--out"], ["structure", "--out"], ["report", "new", "--out"], ["report"], ["figures"], ["browser", "--sweeps"],
    ["sweep", "run", "where-it-works", "--out"], ["sweep", "show"], ["sweep", "run", "--out", "new"], ["scenarios", "check"],
    ["analyse", "sensitivity"], ["analyse", "discover", "--when", "net_saving > 0", "--out", "new"],
], ids=" ".join)
def test_an_empty_path_is_refused_by_every_command(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code([*words, ""]) == 2
    assert "is given as an empty name. Allowed: the name of a f" in capsys.readouterr().err
    assert left_in(tmp_path) == []


def test_an_empty_path_is_refused_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    from tests.sweeps import small_sweep

    asks: list[Callable[[], object]] = [
        lambda: tp.sweep(small_sweep(1, 4), "", threads=1), lambda: tp.open_sweep(""), lambda: tp.report(""),
    ]
    for ask in asks:
        with pytest.raises(InputError, match="The path is empty"):
            ask()
    assert left_in(tmp_path) == []
