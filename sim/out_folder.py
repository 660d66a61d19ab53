"""Folders of results: written beside their place and moved there when complete, so that there is all of one or nothing."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenarios.errors import InputError

FORMAT = "totalplace results 1"
#: What an analysis writes.
ANALYSIS_FORMAT = "totalplace analysis 1"
#: Largest manifest read, bytes.
MOST_BYTES = 64_000_000
#: End of the name of a folder that is being written; such a folder is never a result.
_PARTIAL = ".partial"


def check_out(out: Path, force: bool) -> None:
    """Raise :class:`InputError` when ``out`` may not be written; called before a long run and again before writing.

    Even with ``force`` only an empty folder or the results of an earlier command are replaced.
    """
    if not os.path.lexists(out):
        _check_parent(out)
        return
    if not out.is_dir():
        raise InputError(f"'{out}' is a file", allowed="--out with the name of a folder that does not exist yet")
    if not any(out.iterdir()):
        return
    if not force:
        raise InputError(f"The folder '{out}' exists", allowed="another folder, or --force to replace it")
    if not _is_results(out):
        raise InputError(
            f"The folder '{out}' holds something other than results of totalplace, and is not replaced",
            allowed="a new or empty folder, or one that totalplace wrote",
        )


def _check_parent(out: Path) -> None:
    nearest = next(folder for folder in out.absolute().parents if os.path.lexists(folder))
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError(f"'{out}' cannot be written in '{nearest}'", allowed="a folder you may write in")


def _is_results(folder: Path) -> bool:
    try:
        path = folder / "manifest.json"
        if path.stat().st_size > MOST_BYTES:
            return False
        return str(json.loads(path.read_text("utf-8")).get("format")) in (FORMAT, ANALYSIS_FORMAT)
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


@contextlib.contextmanager
def whole_folder(out: Path, force: bool) -> Iterator[Path]:
    """A new folder to write in, beside ``out``; it becomes ``out`` when the block ends, and goes if the block fails.

    An older ``out`` stays in place until the new one is complete. What an earlier command left that was killed while
    it wrote to the same ``out`` is cleared. Raises InputError when another command is writing to ``out``, or the disk is full.
    """
    out = out.resolve()
    check_out(out, force)
    made = _make_parents(out.parent)
    try:
        _clear_left_overs(out)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=_PARTIAL, dir=out.parent))
    except OSError as error:
        _remove_empty(made)
        raise InputError(f"'{out}' cannot be written: {error.strerror}", allowed="a folder you may write in") from error
    try:
        with _held(partial):
            partial.chmod(0o777 & ~_umask())
            yield partial
            check_out(out, force)
            _swap(partial, out)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        _remove_empty(made)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            why = error.strerror or str(error)
            raise InputError(f"'{out}' cannot be written: {why}", allowed="a folder you may write in, with room") from error
        raise


def _swap(new: Path, out: Path) -> None:
    """Put ``new`` in the place of ``out``; the old folder goes last and comes back if the new one cannot be moved."""
    if not out.exists():
        new.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=_PARTIAL, dir=out.parent)) / "old"
    out.rename(old)
    try:
        new.rename(out)
    except BaseException:
        old.rename(out)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


def _make_parents(parent: Path) -> list[Path]:
    """Make the missing folders above ``out``; those that were made, deepest first."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove_empty(missing)
        raise InputError(f"'{parent}' cannot be made: {error.strerror}", allowed="a folder you may write in") from error
    return missing


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, so that another command does not take it for a left-over. Without locks: nothing."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _clear_left_overs(out: Path) -> None:
    """Remove folders of killed commands: named for ``out``, and locked by nobody. Raises InputError for one that is locked."""
    try:
        import fcntl
    except ImportError:
        return
    with contextlib.ExitStack() as stack:
        left = list(out.parent.glob(f".{glob.escape(out.name)}.*{_PARTIAL}"))
        for folder in left:
            with contextlib.suppress(FileNotFoundError):
                handle = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, handle)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise InputError(
                        f"'{out}' is being written by another command", allowed="another folder, or this one once that has ended"
                    ) from None
        for folder in left:
            with contextlib.suppress(OSError):
                if (folder / "old").exists() and not out.exists():
                    (folder / "old").rename(out)
                shutil.rmtree(folder, ignore_errors=True)
