"""Expressions of rules in C: each gives its text and its kind, or is refused with its file and line."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.c.kinds import (
    COLUMN,
    TABLE,
    VARIABLE,
    Array,
    Kind,
    Row,
    Scalar,
    Several,
    TheWorld,
    UntranslatableError,
    in_c,
    kind_of,
    scalar_of,
    together,
)
from benchmarks.c.sources import UNSEEN, Rule, writes_in

if TYPE_CHECKING:
    from benchmarks.c.program import Program

TRUTH, WHOLE, UNSIGNED, NUMBER = Scalar.TRUTH, Scalar.WHOLE, Scalar.UNSIGNED, Scalar.NUMBER


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of C and its kind. An array also has where it begins and how long its axes are, as C."""

    code: str
    kind: Kind
    at: str = ""
    shape: tuple[str, ...] = ()


def constant(value: Any) -> str:
    """A number in C, to the bit. Raises ValueError for what is none."""
    kind = kind_of(value)
    if kind is TRUTH:
        return "true" if value else "false"
    if kind is WHOLE:
        return "INT64_MIN" if value == -(2**63) else f"INT64_C({int(value)})"
    if kind is UNSIGNED:
        return f"UINT64_C({int(value)})"
    if kind is not NUMBER:
        raise ValueError(f"{value!r} is no number")
    if math.isfinite(value):
        return f"({float(value).hex()})"
    return "NAN" if math.isnan(value) else "INFINITY" if value > 0.0 else "(-INFINITY)"


class Expressions:
    """The expressions of one rule, with the kinds of its variables as they are known so far."""

    def __init__(self, program: Program, rule: Rule, variables: Mapping[str, Kind]) -> None:
        self.program = program
        self.rule = rule
        self.variables: dict[str, Kind] = dict(variables)
        self.counters: set[str] = set()  # variables that are never negative
        self.rooms: list[str] = []  # declarations of arrays on the stack
        self.temporaries = 0

    def refuse(self, node: ast.AST, why: str) -> UntranslatableError:
        """The error that names a piece of the rule that cannot be translated."""
        shown = ast.unparse(node).splitlines()[0]
        return UntranslatableError(self.rule.file, node, f"rule '{self.rule.name}': {why}: {shown}")

    def temporary(self) -> str:
        """A name that nothing else has."""
        self.temporaries += 1
        return f"x{self.temporaries}"

    def value(self, node: ast.expr) -> Value:
        """An expression in C."""
        given = self.known(node)
        if given is not UNSEEN:
            try:
                return Value(constant(given), kind_of(given))
            except ValueError as error:
                raise self.refuse(node, str(error)) from None
        how = getattr(self, f"_{type(node).__name__.lower()}", None)
        if how is None:
            raise self.refuse(node, f"no way to write {type(node).__name__} in C")
        value: Value = how(node)
        return value

    def known(self, node: ast.expr) -> Any:
        """What an expression is in the text of the rule or of its module; :data:`UNSEEN` for what only a run tells."""
        return node.value if isinstance(node, ast.Constant) else self.rule.seen(node)

    def as_kind(self, node: ast.AST, value: Value, kind: Kind) -> str:
        """A value as another kind that it can be without loss, as Numba would turn it."""
        if value.kind == kind:
            return value.code
        if together(value.kind, kind) != kind:
            raise self.refuse(node, f"{named(value.kind)} cannot become {named(kind)}")
        return f"(({in_c(kind)})({value.code}))"

    def condition(self, node: ast.expr) -> str:
        """Whether an expression holds: a truth value, or a whole number other than 0."""
        value = self.value(node)
        if value.kind not in (TRUTH, WHOLE):
            raise self.refuse(node, f"{named(value.kind)} is no condition")
        return value.code if value.kind is TRUTH else f"({value.code} != 0)"

    def in_order(self, nodes: Sequence[ast.expr], joined: Callable[[list[Value]], Value]) -> Value:
        """An expression of several, worked out from left to right where one of them writes: C would leave the order open."""
        values = [self.value(node) for node in nodes]
        if len(nodes) < 2 or not any(writes_in(self.rule, node) for node in nodes):
            return joined(values)
        names = [self.temporary() for _ in values]
        first = " ".join(f"__auto_type {name} = {value.code};" for name, value in zip(names, values, strict=True))
        result = joined([named_value(name, value) for name, value in zip(names, values, strict=True)])
        return Value(f"({{ {first} {result.code}; }})", result.kind)

    # Names, columns, elements

    def _name(self, node: ast.Name) -> Value:
        if node.id not in self.variables:
            raise self.refuse(node, "it has no value yet where it is read")
        kind = self.variables[node.id]
        return named_value(VARIABLE + node.id, Value("", kind))

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self.value(node.value)
        if isinstance(owner.kind, TheWorld):
            kind = self.program.tables.get(node.attr)
            if kind is None:
                raise self.refuse(node, "the world has no such table")
            return named_value(f"{owner.code}->{TABLE}{node.attr}", Value("", kind))
        if not isinstance(owner.kind, Row):
            raise self.refuse(node, f"{named(owner.kind)} has no such attribute")
        row = self.program.rows[owner.kind.table]
        if row.fields is None or node.attr not in row.fields:
            raise self.refuse(node, f"a row of {owner.kind.table} has no such column")
        dtype, where = row.fields[node.attr][0], f"{owner.code}->{COLUMN}{node.attr}"
        of = scalar_of(dtype.base)
        if not dtype.shape:
            return Value(where, of)
        return self.array_at(Array(of, 1), where, (f"INT64_C({dtype.shape[0]})",))

    def array_at(self, kind: Array, at: str, shape: tuple[str, ...]) -> Value:
        """An array that begins at a place."""
        return Value(f"(({in_c(kind)}){{{at}, {', '.join(shape)}}})", kind, at, shape)

    def _subscript(self, node: ast.Subscript) -> Value:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            return self._length(node, node.value.value)
        array = self.value(node.value)
        if not isinstance(array.kind, Array):
            raise self.refuse(node, f"{named(array.kind)} has no elements")
        chosen = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(chosen) > array.kind.axes:
            raise self.refuse(node, f"the array has {array.kind.axes} axes")
        if writes_in(self.rule, node):
            raise self.refuse(node, "a rule that writes stands in an index")
        places = [self._place(index, length) for index, length in zip(chosen, array.shape, strict=False)]
        if array.kind.axes == 2:
            offset = f"{places[0]} * {array.shape[1]}" + (f" + {places[1]}" if len(chosen) == 2 else "")
        else:
            offset = places[0]
        if len(chosen) < array.kind.axes:
            return self.array_at(Array(array.kind.of, 1), f"({array.at} + {offset})", (array.shape[1],))
        element = f"{array.at}[{offset}]"
        return Value(f"(&{element})" if isinstance(array.kind.of, Row) else element, array.kind.of)

    def _length(self, node: ast.Subscript, of: ast.expr) -> Value:
        array, axis = self.value(of), node.slice
        number = axis.value if isinstance(axis, ast.Constant) else None
        if not isinstance(number, int) or number not in range(len(array.shape)):
            raise self.refuse(node, "only the shape of an array is known, by a number")
        return Value(array.shape[number], WHOLE)

    def _place(self, index: ast.expr, length: str) -> str:
        """An index; a negative one counts from the end."""
        value = self.value(index)
        if value.kind not in (WHOLE, TRUTH):
            raise self.refuse(index, f"{named(value.kind)} is no index")
        return f"({value.code})" if self.never_negative(index) else f"from_the_end({value.code}, {length})"

    def is_constant_from_nothing(self, node: ast.expr) -> bool:
        """Whether an expression is a whole number, not negative, in the text of the rule or of its module."""
        given = self.known(node)
        return isinstance(given, int | np.integer) and bool(given >= 0)

    def never_negative(self, node: ast.expr) -> bool:
        """Whether it can be seen that a whole number is never negative."""
        if self.is_constant_from_nothing(node):
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
            return self.never_negative(node.left) and self.never_negative(node.right)
        if isinstance(node, ast.Subscript):
            return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        return isinstance(node, ast.Name) and node.id in self.counters

    @staticmethod
    def cast(value: Value, kind: Scalar) -> str:
        """A number as another kind of number."""
        return value.code if value.kind is kind else f"(({kind.value})({value.code}))"


def named_value(name: str, value: Value) -> Value:
    """A value that stands under a name in C."""
    if isinstance(value.kind, Array):
        return Value(name, value.kind, f"{name}.at", tuple(f"{name}.n{axis}" for axis in range(value.kind.axes)))
    return Value(name, value.kind)


def named(kind: Kind) -> str:
    """A kind in words."""
    words = {TRUTH: "a truth value", WHOLE: "a whole number", UNSIGNED: "an unsigned number", NUMBER: "a number",
             Scalar.NOTHING: "nothing"}
    if isinstance(kind, Scalar):
        return words[kind]
    return {Row: "a row", Array: "an array", Several: "several values", TheWorld: "the world"}[type(kind)]
