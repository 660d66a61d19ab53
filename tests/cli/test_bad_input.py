"""Bad input: exit code 2, one message on standard error, no traceback, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from totalplace.scenarios.registry import PARAMETERS

OUT = ("--runs", "1", "--quarters", "4", "--out", "results")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "single-pott", *OUT], "Did you mean 'single-pot'?"),
        (["run", "no-such-file.yaml", *OUT], "no-such-file.yaml"),
        (["run", "silo", "--place", "Birmingam", *OUT], "Did you mean 'Birmingham'?"),
        (["run", "silo", "--year", "1066-67", *OUT], "1066-67"),
        (["run", "silo", "--set", "levers.cutz=1", *OUT], "cuts"),
        (["run", "silo", "--set", "levers.cuts", *OUT], "levers.cuts"),
        (["run", "silo", "--set", "levers.cuts=many", *OUT], "many"),
        (["run", "silo", "--set", "levers.cuts=9", *OUT], "9"),
        (["run", "silo", "--metric", "welbeing", *OUT], "Did you mean 'wellbeing'?"),
        (["run", "silo", "--runs", "1", "--quarters", "0", "--out", "results"], "0"),
        (["run", "silo", "--runs", "1", "--quarters", "241", "--out", "results"], "241"),
        (["run", "silo", "--runs", "0", "--out", "results"], "--runs"),
        (["run", "silo", "--runs", "many", "--out", "results"], "--runs"),
        (["run", "silo", "--seed", "-1", *OUT], "--seed"),
        (["run", "silo", "--engine", "steam", *OUT], "steam"),
        (["run", "silo", "--colour", "red", *OUT], "--colour"),
        (["run"], "SCENARIO"),
        (["compare", "silo", "silo", *OUT], "given twice"),
        (["run", "silo", "--place", "Leeds", "--place", "Kent", *OUT], "The option '--place' is given twice"),
        (["compare", "silo", "lsp", "--year", "2010-11", "--year=2017-18", *OUT], "The option '--year' is given twice"),
        (["sweep", "run", "where-it-works", "--out", "a", "--out", "b"], "The option '--out' is given twice"),
        (["rank", "lsp", "--metric", "wellbeing", "--metric", "net_saving"], "given twice. Allowed: --metric NAME once."),
        (["report", ".", "--format", "pdf"], "Error: --format: There is no choice 'pdf'. Allowed: html, docx, xlsx."),
        (["run", "silo", "--place", "Hull", *OUT], "Did you mean 'Kingston upon Hull, City of'?"),
        (["run", "silo", "--year", "2017", *OUT], "Did you mean '2017-18'?"),
        (["run", "silo", "--set", "start=April 2014", *OUT], "Did you mean '2014-04'?"),
        (["run", "silo", "--set", "start=2024-04", *OUT], "The run starts in 2024-04 with the budgets of 2010-11"),
        (["run", "silo", "--set", "levers.encouragement.dwp=0.5", *OUT], "Did you mean 'work_and_pensions'?"),
        (["branch", "lsp", "--at", "2014-04", "--then", "levers.cutz=1"], "Error: --then levers.cutz=1: There is no lever"),
        (["branch", "lsp", "--at", "2014-04", "--then", "place=Kent"], "Error: --then place=Kent: A branch changes levers, the"),
        (["compare", "silo", "better-care-fund", "--year", "2017-18", *OUT], "lies before the start of the run"),
        (["compare", "silo", "lsp", "--baseline", "isp", *OUT], "Did you mean 'lsp'?"),
        (["explain", "nobody", *OUT], "nobody"),
        (["scenarios", "show", "sillo"], "Did you mean 'silo'?"),
        (["scenarios", "check", "missing.yaml"], "missing.yaml"),
        (["nonsense"], "nonsense"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_bad_words(totalplace: Callable[..., Any], tmp_path: Path, words: list[str], message: str) -> None:
    answer = totalplace(*words)
    assert answer.code == 2
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("extends: silo\nquarters: [1\n", 3, ""),
        ("extends: silo\nquarters: 10\nquarters: 12\n", 3, "quarters"),
        ("extends: silo\nquarterss: 10\n", 2, "Did you mean 'quarters'?"),
        ("extends: silo\nquarters: ten\n", 2, "ten"),
        ("extends: silo\nplace: Atlantis\n", 2, "Atlantis"),
        ("extends: silo\nlevers:\n  transition_fund: -5\n", 3, "-5"),
    ],
    ids=["unreadable", "duplicate", "unknown key", "wrong type", "unknown place", "negative money"],
)
@pytest.mark.parametrize("command", [["scenarios", "check"], ["run"]])
def test_bad_files_are_reported_with_their_line(
    totalplace: Callable[..., Any], tmp_path: Path, command: list[str], text: str, line: int, message: str
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    answer = totalplace(*command, "mine.yaml", *(OUT if command == ["run"] else ()))
    assert answer.code == 2
    assert answer.err.startswith("Error: ")
    assert f"mine.yaml:{line}:" in answer.err
    assert message in answer.err
    assert "Traceback" not in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_an_existing_folder_is_kept_without_force(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    words = ("run", "silo", "--runs", "2", "--quarters", "4", "--out", "results")
    assert totalplace(*words).code == 0
    before = (tmp_path / "results" / "manifest.json").read_bytes()
    answer = totalplace(*words)
    assert answer.code == 2
    assert "--force" in answer.err
    assert (tmp_path / "results" / "manifest.json").read_bytes() == before
    assert totalplace(*words, "--force", "--seed", "5").code == 0
    assert json.loads((tmp_path / "results" / "manifest.json").read_text())["scenarios"][0]["seeds"] == [5, 6]


def test_force_does_not_replace_what_is_not_results(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("years of work")
    answer = totalplace("run", "silo", "--runs", "1", "--quarters", "4", "--out", "thesis", "--force")
    assert answer.code == 2
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter"]


@pytest.mark.parametrize("words", [["scenarios", "check", "pot.yaml"], ["compare", "silo", "pot.yaml", *OUT]])
def test_an_arrangement_given_as_a_scenario_is_explained(totalplace: Callable[..., Any], tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "pot.yaml").write_text("extends: single-pot\nbenefit_cost_threshold: 1.5\n")
    answer = totalplace(*words)
    assert answer.code == 2
    said = " ".join(answer.err.split())
    assert "pot.yaml:2:1: 'benefit_cost_threshold' is a key of arrangements" in said
    assert "--set arrangement=pot.yaml" in said
    assert totalplace("run", "silo", "--set", "arrangement=pot.yaml", "--set", "levers.mandate=3.4%", *OUT).code == 0


def test_results_given_as_a_sweep_are_explained(totalplace: Callable[..., Any]) -> None:
    assert totalplace("compare", "silo", "lsp", *OUT).code == 0
    answer = totalplace("analyse", "sensitivity", "results")
    assert answer.code == 2
    said = " ".join(answer.err.split())
    assert "the folder holds results of run, compare, explain or branch, not a sweep" in said
    assert "of a folder that 'totalplace sweep run' or totalplace.sweep makes" in said
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", [["run", "silo"], ["compare", "silo", "lsp"], ["explain", "lsp"],
                                     ["branch", "lsp", "--at", "2012-01", "--then", "levers.cuts=0"]])
def test_seeds_beyond_the_last_are_refused(totalplace: Callable[..., Any], command: list[str], tmp_path: Path) -> None:
    """The last seed is 2^63 - 1: the message says the largest first seed, and nothing is written."""
    answer = totalplace(*command, "--seed", "9223372036854775807", "--runs", "2", "--out", str(tmp_path / "results"))
    assert answer.code == 2
    assert "at most 9223372036854775806" in " ".join(answer.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_name_is_suggested_where_it_is(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "jcp.yaml").write_text("extends: silo\n")
    assert "Did you mean 'jcp.yaml'?" in totalplace("run", "jcp", *OUT).err
    (tmp_path / "own.yaml").write_text("extends: jcp\n")
    assert "own.yaml:1:10: There is no scenario 'jcp'." in totalplace("scenarios", "check", "own.yaml").err
    assert "Did you mean 'jcp.yaml'?" in totalplace("scenarios", "check", "own.yaml").err


def test_a_tab_is_named_as_the_cause(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("extends: silo\nlevers:\n\tcuts: 1\n")
    answer = totalplace("scenarios", "check", "own.yaml")
    assert answer.err == (
        "Error: own.yaml:3:1: The YAML cannot be read: a tab stands where blanks are needed; YAML is indented with blanks.\n"
    )


def test_what_no_command_can_pair_is_refused(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "leeds.yaml").write_text("extends: lsp\nplace: Leeds\n")
    (tmp_path / "kent.yaml").write_text("extends: silo\nplace: Kent\n")
    (tmp_path / "prior.yaml").write_text("extends: silo\nuncertainties: prior\n")
    for words, says in (
        (("leeds.yaml", "kent.yaml"), "'kent' and 'leeds' differ in place: Kent and Leeds. Allowed: one place for all, such as"),
        (("lsp", "prior.yaml"), f"'prior' and 'lsp' do not draw the same uncertainties (eta and {len(PARAMETERS) - 1} more)"),
    ):
        answer = totalplace("compare", *words, *OUT)
        assert (answer.code, answer.out) == (2, "")
        assert says in answer.err
    assert totalplace("compare", "leeds.yaml", "kent.yaml", "--place", "Rutland", "--runs", "1", "--quarters", "4").code == 0
