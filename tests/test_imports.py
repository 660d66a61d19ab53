"""The packages import one way only: scenarios from nobody, agents from scenarios, sim from both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scenarios", "agents", "sim")
#: pyABC draws from NumPy's shared generator: these two set its state, use it, and put it back.
FOR_A_LIBRARY = ("sim/evidence/calibration/smc.py", "sim/evidence/calibration/proposal.py")
OURS = {*PACKAGES, "tests", "benchmarks", "notebooks"}


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Line and top-level package of every absolute import in a file, wherever it stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, file.relative_to(ROOT).parts[0]
            elif node.module:
                yield node.lineno, node.module.split(".")[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            literal = node.args[0] if node.args else None
            if called in ("import_module", "__import__") and isinstance(literal, ast.Constant):
                yield node.lineno, str(literal.value).split(".")[0]


@pytest.mark.parametrize("place", range(len(PACKAGES)))
def test_packages_import_only_from_those_before_them(place: int) -> None:
    allowed = set(PACKAGES[: place + 1])
    files = sorted((ROOT / PACKAGES[place]).rglob("*.py"))
    assert files
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {package}"
        for file in files
        for line, package in imported(file)
        if package in OURS and package not in allowed
    ]
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
            tree = ast.parse(file.read_text(encoding="utf-8"))
            parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
            analysis = (ROOT / "sim" / "analysis") in file.parents
            for node in ast.walk(tree):
                if isinstance(node, ast.Import) and any(name.name == "random" for name in node.names):
                    wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} random")
                if not isinstance(node, ast.Attribute) or node.attr == "SeedSequence":
                    continue
                if (analysis and seeded(node, parents)) or file.relative_to(ROOT).as_posix() in FOR_A_LIBRARY:
                    continue
                if ast.unparse(node.value) in ("np.random", "numpy.random"):
                    wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []
