"""What is made of the tables is kept as long as none of them changes on disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, lru_cache
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.stamps import Stamp, stamp


class _Kept:
    """What is kept: the functions that keep it, the stamps of the tables it was made of, and who is at work with them."""

    def __init__(self) -> None:
        self.functions: list[_lru_cache_wrapper[Any]] = []
        self.stamps: tuple[Stamp, ...] = ()
        self.set_free()

    def set_free(self) -> None:
        """A lock of its own, which nobody holds."""
        self.lock, self.inside = threading.RLock(), 0


_KEPT: Final = _Kept()
if hasattr(os, "register_at_fork"):  # another thread of the parent, which the child does not have, may hold the lock
    os.register_at_fork(after_in_child=_KEPT.set_free)


def kept[T](maxsize: int) -> Callable[[Callable[..., T]], _lru_cache_wrapper[T]]:
    """A function of the tables whose last ``maxsize`` answers are kept until a table changes."""

    def keeping(function: Callable[..., T]) -> _lru_cache_wrapper[T]:
        cached = lru_cache(maxsize=maxsize)(function)
        _KEPT.functions.append(cached)
        return cached

    return keeping


@contextmanager
def unchanged(files: Iterable[Path]) -> Iterator[None]:
    """Forget what was kept if one of the ``files``, which are all tables, has changed since; not again inside another such block.

    One thread at a time.
    """
    with _KEPT.lock:
        if not _KEPT.inside:
            now = tuple(stamp(path) for path in files)
            if now != _KEPT.stamps:
                for function in _KEPT.functions:
                    function.cache_clear()
                _KEPT.stamps = now
        _KEPT.inside += 1
        try:
            yield
        finally:
            _KEPT.inside -= 1
