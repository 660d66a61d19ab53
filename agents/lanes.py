"""Rows worked on side by side: what rules need for it of Numba beyond what it promises to keep.

Beside ``numba_private``, which says for which versions it holds, and ``by_address`` nothing else names Numba's private parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numba
import numba.extending
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from totalplace.agents import numba_private  # noqa: F401 - checks the version first


def _generated(function: Callable[..., Any]) -> Any:
    """A function of compiled code alone, which says what it becomes."""
    return numba.extending.intrinsic(function)


@_generated
def _bits_of(typing_context: Any, x: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return numba.types.int64(numba.types.float64), made


@_generated
def _of_bits(typing_context: Any, bits: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return numba.types.float64(numba.types.int64), made


def _plain_bits_of(x: float) -> np.int64:
    return np.float64(x).view(np.int64)


def _plain_of_bits(bits: np.int64) -> np.float64:
    return np.int64(bits).view(np.float64)


#: In a rule: the 64 bits of a float as a whole number, and the float whose bits a whole number has.
bits_of: Final[Callable[[float], np.int64]] = _plain_bits_of if numba.config.DISABLE_JIT else _bits_of
of_bits: Final[Callable[[np.int64], float]] = _plain_of_bits if numba.config.DISABLE_JIT else _of_bits

#: Technical: how many rows are worked on at once where rules are compiled, some four or eight times what a processor has room for.
LANES: Final = 1 if numba.config.DISABLE_JIT else 32


def on_the_stack(rows: int, kind: type[Any] = np.float64) -> Callable[[], NDArray[Any]]:
    """A function for rules that gives an array (``rows``, :data:`LANES`) for as long as the rule that calls it runs.

    It holds anything at first. Nothing is allocated, and the compiler knows that nobody else writes there, which is what it has
    to know before it works on many numbers at once. ``kind`` is a NumPy type of 8 bytes.
    """
    if numba.config.DISABLE_JIT:
        return lambda: np.zeros((rows, LANES), kind)
    from numba.np.arrayobj import make_array, populate_array  # late: plain Python has no use for it

    of = numba.types.Array(numba.from_dtype(np.dtype(kind)), 2, "C")

    @_generated
    def stack(typing_context: Any) -> Any:
        def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number = context.get_data_type(of.dtype)
            with builder.goto_entry_block():
                room = builder.alloca(ir.ArrayType(number, rows * LANES))
                room.align = 64
            array = make_array(of)(context, builder)
            shape, strides = ([context.get_constant(numba.types.intp, n) for n in pair] for pair in ((rows, LANES), (8 * LANES, 8)))
            populate_array(array, data=builder.bitcast(room, number.as_pointer()), shape=shape, strides=strides,
                           itemsize=context.get_constant(numba.types.intp, 8), meminfo=None)
            return array._getvalue()

        return of(), made

    given: Callable[[], NDArray[Any]] = stack
    return given
