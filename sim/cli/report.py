"""The command that turns a folder of results or of a sweep into a page, a document or a workbook to read and hand on."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from totalplace.sim.cli.finishing import read_style
from totalplace.sim.cli.options import Metrics, StyleOption
from totalplace.sim.cli.output import console, finished, progress


class Format(StrEnum):
    """What a report is written as."""

    html = "html"
    docx = "docx"
    xlsx = "xlsx"


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that run, compare, explain or sweep run wrote.")]
Page = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="The report, such as leeds.docx; its folder stands beside it. [default: DIR/report.html]"
    ),
]
Formats = Annotated[
    list[Format] | None,
    typer.Option("--format", help="Page, document (Word) or workbook (Excel); may be repeated. [default: as --out, else html]"),
]
Replace = Annotated[bool, typer.Option("--force", help="Replace an earlier report.")]
When = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help="For a sweep: discover where this is met, such as 'net_saving > 0'."),
]


def report(
    folder: Folder, out: Page = None, formats: Formats = None, metric: Metrics = None, when: When = None, style: StyleOption = None,
    force: Replace = False,
) -> None:
    """Make a report from results: a self-contained page, a document or a workbook, with figures and tables beside it."""
    from totalplace.sim.report import write_report
    from totalplace.sim.report.write import documents_of, formats_of

    own = read_style(style)
    asked = formats_of([str(one) for one in formats or ()], out)
    with progress("Figures", 1000) as done:
        write_report(
            folder, out, metrics=metric, when=when, formats=asked, style=own, force=force, command=["totalplace", *sys.argv[1:]],
            progress=lambda drawn, of: done(1000 * drawn // of),
        )
    documents, beside = documents_of(folder, out, asked)
    screen = console()
    for document in documents.values():
        finished(document)
        screen.print(f"Report: {document}", markup=False, soft_wrap=True)
    screen.print(f"Figures and tables: {beside} (SVG, PNG and CSV)", markup=False, soft_wrap=True)
