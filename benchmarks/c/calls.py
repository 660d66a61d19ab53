"""Calls in C: of other rules, of functions that C has too, of room on the stack; and several values at once."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

import numpy as np

from benchmarks.c.expressions import NUMBER, UNSIGNED, WHOLE, Value, named
from benchmarks.c.kinds import Array, Scalar, Several, scalar_of, together
from benchmarks.c.operations import Operations
from benchmarks.c.sources import Room, called_rule
from totalplace.agents import lanes

#: Functions of one number that are the same in C's library.
_FUNCTIONS: Final[tuple[Callable[..., float], ...]] = (math.log, math.exp, math.sqrt, math.sin, math.cos)


class Calls(Operations):
    """Expressions that call."""

    def _call(self, node: ast.Call) -> Value:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refuse(node, "values are given to a rule by their order alone")
        room = self.program.room(self.rule, node.func)
        if room is not None and not node.args:
            return self._room(room)
        rule = called_rule(self.rule, node)
        function = self.rule.seen(node.func)
        if function in (lanes.bits_of, lanes.of_bits):
            return self._bits(node, to_float=function is lanes.of_bits)
        if rule is not None:
            return self.in_order(node.args, lambda values: self._of_rule(rule, node, values))
        return self.in_order(node.args, lambda values: self._of_library(node, function, values))

    def _of_rule(self, function: FunctionType, node: ast.Call, values: list[Value]) -> Value:
        name, kind = self.program.called(function, tuple(value.kind for value in values), self.refuse, node)
        return Value(f"{name}({', '.join(value.code for value in values)})", kind)

    def _of_library(self, node: ast.Call, function: Any, values: list[Value]) -> Value:
        kinds = [value.kind for value in values]
        if function in (min, max) and len(values) >= 2:
            return self._extreme(node, function.__name__, values)
        if len(values) != 1 or not isinstance(kinds[0], Scalar):
            raise self.refuse(node, "no such function in C")
        number = self.cast(values[0], NUMBER)
        if function in _FUNCTIONS and kinds[0] is not UNSIGNED:
            return Value(f"{function.__name__}({number})", NUMBER)
        if function is abs and kinds[0] is NUMBER:
            return Value(f"fabs({number})", NUMBER)
        if function is round and kinds[0] is NUMBER:
            return Value(f"((int64_t)rint({number}))", WHOLE)
        if function in (float, np.float64):
            return Value(number, NUMBER)
        if function in (int, np.int64):
            return Value(self.cast(values[0], WHOLE), WHOLE)
        if function is np.uint64 and kinds[0] is not NUMBER:
            return Value(self.cast(values[0], UNSIGNED), UNSIGNED)
        raise self.refuse(node, "no such function in C")

    def _extreme(self, node: ast.Call, name: str, values: list[Value]) -> Value:
        best = values[0]
        for value in values[1:]:
            kind = together(best.kind, value.kind)
            if kind not in (WHOLE, NUMBER):
                raise self.refuse(node, f"no {name} of {named(best.kind)} and {named(value.kind)}")
            made = f"{name}_of_{'numbers' if kind is NUMBER else 'wholes'}"
            best = Value(f"{made}({self.as_kind(node, best, kind)}, {self.as_kind(node, value, kind)})", kind)
        return best

    def _bits(self, node: ast.Call, to_float: bool) -> Value:
        if len(node.args) != 1:
            raise self.refuse(node, "of one number")
        value = self.value(node.args[0])
        if value.kind is not (WHOLE if to_float else NUMBER):
            raise self.refuse(node, f"not of {named(value.kind)}")
        return Value(f"{'of_bits' if to_float else 'bits_of'}({value.code})", NUMBER if to_float else WHOLE)

    def _room(self, room: Room) -> Value:
        name, of = f"room{len(self.rooms)}", scalar_of(room.dtype)
        self.rooms.append(f"{of.value} {name}[{room.rows} * {room.lanes}] __attribute__((aligned(64)));")
        return self.array_at(Array(of, 2), name, (f"INT64_C({room.rows})", f"INT64_C({room.lanes})"))

    def _tuple(self, node: ast.Tuple) -> Value:
        return self.in_order(node.elts, lambda values: self._several(node, values))

    def _several(self, node: ast.AST, values: list[Value]) -> Value:
        kinds = [value.kind for value in values]
        if not all(isinstance(kind, Scalar) for kind in kinds):
            raise self.refuse(node, "only numbers come back together")
        kind = Several(tuple(kind for kind in kinds if isinstance(kind, Scalar)))
        return Value(f"(({self.program.several(kind)}){{{', '.join(value.code for value in values)}}})", kind)
