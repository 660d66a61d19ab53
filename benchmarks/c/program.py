"""All rules that are reachable from one, as one file of C."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import numpy as np

from benchmarks.c.expressions import named
from benchmarks.c.kinds import (
    COLUMN,
    TABLE,
    Array,
    Kind,
    Row,
    Scalar,
    Several,
    TheWorld,
    UntranslatableError,
    held_in_c,
    in_c,
    kind_of,
    scalar_of,
    together,
)
from benchmarks.c.sources import Room, Rule, plain, read, rooms_of
from benchmarks.c.statements import Translation

_PRELUDE: Final = Path(__file__).with_name("prelude.h")
#: Annotations of numbers; those of rows and arrays follow from the layout of the world.
_SAID: Final[Mapping[str, Kind]] = {
    "int": Scalar.WHOLE, "float": Scalar.NUMBER, "bool": Scalar.TRUTH, "np.uint64": Scalar.UNSIGNED,
}
_HELD: Final = (Scalar.NUMBER, Scalar.WHOLE, Scalar.UNSIGNED)

#: Makes the error for a piece of a rule that cannot be put into C.
Refuse = Callable[[ast.AST, str], UntranslatableError]


class Program:
    """Rules of a world in C. ``world`` (None where rules work on numbers and arrays alone) lends the layout of its tables."""

    def __init__(self, world: Any = None) -> None:
        parts: Mapping[str, Any] = {} if world is None else world._asdict()
        self.tables: dict[str, Kind] = {name: kind_of(part, name) for name, part in parts.items()}
        self.rows: dict[str, np.dtype[Any]] = {name: part.dtype for name, part in parts.items() if part.dtype.names}
        self.entries: list[str] = []
        self._translated: dict[tuple[FunctionType, tuple[Kind, ...]], tuple[str, Kind]] = {}
        self._under_way: list[FunctionType] = []
        self._functions: list[str] = []
        self._several: dict[Several, str] = {}
        self._rooms: dict[str, dict[str, Room]] = {}

    @property
    def rules(self) -> int:
        """How many functions of C there are."""
        return len(self._functions)

    def room(self, rule: Rule, called: ast.expr) -> Room | None:
        """The array on the stack that a call gives; None for a call of anything else."""
        if not isinstance(called, ast.Name) or called.id in rule.function.__code__.co_varnames:
            return None
        if rule.file not in self._rooms:
            self._rooms[rule.file] = rooms_of(rule)
        return self._rooms[rule.file].get(called.id)

    def several(self, kind: Several) -> str:
        """The name in C of what a rule that gives several numbers gives."""
        parts = " ".join(f"{in_c(part)} p{number};" for number, part in enumerate(kind.parts))
        self._several[kind] = f"typedef struct {{ {parts} }} {in_c(kind)};"
        return in_c(kind)

    def called(self, function: FunctionType, kinds: tuple[Kind, ...], refuse: Refuse, node: ast.AST) -> tuple[str, Kind]:
        """The name in C of a rule for arguments of some kinds, and what it gives.

        As in Numba what is given decides the kind, which must go with what the annotation says. ``refuse`` makes the error for the
        call ``node``.
        """
        key = function, kinds
        if key not in self._translated:
            if function in self._under_way:
                raise refuse(node, "a rule that calls itself")
            try:
                rule = read(function)
            except (OSError, SyntaxError) as error:
                raise refuse(node, f"there is no source to read ({error})") from None
            names = _names(rule, kinds, refuse, node)
            self._under_way.append(function)
            translation = Translation(self, rule, dict(zip(names, kinds, strict=True)))
            self._under_way.pop()
            name = f"{rule.name}_{len(self._functions)}"
            self._functions.append(f"// {Path(rule.file).name}, line {rule.node.lineno}\n{translation.text(name)}")
            self._translated[key] = name, translation.result
        return self._translated[key]

    def enter(self, function: Any, kinds: Sequence[Kind]) -> str:
        """Make a rule one that can be called from outside, by the name that comes back, with pointers to its arguments.

        The last pointer is to what it gives. Raises UntranslatableError, with file and line, for what cannot be put into C.
        """
        rule = plain(function)
        if rule is None:
            raise ValueError(f"{function!r} is no rule")
        here = read(rule)

        def refuse(node: ast.AST, why: str) -> UntranslatableError:
            return UntranslatableError(here.file, node, why)

        name, result = self.called(rule, tuple(kinds), refuse, here.node)
        given = [f"{_pointed(kind)} *a{number}" for number, kind in enumerate(kinds)]
        call = f"{name}({', '.join(('' if isinstance(kind, TheWorld) else '*') + f'a{n}' for n, kind in enumerate(kinds))})"
        if result is not Scalar.NOTHING:
            given, call = [*given, f"{in_c(result)} *result"], f"*result = {call}"
        self.entries.append(f"void enter_{rule.__name__}({', '.join(given)}) {{ {call}; }}\n")
        return f"enter_{rule.__name__}"

    def text(self) -> str:
        """The program."""
        rows = [_row(name, dtype) for name, dtype in self.rows.items()]
        held: list[Scalar | Row] = [*_HELD, *map(Row, self.rows)]
        arrays = [_array(Array(of, axes)) for of in held for axes in (1, 2)]
        tables = " ".join(f"{in_c(kind)} {TABLE}{name};" for name, kind in self.tables.items())
        world = [f"typedef struct {{ {tables} }} World;\n"] if self.tables else []
        several = [f"{line}\n" for line in self._several.values()]
        return "\n".join([_PRELUDE.read_text("utf-8"), *rows, *arrays, *world, *several, *self._functions, *self.entries])


def _names(rule: Rule, kinds: tuple[Kind, ...], refuse: Refuse, node: ast.AST) -> list[str]:
    """The names of a rule's arguments, which must go with what it is given."""
    given = rule.node.args
    if len(given.args) != len(kinds) or given.vararg or given.kwarg or given.kwonlyargs:
        raise refuse(node, f"'{rule.name}' takes {len(given.args)} values")
    for argument, kind in zip(given.args, kinds, strict=True):
        said = _SAID.get("" if argument.annotation is None else ast.unparse(argument.annotation), kind)
        if together(kind, said) != said:
            raise refuse(node, f"'{rule.name}' says {named(said)} for '{argument.arg}' and is given {named(kind)}")
    return [argument.arg for argument in given.args]


def _row(name: str, dtype: np.dtype[Any]) -> str:
    """A row of a table, which must be laid out in C as NumPy has it: numbers of eight bytes one after the other."""
    columns, end = [], 0
    for column, (of, place, *_) in (dtype.fields or {}).items():
        if place != end or len(of.shape) > 1:
            raise ValueError(f"column '{column}' of {name} does not follow the one before, or has two axes")
        end += of.itemsize
        size = f"[{of.shape[0]}]" if of.shape else ""
        columns.append(f"{scalar_of(of.base).value} {COLUMN}{column}{size};")
    size = f"_Static_assert(sizeof(R_{name}) == {dtype.itemsize}, \"{name}\");"
    return f"typedef struct {{ {' '.join(columns)} }} R_{name};\n{size}\n"


def _array(kind: Array) -> str:
    lengths = ", ".join(f"n{axis}" for axis in range(kind.axes))
    return f"typedef struct {{ {held_in_c(kind.of)} *at; int64_t {lengths}; }} {in_c(kind)};\n"


def _pointed(kind: Kind) -> str:
    return "const World" if isinstance(kind, TheWorld) else f"const {in_c(kind)}"
