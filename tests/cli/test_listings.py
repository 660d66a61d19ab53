from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from totalplace import scenarios
from totalplace.scenarios import places
from totalplace.sim.model.metrics import METRICS


def test_help_lists_the_commands(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("--help")
    assert answer.code == 0
    for command in ("run", "compare", "explain", "places", "scenarios", "metrics"):
        assert f"\n  {command} " in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["run", "compare", "explain", "places", "metrics", "scenarios"])
def test_every_command_has_help(totalplace: Callable[..., Any], command: str) -> None:
    answer = totalplace(command, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: totalplace {command}")


def test_help_imports_nothing_slow() -> None:
    slow = ("numpy", "numba", "pandas", "matplotlib", "mesa", "pyarrow", "pydantic", "scipy", "networkx")
    code = (
        "import sys\nfrom totalplace.sim.cli import exit_code\nexit_code(['--help'])\n"
        f"print([name for name in {slow} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_version_is_that_of_the_package(totalplace: Callable[..., Any]) -> None:
    assert totalplace("--version") == (0, f"totalplace {version('totalplace')}\n", "")


def test_all_places_are_listed(totalplace: Callable[..., Any]) -> None:
    out = totalplace("places").out
    assert all(place.code in out for place in places.names())


def test_places_are_found_by_part_of_the_name(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("places", "--search", "birming")
    assert answer.code == 0
    assert "E08000025" in answer.out
    assert "Kent" not in answer.out


def test_a_search_without_result_offers_the_nearest(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("places", "--search", "Brimingham")
    assert answer.code == 2
    assert "Did you mean 'Birmingham'?" in answer.err
    assert answer.out == ""


def test_names_that_hold_a_comma_can_be_told_apart(totalplace: Callable[..., Any]) -> None:
    error = totalplace("places", "--search", "zzzz").err
    assert "; Bristol, City of; Bromley;" in " ".join(error.split())


@pytest.mark.parametrize("words", [["scenarios"], ["scenarios", "list"]])
def test_all_scenarios_are_listed(totalplace: Callable[..., Any], words: list[str]) -> None:
    answer = totalplace(*words)
    assert answer.code == 0
    listed = {line.split()[0] for line in answer.out.splitlines() if line.strip()}
    assert set(scenarios.names()) <= listed


def test_a_scenario_shown_is_a_scenario_file(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    shown = totalplace("scenarios", "show", "single-pot").out
    assert yaml.safe_load(shown)["name"] == "single-pot"
    (tmp_path / "mine.yaml").write_text(shown)
    answer = totalplace("scenarios", "check", "mine.yaml")
    assert answer.code == 0, answer.err
    assert "good" in answer.out


def test_the_schema_is_a_json_schema(totalplace: Callable[..., Any]) -> None:
    schema = json.loads(totalplace("scenarios", "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_all_metrics_are_listed(totalplace: Callable[..., Any]) -> None:
    out = totalplace("metrics").out
    assert all(name in out for name in METRICS)


def test_a_place_is_shown_with_its_quality(totalplace: Callable[..., Any]) -> None:
    shown = totalplace("places", "show", "Birmingham", "--year", "2024-25")
    assert shown.code == 0
    for words in ("last filed 2021-22", "NHS (integrated care board)", "Birmingham and Solihull ICB", "Neighbours: Dudley"):
        assert words in shown.out
    assert "last filed" not in totalplace("places", "show", "Leeds", "--year", "2024-25").out
    assert "Note: Cumberland is part of Cumbria here" in totalplace("places", "show", "Cumberland").out
    assert "Westmorland and Furness" in totalplace("places", "list", "--year", "2024-25", "--search", "furness").out
    assert totalplace("places", "show", "Kent", "--year", "2024").code == 2
