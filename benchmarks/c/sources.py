"""The Python source of rules: of each its text as a tree, the names it sees, and whether it writes to memory."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import numpy as np

from totalplace.agents.lanes import LANES, on_the_stack
from totalplace.sim.model import schedule

#: What :func:`seen` gives for a name that stands for no value outside the rule.
UNSEEN: Final = object()


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """A rule to be translated: its tree, whose lines are those of ``file``, and the names of its module."""

    function: FunctionType
    file: str
    node: ast.FunctionDef
    names: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the rule."""
        return self.node.name

    @property
    def in_place(self) -> bool:
        """Whether its code is to stand wherever it is called."""
        return any(ast.unparse(decorator) == "in_place" for decorator in self.node.decorator_list)

    def seen(self, node: ast.AST) -> Any:
        """What a name, or an attribute of one, stands for outside the rule; :data:`UNSEEN` for local variables and for nothing."""
        if isinstance(node, ast.Name):
            if node.id in self.function.__code__.co_varnames:
                return UNSEEN
            return self.names.get(node.id, getattr(builtins, node.id, UNSEEN))
        if isinstance(node, ast.Attribute) and (owner := self.seen(node.value)) is not UNSEEN:
            return getattr(owner, node.attr, UNSEEN)
        return UNSEEN


def plain(function: Any) -> FunctionType | None:
    """The Python function of a rule, compiled or not; None for what is no function of Python."""
    function = getattr(function, "py_func", function)
    return function if isinstance(function, FunctionType) else None


@cache
def read(function: FunctionType) -> Rule:
    """A rule from its source. Raises OSError if there is none."""
    if function is plain(schedule.go_on):
        text, first = _loop(function.__code__), function.__code__.co_firstlineno
    else:
        lines, first = inspect.getsourcelines(function)
        text = textwrap.dedent("".join(lines))
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.FunctionDef):
        raise OSError(f"{function.__name__} is no function with a name")
    ast.increment_lineno(node, first - 1)
    return Rule(function, function.__code__.co_filename, node, function.__globals__)


def _loop(played: CodeType) -> str:
    """The loop over quarters as text, from the schedule. Raises OSError if what is played is another loop."""
    lines = ["def go_on(w, last):", "    while w.clock.quarter < last:"]
    for move in schedule.SCHEDULE:
        lines += [f"        {line}" for line in _played(move)]
    text = "\n".join([*lines, "    return -1"])
    ours = next(part for part in compile(text, "", "exec").co_consts if isinstance(part, CodeType))
    for name in ("co_code", "co_names", "co_consts", "co_varnames"):
        if getattr(ours, name) != getattr(played, name):
            raise OSError("the loop over quarters is no longer what the schedule says to this translator")
    return text


def _played(move: schedule.Move) -> Iterator[str]:
    """The lines of the loop that play a move."""
    name = move.compiled.__name__
    if move is schedule.SCHEDULE[-1]:
        yield from (f"if {name}(w) != 0.0:", "    return w.clock.quarter - 1")
    elif move.together is not None or move.who in (schedule.PLACE, schedule.BOARD):
        yield f"{name}(w)"
    elif move.who == schedule.IN_TURN:
        yield from ("row = next_in_turn(w, -1)", "while row >= 0:", f"    {name}(w, row)", "    row = next_in_turn(w, row)")
    else:
        yield from (f"for row in range(w.{move.who}.shape[0]):", f"    {name}(w, row)")


@cache
def writes(function: FunctionType) -> bool:
    """Whether a rule, or one that it reaches, writes to the tables of the world or to an array; it may if there is no source."""
    known, waiting = {function}, [function]
    while waiting:
        try:
            rule = read(waiting.pop())
        except (OSError, SyntaxError):
            return True
        for node in ast.walk(rule.node):
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                return True
            called = called_rule(rule, node) if isinstance(node, ast.Call) else None
            if called is not None and called not in known:
                known.add(called)
                waiting.append(called)
    return False


def writes_in(rule: Rule, node: ast.AST) -> bool:
    """Whether a piece of a rule calls one that writes."""
    calls = (call for call in ast.walk(node) if isinstance(call, ast.Call))
    return any(writes(called) for call in calls if (called := called_rule(rule, call)) is not None)


def called_rule(rule: Rule, call: ast.Call) -> FunctionType | None:
    """The rule that a call calls; None where it is something else, such as a function of NumPy."""
    function = rule.seen(call.func)
    called = None if function is UNSEEN else plain(function)
    return called if called is not None and _is_ours(called) else None


def _is_ours(function: FunctionType) -> bool:
    return not function.__module__.startswith(("numpy", "numba", "math"))


@dataclass(frozen=True, slots=True)
class Room:
    """An array (rows, lanes) on the stack of a rule, of numbers of a type of NumPy."""

    rows: int
    lanes: int
    dtype: np.dtype[Any]


def rooms_of(rule: Rule) -> dict[str, Room]:
    """Rooms on the stack that the module of a rule declares, by the name of the function that gives one.

    What was made by :func:`on_the_stack` does not say what it gives: the lines that made it are read again.
    """

    def room(rows: int, kind: type[Any] = np.float64) -> Room:
        return Room(rows, LANES, np.dtype(kind))

    names = {name for name, value in rule.names.items() if value is on_the_stack}
    found: dict[str, Any] = {}
    tree = ast.parse(Path(rule.file).read_text("utf-8")) if names else ast.Module([], [])
    for statement in tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        if names & {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}:
            made = rule.names | dict.fromkeys(names, room)
            exec(compile(ast.Module([statement], []), rule.file, "exec"), made)
            found |= {name: value for name, value in made.items() if isinstance(value, Room)}
    return found
