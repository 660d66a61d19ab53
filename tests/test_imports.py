"""The packages import one way only: scenarios from nobody, agents from scenarios, sim from both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scenarios", "agents", "sim")
#: The rooms of ``sim`` in the order in which one may import from another.
ROOMS = ("system", "model", "results", "engine", "figures", "analysis", "evidence", "report", "browser", "cli")
#: Results that draw themselves when they are asked to, and scenarios that are played when they are compared by name.
LATER = {
    ("sim/results/answers.py", "figures"), ("sim/results/run.py", "figures"), ("sim/results/store.py", "figures"),
    ("sim/results/explain.py", "figures"), ("sim/results/explain.py", "engine"), ("sim/results/compare.py", "engine"),
}
OURS = {*PACKAGES, "tests", "benchmarks", "notebooks", "tools"}


@cache
def imported(file: Path) -> tuple[tuple[ast.AST, str], ...]:
    """Every absolute import in a file, wherever it stands: its node and the whole name of what is imported."""
    return tuple(imports(file))


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node, name.name
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}:{node.lineno} imports from a relative name"
            for name in node.names:
                yield node, f"{node.module}.{name.name}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            literal = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(literal, ast.Constant):
                yield node, str(literal.value)


def package(name: str) -> str:
    """The package of ours that a name belongs to, else the first part of the name."""
    first, *rest = name.split(".")
    return rest[0] if first == "totalplace" and rest else first


@pytest.mark.parametrize("place", range(len(PACKAGES)))
def test_packages_import_only_from_those_before_them(place: int) -> None:
    allowed = set(PACKAGES[: place + 1])
    files = sorted((ROOT / PACKAGES[place]).rglob("*.py"))
    assert files
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno} imports {name}"  # type: ignore[attr-defined]
        for file in files
        for node, name in imported(file)
        if package(name) in OURS and package(name) not in allowed
    ]
    assert wrong == []


def test_ours_are_imported_by_the_one_public_name() -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for folder in (*PACKAGES, "tests", "benchmarks", "tools", "docs")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for _, name in imported(file)
        if name.split(".")[0] in PACKAGES
    ]
    assert wrong == []


def test_rooms_of_sim_import_only_from_those_before_them() -> None:
    """At the top of files; what is imported when it is used may come from a later room only where ``LATER`` says so."""
    assert {path.name for path in (ROOT / "sim").iterdir() if (path / "__init__.py").exists()} == set(ROOMS)
    wrong = []
    for number, room in enumerate(ROOMS):
        for file in sorted((ROOT / "sim" / room).rglob("*.py")):
            where = file.relative_to(ROOT).as_posix()
            for node, name in imported(file):
                later = name.split(".")[2] if name.startswith("totalplace.sim.") else room
                if later in ROOMS[number + 1 :] and (where, later) not in LATER:
                    wrong.append(f"{where}:{node.lineno} imports {name}")  # type: ignore[attr-defined]
    assert wrong == []


def seeded(node: ast.Attribute, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a name of ``numpy.random`` is a type, or a generator that is made from a given seed."""
    if node.attr in ("Generator", "Philox"):
        return True
    call = parents.get(node)
    return node.attr == "default_rng" and isinstance(call, ast.Call) and bool(call.args)


def test_no_shared_random_generator() -> None:
    """Draws have addresses: no rule may use ``random`` or ``numpy.random``; a run without a seed may make one up.

    An analysis may have a generator of its own, made from a seed that is given.
    """
    wrong = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            nodes = list(ast.walk(tree_of(file)))
            calls = [node for node in nodes if isinstance(node, ast.Call)]
            parents: dict[ast.AST, ast.AST] = {child: call for call in calls for child in ast.iter_child_nodes(call)}
            analysis = bool({ROOT / "sim" / "analysis", ROOT / "sim" / "evidence"} & set(file.parents))
            for node in nodes:
                if isinstance(node, ast.Import) and any(name.name == "random" for name in node.names):
                    wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} random")
                if not isinstance(node, ast.Attribute) or node.attr == "SeedSequence":
                    continue
                if analysis and seeded(node, parents):
                    continue
                if ast.unparse(node.value) in ("np.random", "numpy.random"):
                    wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []
