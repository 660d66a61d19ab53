"""All that is used of Numba beyond what it promises to keep; nothing else in the project names its private parts.

The versions for which this holds stand in ``VERSIONS``, as in ``pyproject.toml``. Another version is refused when it is imported,
with the one to install: rules that are compiled in another way could give other numbers, or none.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import numba
import numba.extending
import numpy as np
from llvmlite import ir
from numba.core import codegen
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError

#: The first version for which this holds, and the first for which nobody has tried it.
VERSIONS: Final = ((0, 65), (0, 70))
#: Names in Numba's settings and in its dispatchers that are used here.
_OF_CONFIG: Final = ("_config_fname", "reload_config", "CACHE_DIR", "CACHE_LOCATOR_CLASSES")
_OF_DISPATCHERS: Final = ("_cache", "enable_caching", "get_call_template")
_OF_CACHES: Final = ("cache_path", "flush", "load_overload", "save_overload")
#: The method of Numba's modules of machine code that optimises one for the last time.
_OPTIMISES: Final = "_optimize_final_module"
#: Begins the name of a function whose helpers are made internal to its module, and ends their names: the loader of machine code
#: would take a helper for the one of the same name that other modules have, though it is called in another way.
_WHOLE: Final = "whole_"
_OWN: Final = ".own"
#: Rules whose code stands wherever they are called.
_IN_PLACE: Final[set[Callable[..., Any]]] = set()
#: Numba keeps an index in files of this ending, and the machine code beside it.
_INDEX: Final = ".nbi"


def check_version(version: str) -> None:
    """Raise InputError for a version of Numba for which this file does not hold."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or not VERSIONS[0] <= (int(numbers[1]), int(numbers[2])) < VERSIONS[1]:
        raise _unknown(version)


def _unknown(version: str, lacks: str = "") -> InputError:
    (first, low), (last, high) = VERSIONS
    why = f" ({lacks} is not there)" if lacks else ""
    return InputError(
        f"Numba {version} compiles and keeps rules in a way that totalplace does not know{why}",
        allowed=f"Numba {first}.{low} to {last}.{high - 1}: python -m pip install 'numba>={first}.{low},<{last}.{high}'",
    )


def check_parts(config: object, dispatcher: object) -> None:
    """Raise InputError, naming the first, when Numba's settings or a dispatcher lack a part that is used here."""
    cache = getattr(dispatcher, "_cache", None)
    for owner, names in ((config, _OF_CONFIG), (dispatcher, _OF_DISPATCHERS), (cache, _OF_CACHES)):
        for name in names:
            if not hasattr(owner, name):
                raise _unknown(numba.__version__, name)


def ignore_settings_file() -> None:
    """Read no settings from the current folder: the file Numba looks for there may be one that came with a scenario."""
    numba.config._config_fname = ""
    numba.config.reload_config()


def compiled(function: Callable[..., Any], for_python: bool) -> Any:
    """The dispatcher of a rule that allocates nothing: without reference counting, without a way in from C.

    Without ``for_python`` only other rules can call it. A call with a constant uses the code for any number of its type, not code
    of its own for each constant. Raises InputError for a Numba that lacks what is used here.
    """
    options = {} if for_python else {"no_cpython_wrapper": True}
    options |= {"forceinline": True} if function in _IN_PLACE else {}
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, **options)(function)
    check_parts(numba.config, dispatcher)
    template_for = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return template_for(
            tuple(numba.types.unliteral(kind) for kind in args),
            {name: numba.types.unliteral(kind) for name, kind in kws.items()},
        )

    dispatcher.get_call_template = get_call_template
    return dispatcher


def keep(dispatcher: Any, folder: Path, failed: Callable[[Exception], None]) -> None:
    """Keep the machine code in ``folder`` and nowhere else: other places that Numba knows are not named by the rules' text.

    A damaged file of the cache counts as one that is not there. ``failed`` is told what keeps the cache from being written, now
    or later; the rule is compiled all the same.
    """
    config = numba.config
    before = config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES
    config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = str(folder), "UserProvidedCacheLocator"
    try:
        folder.mkdir(exist_ok=True)
        dispatcher.enable_caching()
    except (OSError, RuntimeError) as error:  # Numba's word for a folder that cannot be written is RuntimeError
        failed(error)
    else:
        _forgive_damage(dispatcher, failed)
    finally:
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before


def _forgive_damage(dispatcher: Any, failed: Callable[[Exception], None]) -> None:
    cache = dispatcher._cache
    load, save = cache.load_overload, cache.save_overload

    def forget() -> None:
        with contextlib.suppress(OSError):
            cache.flush()

    def load_overload(*given: Any) -> Any:
        try:
            return load(*given)
        except Exception:  # unpickling damaged bytes can raise anything
            forget()
            return None

    def save_overload(*given: Any) -> None:
        try:
            try:
                save(*given)
            except OSError:
                raise
            except Exception:
                forget()
                save(*given)
        except Exception as error:  # a full disk, a folder that has gone: what is compiled runs all the same
            failed(error)

    cache.load_overload, cache.save_overload = load_overload, save_overload


def whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy of a function that is compiled as a whole: the rules that it calls, and those that they call, are its own.

    Numba leaves helpers open to other modules, so that each call of one that is not inlined puts some 200 words of the world on the
    stack. Helpers that nobody else can see get only what they use: the same numbers, about 1.3 times as fast.
    """
    copied = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    copied.__qualname__ = _WHOLE + function.__name__
    copied.__doc__, copied.__annotations__ = function.__doc__, function.__annotations__
    return copied


def _make_helpers_internal() -> None:
    """Let Numba close the modules of functions made by :func:`whole` before it optimises them for the last time.

    A Numba without the method that does so compiles them as it does all others: slower, to the same numbers.
    """
    library: Any = codegen.CPUCodeLibrary
    optimise = getattr(library, _OPTIMISES, None)
    if optimise is None or hasattr(optimise, "closes_modules"):
        return

    @functools.wraps(optimise)
    def _optimize_final_module(self: Any) -> None:
        if self.name.startswith(_WHOLE):
            for helper in list(self._final_module.functions):
                if not helper.is_declaration and helper.linkage.name == "linkonce_odr":
                    helper.linkage = "internal"
                    helper.name += _OWN
        optimise(self)

    _optimize_final_module.closes_modules = True  # type: ignore[attr-defined]
    setattr(library, _OPTIMISES, _optimize_final_module)


def is_kept(folder: Path, name: str) -> bool:
    """Whether machine code of a rule called ``name`` is kept somewhere below a folder."""
    return any(folder.rglob(f"*{name}*{_INDEX}"))


def kept_in(dispatcher: Any) -> str | None:
    """Where the machine code of a rule is kept; None for nowhere."""
    path: str | None = dispatcher._cache.cache_path
    return path


check_version(numba.__version__)
_make_helpers_internal()


def in_place[Function: Callable[..., Any]](function: Function) -> Function:
    """Mark a small rule whose code is to stand wherever it is called, so that a loop that calls it works on many rows at once."""
    _IN_PLACE.add(function)
    return function


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
    from numba.np.arrayobj import make_array, populate_array  # late: after the check of the version

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
