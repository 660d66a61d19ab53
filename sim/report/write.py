"""A report on disk: the page, and beside it a folder with figures and tables; all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.user_text import printable
from totalplace.sim.report.content import Report
from totalplace.sim.report.html_page import GENERATOR, page
from totalplace.sim.report.read_results import format_of
from totalplace.sim.results.out_folder import OLDER
from totalplace.sim.results.spreadsheets import write_csv
from totalplace.sim.results.store import (
    ANALYSIS_FORMAT,
    FORMAT,
    DrawingFailed,
    check_out,
    provenance,
    whole_folder,
    write_figures,
    write_manifest,
)
from totalplace.sim.system.disk import discard, put_in_place, staged, what_is

if TYPE_CHECKING:
    import pandas as pd

#: Name of the page where none is given, in the folder that it is about.
NAME: Final = "report.html"
_ENDINGS: Final = (".html", ".htm")
_READ_FOR_MARK: Final = 2000


def report(folder: str | Path, metrics: Sequence[str] | None = None, when: str | None = None) -> Report:
    """The content of the report of a folder of results or of a sweep. Raises InputError.

    ``metrics`` are those of the headline; in a sweep the first is what sensitivity and robustness are about. ``when`` is a
    condition (:mod:`totalplace.sim.analysis.conditions`) for the discovery of a sweep.
    """
    from totalplace.sim.engine.sweep.manifest import EARLIER
    from totalplace.sim.engine.sweep.manifest import FORMAT as SWEEP

    path = path_of(folder, "folder")
    kind = format_of(path)
    if OLDER.get(kind, kind) == FORMAT:
        from totalplace.sim.report.results_report import report_of_results

        if when is not None:
            raise InputError(f"'{path}' holds no sweep, so that there is nothing to discover", allowed="--when with a sweep")
        return report_of_results(path, metrics)
    if kind in (SWEEP, EARLIER):
        from totalplace.sim.report.sweep_report import report_of_sweep

        return report_of_sweep(path, metrics, when)
    raise InputError(
        f"'{path}' is of the format '{kind}', of which there is no report", allowed="a folder of run, compare, explain or sweep run"
    )


def destination(folder: Path, out: Path | None, force: bool) -> tuple[Path, Path]:
    """The page and the folder beside it; raises InputError when they may not be written. Called before any work."""
    html = folder / NAME if out is None else out
    if html.suffix.lower() not in _ENDINGS:
        raise InputError(f"'{html}' is not the name of a page", allowed="--out FILE.html")
    beside = html.with_suffix("")
    if os.path.lexists(html) and not html.is_file():
        raise InputError(f"'{html}' is {what_is(html)}", allowed="--out FILE.html")
    if html.is_file():
        if not force:
            raise InputError(f"The file '{html}' exists", allowed="another name, or --force to replace it")
        if not _is_report(html):
            raise InputError(f"'{html}' is no report of totalplace, and is not replaced", allowed="another name")
    check_out(beside, force)
    return html, beside


def _is_report(html: Path) -> bool:
    with html.open("rb") as file:
        return f'content="{GENERATOR}"'.encode() in file.read(_READ_FOR_MARK)


def write_report(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    metrics: Sequence[str] | None = None,
    when: str | None = None,
    force: bool = False,
    command: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the report of ``folder`` to the page ``out`` and the folder of its name beside it; gives the page's path.

    Without ``out`` it is ``report.html`` in ``folder``. ``progress`` is told how many of how many figures are drawn. Nothing is
    left behind when it fails. Raises InputError, and DrawingFailed when all is written but some figures, in whose place the page
    says why.
    """
    source = path_of(folder, "folder")
    format_of(source)
    html, beside = destination(source, None if out is None else path_of(out, "page"), force)
    content = report(source, metrics, when)
    drawings = {name: picture.draw for name, picture in content.pictures.items()}
    staged_page: Path | None = None
    undrawn: DrawingFailed | None = None
    try:
        with whole_folder(beside, force) as made:
            try:
                write_figures(made, drawings, None if progress is None else lambda done: progress(done, len(drawings)))
            except DrawingFailed as failed:
                undrawn = failed
            why = {} if undrawn is None else undrawn.why
            _write_tables(made, content.frames)
            drawn = [name for name in drawings if name not in why]
            write_manifest(made, _manifest(content, drawn, source, command))
            figures = {name: (made / "figures" / f"{name}.svg").read_bytes() for name in drawn}
            staged_page = _staged(html, page(content, figures, why, _written(), beside.name))
        put_in_place(staged_page, html)
    except BaseException:
        if staged_page is not None:
            discard(staged_page)
        raise
    if undrawn is not None:
        raise DrawingFailed(f"{undrawn}. The page '{html}' is whole but for them, and says so in their place", why) from undrawn
    return html


def _staged(html: Path, text: str) -> Path:
    """The page, written beside its place before anything is put in place."""
    try:
        return staged(html, text.encode())
    except OSError as error:
        raise InputError(f"'{html.parent}' cannot be written in: {error.strerror}", allowed="a folder you may write in") from error


def _write_tables(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    tables = folder / "tables"
    tables.mkdir()
    for name, frame in frames.items():
        write_csv(frame, tables / f"{name}.csv")


def _written() -> str:
    return f"Written on {datetime.now(UTC):%d %B %Y} by totalplace {metadata.version('totalplace')}."


def _manifest(content: Report, drawn: Sequence[str], source: Path, command: Sequence[str]) -> dict[str, Any]:
    """What the folder beside the page holds, and what it was made from."""
    of = printable(source.resolve().name)
    said = {"title": content.title, "of": of, "tables": list(content.frames), "figures": list(drawn)}
    return {"format": ANALYSIS_FORMAT} | provenance(command, {}) | said
