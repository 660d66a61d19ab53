"""How a command that simulated ends: tables on the disk, then what it says, then figures, then where all is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from totalplace.sim.cli.output import console, in_turn, progress

if TYPE_CHECKING:
    from rich.console import RenderableType

    from totalplace.sim.results.answers import Answer
    from totalplace.sim.results.run import Ensemble

#: Gives what a command prints: tables, sentences, answers.
Told = Callable[[], "Sequence[RenderableType | Answer]"]


def finish(
    ensembles: list[Ensemble],
    baseline: Ensemble,
    out: Path | None,
    force: bool,
    started: float,
    options: Mapping[str, Any],
    told: Told,
    answer: Answer | None = None,
) -> None:
    """Write the tables to ``out``, all of them or nothing; then print what is ``told``; then draw; and say where all is."""
    if out is None:
        _show(told)
        return
    from totalplace.sim.results.answers import write_tables as write_answer_tables
    from totalplace.sim.results.store import add_figures, write_tables, written

    seconds = time.monotonic() - started
    command = ["totalplace", *sys.argv[1:]]

    def fill(folder: Path) -> None:
        if answer is not None:
            write_answer_tables(answer, folder)
        write_tables(folder, ensembles, command=command, options=options, seconds=seconds)

    def draw() -> None:
        from totalplace.sim.figures import drawings

        figures = drawings(ensembles, baseline) | ({} if answer is None else dict(answer.drawings))
        with progress("Figures", len(figures)) as done:
            add_figures(out, figures, done)

    in_turn(out, lambda: written(out, force, fill), lambda: _show(told), draw)
    screen = console()
    screen.print(f"Results: {out} (metrics, deals and gains as Parquet; manifest.json)", soft_wrap=True)
    number = len(list((out / "figures").glob("*.png")))
    screen.print(f"Figures: {out / 'figures'} ({number} figures, PNG and SVG)", soft_wrap=True)


def _show(told: Told) -> None:
    """Print tables, sentences and answers."""
    from totalplace.sim.cli.answers import show
    from totalplace.sim.results.answers import Answer

    screen = console()
    for part in told():
        if isinstance(part, Answer):
            show(part, {"parts": ("difference", "part", "part_low", "part_high", "share")})
        else:
            screen.print(part)
