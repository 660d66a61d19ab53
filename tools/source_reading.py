"""What the documentation reads from the source: rules, their order and draws, declared numbers and the comments on them."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.judged import TABLES
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.evidence.model_digest import model_files

#: Numbers in a rule that need no comment: nothing, one, a quarter of a year, quarters in a year, per cent.
_PLAIN: Final = {0.0, 1.0, 0.25, 4.0, 100.0}
_DRAWS: Final = {"uniform": "uniform", "normal": "normal", "four_normals": "four normals", "four_normals_each": "four normals"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: where it stands and what its docstring says first."""

    name: str
    file: str
    meaning: str
    node: ast.FunctionDef


@dataclass(frozen=True, slots=True)
class Constant:
    """A number declared at the top of a file; ``comment`` is the comment above it or above its group, ``names`` its group."""

    name: str
    value: str
    file: str
    line: int
    comment: str


@dataclass(frozen=True, slots=True)
class Step:
    """A rule in the order of a quarter: its phase, for which rows it runs and which rules it calls."""

    phase: str
    rows: str
    rule: str
    file: str
    meaning: str
    calls: tuple[str, ...]


def short(path: Path) -> str:
    """The path from the root of the source tree."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"))


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


@cache
def rules() -> tuple[Rule, ...]:
    """Every compiled rule, by file and in the order of the file."""
    found = []
    for path in model_files():
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef) and any(ast.unparse(mark) == "rule" for mark in node.decorator_list):
                found.append(Rule(node.name, short(path), first_sentence(ast.get_docstring(node)), node))
    return tuple(found)


def _called(node: ast.AST) -> Iterator[str]:
    """Names of plain functions that are called in ``node``, in the order of the source."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        yield call.func.id  # type: ignore[attr-defined]


def _names_of(node: ast.AST, table: str) -> set[str]:
    """How a rule calls a record of the world: ``w.parameters``, and the names that it gives to that."""
    found = {f"w.{table}"}
    for one in ast.walk(node):
        if not isinstance(one, ast.Assign):
            continue
        for target in one.targets:
            pairs = [(target, one.value)]
            if isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                pairs = list(zip(target.elts, one.value.elts, strict=True))
            found |= {ast.unparse(name) for name, value in pairs if ast.unparse(value) in found}
    return found


@cache
def reads() -> dict[str, tuple[str, ...]]:
    """Parameters, levers and constants that each rule reads itself, by the name of the rule, in the order of its source."""
    known = {constant.name for constant in constants()}
    found = {}
    for rule in rules():
        records = _names_of(rule.node, "parameters") | _names_of(rule.node, "levers")
        parts = [one for one in ast.walk(rule.node) if isinstance(one, ast.Attribute | ast.Name)]
        parts.sort(key=lambda one: (one.lineno, one.col_offset))
        read = [one.attr if isinstance(one, ast.Attribute) else one.id for one in parts
                if (isinstance(one, ast.Attribute) and ast.unparse(one.value) in records)
                or (isinstance(one, ast.Name) and one.id in known)]
        found[rule.name] = tuple(dict.fromkeys(read))
    return found


def readers(name: str) -> tuple[str, ...]:
    """The rules that read a parameter, lever or constant."""
    return tuple(rule for rule, read in reads().items() if name in read)


@cache
def measured() -> dict[str, tuple[str, ...]]:
    """The rules that write each column of the table of metrics, by the name of the column."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in rules():
        for name in dict.fromkeys(_stored(rule.node, "m")):
            found[name] = (*found.get(name, ()), rule.name)
    return found


def _stored(node: ast.AST, record: str) -> Iterator[str]:
    """The columns of a record that are written in ``node``, whole or by an index."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Store):
            column = one.value if isinstance(one, ast.Subscript) else one
            if isinstance(column, ast.Attribute) and ast.unparse(column.value) == record:
                yield column.attr


def constants() -> list[Constant]:
    """Every upper-case name that a file of the model sets to a plain number, with the comment above it or its group."""
    found = []
    for path in model_files():
        lines = path.read_text("utf-8").splitlines()
        for node in parsed(path).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id.isupper() and value is not None and _is_number(value):
                text = ast.unparse(value)
                comment = _comment_above(lines, node.lineno - 2)
                found.append(Constant(target.id, text, short(path), node.lineno, comment))
    return found


def _is_number(value: ast.expr) -> bool:
    """Whether a value is a plain number, a sum or quotient of plain numbers, or one cast to a NumPy type."""
    if isinstance(value, ast.Call) and ast.unparse(value.func).startswith("np.") and len(value.args) == 1:
        return _is_number(value.args[0])
    names = [part for part in ast.walk(value) if isinstance(part, ast.Name | ast.Call | ast.Tuple | ast.List | ast.Dict)]
    numbers = [part for part in ast.walk(value) if isinstance(part, ast.Constant)]
    plain = all(isinstance(part.value, int | float) and not isinstance(part.value, bool) for part in numbers)
    return plain and bool(numbers) and not [part for part in names if ast.unparse(part) not in ("math", "np")]


def _comment_above(lines: list[str], row: int) -> str:
    """The comment that ends at ``row`` or above the run of lines without a blank that ends there."""
    while row >= 0 and lines[row].strip() and not lines[row].startswith("#"):
        row -= 1
    comment: list[str] = []
    while row >= 0 and lines[row].startswith("#"):
        comment.insert(0, lines[row].lstrip("#: ").strip())
        row -= 1
    return " ".join(comment)


def literals() -> list[tuple[str, str, str]]:
    """File, rule and statement of every number in a rule that is not plain arithmetic."""
    found = []
    for rule in rules():
        if rule.file.endswith("draws.py"):
            continue
        for statement in ast.walk(rule.node):
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.Return | ast.Expr):
                part: ast.AST = statement
            elif isinstance(statement, ast.If):
                part = statement.test
            else:
                continue
            if _has_own_number(part):
                found.append((rule.file, rule.name, ast.unparse(part)))
    return found


def _has_own_number(part: ast.AST) -> bool:
    """Whether a number stands in ``part`` that is neither plain arithmetic nor the test of a flag of the levers."""
    tests = [one for one in ast.walk(part) if isinstance(one, ast.Compare)]
    flags = {id(test.comparators[0]) for test in tests if "levers." in ast.unparse(test.left)}
    return any(isinstance(one, ast.Constant) and isinstance(one.value, float) and one.value not in _PLAIN
               and id(one) not in flags for one in ast.walk(part))


@cache
def world_fields() -> dict[str, str]:
    """The tables and arrays of the world in order, with the comment that says their shape."""
    text = (ROOT / "agents" / "world.py").read_text("utf-8")
    return dict(re.findall(r"^    (\w+): \w+  # (.*)$", text, re.MULTILINE))


@cache
def tables() -> dict[str, Any]:
    """Every declared table by name."""
    from importlib import import_module

    from totalplace.agents.columns import Table

    found: dict[str, Any] = {}
    for path in model_files():
        module = import_module("totalplace." + short(path)[:-3].replace("/", ".").removesuffix(".__init__"))
        found |= {one.name: one for one in vars(module).values() if isinstance(one, Table)}
    return found


def streams() -> dict[str, list[tuple[str, str, str, str]]]:
    """For each stream the draws from it: file, rule, kind of draw, and address without seed and stream."""
    from totalplace.agents.draws import STREAMS

    found: dict[str, list[tuple[str, str, str, str]]] = {name: [] for name in STREAMS}
    for rule in rules():
        for call in ast.walk(rule.node):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if ast.unparse(call.func.value) == "draws" and call.func.attr in _DRAWS:
                stream = ast.unparse(call.args[1]).removeprefix("draws.").lower()
                address = ", ".join(ast.unparse(one) for one in call.args[2:5])
                use = (rule.file, rule.name, _DRAWS[call.func.attr], address)
                found[stream] += [use] if use not in found[stream] else []
    return found


@cache
def schedule() -> tuple[Step, ...]:
    """The rules of a quarter in their order, with what each calls."""
    from totalplace.sim.model.schedule import SCHEDULE

    known = {rule.name: rule for rule in rules()}
    steps = []
    for move in SCHEDULE:
        rule = known[move.name]
        calls = tuple(dict.fromkeys(one for one in _called(rule.node) if one in known))
        steps.append(Step(move.phase, move.rows, move.name, rule.file, rule.meaning, calls))
    return tuple(steps)


def place_tables() -> list[tuple[str, int, str, str, str]]:
    """The hand-made tables of places: file, rows, what they are indexed by, how many values are judgement, and their parameters."""
    found = []
    for path in sorted((ROOT / "scenarios" / "places" / "judgement").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        index = ", ".join(name for name in rows[0] if name not in ("value", "low", "high", "source"))
        judged = sum("judgement" in row["source"] for row in rows)
        found.append((f"`{short(path)}`", len(rows), index, f"{judged} of {len(rows)}",
                      ", ".join(f"`{name}`" for name in TABLES[path.stem])))
    return found
