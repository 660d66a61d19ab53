"""Results that are read back are those that were written, and what is damaged is said to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.signing import made_older, signed_again
from totalplace.scenarios.canonical_text import text_hash
from totalplace.scenarios.errors import InputError
from totalplace.sim.report.provenance import UNCHECKED, of_results
from totalplace.sim.report.read_results import read_results
from totalplace.sim.results.run import Ensemble


def test_ensembles_come_back_as_they_were(compared: Path, ensembles: list[Ensemble]) -> None:
    results = read_results(compared)
    assert results.baseline.scenario.name == "silo"
    assert (results.missing, results.altered, results.older) == (0, (), ())
    for read, written in zip(results.ensembles, ensembles, strict=True):
        assert read.scenario == written.scenario
        assert read.agency_names == written.agency_names
        np.testing.assert_array_equal(read.seeds, written.seeds)
        np.testing.assert_array_equal(read.gains, written.gains)
        assert read.commissioner_names == written.commissioner_names
        np.testing.assert_array_equal(read.ties_start, written.ties_start)
        np.testing.assert_array_equal(read.ties_end, written.ties_end)
        for name in written.metrics.dtype.names or ():
            np.testing.assert_array_equal(read.metrics[name], written.series(name))  # NaN where the metric says nothing
        ours, theirs = read.deals_frame(), written.deals_frame()
        assert list(ours.columns) == list(theirs.columns)
        for column in ours:
            pd.testing.assert_series_equal(
                ours[column].astype(theirs[column].dtype if column not in ("commissioner",) else object),
                theirs[column].astype(theirs[column].dtype if column not in ("commissioner",) else object),
                check_categorical=False, check_dtype=False,
            )


def test_runs_that_are_missing_are_counted_and_a_changed_text_is_noticed(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")

    def change(manifest: dict[str, Any]) -> None:
        manifest["scenarios"][1]["seeds"].append(99)
        manifest["scenarios"][2]["text"] = manifest["scenarios"][2]["text"].replace("cuts: 1.0", "cuts: 0.5")

    signed_again(folder, change)
    results = read_results(folder)
    assert results.missing == 1
    assert results.altered == ("single-pot",)
    assert results.older == ()


def test_a_text_that_this_version_reads_otherwise_is_noticed(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")

    def change(manifest: dict[str, Any]) -> None:
        entry = manifest["scenarios"][0]
        entry["text"] = "\n".join(line for line in entry["text"].splitlines() if not line.startswith("  capital_pot:")) + "\n"
        entry["sha256"] = text_hash(entry["text"])

    signed_again(folder, change)
    results = read_results(folder)
    assert (results.altered, results.older) == ((), ("silo",))
    assert "would not run the same today" in of_results(results).notes[0]


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "not a manifest"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": "totalplace results 1"}'), "damaged"),
        (lambda folder: (folder / "metrics.parquet").unlink(), "no metrics.parquet"),
        (lambda folder: (folder / "gains.parquet").write_bytes(b"no Parquet"), "gains.parquet' is damaged or was changed"),
        (lambda folder: shutil.copy(folder / "gains.parquet", folder / "deals.parquet"), "deals.parquet' is damaged or was"),
        (lambda folder: _edit(folder, "silo", "sil0"), "manifest.json' is damaged or was changed"),
        (lambda folder: _edit(folder, '"checksum"', '"checksun"'), "manifest.json' is damaged or was changed"),
    ],
)
def test_damage_is_said_with_the_folder(compared: Path, tmp_path: Path, damage: object, words: str) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    damage(folder)  # type: ignore[operator]
    with pytest.raises(InputError, match=words) as found:
        read_results(folder)
    assert "copy" in str(found.value)


def test_a_scenario_of_another_version_is_named(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")

    def change(manifest: dict[str, Any]) -> None:
        manifest["scenarios"][0]["text"] += "lever_of_the_future: 1\n"

    signed_again(folder, change)
    with pytest.raises(InputError, match="'silo'.*cannot be read by this version"):
        read_results(folder)


def _table(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change the rows of a table, the kinds of its columns kept."""
    path = folder / f"{name}.parquet"
    before = pq.read_table(path)
    pq.write_table(pa.Table.from_pandas(change(before.to_pandas()), preserve_index=False).replace_schema_metadata(None), path)


def _set(column: str, row: int, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame[column] = frame[column].astype(object if isinstance(value, str) else frame[column].dtype)
        frame.loc[row, column] = value
        return frame

    return change


@pytest.mark.parametrize("older", [False, True])
def test_rows_in_any_order_give_the_same_results(compared: Path, tmp_path: Path, older: bool) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    for name in ("metrics", "deals", "gains", "ties"):
        _table(folder, name, lambda frame: frame.sample(frac=1, random_state=3) if "asked" not in frame else frame[::-1])
    signed_again(folder)
    if older:
        made_older(folder)
    results = read_results(folder)
    assert results.unchecked == older
    for read, written in zip(results.ensembles, read_results(compared).ensembles, strict=True):
        np.testing.assert_array_equal(read.seeds, written.seeds)
        np.testing.assert_array_equal(read.gains, written.gains)
        for name in written.metrics.dtype.names or ():
            np.testing.assert_array_equal(read.metrics[name], written.metrics[name])
        assert older or np.array_equal(read.ties_end, written.ties_end)
        keys = ["seed", "quarter", "theme", "agency", "asked", "outcome"]
        left, right = (one.deals_frame()[keys].sort_values(keys).reset_index(drop=True) for one in (read, written))
        pd.testing.assert_frame_equal(left, right)


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        ("metrics", lambda frame: frame.iloc[1:], "1 rows are missing and 0 are there more than once"),
        ("metrics", lambda frame: frame.assign(quarter=frame["quarter"].where(frame.index != 5, 4)), "1 rows .* and 1 are"),
        ("metrics", lambda frame: pd.concat([frame, frame.iloc[:1]]), "declares 217 rows .* 216 rows at most"),
        ("metrics", _set("net_saving", 3, np.inf), "1 values of net_saving are missing or infinite"),
        ("metrics", _set("net_saving", 3, np.nan), "1 values of net_saving are missing or infinite"),
        ("metrics", lambda frame: frame.assign(net_saving="much"), "the column net_saving holds object, not numbers"),
        ("metrics", lambda frame: frame.assign(seed=1.5), "the column seed holds float64, not whole numbers"),
        ("metrics", lambda frame: frame.drop(columns="seed"), "0 columns called seed"),
        ("metrics", lambda frame: frame.assign(place="Leeds"), "rows of 'silo' in Leeds, not in Hartlepool"),
        ("metrics", lambda frame: frame.drop(columns="place"), "metrics.parquet' has no column place. Allowed: a file as it was"),
        ("deals", lambda frame: frame.drop(columns="place"), "deals.parquet' has no column place"),
        ("gains", lambda frame: frame.assign(place=None), "gains.parquet' has rows without a place"),
        ("metrics", _set("place", 3, ""), "metrics.parquet' has rows without a place"),
        ("deals", lambda frame: frame.assign(scenario=None), "deals.parquet' has rows without a scenario"),
        ("deals", lambda frame: frame.drop(columns="scenario"), "deals.parquet' has no column scenario"),
        ("metrics", lambda frame: frame.assign(seed=frame["seed"] + 1000), "seeds or the columns of the metrics of 'silo'"),
        ("metrics", lambda frame: frame.assign(scenario="other"), "seeds or the columns of the metrics of 'silo'"),
        ("gains", lambda frame: frame.iloc[1:], "1 rows are missing"),
        ("gains", _set("amount", 0, -np.inf), "1 values of amount are missing or infinite"),
        ("gains", lambda frame: frame.assign(pays="nobody"), "unknown names"),
        ("deals", lambda frame: frame.iloc[1:], "negotiations of .*, and .* in the manifest"),
        ("deals", _set("asked", 0, np.inf), "1 values of asked are missing or infinite"),
        ("deals", lambda frame: frame.assign(quarter=frame["quarter"] + 100), "in a quarter that is not in the run"),
        ("deals", lambda frame: frame.assign(seed=77), "rows of seeds that the manifest does not name"),
    ],
)
def test_no_table_is_believed_blindly(
    compared: Path, tmp_path: Path, older: bool, table: str, change: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    _table(folder, table, change)
    signed_again(folder)
    if older:
        made_older(folder)
    with pytest.raises(InputError, match=words):
        read_results(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.iloc[1:], "1 rows are missing"),
        (lambda frame: frame.assign(commissioner="nobody"), "unknown names"),
        (lambda frame: frame.assign(tied_end=2), "values of tied_end that are neither 0 nor 1"),
        (lambda frame: frame.assign(seed=77), "rows of seeds that the manifest does not name"),
        (_set("trust_end", 0, np.nan), "1 values of trust_end are missing or infinite"),
        (lambda frame: frame.drop(columns="money_end"), "0 columns called money_end"),
    ],
)
def test_no_network_is_believed_blindly(
    compared: Path, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    _table(folder, "ties", change)
    signed_again(folder)
    with pytest.raises(InputError, match=words):
        read_results(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda manifest: manifest.pop("scenarios"), "scenarios: Field required"),
        (lambda manifest: manifest.update(scenarios=[]), "scenarios: List should have at least 1 item"),
        (lambda manifest: manifest["scenarios"][0].update(seeds=["a"]), "scenarios.0.seeds.0: Input should be a valid integer"),
        (lambda manifest: manifest["scenarios"][0].update(seeds=[-1]), "greater than or equal to 0"),
        (lambda manifest: manifest["scenarios"][0].update(quarters=10**9), "scenarios.0.quarters: Input should be less than"),
        (lambda manifest: manifest["scenarios"][0].update(quarters=13), "the text of 'silo' is of Hartlepool, 12 quarters"),
        (lambda manifest: manifest["scenarios"][0].update(text=7), "scenarios.0.text: Input should be a valid string"),
        (lambda manifest: manifest.update(options={"baseline": "none"}), "none"),
        (lambda manifest: manifest.update(versions=3), "versions: Input should be a valid dictionary"),
    ],
)
def test_malformed_manifests_are_refused(
    compared: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    signed_again(folder, change)
    with pytest.raises(InputError, match=words):
        read_results(folder)


def test_a_table_of_a_huge_declared_size_is_refused_before_it_is_read(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    table = pq.read_table(folder / "metrics.parquet")
    long = pa.array(["x" * 200_000_000] + [""] * (len(table) - 1))
    pq.write_table(table.append_column("long", long), folder / "metrics.parquet", compression="zstd")
    assert (folder / "metrics.parquet").stat().st_size < 1_000_000
    made_older(folder)
    before = pa.total_allocated_bytes()
    with pytest.raises(InputError, match=r"metrics.parquet' declares 216 rows of [0-9,]{11} bytes"):
        read_results(folder)
    assert pa.total_allocated_bytes() - before < 1_000_000


def test_the_report_says_that_an_older_folder_is_not_checked(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    made_older(folder)
    assert of_results(read_results(folder)).notes == (UNCHECKED,)
    assert of_results(read_results(compared)).notes == ()
