"""What is made of the tables is kept as long as none of them changes on disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, lru_cache, wraps
from pathlib import Path
from threading import get_ident
from typing import Any, Final, Protocol

from totalplace.scenarios.stamps import Stamp, stamp

#: How the names of tables end.
TABLES: Final = (".csv", ".parquet")


class _Kept:
    """What is kept: the functions that keep it, the stamps of the tables it was made of, and who is at work with them."""

    def __init__(self) -> None:
        self.functions: list[_lru_cache_wrapper[Any]] = []
        self.stamps: tuple[Stamp, ...] = ()
        self.folders: list[Callable[[], Iterable[Path]]] = []
        self.listed: tuple[Stamp, ...] = ()
        self.tables: tuple[Path, ...] = ()
        self.set_free()

    def set_free(self) -> None:
        """A lock of its own, which nobody holds."""
        self.lock, self.inside, self.owner = threading.RLock(), 0, 0


_KEPT: Final = _Kept()
if hasattr(os, "register_at_fork"):  # another thread of the parent, which the child does not have, may hold the lock
    os.register_at_fork(after_in_child=_KEPT.set_free)


class Kept[**Given, T](Protocol):
    """A function whose last answers are kept."""

    def __call__(self, *given: Given.args, **named: Given.kwargs) -> T:
        """The answer, which is kept."""

    def cache_clear(self) -> None:
        """Forget all answers."""


def kept[**Given, T](maxsize: int) -> Callable[[Callable[Given, T]], Kept[Given, T]]:
    """A function of the tables whose last ``maxsize`` answers are kept until a table changes, wherever it is called."""

    def keeping(function: Callable[Given, T]) -> Kept[Given, T]:
        cached: Any = lru_cache(maxsize=maxsize)(function)
        answers: Callable[Given, T] = cached
        _KEPT.functions.append(cached)

        @wraps(function)
        def asked(*given: Given.args, **named: Given.kwargs) -> T:
            if _KEPT.owner == get_ident():  # inside a block of this thread, in which tables stay what they are
                return answers(*given, **named)
            with unchanged():
                return answers(*given, **named)

        asking: Any = asked
        asking.cache_clear = cached.cache_clear
        keeps: Kept[Given, T] = asking
        return keeps

    return keeping


def tables_in(folders: Callable[[], Iterable[Path]]) -> None:
    """Say where tables are: all files with the endings of :data:`TABLES` in these folders."""
    _KEPT.folders.append(folders)


def _now() -> tuple[Stamp, ...]:
    """The stamps of all tables. Which there are is looked up only where a folder has changed, as a file was added or removed."""
    folders = [folder for every in _KEPT.folders for folder in every()]
    listed = tuple(stamp(folder) for folder in folders)
    if listed != _KEPT.listed:
        found = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
        _KEPT.tables = tuple(path for path in found if path.suffix in TABLES)
        _KEPT.listed = listed
    return listed + tuple(stamp(path) for path in _KEPT.tables)


@contextmanager
def unchanged() -> Iterator[None]:
    """Forget what was kept if a table has changed since; not again inside another such block. One thread at a time."""
    with _KEPT.lock:
        if not _KEPT.inside:
            now = _now()
            if now != _KEPT.stamps:
                for function in _KEPT.functions:
                    function.cache_clear()
                _KEPT.stamps = now
        _KEPT.inside += 1
        _KEPT.owner = get_ident()
        try:
            yield
        finally:
            _KEPT.inside -= 1
            _KEPT.owner = get_ident() if _KEPT.inside else 0
