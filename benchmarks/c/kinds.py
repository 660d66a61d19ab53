"""What a value in a rule can be, and what it is called in C: numbers, rows of tables, arrays, several values, the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import ast

#: What stands before each name of a rule in C, where it might be a word of the language.
VARIABLE, COLUMN, TABLE = "v_", "c_", "t_"


class UntranslatableError(Exception):
    """A piece of a rule that the translator does not know: the message begins with its file and line."""

    def __init__(self, file: str, node: ast.AST, why: str) -> None:
        path = Path(file).resolve()
        self.file = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else file
        self.line: int = getattr(node, "lineno", 0)
        super().__init__(f"{self.file}:{self.line}: {why}")


class Scalar(Enum):
    """A number or truth value; the value is its name in C."""

    TRUTH = "bool"
    WHOLE = "int64_t"
    UNSIGNED = "uint64_t"
    NUMBER = "double"
    NOTHING = "void"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table called ``table``: a pointer into the memory of the world."""

    table: str


@dataclass(frozen=True, slots=True)
class Array:
    """A contiguous array of one or two axes: where it begins and how long each axis is."""

    of: Scalar | Row
    axes: int


@dataclass(frozen=True, slots=True)
class Several:
    """What a rule that gives a tuple gives."""

    parts: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class TheWorld:
    """All tables of a place."""


Kind = Scalar | Row | Array | Several | TheWorld
#: Kinds of a number of NumPy; each takes eight bytes.
_SCALARS: Final[Mapping[str, Scalar]] = {"f": Scalar.NUMBER, "i": Scalar.WHOLE, "u": Scalar.UNSIGNED}


def in_c(kind: Kind) -> str:
    """The name of a kind in C."""
    if isinstance(kind, Scalar):
        return kind.value
    if isinstance(kind, Row):
        return f"R_{kind.table} *"
    if isinstance(kind, Array):
        return f"A{kind.axes}_{kind.of.table if isinstance(kind.of, Row) else kind.of.value}"
    if isinstance(kind, Several):
        return "T_" + "_".join(part.name for part in kind.parts)
    return "const World *restrict"


def held_in_c(of: Scalar | Row) -> str:
    """The name in C of what an array holds. Whole numbers in an array of their own are words of memory that holds anything."""
    if isinstance(of, Row):
        return f"R_{of.table}"
    return "memory_t" if of is Scalar.WHOLE else of.value


def scalar_of(dtype: np.dtype[Any]) -> Scalar:
    """The kind of a number of NumPy. Raises ValueError for one that is not of eight bytes, or no number."""
    if dtype.itemsize != 8 or dtype.kind not in _SCALARS:
        raise ValueError(f"{dtype} is not a number of eight bytes")
    return _SCALARS[dtype.kind]


def kind_of(value: Any, table: str = "") -> Kind:
    """The kind of an array or record of NumPy, of a world or a number; ``table`` names the rows that it has.

    Raises ValueError for anything else.
    """
    if isinstance(value, bool | np.bool_):
        return Scalar.TRUTH
    if isinstance(value, int | np.signedinteger):
        return Scalar.WHOLE
    if isinstance(value, np.unsignedinteger):
        return Scalar.UNSIGNED
    if isinstance(value, float | np.floating):
        return Scalar.NUMBER
    if isinstance(value, np.void):
        return Row(table)
    if isinstance(value, np.ndarray) and value.ndim in (1, 2) and value.flags.c_contiguous:
        return Array(Row(table) if value.dtype.names else scalar_of(value.dtype), value.ndim)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return TheWorld()
    raise ValueError(f"{type(value).__name__} has no place in a rule")


def together(first: Kind | None, second: Kind) -> Kind | None:
    """What a variable is that is sometimes the one and sometimes the other; None if it cannot be both.

    As Numba has it: a truth value and a whole number make a whole number, either and a number make a number.
    """
    if first is None or first == second:
        return second
    ladder = (Scalar.TRUTH, Scalar.WHOLE, Scalar.NUMBER)
    if first in ladder and second in ladder:
        return max(first, second, key=lambda kind: ladder.index(kind))
    return None
