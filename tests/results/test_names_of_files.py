"""A scenario takes its name from its file, whatever letters that has, and its results can be read again."""

import unicodedata
from pathlib import Path

import pytest

import totalplace as tp
from totalplace.sim.report.read_results import read_results
from totalplace.sim.results.store import write_tables, written


@pytest.mark.parametrize(("file", "name"), [
    ("£10m", "-10m"), ("100%", "100-"), ("Leeds–2012", "Leeds-2012"), ("x[1]", "x-1-"), ("#1", "-1"), (".hidden", "hidden"),
    ("a*b", "a-b"), ("naïve (copy)", "naïve (copy)"), ("日本", "日本"),
    (unicodedata.normalize("NFD", "très"), "très"), ("a\tb", "a-b"),
])
def test_results_of_oddly_named_files_can_be_read(file: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{file}.yaml"
    path.write_text("extends: lsp\nplace: Rutland\nquarters: 4\n")
    result = tp.ensemble(str(path), runs=2)
    assert result.scenario.name == name
    written(tmp_path / "out", False, lambda folder: write_tables(folder, [result], command=["test"], options={}, seconds=0.0))
    assert [one.scenario.name for one in read_results(tmp_path / "out").ensembles] == [name]
