"""The imports between our own files, read from the source: which module imports which, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

#: Module -> module it imports -> lines.
Graph = dict[str, dict[str, list[int]]]


def module_name(file: Path, root: Path) -> str:
    """The dotted name of a file below ``root``."""
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def modules(root: Path, packages: Iterable[str]) -> dict[str, Path]:
    """Every module of the packages by name."""
    return {module_name(file, root): file for package in packages for file in sorted((root / package).rglob("*.py"))}


def graph(files: Mapping[str, Path], *, inside: bool) -> Graph:
    """What each module imports of the others: at its top, and ``inside`` functions too; never for type checkers only.

    A package's ``__init__`` runs before any module in it; that is not counted as an import by the module.
    """
    found: Graph = {}
    for name, file in files.items():
        uses = found[name] = {}
        for line, used in _imports(ast.parse(file.read_text("utf-8")).body, name, file, files, inside):
            if used != name:
                uses.setdefault(used, []).append(line)
    return found


def _imports(
    body: Iterable[ast.stmt], name: str, file: Path, files: Mapping[str, Path], inside: bool
) -> Iterator[tuple[int, str]]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one) for alias in node.names if (one := _known(alias.name, files)))
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, name, file)
            for alias in node.names:
                if one := _known(f"{base}.{alias.name}", files):
                    yield node.lineno, one
        elif not (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not inside) and not _for_checkers(node):
            parts = [part for field in ("body", "orelse", "finalbody") for part in getattr(node, field, [])]
            parts += [part for handler in getattr(node, "handlers", []) for part in handler.body]
            yield from _imports(parts, name, file, files, inside)
        elif _for_checkers(node):
            yield from _imports(getattr(node, "orelse", []), name, file, files, inside)


def _absolute(node: ast.ImportFrom, name: str, file: Path) -> str:
    if not node.level:
        return node.module or ""
    here = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    return ".".join([*here[: len(here) - node.level + 1], *([node.module] if node.module else [])])


def _known(name: str, files: Mapping[str, Path]) -> str | None:
    """The module of ours that a dotted name stands for: itself, or the one that it is a name of."""
    while name and name not in files:
        name = name.rpartition(".")[0]
    return name or None


def _for_checkers(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def circles(found: Graph) -> list[list[str]]:
    """Groups of modules that import one another in a circle (strongly connected, Tarjan 1972), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for used in found[name]:
            if used not in index:
                visit(used)
                low[name] = min(low[name], low[used])
            elif used in stack:
                low[name] = min(low[name], index[used])
        if low[name] == index[name]:
            at = stack.index(name)
            group, stack[at:] = stack[at:], []
            if len(group) > 1:
                groups.append(sorted(group))

    for name in found:
        if name not in index:
            visit(name)
    return groups
