"""Rules are compiled once and kept on disk, under a key that covers the source of every rule.

Numba's own disk cache watches only the file of the function that it keeps, not the functions which that one calls: after
an edit the old machine code could run on. Here the cache folder is named by a hash of all rule sources, so that an edit
to any rule is followed at once by both faces of the model.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

from totalplace.agents import numba_private
from totalplace.scenarios.notices import say_once
from totalplace.scenarios.source_tree import ROOT

numba_private.ignore_settings_file()

_KEPT_CACHES = 4
_PROBE_BYTES = 4096
_said = False


def rule_sources() -> list[Path]:
    """The files whose text decides what a compiled rule does."""
    registries = [ROOT / "scenarios" / name for name in ("vocabulary.py", "levers.yaml", "parameters.yaml")]
    registries += sorted((ROOT / "scenarios" / "words").glob("*.yaml"))
    with_rules = [path for path in sorted((ROOT / "sim" / "model").rglob("*.py")) if b"@rule" in path.read_bytes()]
    agents = [path for path in sorted((ROOT / "agents").glob("*.py")) if path.name not in ("mesa_agents.py", "row_views.py")]
    return [*agents, *with_rules, *registries]


def user_cache() -> Path:
    """The folder of all caches of this user: ``TOTALPLACE_CACHE_DIR``, or where the system keeps caches.

    ``~`` is the home folder, and a relative path starts at the current folder. ``XDG_CACHE_HOME`` counts only if it is absolute,
    as its standard says. Raises RuntimeError for a user without a home.
    """
    given = os.environ.get("TOTALPLACE_CACHE_DIR")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs  # late: it takes time that a user who names a folder need not wait

    named = os.environ.get("XDG_CACHE_HOME", "")
    if named.startswith("~"):  # as a file of settings has it that no shell has read
        return Path(named).expanduser() / "totalplace"
    return Path(platformdirs.user_cache_dir("totalplace", appauthor=False))


@lru_cache(maxsize=1)
def cache_folder() -> Path | None:
    """The folder that keeps the machine code of the rules as they are written now; None, said once, where none can be used.

    What lies in it is run: a folder that others own or may write to is not used.
    """
    folder, reason = _folder()
    if folder is None:
        _without_cache(reason)
    return folder


@cache
def _folder() -> tuple[Path | None, str]:
    """The folder, or None and why; nothing is said, since who imports a rule need not play it."""
    digest = hashlib.sha256(f"{sys.version} {numba_private.MADE_BY} {np.__version__}".encode())
    for source in rule_sources():
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    digest.update(str(ROOT).encode())
    try:
        folder = user_cache() / f"rules-{digest.hexdigest()[:20]}"
        folder.mkdir(parents=True, exist_ok=True)
        _check_ours(folder)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
        os.utime(folder)
        _drop_old(folder.parent)
    except (OSError, RuntimeError) as error:
        return None, getattr(error, "strerror", None) or str(error)
    return folder, ""


def _check_ours(folder: Path) -> None:
    """Raise PermissionError for a folder into which somebody else may have put machine code."""
    if not hasattr(os, "getuid"):
        return
    state = folder.stat()
    if state.st_uid not in (os.getuid(), 0):
        raise PermissionError(errno.EPERM, f"'{folder}' belongs to another user")
    if state.st_mode & stat.S_IWOTH:
        raise PermissionError(errno.EPERM, f"everybody may write to '{folder}'")


def _without_cache(reason: str) -> None:
    """Say, once, that the rules are compiled anew at each start, and why."""
    global _said
    if not _said:
        _said = True
        named = os.environ.get("TOTALPLACE_CACHE_DIR")
        which = f"the cache folder '{named}'" if named else "the cache folder"
        say_once(f"Rules are compiled again at each start, which takes a while: {which} cannot be used ({reason}). "
                 "TOTALPLACE_CACHE_DIR names another.")


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
    return function if numba.config.DISABLE_JIT else _compiled(function, _folder()[0], for_python=False)


@cache
def python[Function: Callable[..., Any]](function: Function) -> Function:
    """The rule as Python can call it. The way in costs time to compile, so that it is made only for rules that need it."""
    if numba.config.DISABLE_JIT:
        return function
    folder = cache_folder()
    return _compiled(function.py_func, folder and folder / "python")  # type: ignore[attr-defined]


def inlined[Function: Callable[..., Any]](function: Function) -> Function:
    """The rule to be written into the one that calls it, before anything is compiled: for the long rules of the loop over runs."""
    if numba.config.DISABLE_JIT:
        return function
    return cast(Function, numba.njit(inline="always")(function.py_func))  # type: ignore[attr-defined]


@cache
def as_a_whole[Function: Callable[..., Any]](function: Function) -> Function:
    """The rule as Python can call it, compiled together with all rules that it calls: for the loop that plays runs."""
    if numba.config.DISABLE_JIT:
        return function
    folder = cache_folder()
    return _compiled(numba_private.whole(function.py_func), folder and folder / "python")  # type: ignore[attr-defined, return-value]


def _compiled[Function: Callable[..., Any]](function: Function, folder: Path | None, for_python: bool = True) -> Function:
    dispatcher = numba_private.compiled(function, for_python)
    if folder is not None:
        numba_private.keep(dispatcher, folder, lambda error: _without_cache(getattr(error, "strerror", None) or str(error)))
    return cast(Function, dispatcher)
