"""Results that are read back are those that were written, and what is damaged is said to be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.errors import InputError
from scenarios.scenario import text_hash
from sim.analysis.reporting.folder import read_results
from sim.analysis.reporting.provenance import of_results
from sim.results import Ensemble


def test_ensembles_come_back_as_they_were(compared: Path, ensembles: list[Ensemble]) -> None:
    results = read_results(compared)
    assert results.baseline.scenario.name == "silo"
    assert (results.missing, results.altered, results.older) == (0, (), ())
    for read, written in zip(results.ensembles, ensembles, strict=True):
        assert read.scenario == written.scenario
        assert read.agency_names == written.agency_names
        np.testing.assert_array_equal(read.seeds, written.seeds)
        np.testing.assert_array_equal(read.gains, written.gains)
        for name in written.metrics.dtype.names or ():
            np.testing.assert_array_equal(read.metrics[name], written.metrics[name])
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
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["scenarios"][1]["seeds"].append(99)
    manifest["scenarios"][2]["text"] = manifest["scenarios"][2]["text"].replace("cuts: 1.0", "cuts: 0.5")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    results = read_results(folder)
    assert results.missing == 1
    assert results.altered == ("single-pot",)
    assert results.older == ()


def test_a_text_that_this_version_reads_otherwise_is_noticed(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    manifest = json.loads((folder / "manifest.json").read_text())
    entry = manifest["scenarios"][0]
    entry["text"] = "\n".join(line for line in entry["text"].splitlines() if not line.startswith("  capital_pot:")) + "\n"
    entry["sha256"] = text_hash(entry["text"])
    (folder / "manifest.json").write_text(json.dumps(manifest))
    results = read_results(folder)
    assert (results.altered, results.older) == ((), ("silo",))
    assert "would not run the same today" in of_results(results).notes[0]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "not a manifest"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": "totalplace results 1"}'), "damaged"),
        (lambda folder: (folder / "metrics.parquet").unlink(), "no metrics.parquet"),
        (lambda folder: (folder / "gains.parquet").write_bytes(b"no Parquet"), "cannot be read"),
        (lambda folder: shutil.copy(folder / "gains.parquet", folder / "deals.parquet"), "damaged"),
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
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["scenarios"][0]["text"] += "lever_of_the_future: 1\n"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="'silo'.*cannot be read by this version"):
        read_results(folder)
