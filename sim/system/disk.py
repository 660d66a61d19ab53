"""What is asked of a disk: what a path is, files that are written whole or not at all, two folders that change places in one step,
and that what is written outlasts a loss of power.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.notices import say_once
from totalplace.sim.system.checksums import checksum
from totalplace.sim.system.passing import forget, note

_HERE: Final = {"linux": -100, "darwin": -2}  # AT_FDCWD: paths that are not absolute count from the current folder
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
#: Kinds of what has a path, by their bits in a mode.
_KINDS: Final = {
    stat.S_IFREG: "a file", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}
#: How the names end of files that are being written.
_PARTIAL: Final = ".partial"


def check_kind(folder: Path, allowed: str = "a folder") -> None:
    """Raise InputError, which says what it is, when something other than a folder has the name of one."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise InputError(f"'{folder}' is {what_is(folder)}", allowed=allowed)


def what_is(path: Path) -> str:
    """What there is at a path, in words: a file, a folder, a symbolic link and where it leads. Raises OSError for nothing."""
    if path.is_symlink():
        try:
            return f"a symbolic link to '{path.readlink()}', which is {_KINDS[stat.S_IFMT(path.stat().st_mode)]}"
        except FileNotFoundError:
            return f"a symbolic link to '{path.readlink()}', which does not exist"
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return "a symbolic link that leads back to itself"
    return _KINDS[stat.S_IFMT(path.stat().st_mode)]


def write_whole(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it has all of ``content``, or, after a crash or on a full disk, is as it was before. Raises OSError."""
    put_in_place(staged(path, content), path)


def staged(path: Path, content: bytes | memoryview) -> Path:
    """Write beside ``path``, to the disk, what :func:`put_in_place` will make its content; the hidden file. Raises OSError."""
    partial = path.with_name(f".{checksum(os.fsencode(path.name))[:20]}{_PARTIAL}")
    try:
        note(partial, discard)
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        discard(partial)
        raise
    return partial


def put_in_place(partial: Path, path: Path) -> None:
    """Give a staged file its name, in one step; it goes if that fails. Raises OSError."""
    try:
        partial.replace(path)
    except BaseException:
        discard(partial)
        raise
    forget(partial)
    fsync_folder(path.parent)


def discard(partial: Path) -> None:
    """Remove a staged file, if it is there."""
    with contextlib.suppress(OSError):
        partial.unlink(missing_ok=True)
    forget(partial)


def clear_partials(folder: Path) -> None:
    """Remove what a process left in a folder that was killed while it wrote files. Raises OSError."""
    for left in folder.glob(f".*{_PARTIAL}"):
        left.unlink(missing_ok=True)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power, where the system can; said once where it cannot."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF):
            raise
        say_once("This file system cannot make new names last through a loss of power; after one, look whether parts are missing "
                 "(the same command does them again).")
    finally:
        os.close(handle)


def identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from one that takes its place later; None where there is none."""
    try:
        found = folder.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


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


def make_parents(parent: Path) -> list[Path]:
    """Make a folder and those above it that are missing; those that were made, deepest first. Raises InputError.

    They go with the process while they are empty, until :func:`keep` is called.
    """
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    for folder in reversed(missing):
        note(folder, Path.rmdir)
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remove_empty(missing)
        raise InputError(f"'{parent}' cannot be made: {error.strerror}", allowed="a folder you may write in") from error
    return missing


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove those of the folders, deepest first, that are empty."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
            forget(folder)


def keep(folders: Sequence[Path]) -> None:
    """Say that folders that :func:`make_parents` made are to stay."""
    for folder in folders:
        forget(folder)
