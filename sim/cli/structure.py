"""The command of the structural checks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Runs = Annotated[int, typer.Option(min=20, metavar="N", help="Runs of each arrangement; other checks take a part of that.")]
Places = Annotated[
    list[str] | None,
    typer.Option("--places", metavar="NAME", help="A place, by name or code; may be repeated. [default: three of several sizes]"),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write DIR/structure.md and DIR/images/structure-*.png.")]
Threads = Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads. [default: one for each processor]")]


def structure(runs: Runs = 400, places: Places = None, out: Out = None, threads: Threads = None) -> None:
    """Check the structure of the model: loop gain, grain, length of a step, network, replicates for stable rankings."""
    from totalplace.sim.cli.output import console, progress
    from totalplace.sim.results.out_folder import check_files

    if out is not None:
        check_files(out)
    from totalplace.sim.evidence.structure.page import markdown, write
    from totalplace.sim.evidence.structure.study import PLACES, study

    steps = [0]
    with progress("Checks", 5) as done:
        def tell(words: str) -> None:
            done(steps[0])
            steps[0] += 1

        found = study(runs, tuple(places or PLACES), threads, tell)
    if out is None:
        console().print(markdown(found), markup=False, soft_wrap=True)
        return
    files = write(found, out)
    console().print(f"Report: {files[-1]} and {len(files) - 1} figures in {out / 'images'}", soft_wrap=True)
