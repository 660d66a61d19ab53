"""Rules are compiled once and kept on disk, under a key that covers the source of every rule.

Numba's own disk cache watches only the file of the function that it keeps, not the functions which that one calls: after
an edit the old machine code could run on. Here the cache folder is named by a hash of all rule sources, so that an edit
to any rule is followed at once by both faces of the model.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

# Numba reads settings from a file of this name in the current folder, which may be one that came with a scenario.
numba.config._config_fname = ""
numba.config.reload_config()

_ROOT = Path(__file__).resolve().parent.parent
_KEPT_CACHES = 4


def rule_sources() -> list[Path]:
    """The files whose text decides what a compiled rule does."""
    registries = [_ROOT / "scenarios" / name for name in ("vocabulary.py", "levers.yaml", "parameters.yaml")]
    with_rules = [path for path in sorted((_ROOT / "sim").glob("*.py")) if b"@rule" in path.read_bytes()]
    agents = [path for path in sorted((_ROOT / "agents").glob("*.py")) if path.name != "face.py"]
    return [*agents, *with_rules, *registries]


def _user_cache() -> Path:
    given = os.environ.get("TOTALPLACE_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "totalplace"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "totalplace"


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """The folder that keeps the machine code of the rules as they are written now."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {np.__version__}".encode())
    for source in rule_sources():
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    digest.update(str(_ROOT).encode())
    folder = _user_cache() / f"rules-{digest.hexdigest()[:20]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        _drop_old(folder.parent)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="totalplace-rules-"))
    return folder


def _drop_old(parent: Path) -> None:
    """Keep the newest few caches; machine code of rules long since edited is of no use."""
    folders = sorted(parent.glob("rules-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in folders[_KEPT_CACHES:]:
        shutil.rmtree(folder, ignore_errors=True)


def rule[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a rule for other rules to call; other threads may run while it does.

    A rule allocates nothing: it works on the tables of the world and on their scratch rows. That lets the compiler leave out
    all reference counting, which would cost more than the rules themselves. Python calls a rule by :func:`python`.
    """
    return function if numba.config.DISABLE_JIT else _compiled(function, cache_folder(), no_cpython_wrapper=True)


@cache
def python[Function: Callable[..., Any]](function: Function) -> Function:
    """The rule as Python can call it. The way in costs time to compile, so that it is made only for rules that need it."""
    if numba.config.DISABLE_JIT:
        return function
    folder = cache_folder() / "python"
    folder.mkdir(exist_ok=True)
    return _compiled(function.py_func, folder)  # type: ignore[attr-defined]


def _compiled[Function: Callable[..., Any]](function: Function, folder: Path, **options: bool) -> Function:
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, **options)(function)
    _without_literals(dispatcher)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        dispatcher.enable_caching()
    finally:
        numba.config.CACHE_DIR = before
    _forgive_damage(dispatcher)
    return cast(Function, dispatcher)


def _forgive_damage(dispatcher: Any) -> None:
    """Take a damaged file of the cache as one that is not there: compile again and write it anew."""
    cache = dispatcher._cache
    load, save = cache.load_overload, cache.save_overload

    def load_overload(*given: Any) -> Any:
        try:
            return load(*given)
        except Exception:  # unpickling damaged bytes can raise anything
            cache.flush()
            return None

    def save_overload(*given: Any) -> None:
        try:
            save(*given)
        except Exception:
            cache.flush()
            save(*given)

    cache.load_overload, cache.save_overload = load_overload, save_overload


def _without_literals(dispatcher: Any) -> None:
    """Let a call with a constant use the code for any number of its type, not code of its own for each constant."""
    template_for = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return template_for(
            tuple(numba.types.unliteral(kind) for kind in args),
            {name: numba.types.unliteral(kind) for name, kind in kws.items()},
        )

    dispatcher.get_call_template = get_call_template
