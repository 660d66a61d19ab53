"""A report on disk: a page, a document, a workbook, and beside them a folder with figures and tables; all of it or nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.figures.house import UNASKED, House, house_of, in_house
from totalplace.sim.report.archive import is_ours
from totalplace.sim.report.beside import check_same, name_of, report_of
from totalplace.sim.report.content import Report
from totalplace.sim.report.document_layout import PORTRAIT
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
from totalplace.sim.results.wording import listing
from totalplace.sim.system.disk import discard, put_in_place, staged, what_is
from totalplace.sim.system.progress import Progress, heard

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.figures.style import Chart

#: Name of the documents where none is given, in the folder that they are about.
NAME: Final = "report"
#: What a report can be written as.
HTML, DOCX, XLSX = "html", "docx", "xlsx"
#: How the names of documents of a format end.
ENDINGS: Final = {HTML: (".html", ".htm"), DOCX: (".docx",), XLSX: (".xlsx",)}
_KINDS: Final = {HTML: "a page", DOCX: "a document", XLSX: "a workbook"}
#: Dots an inch of the figures in a document, at least.
PAPER_DPI: Final = 200
_INCH: Final = 2.54
_READ_FOR_MARK: Final = 2000


def report(folder: str | Path, metrics: Sequence[str] | None = None, when: str | None = None) -> Report:
    """The content of the report of a folder of results, of a sweep, or of an analysis or a ranking. Raises InputError.

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
    if kind == ANALYSIS_FORMAT:
        from totalplace.sim.report.analysis_report import report_of_analysis

        if metrics or when is not None:
            raise InputError(f"'{path}' holds an answer that is made", allowed="--metric and --when with results or a sweep")
        return report_of_analysis(path)
    raise InputError(
        f"'{path}' is of the format '{kind}', of which there is no report",
        allowed="a folder of run, compare, explain, rank, analyse or sweep run",
    )


def documents_of(folder: Path, out: Path | None, formats: Sequence[str]) -> tuple[dict[str, Path], Path]:
    """The documents by format, and the folder beside them. Raises InputError for a name that none of the formats has.

    ``out`` is the name of one of them; the others are called as it is, each with its ending.
    """
    first = folder / f"{NAME}.{formats[0]}" if out is None else out
    if first.suffix.lower() not in [ending for name in formats for ending in ENDINGS[name]]:
        raise _no_document(first, formats)
    beside = first.with_suffix("")
    return {
        name: first if first.suffix.lower() in ENDINGS[name] else beside.with_name(f"{beside.name}.{name}") for name in formats
    }, beside


def _no_document(out: Path, formats: Sequence[str]) -> InputError:
    """The error for a name that no document of these formats has; without a format asked for, a name may have any."""
    return InputError(f"'{out}' is not the name of {_either([_KINDS[name] for name in formats])}",
                      allowed=f"--out {_either([f'FILE.{name}' for name in formats])}")


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def destination(folder: Path, out: Path | None, force: bool, formats: Sequence[str]) -> tuple[dict[str, Path], Path]:
    """What :func:`documents_of` gives, if it may be written; else InputError. Called before any work."""
    documents, beside = documents_of(folder, out, formats)
    for name, document in documents.items():
        if os.path.lexists(document) and not document.is_file():
            raise InputError(f"'{document}' is {what_is(document)}", allowed=f"--out FILE.{name}")
        if document.is_file():
            if not force:
                raise InputError(f"The file '{document}' exists", allowed="another name, or --force to replace it")
            if not (_is_page(document) if name == HTML else is_ours(document)):
                raise InputError(f"'{document}' is no report of totalplace, and is not replaced", allowed="another name")
    check_out(beside, force or report_of(beside) == name_of(folder))
    return documents, beside


def _is_page(html: Path) -> bool:
    with html.open("rb") as file:
        return f'content="{GENERATOR}"'.encode() in file.read(_READ_FOR_MARK)


def formats_of(asked: Sequence[str] | str | None, out: Path | None) -> tuple[str, ...]:
    """The formats that are asked for, each once; without any, the one that the name of the document has, else a page.

    Raises UnknownName, and InputError for a name that says no format.
    """
    names = [asked] if isinstance(asked, str) else list(asked or ())
    for name in names:
        if name not in ENDINGS:
            raise UnknownName("format of a report", name, ENDINGS)
    if names or out is None:
        return tuple(dict.fromkeys(names or (HTML,)))
    found = next((name for name, endings in ENDINGS.items() if out.suffix.lower() in endings), None)
    if found is None:
        raise _no_document(out, list(ENDINGS))
    return (found,)


def write_report(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    metrics: Sequence[str] | None = None,
    when: str | None = None,
    formats: Sequence[str] | str | None = None,
    style: House | str | Path | None = None,
    force: bool = False,
    command: Sequence[str] = (),
    progress: Progress | bool | None = None,
) -> Path:
    """Write the report of ``folder`` to ``out`` and the folder of its name beside it; gives the path of the first document.

    ``formats`` are of ``html``, ``docx`` and ``xlsx``; several stand side by side under one name. Without ``out`` that is
    ``report`` in ``folder``. ``style`` is a house style, or the file of one. ``progress`` is told how many of how many figures are
    drawn; True shows a bar. Nothing is left behind when it fails. Raises InputError, and DrawingFailed when all is written but some
    figures, in whose place the documents say why.
    """
    source = path_of(folder, "folder")
    format_of(source)
    given = None if out is None else path_of(out, "page")
    documents, beside = destination(source, given, force, formats_of(formats, given))
    own = house_of(style).also(*UNASKED)
    content = report(source, metrics, when)
    if beside.is_dir() and not force:
        check_same(beside, _said(content, list(content.pictures), source))
    drawing = _Drawing(content, own, DOCX in documents, heard(progress, "Figures", "figure"))
    with ExitStack() as stack:
        with whole_folder(beside, force or beside.is_dir()) as made:
            drawing.draw(made)
            _write_tables(made, content.frames)
            write_manifest(made, _manifest(content, drawing.drawn, source, command))
            ready = []
            for name, path in documents.items():
                ready.append((_staged(path, _document(name, content, made, drawing, beside.name)), path))
                stack.callback(discard, ready[-1][0])
        for partial, path in ready:
            put_in_place(partial, path)
    first = next(iter(documents.values()))
    if drawing.failed is not None:
        whole = _whole(list(documents.values()))
        raise DrawingFailed(f"{drawing.failed}. {whole}", drawing.why) from drawing.failed
    return first


def _whole(documents: Sequence[Path]) -> str:
    """What is whole though figures are missing."""
    if len(documents) == 1 and documents[0].suffix.lower() in ENDINGS[HTML]:
        return f"The page '{documents[0]}' is whole but for them, and says so in their place"
    names = listing([f"'{path}'" for path in documents])
    return f"All else is whole in {names}"


class _Drawing:
    """The figures of a report: into its folder and, where there is a document, once more as wide as its page."""

    def __init__(self, content: Report, style: House, paper: bool, progress: Callable[[int, int], None] | None) -> None:
        self.draws = {name: picture.draw for name, picture in content.pictures.items()}
        self.style, self.paper, self.progress = style, paper, progress
        self.failed: DrawingFailed | None = None
        self.pages: dict[str, bytes] = {}

    @property
    def why(self) -> Mapping[str, str]:
        """Why there are no figures of these names."""
        return {} if self.failed is None else self.failed.why

    @property
    def drawn(self) -> list[str]:
        """The names of the figures that are drawn."""
        return [name for name in self.draws if name not in self.why]

    def draw(self, folder: Path) -> None:
        """Draw all that can be drawn into a folder, and keep what the document needs."""
        total = len(self.draws) * (1 + self.paper)

        def told(before: int) -> Callable[[int], None] | None:
            progress = self.progress
            return None if progress is None else lambda done: progress(before + done, total)

        self._into(folder, self.style, self.draws, told(0))
        if not self.paper:
            return
        with tempfile.TemporaryDirectory() as spare:
            left = {name: self.draws[name] for name in self.drawn}
            self._into(Path(spare), self.style.on_paper(PORTRAIT / _INCH, PAPER_DPI), left, told(len(self.draws)))
            self.pages = {name: (Path(spare) / "figures" / f"{name}.png").read_bytes() for name in self.drawn}

    def _into(
        self, folder: Path, style: House, draws: Mapping[str, Callable[[], Chart]], told: Callable[[int], None] | None
    ) -> None:
        try:
            with in_house(style):
                write_figures(folder, draws, told)
        except DrawingFailed as failed:
            self.failed = failed if self.failed is None else DrawingFailed(str(failed), {**self.failed.why, **failed.why})


def _document(name: str, content: Report, made: Path, drawing: _Drawing, beside: str) -> bytes:
    """A report in a format, of the figures that are drawn in the folder ``made``."""
    if name == XLSX:
        from totalplace.sim.report.workbook import workbook

        return workbook(content, beside)
    if name == DOCX:
        from totalplace.sim.report.document import document

        return document(content, drawing.pages, drawing.why, beside, drawing.style.fonts)
    figures = {one: (made / "figures" / f"{one}.svg").read_bytes() for one in drawing.drawn}
    return page(content, figures, drawing.why, _written(), beside).encode()


def _staged(path: Path, content: bytes) -> Path:
    """A document, written beside its place before anything is put in place."""
    try:
        return staged(path, content)
    except OSError as error:
        raise InputError(f"'{path.parent}' cannot be written in: {error.strerror}", allowed="a folder you may write in") from error


def _write_tables(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    tables = folder / "tables"
    tables.mkdir()
    for name, frame in frames.items():
        write_csv(frame, tables / f"{name}.csv")


def _written() -> str:
    return f"Written on {datetime.now(UTC):%d %B %Y} by totalplace {metadata.version('totalplace')}."


def _manifest(content: Report, drawn: Sequence[str], source: Path, command: Sequence[str]) -> dict[str, Any]:
    """What the folder beside the documents holds, and what it was made from."""
    return {"format": ANALYSIS_FORMAT} | provenance(command, {}) | _said(content, drawn, source)


def _said(content: Report, drawn: Sequence[str], source: Path) -> dict[str, Any]:
    """Title, tables and figures of a report, with captions that stand alone."""
    tables = {table.name: str(content.caption(table)) for section in content.sections for table in section.tables}
    captions = {name: tables[name] for name in content.frames} | {
        name: str(content.caption(picture)) for name, picture in content.pictures.items() if name in drawn}
    return {"title": content.title, "of": name_of(source), "tables": list(content.frames), "figures": list(drawn),
            "captions": captions}
