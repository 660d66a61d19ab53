"""The notebooks run from top to bottom, hold no outputs, and say nothing about the machine they were written on.

They run as they are, but for the numbers in the cell tagged ``parameters``, after which smaller ones are set.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Seconds that a cell may take: the first one that runs a model compiles the rules.
MOST_SECONDS = 240
SMALL = {
    "01": "RUNS = 2",
    "02": "RUNS = 2",
    "03": "SAMPLES, TRAJECTORIES, QUARTERS = 8, 6, 16",
    "04": "POINTS, QUARTERS = 30, 16",
    "05": "QUARTERS, SEEDS = 12, 3",
    "06": "REPLICATES, QUARTERS = 1, 8",
    "07": "RUNS, QUARTERS = 4, 8",
    "08": "RUNS, QUARTERS = 4, 8",
}
#: A path of somebody's machine, and names of places outside the project.
MACHINE = re.compile(r"(/(?:home|root|tmp|work|Users)/|[A-Z]:\\\\)")

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def parameter_cells(notebook: Any) -> list[int]:
    return [number for number, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ())]


def with_small_numbers(path: Path) -> Any:
    """The notebook with smaller numbers set right after its own."""
    notebook = read(path)
    (where,) = parameter_cells(notebook)
    notebook.cells.insert(where + 1, nbformat.v4.new_code_cell(SMALL[path.stem[:2]]))
    return notebook


def test_the_eight_are_there() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == list(SMALL)


@notebooks
def test_it_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", "")))))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    notebook = with_small_numbers(path)
    NotebookClient(notebook, timeout=MOST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [output.text for output in outputs if output.get("name") == "stderr" and "Warning" in output.text] == []
    shown = [output for output in outputs if "image/png" in output.get("data", {})]
    assert shown, "a notebook without a figure"


@notebooks
def test_it_is_committed_without_outputs(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata


@notebooks
def test_it_names_no_machine(path: Path) -> None:
    assert MACHINE.findall(path.read_text("utf-8")) == []


@notebooks
def test_its_numbers_stand_in_one_cell(path: Path) -> None:
    notebook = read(path)
    (where,) = parameter_cells(notebook)
    own: dict[str, Any] = {}
    small: dict[str, Any] = {}
    exec(notebook.cells[where].source, own)
    exec(SMALL[path.stem[:2]], small)
    assert set(small) <= set(own)
    assert all(small[name] <= own[name] for name in small if name != "__builtins__")


@notebooks
def test_it_reads_as_a_text(path: Path) -> None:
    notebook = read(path)
    words = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert notebook.cells[0].source.startswith(f"# {int(path.stem[:2])}. ")
    assert len(words) >= 6
    links = [target for text in words for target in re.findall(r"\]\(([^)#]+)\)", text) if not target.startswith("https://")]
    assert all((path.parent / target).is_file() for target in links)
