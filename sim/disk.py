"""What is asked of a disk beyond files: two folders that change places in one step, folders that outlast a loss of power."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = {"linux": -100, "darwin": -2}  # AT_FDCWD: paths that are not absolute count from the current folder
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places, so that there is no moment at which either name is missing.

    False, with nothing changed, where the system or the file system cannot.
    """
    call = _system_call()
    return call is not None and call(os.fsencode(one), os.fsencode(other)) == 0


@cache
def _system_call() -> Callable[[bytes, bytes], int] | None:
    import ctypes

    here = _HERE.get(sys.platform)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        function = library.renameat2 if sys.platform == "linux" else library.renameatx_np
    except (OSError, AttributeError, TypeError):
        return None
    if here is None:
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return lambda one, other: int(function(here, one, here, other, _EXCHANGE))


def to_disk(folder: Path) -> None:
    """Have the system write every file of a folder, and the names in it, to the disk. Raises OSError."""
    for path in (*folder.rglob("*"), folder):
        whole = path.is_file()
        if not whole and os.name != "posix":
            continue
        handle = os.open(path, os.O_RDWR if whole else os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError:
            if whole:  # not every file system does this for folders
                raise
        finally:
            os.close(handle)
