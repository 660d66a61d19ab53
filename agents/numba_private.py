"""All that is used of Numba beyond what it promises to keep; but for ``lanes`` and ``by_address``, nothing else names such parts.

The versions for which this holds stand in ``VERSIONS``, as in ``pyproject.toml``. Another version is refused when it is imported,
with the one to install: rules that are compiled in another way could give other numbers, or none.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import llvmlite
import numba
from llvmlite import binding as llvm
from numba.core import codegen

from totalplace.agents.kept_code import packed, unpacked
from totalplace.scenarios.errors import InputError

#: The first version for which this holds, and the first for which nobody has tried it.
VERSIONS: Final = ((0, 65), (0, 69))
#: Names in Numba's settings and in its dispatchers that are used here.
_OF_CONFIG: Final = ("_config_fname", "reload_config", "CACHE_DIR", "CACHE_LOCATOR_CLASSES")
_OF_DISPATCHERS: Final = ("_cache", "_compiler", "enable_caching", "get_call_template")
_OF_CACHES: Final = ("cache_path", "flush", "load_overload", "save_overload")
#: The method of Numba's modules of machine code that optimises one for the last time.
_OPTIMISES: Final = "_optimize_final_module"
#: The method of the maker of machine code that plans such an optimisation.
_PLANS: Final = "_pass_builder"
#: Technical: the level, of 0 to 3, of that optimisation of a whole function.
_LEVEL: Final = 2
#: The methods that make machine code of a module, keep a module, and tell machine code of its environment.
_FINALISES: Final = "_finalize_final_module"
_KEEPS: Final = "serialize_using_object_code"
_TELLS: Final = "set_env"
#: Begins the name of a function whose helpers are made internal to its module, and ends their names: the loader of machine code
#: would take a helper for the one of the same name that other modules have, though it is called in another way.
_WHOLE: Final = "whole_"
_OWN: Final = ".own"
#: Begins the name of a function that only other rules call: it gets no machine code of its own.
_INNER: Final = "inner_"
#: Where a method of Numba that was changed has the one before.
_CHANGED: Final = "changed_from"
#: Rules whose code stands wherever they are called.
_IN_PLACE: Final[set[Callable[..., Any]]] = set()
#: Numba keeps an index in files of this ending, and the machine code beside it.
_INDEX: Final = ".nbi"
#: What machine code is made by.
MADE_BY: Final = f"{numba.__version__} {llvmlite.__version__}"


def check_version(version: str) -> None:
    """Raise InputError for a version of Numba for which this file does not hold."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or not VERSIONS[0] <= (int(numbers[1]), int(numbers[2])) < VERSIONS[1]:
        raise unknown(version)


def unknown(version: str, lacks: str = "") -> InputError:
    """The error for a version of Numba for which this file does not hold, or that ``lacks`` a part that is used here."""
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
                raise unknown(numba.__version__, name)


def ignore_settings_file() -> None:
    """Read no settings from the current folder: the file Numba looks for there may be one that came with a scenario."""
    numba.config._config_fname = ""
    numba.config.reload_config()


def compiled(function: Callable[..., Any], for_python: bool) -> Any:
    """The dispatcher of a rule that allocates nothing: without reference counting, without a way in from C.

    Without ``for_python`` only other rules can call it, which take it in as it is written and optimise it with their own code. A
    call with a constant uses the code for any number of its type, not code of its own for each constant. Raises InputError for a
    Numba that lacks what is used here.
    """
    options = {} if for_python else {"no_cpython_wrapper": True}
    options |= {"forceinline": True} if function in _IN_PLACE else {}
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, **options)(function)
    check_parts(numba.config, dispatcher)
    if not for_python:
        dispatcher._compiler.py_func = _renamed(function, _INNER)
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
        _compress(dispatcher._cache._cache_file)
        _forgive_damage(dispatcher, failed)
    finally:
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before


def _compress(files: Any) -> None:
    """Keep machine code as :mod:`~totalplace.agents.kept_code` has it."""
    def save(name: str, data: Any) -> None:
        with files._open_for_write(files._data_path(name)) as file:
            file.write(packed(files._dump(data), files._index_name, name))

    def load(name: str) -> Any:
        return pickle.loads(unpacked(Path(files._data_path(name)).read_bytes(), files._index_name, name))

    files._save_data, files._load_data = save, load


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
    return _renamed(function, _WHOLE)


def _renamed(function: Callable[..., Any], before: str) -> Callable[..., Any]:
    """A copy whose qualified name, which that of its machine code starts with, begins with ``before``."""
    copied = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    copied.__qualname__ = before + function.__name__
    copied.__doc__, copied.__annotations__ = function.__doc__, function.__annotations__
    return copied


def _optimise(method: Callable[..., Any], library: Any) -> None:
    """Close the module of a function made by :func:`whole` before its last optimisation; rules that others take in need none."""
    if library.name.startswith(_INNER):
        return
    if library.name.startswith(_WHOLE):
        for helper in list(library._final_module.functions):
            if not helper.is_declaration and helper.linkage.name == "linkonce_odr":
                helper.linkage = "internal"
                helper.name += _OWN
        with _planned(library._codegen):
            method(library)
    else:
        method(library)


@contextlib.contextmanager
def _planned(generator: Any) -> Iterator[None]:
    """Repeat no code of loops to save jumps, and leave out the last level: a fifth of a first compile, and runs are as fast.

    A Numba that plans its optimisation in another way goes on doing so.
    """
    def plan(**given: Any) -> Any:
        config = numba.config
        options = llvm.create_pipeline_tuning_options(min(_LEVEL, int(given.get("opt", config.OPT))))
        options.loop_vectorization = given.get("loop_vectorize", config.LOOP_VECTORIZE)
        options.slp_vectorization = given.get("slp_vectorize", config.SLP_VECTORIZE)
        options.loop_unrolling = False
        return llvm.create_pass_builder(generator._tm, options)

    if not hasattr(generator, _PLANS) or _PLANS in vars(generator):
        yield
        return
    setattr(generator, _PLANS, plan)
    try:
        yield
    finally:
        delattr(generator, _PLANS)


def _finalise(method: Callable[..., Any], library: Any) -> None:
    """Make machine code of a module, but not of a rule that others take in: they make it of their own."""
    if library.name.startswith(_INNER):
        library._finalized = True
    else:
        method(library)


def _state(method: Callable[..., Any], library: Any) -> Any:
    """What is kept of a module: where there is no machine code, what others take in."""
    return library.serialize_using_bitcode() if library.name.startswith(_INNER) else method(library)


def _tell(method: Callable[..., Any], codegen: Any, name: str, environment: Any) -> None:
    """Tell machine code of its environment, where there is any."""
    if codegen._engine.get_global_value_address(name):
        method(codegen, name, environment)


def _change_modules() -> None:
    """Let Numba treat the modules of whole functions and of inner rules as is said above.

    A Numba without one of these methods compiles them as it does all others: slower, to the same numbers.
    """
    library: Any = codegen.CPUCodeLibrary
    generator: Any = codegen.JITCPUCodegen
    changes: list[tuple[Any, str, Callable[..., Any]]] = [
        (library, _OPTIMISES, _optimise), (library, _FINALISES, _finalise), (library, _KEEPS, _state), (generator, _TELLS, _tell),
    ]
    methods = [getattr(owner, name, None) for owner, name, _ in changes]
    if None in methods or hasattr(methods[0], _CHANGED):
        return
    for (owner, name, changed), method in zip(changes, methods, strict=True):
        setattr(owner, name, _in_place_of(method, changed))


def _in_place_of(method: Any, changed: Callable[..., Any]) -> Any:
    """A method that is told the one that it stands in for."""
    @functools.wraps(method)
    def instead(self: Any, *given: Any) -> Any:
        return changed(method, self, *given)

    setattr(instead, _CHANGED, method)
    return instead


def is_kept(folder: Path, name: str) -> bool:
    """Whether machine code of a rule called ``name`` is kept somewhere below a folder."""
    return any(folder.rglob(f"*{name}*{_INDEX}"))


def kept_in(dispatcher: Any) -> str | None:
    """Where the machine code of a rule is kept; None for nowhere."""
    path: str | None = dispatcher._cache.cache_path
    return path


def in_place[Function: Callable[..., Any]](function: Function) -> Function:
    """Mark a small rule whose code is to stand wherever it is called, so that a loop that calls it works on many rows at once."""
    _IN_PLACE.add(function)
    return function


check_version(numba.__version__)
_change_modules()
