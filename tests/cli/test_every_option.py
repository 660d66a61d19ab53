"""Bad values of every option of every command: what is wrong, at which option, what is allowed; never the words of a library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from totalplace.sim.cli import app, exit_code

#: Words with which each command would do something, were its last option good; none of them comes to that here.
GOOD = {
    "run": "silo", "compare": "silo lsp", "explain": "lsp", "branch": "lsp --at 2012-01 --then levers.cuts=0", "eras": "lsp",
    "rank": "lsp", "search": "lsp --out found", "validate": "", "calibrate": "--out found", "structure": "", "browser": "",
    "figures": "results", "report": "results", "places": "", "places template": "--out own.xlsx", "places check": "own.xlsx",
    "places list": "", "places show": "Leeds", "sweep run": "own.yaml --out found", "analyse sensitivity": "swept",
    "analyse discover": "swept --when net_saving>0", "analyse robust": "swept", "analyse factorial": "swept",
}
SWEEP = """title: Trust in Rutland
places: [Rutland]
scenarios: [silo, lsp]
uncertainties: {eta: prior}
design: {kind: random, samples: 4}
settings: {quarters: 4}
"""
#: Words of the libraries below.
FOREIGN = ("Value error", "Input should", "unable to parse", "Invalid value", "Usage:", "valid integer", "Traceback")
#: Options whose values are texts of which any might be meant: hosts and the like, and what a place is searched for by.
ANY_TEXT = ("--host", "--allow-host", "--allow-frame", "--root-path")


def commands() -> Iterator[tuple[str, Any]]:
    """Name and command, of all that have options with values."""

    def below(command: Any, words: list[str]) -> Iterator[tuple[str, Any]]:
        yield " ".join(words), command
        for name, one in getattr(command, "commands", {}).items():
            yield from below(one, [*words, name])

    for name, command in below(typer.main.get_command(app), []):
        if any(True for _ in options(command)):
            yield name, command


def options(command: Any) -> Iterator[Any]:
    """The options of a command that take a value."""
    for one in command.params:
        if one.param_type_name == "option" and not getattr(one, "is_flag", False):
            yield one


def bad_values(option: Any) -> Iterator[str]:
    yield ""
    yield " "
    if str(option.metavar) not in ("DIR", "FILE", "PATH") and option.opts[0] not in ANY_TEXT:
        yield "no-such-thing"
        yield "-5"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results, a sweep's runs, a sweep's file and a sheet."""
    from totalplace import sweep
    from totalplace.scenarios.own_places.template import template

    where = tmp_path_factory.mktemp("options")
    (where / "own.yaml").write_text(SWEEP)
    (where / "own.xlsx").write_bytes(template(".xlsx", "2024-25", "Rutland", "£m"))
    sweep(where / "own.yaml", where / "swept")
    words = "compare silo lsp --place Rutland --runs 2 --quarters 4 --figures none --out"
    assert exit_code([*words.split(), str(where / "results")]) == 0
    return where


def test_every_command_with_options_is_tried() -> None:
    assert {name for name, _ in commands()} == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_bad_values_are_refused_in_our_words(
    name: str, folder: Path, totalplace: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    said = {}
    for option in options(dict(commands())[name]):
        title = option.opts[0]
        words = GOOD[name].split()
        if title in words:
            del words[words.index(title) : words.index(title) + 2]
        for value in bad_values(option):
            answer = totalplace(*name.split(), *words, f"{title}={value}")
            ours = answer.err.startswith("Error: ") and not any(word in answer.err for word in FOREIGN)
            where = title in answer.err or (title == "--lever" and "the levers to be varied" in answer.err)
            if answer.code != 2 or answer.out or not ours or not where or "Allowed: " not in answer.err:
                said[f"{title}={value}"] = (answer.code, answer.err)
    assert said == {}
    kept = {path for path in folder.rglob("*") if name != "sweep run" or "found" not in path.parts}  # goes on from there
    assert sorted(kept) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rank", "lsp", "--per", "heads"], "--per: There is no choice 'heads'. Did you mean 'head'? Allowed: head, share."),
        (["run", "silo", "--runs", "many"], "--runs: 'many' is not a whole number. Allowed: a whole number, 1 or more."),
        (["run", "silo", "--runs", "2.5"], "--runs: '2.5' is not a whole number. Allowed: a whole number, 1 or more."),
        (["analyse", "discover", "x", "--boxes", "11"], "--boxes: 11 is out of range. Allowed: a whole number from 1 to 10."),
        (["analyse", "discover", "x", "--density", "nan"], "--density: 'nan' is not a number. Allowed: a number from 0 to 1."),
        (["run", "silo", "--run", "5"], "There is no option '--run' of 'totalplace run'. Did you mean '--runs'?"),
        (["places", "chek"], "There is no command 'chek' of 'totalplace places'. Did you mean 'check'?"),
        (["run"], "SCENARIO is missing from 'totalplace run'. Allowed: name of a scenario, or path of a file."),
        (["sweep", "run", "where-it-works"], "--out is missing from 'totalplace sweep run'. Allowed: folder of the results"),
        (["run", "silo", "--place"], "The option '--place' has no value. Allowed: --place PLACE."),
        (["run", "silo", "--force=3"], "The option '--force' takes no value. Allowed: --force alone."),
        (["run", "silo", "--place", "Bath", "and"], "'and' is one word too many for 'totalplace run'. Allowed: "),
        (["run", "silo", "--place", "Birmingam"], "--place: There is no place 'Birmingam'. Did you mean 'Birmingham'?"),
        (["run", "silo", "--style", "house.yaml"], "--style house.yaml: There is no such file."),
        (["eras", "lsp", "--place="], "'--place' is given an empty value. Allowed: a PLACE, or no --place."),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_is_said_of_words_that_do_not_fit(totalplace: Callable[..., Any], words: list[str], says: str) -> None:
    answer = totalplace(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"Error: {says}")


def test_help_is_shown_whatever_else_is_wrong(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("run", "--help", "--runs", "many")
    assert answer.code == 0
    assert answer.out.startswith("Usage: totalplace run")
