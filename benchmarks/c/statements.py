"""Statements of rules in C, and with them a whole rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from benchmarks.c.calls import Calls
from benchmarks.c.expressions import WHOLE, Value, named, named_value
from benchmarks.c.kinds import VARIABLE, Array, Kind, Scalar, Several, in_c, together
from benchmarks.c.sources import UNSEEN, Rule, writes_in

if TYPE_CHECKING:
    from benchmarks.c.program import Program


#: Decorators of rules; neither changes what a rule does.
DECORATORS: Final = ("rule", "in_place")


class Translation(Calls):
    """One rule for arguments of certain kinds, as a function in C.

    What a variable is follows from all that is assigned to it: a rule is written again until that no longer changes.
    """

    def __init__(self, program: Program, rule: Rule, arguments: Mapping[str, Kind]) -> None:
        super().__init__(program, rule, arguments)
        self.arguments = tuple(arguments)
        self.result: Kind = Scalar.NOTHING
        self.lines: list[str] = []
        for decorator in rule.node.decorator_list:
            if ast.unparse(decorator) not in DECORATORS:
                raise self.refuse(decorator, "a decorator that may change the rule")
        while True:
            before = dict(self.variables), self.result
            self.rooms, self.temporaries = [], 0
            self.lines = list(self._body(rule.node.body))
            if before == (self.variables, self.result):
                break
        if self.result is not Scalar.NOTHING and not _gives(rule.node.body):
            raise self.refuse(rule.node, f"gives {named(self.result)} and nothing")

    def text(self, name: str) -> str:
        """The function in C, called ``name``."""
        inline = "static inline __attribute__((always_inline)) " if self.rule.in_place else "static "
        given = ", ".join(f"{in_c(self.variables[one])} {VARIABLE}{one}" for one in self.arguments)
        own = [f"{in_c(kind)} {VARIABLE}{one};" for one, kind in self.variables.items() if one not in self.arguments]
        lines = "\n".join(f"    {line}" for line in (*self.rooms, *own, *self.lines))
        return f"{inline}{in_c(self.result)} {name}({given}) {{\n{lines}\n}}\n"

    def _body(self, statements: list[ast.stmt]) -> Iterator[str]:
        for statement in statements:
            how = getattr(self, f"_{type(statement).__name__.lower()}_statement", None)
            if how is None:
                raise self.refuse(statement, f"no way to write {type(statement).__name__} in C")
            yield from how(statement)

    # Assignments

    def _become(self, node: ast.AST, name: str, kind: Kind) -> Kind:
        """Note what is assigned to a variable; what it then is comes back."""
        if self.rule.seen(ast.Name(name)) is not UNSEEN:
            raise self.refuse(node, f"'{name}' is not a variable of the rule")
        found = together(self.variables.get(name), kind)
        if found is None or kind is Scalar.NOTHING:
            raise self.refuse(node, f"'{name}' is {named(self.variables.get(name, kind))} and {named(kind)}")
        if name in self.arguments and found != self.variables[name]:
            raise self.refuse(node, f"'{name}', which is given, becomes {named(kind)}")
        self.variables[name] = found
        return found

    def _store(self, target: ast.expr, value: Value) -> str:
        if isinstance(target, ast.Name):
            kind = self._become(target, target.id, value.kind)
            return f"{VARIABLE}{target.id} = {self.as_kind(target, value, kind)};"
        place = self.value(target)
        if not isinstance(target, ast.Attribute | ast.Subscript) or not isinstance(place.kind, Scalar):
            raise self.refuse(target, "nothing can be put there")
        return f"{place.code} = {self.as_kind(target, value, place.kind)};"

    def _assign_statement(self, node: ast.Assign) -> Iterator[str]:
        if len(node.targets) != 1:
            raise self.refuse(node, "one value is given to several names at once")
        target = node.targets[0]
        if not isinstance(target, ast.Tuple):
            yield from self._assign_one(target, node.value)
        elif isinstance(node.value, ast.Tuple):
            yield from self._assign_each(node, target.elts, node.value.elts)
        else:
            yield from self._unpack(node, target.elts)

    def _assign_one(self, target: ast.expr, given: ast.expr) -> Iterator[str]:
        value = self.value(given)
        if isinstance(target, ast.Name) or not writes_in(self.rule, given):
            yield self._store(target, value)
            return
        name = self.temporary()  # first the value, then the place where it goes
        yield f"{{ __auto_type {name} = {value.code}; {self._store(target, named_value(name, value))} }}"

    def _assign_each(self, node: ast.Assign, targets: list[ast.expr], given: list[ast.expr]) -> Iterator[str]:
        if len(targets) != len(given):
            raise self.refuse(node, f"{len(given)} values for {len(targets)} names")
        values = [self.value(one) for one in given]
        names = [self.temporary() for _ in values]
        yield "{"
        yield from (f"    __auto_type {name} = {value.code};" for name, value in zip(names, values, strict=True))
        for target, name, value in zip(targets, names, values, strict=True):
            yield f"    {self._store(target, named_value(name, value))}"
        yield "}"

    def _unpack(self, node: ast.Assign, targets: list[ast.expr]) -> Iterator[str]:
        value, name = self.value(node.value), self.temporary()
        if not isinstance(value.kind, Several) or len(value.kind.parts) != len(targets):
            raise self.refuse(node, f"{named(value.kind)} for {len(targets)} names")
        yield f"{{ {in_c(value.kind)} {name} = {value.code};"
        for part, (target, kind) in enumerate(zip(targets, value.kind.parts, strict=True)):
            if not isinstance(target, ast.Name) or self._is_read(target.id):
                yield f"    {self._store(target, Value(f'{name}.p{part}', kind))}"
        yield "}"

    def _augassign_statement(self, node: ast.AugAssign) -> Iterator[str]:
        there, value = self.value(node.target), self.value(node.value)
        if not writes_in(self.rule, node.value):
            yield self._store(node.target, self.operation(node, node.op, there, value))
            return
        before, added = self.temporary(), self.temporary()  # what is there is read first
        done = self.operation(node, node.op, named_value(before, there), named_value(added, value))
        yield f"{{ __auto_type {before} = {there.code}; __auto_type {added} = {value.code}; {self._store(node.target, done)} }}"

    # Loops and branches

    def _for_statement(self, node: ast.For) -> Iterator[str]:
        call = node.iter
        if node.orelse or not isinstance(node.target, ast.Name) or not isinstance(call, ast.Call):
            raise self.refuse(node, "a loop is over a range, has one number and no 'else'")
        if self.rule.seen(call.func) is not range or not call.args or call.keywords or writes_in(self.rule, call):
            raise self.refuse(node, "a loop is over a range that no rule that writes stands in")
        first = call.args[0] if len(call.args) > 1 else ast.copy_location(ast.Constant(0), call)
        begin, stop = (self._whole(one) for one in (first, call.args[min(1, len(call.args) - 1)]))
        name, counter, end = node.target.id, self.temporary(), self.temporary()
        self._become(node, name, WHOLE)
        if self._only_counts(name):
            self.counters.add(name)
        yield f"for (int64_t {counter} = {begin}, {end} = {stop}; {counter} < {end}; {counter} += {self._step(call)}) {{"
        yield f"    {VARIABLE}{name} = {counter};"
        yield from (f"    {line}" for line in self._body(node.body))
        yield "}"
        self.counters.discard(name)

    def _step(self, call: ast.Call) -> int:
        if len(call.args) < 3:
            return 1
        step = self.known(call.args[2])
        if not isinstance(step, int) or step < 1:
            raise self.refuse(call, "a range goes up by a constant")
        return step

    def _whole(self, node: ast.expr) -> str:
        value = self.value(node)
        if value.kind is not WHOLE:
            raise self.refuse(node, f"a range is between whole numbers, not of {named(value.kind)}")
        return value.code

    def _is_read(self, name: str) -> bool:
        return any(one.id == name and isinstance(one.ctx, ast.Load) for one in self._names())

    def _only_counts(self, name: str) -> bool:
        """Whether a variable gets all its values from loops, each of which begins at a constant that is not negative."""
        loops = [loop for loop in ast.walk(self.rule.node) if isinstance(loop, ast.For) and ast.unparse(loop.target) == name]
        begins = [loop.iter.args[0] for loop in loops if isinstance(loop.iter, ast.Call) and len(loop.iter.args) > 1]
        stores = sum(one.id == name and isinstance(one.ctx, ast.Store) for one in self._names())
        return len(loops) == stores and all(self.is_constant_from_nothing(first) for first in begins)

    def _names(self) -> Iterator[ast.Name]:
        return (one for one in ast.walk(self.rule.node) if isinstance(one, ast.Name))

    def _while_statement(self, node: ast.While) -> Iterator[str]:
        if node.orelse:
            raise self.refuse(node, "a loop has no 'else'")
        yield f"while ({self.condition(node.test)}) {{"
        yield from (f"    {line}" for line in self._body(node.body))
        yield "}"

    def _if_statement(self, node: ast.If) -> Iterator[str]:
        yield f"if ({self.condition(node.test)}) {{"
        yield from (f"    {line}" for line in self._body(node.body))
        if node.orelse:
            yield "} else {"
            yield from (f"    {line}" for line in self._body(node.orelse))
        yield "}"

    def _continue_statement(self, _: ast.Continue) -> Iterator[str]:
        yield "continue;"

    def _break_statement(self, _: ast.Break) -> Iterator[str]:
        yield "break;"

    def _pass_statement(self, _: ast.Pass) -> Iterator[str]:
        yield ";"

    # The rest

    def _expr_statement(self, node: ast.Expr) -> Iterator[str]:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return  # the docstring
        if not isinstance(node.value, ast.Call):
            raise self.refuse(node, "a value that nobody takes")
        yield f"{self.value(node.value).code};"

    def _return_statement(self, node: ast.Return) -> Iterator[str]:
        if node.value is None:
            if self.result is not Scalar.NOTHING:
                raise self.refuse(node, f"gives {named(self.result)} and nothing")
            yield "return;"
            return
        value = self.value(node.value)
        kind = value.kind if self.result is Scalar.NOTHING else together(self.result, value.kind)
        if kind is None or isinstance(kind, Array):
            raise self.refuse(node, f"gives {named(self.result)} and {named(value.kind)}")
        self.result = kind
        yield f"return {self.as_kind(node, value, kind)};"


def _gives(statements: list[ast.stmt]) -> bool:
    """Whether statements always end with a value that is given back."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return _gives(last.body) and _gives(last.orelse)
    return isinstance(last, ast.Return) and last.value is not None
