"""The command that draws the figures of results that are on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from totalplace.sim.cli.finishing import read_style
from totalplace.sim.cli.options import StyleOption
from totalplace.sim.cli.output import console, progress

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that run, compare or explain wrote.")]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Figures to draw, again if they are there. [default: those not there yet]"),
]
List = Annotated[bool, typer.Option("--list", help="Name the figures that can be drawn, and draw none.")]


def figures(folder: Folder, names: Names = None, style: StyleOption = None, show: List = False) -> None:
    """Draw figures from results: those that are not there yet, or those named; each with its data as CSV."""
    from totalplace.sim.figures.house import kinds_in_words
    from totalplace.sim.report.results_figures import draw_figures, figures_of

    screen = console()
    if show:
        for name in figures_of(folder):
            screen.print(name, soft_wrap=True)
        return
    own = read_style(style)
    with progress("Figures", 1000) as done:
        drawn = draw_figures(folder, names, lambda now, of: done(1000 * now // of), own)
    words = f"{len(drawn)} drawn, {kinds_in_words(own)}" if drawn else "all were there"
    screen.print(f"Figures: {folder / 'figures'} ({words})", soft_wrap=True)
