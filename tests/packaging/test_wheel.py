"""What a wheel holds: what runs, under the names that are ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from totalplace.scenarios.source_tree import ROOT

#: What a file may be called that runs or is read by what runs.
READ = {".py", ".pyi", ".typed", ".yaml", ".csv", ".parquet", ".json", ".txt", ".html", ".css", ".js", ".vue", ".geojson", ""}


@pytest.fixture(scope="module")
def held() -> set[str]:
    """The files of a wheel by their paths in it."""
    from hatchling.builders.wheel import WheelBuilder

    return {str(file.distribution_path) for file in WheelBuilder(str(ROOT)).recurse_included_files()}


def test_a_wheel_holds_the_packages_and_what_they_read(held: set[str]) -> None:
    assert {name.split("/")[0] for name in held} == {"totalplace", "sim"}
    assert {name for name in held if name.startswith("sim/")} == {"sim/__init__.py"}, "the name of before, and nothing else"
    assert {name.split("/")[1] for name in held if name.count("/") > 1} == {"agents", "scenarios", "sim"}
    for name in ("sim/cli/__init__.py", "scenarios/places/small_areas.parquet", "scenarios/words/themes.yaml", "agents/rows.pyi",
                 "sim/evidence/facts.yaml", "sim/browser/pages/transport.vue", "scenarios/scenario.schema.json",
                 "sim/browser/templates/tables.html", "sim/engine/sweep/store.html"):
        assert f"totalplace/{name}" in held


def test_a_wheel_holds_nothing_that_does_not_run(held: set[str]) -> None:
    assert {Path(name).suffix for name in held} <= READ
    assert [name for name in held if "/source/" in name or "__pycache__" in name or "/test" in name] == []


def test_nothing_beside_a_script_takes_the_place_of_the_package(tmp_path: Path) -> None:
    """Whatever a script's folder holds under the names of our folders, and whatever else is installed under them."""
    elsewhere = tmp_path / "elsewhere"
    for folder, names in ((tmp_path, ("agents", "sim", "scenarios")), (elsewhere, ("agents",))):
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / f"{name}.py").write_text("raise SystemExit('not ours')\n")
    script = tmp_path / "script.py"
    script.write_text("import totalplace as tp\nprint(tp.run(tp.load('silo', place='Rutland', quarters=2), seed=1).quarters)\n")
    path = os.pathsep.join([str(elsewhere), str(ROOT / "src")])
    done = subprocess.run([sys.executable, str(script)], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("2\n", "")


@pytest.mark.parametrize("folder", ["src", ""])
def test_the_name_of_before_goes_on_working_and_says_so(folder: str, tmp_path: Path) -> None:
    code = "import sim; s = sim.load('silo', quarters=2, place='Rutland'); print(sim.run(s).quarters, sim.sweep.open is sim.open)"
    path = os.pathsep.join([str(ROOT / folder), str(ROOT / "src")])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True,
                          text=True)
    assert done.stdout == "2 True\n", done.stderr
    assert "write 'import totalplace'" in done.stderr
