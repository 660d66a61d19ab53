"""Results whose scenarios have a budget path of their own: read anywhere, and those of before as long as the file is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.report.conftest import write_results
from totalplace.scenarios.canonical_text import canonical_text, text_hash
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import read_text
from totalplace.sim.report.read_results import read_results
from totalplace.sim.system.checksums import signed

PATH = "title: deep\nbase_year: 2010-11\npaths: {council: [{year: 2012-13, index: 0.7, low: 0.6, high: 1, source: made up}]}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of a scenario with a budget path of its own, beside that path."""
    (tmp_path / "deep.yaml").write_text(PATH, "utf-8")
    scenario = tp.load("single-pot", place="Rutland", quarters=8, clusters=2, cuts=str(tmp_path / "deep.yaml"))
    return write_results(tmp_path / "results", [tp.ensemble(scenario, runs=2)], scenario.name)


def as_before(folder: Path) -> None:
    """The manifest as it was when texts named files."""
    path = folder / "manifest.json"
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    entry = content["scenarios"][0]
    entry["text"] = canonical_text(read_text(entry["text"], "x").plain() | {"cuts": str(folder.parent / "deep.yaml")})
    entry["sha256"] = text_hash(entry["text"])
    path.write_text(json.dumps(signed({key: value for key, value in content.items() if key != "checksum"})), "utf-8")


def test_results_need_no_file_of_their_scenario(folder: Path) -> None:
    (folder.parent / "deep.yaml").unlink()
    found = read_results(folder)
    assert (found.altered, found.older, found.from_files) == ((), (), ())
    text = json.loads((folder / "manifest.json").read_text("utf-8"))["scenarios"][0]["text"]
    assert str(folder.parent) not in text
    again = tp.ensemble(found.baseline.scenario, runs=2)
    for name in found.baseline.metrics.dtype.names or ():
        assert np.array_equal(again.metrics[name], found.baseline.metrics[name], equal_nan=True)


def test_results_of_before_open_while_the_file_is_there(folder: Path) -> None:
    as_before(folder)
    found = read_results(folder)
    assert (found.altered, found.older, found.from_files) == ((), (), ("single-pot",))
    assert str(found.baseline.scenario.cuts) == "deep"
    (folder.parent / "deep.yaml").unlink()
    with pytest.raises(InputError, match=r"saved with the name of a file that is not there: '.*deep\.yaml'\. Allowed: the file"):
        read_results(folder)
