"""Tables of a world, handed from rule to rule as one word: what rules need for it of Numba beyond what it promises to keep.

A rule that takes a named tuple gets each word of each of its tables, some 200, which Numba takes apart and puts together again in
every rule. Here the tables are described in memory, and rules get the address. A first compile takes two thirds of the time; the
numbers are the same.
"""

from __future__ import annotations

import functools
import hashlib
import pickle
import zlib
from typing import Any, Final

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, serialize
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, models, register_model, typeof_impl, unbox

from totalplace.agents import numba_private

_ADDRESS: Final = ir.IntType(8).as_pointer()
#: Technical: how much code of a rule the compiler puts where the rule is called. By itself it takes half as much, and runs take
#: 1.04 times as long; with twice as much they are no faster, and take longer to compile.
_PUT_IN: Final = '"function-inline-threshold"="500"'


#: The attribute of tables that has the address at which they are described.
_AT: Final = "_described_at"
#: What Numba knows of an array, in this order, one word or one for each dimension each: what :func:`_words_of` writes.
_OF_ARRAYS: Final = ("meminfo", "parent", "nitems", "itemsize", "data", "shape", "strides")


def by_address[Tables: tuple[Any, ...]](tables: type[Tables]) -> type[Tables]:
    """The class of tables, a named tuple of arrays and records, of which rules are handed the address.

    The tables that it holds are described once, when a compiled rule is first called with them. An array that is read-only counts
    as any other: no rule may write to it. Tables whose records are read-only raise ValueError: they are not there to be played.
    """
    def described_at(self: Tables) -> int:
        if any(isinstance(part, np.void) and not part.flags.writeable for part in self):
            raise ValueError("these tables stay as they are: rules play on a copy of them")
        words = np.array([word for part in self for word in _words_of(part)], np.int64)
        return int(vars(self).setdefault("_description", words).ctypes.data)  # memory that stays for as long as the tables do

    described = type(tables.__name__, (tables,), {
        "__doc__": tables.__doc__, "__module__": tables.__module__, _AT: functools.cached_property(described_at),
        "__getstate__": lambda _: None,  # a copy has tables of its own, and what describes these is not copied
    })

    def kind_of(given: Any, _: Any) -> Any:
        return _Described(numba.types.NamedTuple([_kind_of(part) for part in given], described))

    typeof_impl.register(described)(kind_of)
    return described


def _kind_of(part: Any) -> Any:
    """The type of a table, whether Python may write to it or not."""
    kind = numba.typeof(part)
    return kind.copy(readonly=False) if isinstance(kind, numba.types.Array) else kind


def _words_of(part: Any) -> list[int]:
    """What Numba knows of a table, as words of 8 bytes: of a record where it lies, of an array what is named in ``_OF_ARRAYS``."""
    if isinstance(part, np.void):
        return [np.frombuffer(part, np.uint8).ctypes.data]
    return [0, 0, part.size, part.itemsize, part.ctypes.data, *part.shape, *part.strides]


class _Described(numba.types.Type):
    """The type of the address at which tables, ``of`` such a named tuple, are described."""

    def __init__(self, of: Any) -> None:
        self.of = of
        parts = hashlib.sha256(str(of).encode()).hexdigest()
        super().__init__(f"{of.instance_class.__name__}_{parts[:16]}")  # short, since the name of every rule holds it

    @functools.cached_property
    def _packed(self) -> bytes:
        return zlib.compress(serialize.dumps(self.of))

    def __reduce__(self) -> Any:
        """Packed once: the type is kept with every rule, and takes 2 ms and 70 kB each time that it is taken apart."""
        return _unpacked, (self._packed,)


@functools.cache
def _unpacked(packed: bytes) -> _Described:
    return _Described(pickle.loads(zlib.decompress(packed)))


class _Tables(AttributeTemplate):
    """Which type a table has."""

    key = _Described

    def generic_resolve(self, kind: Any, name: str) -> Any:
        """The type of the table ``name``; None where there is none."""
        return kind.of.types[kind.of.fields.index(name)] if name in kind.of.fields else None


def _table(context: Any, builder: Any, kind: Any, address: Any, name: str) -> Any:
    """A table: what is told of it at the address, by a function of its own whose code stands wherever it is called."""
    called = f"{kind.name}.{name}"
    getter = builder.module.globals.get(called)
    if getter is None:
        described, number = context.get_value_type(kind.of), kind.of.fields.index(name)
        getter = ir.Function(builder.module, ir.FunctionType(described.elements[number], [_ADDRESS]), called)
        getter.linkage = "linkonce_odr"
        getter.attributes.add("alwaysinline")
        inside = ir.IRBuilder(getter.append_basic_block())
        tables = inside.bitcast(getter.args[0], described.as_pointer())
        inside.ret(_read(inside, cgutils.gep_inbounds(inside, tables, 0, number)))
    set.add(builder.function.attributes, _PUT_IN)  # past llvmlite's list of attributes, which has none with values
    return builder.call(getter, [address])


def _read(builder: Any, at: Any) -> Any:
    """What stands at an address, word by word; the compiler is told that it stays so, and reads no word twice or for nothing."""
    kind = at.type.pointee
    if not isinstance(kind, ir.Aggregate):
        word = builder.load(at)
        word.set_metadata("invariant.load", builder.module.add_metadata([]))
        return word
    value = ir.Constant(kind, ir.Undefined)
    for i in range(len(kind)):
        value = builder.insert_value(value, _read(builder, cgutils.gep_inbounds(builder, at, 0, i)), i)
    return value


def _address_of(kind: Any, tables: Any, wrapper: Any) -> Any:
    """The address at which tables that Python hands to a rule are described."""
    _check_layout(wrapper.context, kind.of)
    python, builder = wrapper.pyapi, wrapper.builder
    number = python.object_getattr_string(tables, _AT)
    known = cgutils.is_not_null(builder, number)
    address = cgutils.alloca_once_value(builder, _ADDRESS(None))
    with builder.if_then(known, likely=True):
        builder.store(python.long_as_voidptr(number), address)
        python.decref(number)
    return NativeValue(builder.load(address), is_error=builder.not_(known))


def _check_layout(context: Any, tables: Any) -> None:
    """Raise InputError where Numba lays out a named tuple of arrays and records in another way than it is described here."""
    for kind in tables.types:
        known = _OF_ARRAYS if isinstance(kind, numba.types.Array) else None
        words = 5 + 2 * kind.ndim if isinstance(kind, numba.types.Array) else 1
        if context.get_abi_sizeof(context.get_value_type(kind)) != 8 * words or (
                known and tuple(context.data_model_manager[kind]._fields) != known):
            raise numba_private.unknown(numba.__version__, f"the layout of {kind} as of 0.65")


register_model(_Described)(models.OpaqueModel)
infer_getattr(_Tables)
lower_getattr_generic(_Described)(_table)
unbox(_Described)(_address_of)
