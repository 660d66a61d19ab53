"""Operations of rules in C: sums, powers, comparisons, conditions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from benchmarks.c.expressions import NUMBER, TRUTH, UNSIGNED, WHOLE, Expressions, Value, named
from benchmarks.c.kinds import Scalar, together
from benchmarks.c.sources import UNSEEN, writes_in

_ARITHMETIC: Final[Mapping[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_BITS: Final[Mapping[type[ast.operator], str]] = {
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}
_WHOLE_PARTS: Final[Mapping[type[ast.operator], str]] = {ast.FloorDiv: "floor_divide", ast.Mod: "modulo"}
_COMPARED: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}


class Operations(Expressions):
    """Expressions that work on values."""

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return Value(f"(!{self.condition(node.operand)})", TRUTH)
        value = self.value(node.operand)
        if not isinstance(node.op, ast.USub) or value.kind not in (WHOLE, NUMBER):
            raise self.refuse(node, "only - and not stand before one value")
        return Value(f"(-({value.code}))", value.kind)

    def _boolop(self, node: ast.BoolOp) -> Value:
        values = [self.value(one) for one in node.values]
        if any(value.kind is not TRUTH for value in values):
            raise self.refuse(node, "'and' and 'or' are between truth values")
        sign = " && " if isinstance(node.op, ast.And) else " || "
        return Value(f"({sign.join(value.code for value in values)})", TRUTH)

    def _ifexp(self, node: ast.IfExp) -> Value:
        test, one, other = self.condition(node.test), self.value(node.body), self.value(node.orelse)
        kind = together(one.kind, other.kind)
        if not isinstance(kind, Scalar):
            raise self.refuse(node, f"{named(one.kind)} or {named(other.kind)}")
        return Value(f"({test} ? {self.as_kind(node, one, kind)} : {self.as_kind(node, other, kind)})", kind)

    def _compare(self, node: ast.Compare) -> Value:
        if isinstance(node.ops[0], ast.In) and len(node.ops) == 1 and isinstance(node.comparators[0], ast.Tuple):
            return self._among(node, node.comparators[0].elts)
        signs = [_COMPARED.get(type(op)) for op in node.ops]
        if None in signs:
            raise self.refuse(node, "no such comparison in C")
        if len(signs) > 1 and writes_in(self.rule, node):
            raise self.refuse(node, "a rule that writes stands in a chain of comparisons")

        def joined(values: list[Value]) -> Value:
            pairs = zip(values, signs, values[1:], strict=False)
            return Value(f"({' && '.join(self._compared(node, one, str(sign), other) for one, sign, other in pairs)})", TRUTH)

        return self.in_order([node.left, *node.comparators], joined)

    def _compared(self, node: ast.AST, one: Value, sign: str, other: Value) -> str:
        kind = together(one.kind, other.kind)
        if not isinstance(kind, Scalar):
            raise self.refuse(node, f"{named(one.kind)} cannot be compared with {named(other.kind)}")
        return f"({self.as_kind(node, one, kind)} {sign} {self.as_kind(node, other, kind)})"

    def _among(self, node: ast.Compare, choices: list[ast.expr]) -> Value:
        if writes_in(self.rule, node):
            raise self.refuse(node, "a rule that writes stands before 'in'")
        one = self.value(node.left)
        return Value(f"({' || '.join(self._compared(node, one, '==', self.value(choice)) for choice in choices)})", TRUTH)

    def _binop(self, node: ast.BinOp) -> Value:
        def joined(values: list[Value]) -> Value:
            return self.operation(node, node.op, values[0], values[1], node.right)

        if isinstance(node.op, ast.Pow) and self.known(node.left) is not UNSEEN:
            raise self.refuse(node, "LLVM may make another function of the power of a constant")
        return self.in_order([node.left, node.right], joined)

    def operation(self, node: ast.AST, op: ast.operator, one: Value, other: Value, exponent: ast.expr | None = None) -> Value:
        """An operation on two numbers, of the kind that Numba gives it."""
        kind = together(one.kind, other.kind)
        kind = WHOLE if kind is TRUTH else kind
        if kind is None or kind not in (WHOLE, UNSIGNED, NUMBER):
            raise self.refuse(node, f"{named(one.kind)} and {named(other.kind)} do not go together")
        left, right = (self.cast(value, kind) for value in (one, other))
        if type(op) in _ARITHMETIC:
            return Value(f"({left} {_ARITHMETIC[type(op)]} {right})", kind)
        if type(op) in _BITS and kind is not NUMBER:
            return Value(f"({left} {_BITS[type(op)]} {right})", kind)
        if type(op) in _WHOLE_PARTS and kind is WHOLE:
            return Value(f"{_WHOLE_PARTS[type(op)]}({left}, {right})", WHOLE)
        if isinstance(op, ast.Div) and kind is not UNSIGNED:
            return Value(f"({self.cast(one, NUMBER)} / {self.cast(other, NUMBER)})", NUMBER)
        if isinstance(op, ast.Pow) and kind is NUMBER:
            return self._power(node, one, other, exponent)
        raise self.refuse(node, f"no {type(op).__name__} of {named(kind)}")

    def _power(self, node: ast.AST, base: Value, to: Value, exponent: ast.expr | None) -> Value:
        """A power. Of one whose exponent is a 2 in the text Numba makes a product, of one whose exponent is a half LLVM a root."""
        if isinstance(exponent, ast.Constant) and exponent.value == 2 and base.kind is NUMBER:
            return Value(f"square({base.code})", NUMBER)
        if exponent is not None and self.known(exponent) == 0.5:
            return Value(f"root({self.cast(base, NUMBER)})", NUMBER)
        if to.kind is not NUMBER:
            raise self.refuse(node, "of exponents that are whole numbers only a 2 in the text is known")
        return Value(f"pow({self.cast(base, NUMBER)}, {to.code})", NUMBER)
