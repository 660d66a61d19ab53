"""The command that turns a folder of results or of a sweep into a page to read, print and hand on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from totalplace.sim.cli.options import Metrics
from totalplace.sim.cli.output import console, finished, progress

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that run, compare, explain or sweep run wrote.")]
Page = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE.html", help="The page; its folder stands beside it. [default: DIR/report.html]"),
]
Replace = Annotated[bool, typer.Option("--force", help="Replace an earlier report.")]
When = Annotated[
    str | None,
    typer.Option(metavar="CONDITION", help="For a sweep: discover where this is met, such as 'net_saving > 0'."),
]


def report(folder: Folder, out: Page = None, metric: Metrics = None, when: When = None, force: Replace = False) -> None:
    """Make one self-contained HTML page from results, with figures and tables beside it."""
    from totalplace.sim.report import write_report

    with progress("Figures", 1000) as done:
        html = write_report(
            folder, out, metrics=metric, when=when, force=force, command=["totalplace", *sys.argv[1:]],
            progress=lambda drawn, of: done(1000 * drawn // of),
        )
    finished(html)
    screen = console()
    screen.print(f"Report: {html}", markup=False, soft_wrap=True)
    screen.print(f"Figures and tables: {html.with_suffix('')} (SVG, PNG and CSV)", markup=False, soft_wrap=True)
