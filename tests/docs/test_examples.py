"""Commands in the documentation exist, with their options; Python in it compiles, and what it imports is there."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from tests.docs.markdown import ROOT, Document, documents
from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.sim.cli import app

#: Packages of clusters, which no test installs.
ELSEWHERE = {"dask_jobqueue", "dask_kubernetes"}
PAGES = [path for path in documents() if path.name != "CHANGELOG.md"]
pages = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


def commands(path: Path) -> list[str]:
    """The lines of a page that begin with the name of the program; one that ends in a backslash goes on in the next."""
    lines = [line.strip() for line in Document(path).text.replace("\\\n", " ").splitlines()]
    return [line.split("  #")[0].split(" # ")[0] for line in lines if re.match(r"totalplace \S", line)]


def wrong_with(line: str) -> str:
    """What is wrong with a command line; nothing if the command and all its options exist."""
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    while hasattr(command, "commands") and words:
        if words[0].startswith("--") and command.invoke_without_command:
            break
        if words[0] not in command.commands:
            return "" if words[0] in ("--version", "--help") else f"no command {words[0]}"
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help", "-h"}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {', '.join(unknown)}" if unknown else ""


def test_a_wrong_command_is_found() -> None:
    assert wrong_with("totalplace report DIR --out x.html") == ""
    assert wrong_with("totalplace reprot DIR") == "no command reprot"
    assert wrong_with("totalplace sweep plan FILE --out DIR") == "no option --out"


@pages
def test_commands_exist(path: Path) -> None:
    assert [f"{line}: {wrong}" for line in commands(path) if (wrong := wrong_with(line))] == []


@pages
def test_scenarios_and_sweeps_that_commands_name_ship(path: Path) -> None:
    known = {*scenarios.names(), *sweeps.names()}
    for line in commands(path):
        words = shlex.split(line)
        if words[1] in ("run", "compare", "explain", "branch", "search"):
            given = [word for word in words[2:_first_option(words)] if re.fullmatch(r"[a-z][a-z0-9-]+", word)]
            assert set(given) <= known, line
        if words[1:3] in (["sweep", "run"], ["sweep", "plan"]) and re.fullmatch(r"[a-z][a-z0-9-]+", words[3]):
            assert words[3] in known, line


def _first_option(words: list[str]) -> int:
    return next((number for number, word in enumerate(words) if word.startswith("-")), len(words))


def named_in(text: str) -> set[str]:
    """The names of the package that a page speaks of in code: ``totalplace.compare`` in `` `totalplace.compare([...])` ``."""
    return {found.rstrip(".") for found in re.findall(r"(?<![\w./-])totalplace(?:\.[A-Za-z_]\w*)+", text)}


@pages
def test_names_of_the_package_that_pages_speak_of_are_there(path: Path) -> None:
    inline = [child.content for token in Document(path).tokens for child in token.children or () if child.type == "code_inline"]
    for name in sorted(named_in(" ".join([*inline, *Document(path).blocks("python")]))):
        assert _there(name), f"{path.name} speaks of {name}"


def test_a_name_that_is_not_there_is_found() -> None:
    text = "`totalplace.compare([...])`, totalplace.sweep(..., x) and results.totalplace.x"
    assert named_in(text) == {"totalplace.compare", "totalplace.sweep"}
    assert _there("totalplace.compare")
    assert _there("totalplace.sim.analysis.conditions")
    assert not _there("totalplace.comapre")


def _there(name: str) -> bool:
    """Whether a dotted name can be imported or is an attribute of what can."""
    found: Any = importlib.import_module("totalplace")
    for step, part in enumerate(name.split(".")[1:], start=2):
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(".".join(name.split(".")[:step]))
            except ImportError:
                return False
    return True


@pages
def test_python_compiles_and_what_it_imports_is_there(path: Path) -> None:
    for block in Document(path).blocks("python"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] not in ELSEWHERE:
                module = importlib.import_module(node.module)
                for name in node.names:
                    assert hasattr(module, name.name) or importlib.import_module(f"{node.module}.{name.name}"), block


@pytest.mark.parametrize("name", ["rule", "branch", "place"])
def test_python_of_the_guides_runs(name: str) -> None:
    blocks = Document(ROOT / "docs" / "how-to" / f"{name}.md").blocks("python")
    assert blocks
    space = {"__name__": name}
    for block in blocks:
        exec(compile(block, name, "exec"), space)


def test_yaml_of_the_guide_to_arrangements_is_read(tmp_path: Path) -> None:
    arrangement, commissioners, scenario = Document(ROOT / "docs" / "how-to" / "arrangement.md").blocks("yaml")
    (tmp_path / "small-pot.yaml").write_text(arrangement + commissioners, "utf-8")
    (tmp_path / "leeds.yaml").write_text(scenario, "utf-8")
    read = scenarios.load(str(tmp_path / "leeds.yaml"))
    assert read.title == "Leeds with a small pot"
    assert read.description
    assert read.arrangement.title == "Officer-led board with a small pot"
    assert [one.name for one in read.arrangement.commissioners] == ["families commissioner", "health commissioner"]
