"""The README is short, says what the model says, and its commands exist; the examples of the tutorial run as they are printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import documentation
from totalplace import scenarios
from totalplace.scenarios.idle_levers import MANDATES
from totalplace.sim.cli import exit_code

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TUTORIAL, re.DOTALL)
    assert found
    return found.group(1)


def test_the_python_example_runs(tmp_path: Path) -> None:
    code = block("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "birmingham.png").stat().st_size > 10_000


def test_the_readme_is_short_and_stands_in_the_order_that_readers_need() -> None:
    assert len(README.splitlines()) < 150
    heads = re.findall(r"^## (.*)$", README, re.MULTILINE)
    assert heads == ["One answer", "Two commands", "Three things to try next", "How far to trust it", "Where things are"]
    answer = README.partition("## One answer")[2].partition("## Two commands")[0]
    assert re.search(r"frees £[\d.]+m a year in year 10 \(−?£[\d.]+m to £[\d.]+m\)", answer)
    assert "![" in answer


def test_the_results_are_those_of_the_model() -> None:
    assert documentation.rewritten(README, documentation.README_TABLES) == README, "run python -m tools.documentation"


def test_the_order_of_the_arrangements_is_the_one_that_is_said() -> None:
    """No joint work, what bodies may join or not, a mandated minimum, and a pot that departments pay into."""
    table = README.partition("<!-- generated: results -->")[2].partition("<!-- end -->")[0]
    loaded = [scenarios.load(name) for name in re.findall(r"^\| ([a-z-]+) \|", table, re.MULTILINE) if name != "arrangement"]
    ranks = []
    for one in loaded:
        bound, pot = (any(any(one.levers[lever]) for lever in levers) for levers in (MANDATES, ("single_pot",)))
        ranks.append(3 if pot else 2 if bound else 1 if one.name != "silo" else 0)
    assert ranks == sorted(ranks)
    assert ranks.count(1) == 7
    assert "seven forms that a body may join or not" in README.replace("\n", " ")


def test_the_example_of_a_scenario_is_a_good_one(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(block("yaml"), "utf-8")
    assert exit_code(["scenarios", "check", str(tmp_path / "mine.yaml")]) == 0


def test_every_command_and_option_of_the_readme_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for line in re.findall(r"^    (totalplace .*)$", README, re.MULTILINE):
        words = line.split()[1:]
        command = words[:2] if words[0] in ("sweep", "analyse", "places") else words[:1]
        assert exit_code([*command, "--help"]) == 0
        said = capsys.readouterr().out
        for option in re.findall(r"--[a-z]+", line):
            assert option in said, line


def test_files_that_the_readme_names_exist() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)|`((?:docs|scenarios|\.ci)/[\w./-]+)`", README):
        path = ROOT / (name[0] or name[1])
        assert path.exists(), path
