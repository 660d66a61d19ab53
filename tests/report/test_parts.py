"""The parts of a decomposed difference stand in the report, and add up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.drawing import drawing_little
from tests.signing import signed_again
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.report import report
from totalplace.sim.report.decomposition import decomposed_metric
from totalplace.sim.report.read_results import read_results
from totalplace.sim.results.compare import difference

COMMAND = ["compare", "joint-commissioning", "other.yaml", "--place", "Rutland", "--runs", "3", "--quarters", "8",
           "--decompose", "wellbeing"]
#: Another scenario that differs in three things.
OTHER = "extends: joint-commissioning\nname: other\nlevers: {clawback: 0.9, encouragement: -0.5, single_pot: 0.1}\n"


@pytest.fixture(scope="module")
def decomposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decomposed") / "two"
    (folder.parent / "other.yaml").write_text(OTHER, "utf-8")
    with drawing_little(), pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        assert exit_code([*COMMAND, "--out", str(folder)]) == 0
    signed_again(folder, lambda manifest: manifest.update(command=COMMAND))  # the command of a test is that of pytest
    return folder


def test_the_parts_are_those_of_the_folder_and_add_up(decomposed: Path) -> None:
    section = next(section for section in report(decomposed).sections if section.name == "decomposition")
    written = pd.read_parquet(decomposed / "parts.parquet")
    assert [row[0].casefold() for row in section.tables[0].rows] == [name.casefold() for name in written["difference"]]
    results = read_results(decomposed)
    gap = difference(results.ensembles[1], results.ensembles[0], "wellbeing").mean()
    assert written["part"].sum() == pytest.approx(gap, abs=1e-9)
    assert "wellbeing" in section.paragraphs[0]


def test_without_parts_there_is_no_such_section(compared: Path) -> None:
    assert "decomposition" not in [section.name for section in report(compared).sections]


def test_parts_of_another_version_are_said(decomposed: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(decomposed, tmp_path / "copy")
    pd.DataFrame({"x": [1]}).to_parquet(folder / "parts.parquet")
    with pytest.raises(InputError, match="parts.parquet' is damaged or was changed"):
        report(folder)
    signed_again(folder)
    with pytest.raises(InputError, match="another version"):
        report(folder)


def test_the_metric_is_read_from_the_command() -> None:
    assert decomposed_metric(["totalplace", "compare", "a", "b", "--decompose", "net_saving", "--runs", "3"]) == "net_saving"
    assert decomposed_metric(["--decompose=wellbeing"]) == "wellbeing"
    assert decomposed_metric(["totalplace", "compare", "--decompose"]) == ""
    assert decomposed_metric([]) == ""
