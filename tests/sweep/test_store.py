"""The folder of a sweep: what it holds, what is refused, what is found damaged, what readers see."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import totalplace as tp
from tests.sweeps import assert_same, driver, small_sweep, tables, wait_for_parts, with_bad_points
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.metrics import METRICS


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return tp.sweep(small_sweep(), tmp_path / "out", chunk=30)


def test_each_folder_is_one_table_for_any_reader(store: Store) -> None:
    runs, metrics = (pd.read_parquet(store.folder / name) for name in ("runs", "metrics"))
    assert runs["run"].tolist() == list(range(80))
    pd.testing.assert_frame_equal(metrics, tables(store)["metrics"])
    assert list(runs.columns) == [
        "run", "scenario", "place", "point", "replicate", "seed",
        "clawback", "encouragement.health", "savings_rule", "eta", "initial_trust", "status", "seconds", "error",
    ]
    assert list(metrics.columns) == ["run", "quarter", "date", "net_saving", "pooled_share", "mean_trust"]
    schema = pq.read_schema(store.folder / "metrics" / "part-00000.parquet")
    meaning = METRICS["net_saving"].meaning.encode()
    row = b"mean of the year's quarters"
    assert schema.field("net_saving").metadata == {b"unit": METRICS["net_saving"].unit.encode(), b"meaning": meaning, b"row": row}
    assert schema.metadata[b"row"] == b"the year of up to four quarters that ends with the row's quarter"


def test_the_manifest_says_what_it_is_and_what_is_in_it(store: Store) -> None:
    manifest = json.loads((store.folder / "manifest.json").read_text("utf-8"))
    assert manifest["text"] == small_sweep().text
    assert manifest["chunk"] == 30
    assert [part["runs"] for part in manifest["parts"]] == [30, 30, 20]
    assert manifest["versions"]["numpy"]
    assert manifest["finished"]
    assert store.scenarios()["text"].tolist() == [scenario.text for scenario in small_sweep().scenarios]


def test_frame_and_summary(store: Store) -> None:
    frame = store.frame(["net_saving"])
    assert len(frame) == 160
    assert list(frame.columns)[-3:] == ["quarter", "date", "net_saving"]
    one = frame[(frame["run"] == 42) & (frame["quarter"] == 7)].iloc[0]
    assert one["point"] == 42 % 20 // 2
    summary = store.summary()
    assert len(summary) == 12
    first = frame[(frame["run"] < 20) & (frame["quarter"] == 7)]
    row = summary[summary["metric"] == "net_saving"].iloc[0]
    assert (row["done"], row["missing"]) == (20, 0)
    assert row["last_year"] == pytest.approx(first["net_saving"].median(), rel=1e-12)
    with pytest.raises(UnknownName, match="Did you mean 'net_saving'"):
        store.frame(["net_savings"])
    assert "80 of 80 runs played" in repr(store)
    assert "<table" in store._repr_html_()


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_truncate, _flip, Path.unlink])
@pytest.mark.parametrize("name", ["runs/part-00001.parquet", "metrics/part-00001.parquet", "parts/00001.json"])
def test_a_damaged_part_is_found_and_played_again(store: Store, tmp_path: Path, damage: object, name: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in store.folder.rglob("part-*.parquet")}
    damage(store.folder / name)  # type: ignore[operator]
    if (damage, name) != (_flip, "parts/00001.json"):
        assert tp.open_sweep(store.folder).damaged() == [1]
    again = tp.sweep(small_sweep(), store.folder)
    assert again.damaged() == []
    assert_same(again, tp.sweep(small_sweep(), tmp_path / "undisturbed"))
    untouched = [path for path in before if "00001" not in path.name]
    assert all(path.stat().st_mtime_ns == before[path] for path in untouched)


def test_every_damaged_part_counts(store: Store) -> None:
    """A part of which the record is gone too was not counted, and neither was one that has its length but not its bytes."""
    metrics = [store.folder / "metrics" / f"part-{number:05d}.parquet" for number in range(3)]
    assert "damaged" not in store.state
    metrics[0].unlink()
    assert tp.open_sweep(store.folder).state.endswith(", 1 part damaged and left out")
    (store.folder / "parts" / "00002.json").unlink()
    metrics[2].unlink()
    assert tp.open_sweep(store.folder).state.endswith(", 2 parts damaged and left out")
    _flip(metrics[1])
    assert tp.open_sweep(store.folder).state.endswith(", 2 parts damaged and left out, 1 part damaged")


def test_a_finished_sweep_is_left_as_it_is(store: Store) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.folder.rglob("*") if path.is_file()}
    tp.sweep(small_sweep(), store.folder)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
    assert {path for path in store.folder.rglob("*") if path.is_file()} == set(before)


def test_the_folder_of_another_sweep_is_refused_with_the_difference(store: Store) -> None:
    with pytest.raises(InputError, match=r"(?s)holds another sweep, 'small'.*-\s+samples: 10.*\+\s+samples: 11"):
        tp.sweep(small_sweep(samples=11), store.folder)
    with pytest.raises(InputError, match="engine: compiled there, mesa asked for"):
        tp.sweep(small_sweep(), store.folder, engine="mesa")
    with pytest.raises(InputError, match="the points of the design changed"):
        tp.sweep(with_bad_points(small_sweep(), 1), store.folder)
    assert store.damaged() == []


def test_the_folder_of_another_version_of_the_model_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("totalplace.sim.engine.sweep.manifest.code_hash", lambda: "0" * 64)
    with pytest.raises(InputError, match="the code or the data of the model changed since it was begun"):
        tp.sweep(small_sweep(), store.folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"format": "totalplace results 1"}', '{"format": "totalplace sweep 1"}'])
def test_a_manifest_that_is_none_is_refused(store: Store, content: str) -> None:
    (store.folder / "manifest.json").write_text(content)
    with pytest.raises(InputError, match="manifest"):
        tp.sweep(small_sweep(), store.folder)
    with pytest.raises(InputError, match="manifest"):
        tp.open_sweep(store.folder)


def _as_earlier(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": "totalplace sweep 1"}), "utf-8")


def test_an_earlier_sweep_without_the_quarters_of_its_last_year_is_refused(store: Store) -> None:
    _as_earlier(store.folder)
    with pytest.raises(InputError, match="'every: year': its rows hold the last quarter alone"):
        tp.open_sweep(store.folder)


def test_an_earlier_sweep_of_every_quarter_is_read_as_a_new_one(tmp_path: Path) -> None:
    store = tp.sweep(small_sweep(1, 5, "quarter"), tmp_path / "out")
    before = store.summary()
    _as_earlier(store.folder)
    pd.testing.assert_frame_equal(tp.open_sweep(store.folder).summary(), before)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(InputError, match=r"something other than a sweep \('thesis.tex'\)"):
        tp.sweep(small_sweep(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(InputError, match="holds no sweep"):
        tp.open_sweep(tmp_path)
    with pytest.raises(InputError, match=r"thesis.tex' is a file. Allowed: a folder"):
        tp.sweep(small_sweep(), tmp_path / "thesis.tex")


def test_two_processes_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with driver(tmp_path / "out", 200, 40, "last", threads=1) as command:
        wait_for_parts(tmp_path / "out", 1, command)
        with pytest.raises(InputError, match=rf"is being written by process {command.pid}( of \S+)? on "):
            tp.sweep(small_sweep(200, 40, "last"), tmp_path / "out")
        assert command.poll() is None
