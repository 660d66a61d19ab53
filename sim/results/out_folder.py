"""Folders of results: written beside their place and moved there when complete, so that there is all of one or nothing.

What is written beside ``out`` lies in a hidden folder whose name carries a digest of that of ``out``, so that the left-overs of one
folder are never taken for those of another, whatever they are called, and a long name does not grow too long. In it are the new
folder, a lock, and, on systems that cannot exchange two folders in one step, for a moment the old one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.errors import InputError
from totalplace.sim.results.results_kept import HIDDEN, PARTIAL, ResultsKept, elsewhere, set_aside
from totalplace.sim.system.checksums import read_object
from totalplace.sim.system.disk import check_kind, exchange, identity, keep, make_parents, remove_empty, to_disk
from totalplace.sim.system.locks import Taken, lives, locked, of_this_machine, signed_by, take, who
from totalplace.sim.system.passing import passing

FORMAT = "totalplace results 2"
#: What an analysis writes.
ANALYSIS_FORMAT = "totalplace analysis 2"
#: Formats of earlier versions, without checksums: they may be read and replaced.
OLDER: Final = {"totalplace results 1": FORMAT, "totalplace analysis 1": ANALYSIS_FORMAT}
#: What lies in the hidden folder of a command.
_NEW, _OLD, _LOCK = "new", "old", "lock"
#: What desktops and sharing leave in folders that a user takes for empty, in small letters.
_OF_SYSTEMS: Final = {".ds_store", "desktop.ini", "thumbs.db", ".localized", ".directory", "icon\r", ".apdisk"}


def left_by_systems(name: str) -> bool:
    """Whether a file of this name is only what a system leaves in folders: with nothing else in it a folder counts as empty."""
    return name.casefold() in _OF_SYSTEMS or name.startswith("._")


def holdings(folder: Path) -> list[str]:
    """The sorted names in a folder, but for what systems leave there."""
    return sorted(path.name for path in folder.iterdir() if not left_by_systems(path.name))


def check_out(out: Path, force: bool) -> None:
    """Raise :class:`InputError` when ``out`` may not or cannot be written; called before a long run and again before writing.

    Even with ``force`` only an empty folder or the results of an earlier command are replaced. That a folder of this name can be
    made is tried.
    """
    place = _real(out)
    if place.parent.is_dir():
        _clear_left_overs(place, place.parent)
    _may_replace(out, force)
    _try(place)


def check_name(folder: Path) -> None:
    """Raise InputError for a folder of a sweep whose path is not UTF-8: Arrow, which reads many files as one table, needs that."""
    try:
        str(folder.absolute()).encode()
    except UnicodeEncodeError:
        raise InputError(f"The name '{folder}' is not text in UTF-8", allowed="a folder whose whole path is, for a sweep") from None


def check_files(folder: Path) -> None:
    """Raise InputError unless files can be written in a folder, there or still to be made; tried before a long run."""
    check_kind(folder)
    if not folder.is_dir():
        _try(_real(folder))
        return
    try:
        with tempfile.TemporaryFile(prefix=HIDDEN, dir=folder) as file:
            file.write(b"{}")
    except OSError as error:
        raise _unwritable(folder, error) from error


def _may_replace(out: Path, force: bool) -> None:
    try:
        if not os.path.lexists(out):
            return
        check_kind(out, "--out with the name of a folder that does not exist yet")
        if os.path.ismount(out):
            raise InputError(f"'{out}' is where a disk is mounted, and cannot be replaced", allowed="a new folder in it")
        if _holds_us(out):
            raise InputError(
                f"'{out}' is the current folder, or holds it, and cannot be replaced", allowed="the name of a new folder"
            )
        if not holdings(out):
            return
    except (OSError, ValueError) as error:
        raise _unwritable(out, error) from error
    if not force:
        raise InputError(f"The folder '{out}' exists", allowed="another folder, or --force to replace it")
    if not _is_results(out):
        raise InputError(
            f"The folder '{out}' holds something other than results of totalplace, and is not replaced",
            allowed="a new or empty folder, or one that totalplace wrote",
        )


def _holds_us(out: Path) -> bool:
    """Whether the current folder is ``out`` or lies in it: who stands there would be left in a folder that is gone."""
    try:
        here = Path.cwd()
        return any(folder.samefile(out) for folder in (here, *here.parents))
    except OSError:  # it is gone already
        return False


def _is_results(folder: Path) -> bool:
    try:
        return read_object(folder / "manifest.json", "results").get("format") in (FORMAT, ANALYSIS_FORMAT, *OLDER)
    except (OSError, InputError, TypeError):
        return False


def _real(out: Path) -> Path:
    try:
        return out.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, RuntimeError):  # a circle of links
            check_kind(out)
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: BaseException) -> InputError:
    why = getattr(error, "strerror", None) or str(error)
    return InputError(f"'{out}' cannot be written: {why}", allowed="a folder you may write in, with room")


def _try(out: Path) -> None:
    """Make a file in folders of the names that are missing, in a folder of our own beside them, and take all away again."""
    try:
        nearest = next(folder for folder in out.parents if os.path.lexists(folder))
        missing = out.relative_to(nearest).parts
        _clear_left_overs(out, nearest)
        with _partial_folder(out, nearest) as trial:
            path = trial.joinpath(*missing)
            path.mkdir(parents=True)
            (path / "manifest.json").write_bytes(b"{}")
            shutil.rmtree(trial)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(f"'{out}' cannot be written in '{nearest}': {why}", allowed="a folder you may write in") from error


@contextlib.contextmanager
def _partial_folder(out: Path, where: Path) -> Iterator[Path]:
    """A new folder for what will be ``out``, in a hidden one in ``where`` that is locked while the block lasts, and then goes."""
    made: tuple[int, int] | None = None

    def take_away(hidden: Path) -> None:
        _come_back([hidden], out)
        in_place = made is not None and identity(out) == made
        if in_place or not (hidden / _OLD).exists():  # else what could not be put back waits there for the next command
            shutil.rmtree(hidden, ignore_errors=True)

    with passing(where / f"{left_over_prefix(out)}{secrets.token_hex(8)}{PARTIAL}", take_away) as hidden:
        hidden.mkdir(mode=0o700)
        with locked(hidden / _LOCK):
            (hidden / _NEW).mkdir()
            made = identity(hidden / _NEW)
            yield hidden / _NEW


def left_over_prefix(out: Path) -> str:
    """How the names begin of what is written beside ``out`` until it is complete."""
    return f"{HIDDEN}{hashlib.sha256(os.fsencode(out.name)).hexdigest()[:20]}-"


@contextlib.contextmanager
def folder_in(out: Path, name: str) -> Iterator[Path]:
    """A new folder, in finished results, to write in what will be called ``name`` there; whatever is left in it goes with it.

    What an earlier command left there that was killed is cleared. Raises InputError while another command writes the same, OSError.
    """
    place = _real(out) / name
    _clear_left_overs(place, place.parent)
    with _partial_folder(place, place.parent) as partial:
        yield partial


@contextlib.contextmanager
def whole_folder(out: Path, force: bool) -> Iterator[Path]:
    """A new folder to write in, beside ``out``; it becomes ``out`` when the block ends, and goes if the block fails.

    An older ``out`` stays in place until the new one is complete and on the disk. What an earlier command left that was killed
    while it wrote to the same ``out`` is cleared. Raises InputError when another command is writing to ``out``, or the disk is
    full. When all is written but cannot be put in place, it stays under another name, which the error tells.
    """
    check_out(out, force)
    out = _real(out)
    made = make_parents(out.parent)
    try:
        _clear_left_overs(out, out.parent)
        with _partial_folder(out, out.parent) as partial:
            yield partial
            to_disk(partial)
            try:
                _may_replace(out, force)
                _swap(partial, out)
            except (OSError, InputError) as error:
                raise set_aside(partial, out, error) from error
        keep(made)
    except BaseException as error:
        remove_empty(made)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _unwritable(out, error) from error
        raise


def written(out: Path, force: bool, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write results into the folder ``out``. What cannot be written there is written where temporary files are.

    Raises InputError, which says where the results are, when it is not ``out``.
    """
    try:
        with whole_folder(out, force) as folder:
            fill(folder)
    except ResultsKept:
        raise
    except InputError as error:
        try:
            with passing(Path(tempfile.gettempdir()) / f"totalplace-{secrets.token_hex(8)}", _remove_if_empty) as beside:
                beside.mkdir(mode=0o700)
                spare = beside / "results"
                with whole_folder(spare, force=False) as folder:
                    fill(folder)
        except (InputError, OSError):
            raise error from None
        raise elsewhere(error.message, spare) from error


def _remove_if_empty(folder: Path) -> None:
    remove_empty([folder])


def _swap(new: Path, out: Path) -> None:
    """Put ``new`` in the place of ``out``, in one step where the system can; else the old folder comes back if that fails."""
    if not out.exists():
        new.rename(out)
        return
    if exchange(new, out):
        return
    old = new.with_name(_OLD)
    out.rename(old)
    try:
        new.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clear_left_overs(out: Path, where: Path) -> None:
    """Remove folders of killed commands: made for ``out``, and locked by nobody. Raises InputError for one that is locked."""
    with contextlib.ExitStack() as stack:
        left = []
        for hidden in where.glob(f"{left_over_prefix(out)}*{PARTIAL}"):
            with contextlib.suppress(OSError):  # gone since, or somebody else's
                told = signed_by(hidden / _LOCK)
                try:
                    lock = take(hidden / _LOCK)
                except Taken:
                    raise _busy(out, signed_by(hidden / _LOCK)) from None
                if lock is not None:
                    stack.callback(lock.release)
                elif told and not of_this_machine(told):
                    continue
                elif lives(told.get("process")):
                    raise _busy(out, told)
                left.append(hidden)
        _come_back(left, out)
        for hidden in left:
            shutil.rmtree(hidden, ignore_errors=True)


def _busy(out: Path, told: Mapping[str, Any]) -> InputError:
    return InputError(
        f"'{out}' is being written by {who(dict(told))}", allowed="another folder, or this one once that process has ended"
    )


def _come_back(left: Sequence[Path], out: Path) -> None:
    """Put back what a command took from its place that was killed before the new folder was there."""
    for folder in left:
        with contextlib.suppress(OSError):
            if (folder / _OLD).exists() and not (out.exists() and holdings(out)):
                shutil.rmtree(out, ignore_errors=True)
                (folder / _OLD).rename(out)
