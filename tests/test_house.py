"""The house: files and functions short enough to hold in the head, no private name of another module, heavy imports late."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("agents", "scenarios", "sim", "benchmarks")
#: Most lines of a file and of a function, its docstring included.
FILE_LINES, FUNCTION_LINES = 300, 50
#: Longer than that, each for a reason: all rules and columns of one kind of agent stand in one file; a list of rows.
LONG_FILES = {
    "agents/agency.py": 430,
}
LONG_FUNCTIONS = {
    "sim/browser/pages/sweep.py:Explorer": 55,
    "sim/engine/sweep/execution.py:run_sweep": 55,
}
#: Packages that take long to import: nothing at the top of a module that ``totalplace --help`` or ``import totalplace`` reads.
HEAVY = {"matplotlib", "mesa", "numba", "pandas", "pyarrow", "SALib", "scipy", "solara", "networkx", "dask", "distributed"}
QUICK = ("scenarios/__init__.py", "scenarios/errors.py", "scenarios/reading.py", "sim/__init__.py", "src/totalplace/__init__.py")


@cache
def modules() -> tuple[tuple[str, str], ...]:
    """Path from the root and text of every module of ours."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return tuple((file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in files)


@cache
def nodes_in(text: str) -> tuple[ast.AST, ...]:
    """All nodes of a module."""
    return tuple(ast.walk(parsed(text)))


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def test_files_are_short() -> None:
    lengths = {name: text.count("\n") for name, text in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONG_FILES.get(name, FILE_LINES)} == {}
    assert {name for name in LONG_FILES if lengths.get(name, 0) <= FILE_LINES} == set(), "no longer an exception"


def test_functions_fit_on_a_screen() -> None:
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in modules()
        for node in nodes_in(text)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONG_FUNCTIONS.get(name, FUNCTION_LINES)} == {}
    assert {name for name in LONG_FUNCTIONS if lengths.get(name, 0) <= FUNCTION_LINES} == set(), "no longer an exception"


def test_private_names_stay_in_their_module() -> None:
    found = [
        f"{name}:{node.lineno} {alias.name}"
        for name, text in modules()
        for node in nodes_in(text)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert found == []


def test_quick_modules_import_nothing_heavy() -> None:
    files = [*QUICK, *(path.relative_to(ROOT).as_posix() for path in (ROOT / "sim" / "cli").glob("*.py"))]
    found = []
    for name in files:
        for node in ast.parse((ROOT / name).read_text("utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{name}:{node.lineno} {full}" for full in names if full.split(".")[0] in HEAVY]
    assert found == []


def test_no_drawer_for_everything() -> None:
    """No module is called after nothing in particular, and none says nothing about itself."""
    names = [name for name, _ in modules() if Path(name).stem in ("utils", "util", "helpers", "common", "misc", "tools")]
    silent = [name for name, text in modules() if text.strip() and ast.get_docstring(parsed(text)) is None]
    assert names == []
    assert silent == []


def test_nobody_reads_the_clock_for_results() -> None:
    """Results do not depend on the time of day: ``time.time`` nowhere, dates only where something is signed with one."""
    rooms = ("sim/analysis/", "sim/evidence/", "sim/report/", "sim/browser/")
    signed = ("sim/results/store.py", "sim/engine/sweep/manifest.py", *rooms)
    found = []
    for name, text in modules():
        for node in nodes_in(text):
            if not isinstance(node, ast.Attribute):
                continue
            clock = ast.unparse(node)
            dated = node.attr in ("now", "today", "utcnow") and "date" in clock
            if clock == "time.time" or (dated and not name.startswith(signed)):
                found.append(f"{name}:{node.lineno} {clock}")
    assert found == []


def test_html_is_written_in_templates() -> None:
    """In which text is escaped: no f-string makes a tag but the one that lets scripts of Solara's page run, and none escapes."""
    tag = re.compile(r"</?[a-z][a-z0-9-]*[ >/]")
    made, escaping = [], []
    for name, text in modules():
        for node in nodes_in(text):
            if isinstance(node, ast.JoinedStr):
                made += [name for part in node.values if isinstance(part, ast.Constant) and tag.search(str(part.value))]
            elif isinstance(node, ast.ImportFrom | ast.Import):
                names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
                escaping += [name] if "html" in names else []
    assert (made, escaping) == (["sim/browser/server/serving.py"], [])


def test_tests_that_take_longest_are_where_they_are_said_to_be() -> None:
    """Else they come last, and one worker is left with them."""
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
