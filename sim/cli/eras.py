"""The command that holds two eras side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from totalplace.sim.cli.options import Force, Out, Quarters, Runs, Seed, Settings

Names = Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names of arrangements or scenarios, or paths of files.")]
Place = Annotated[
    str | None, typer.Option(metavar="PLACE", help="Place with money of both years: name or code. [default: Birmingham]")
]
Then = Annotated[str, typer.Option("--then", metavar="YEAR", help="The earlier year of spending.")]
Now = Annotated[str, typer.Option("--now", metavar="YEAR", help="The later year of spending.")]
Baseline = Annotated[str, typer.Option(metavar="NAME", help="Scenario that each year is compared with.")]


def eras(
    names: Names, place: Place = None, then: Then = "2010-11", now: Now = "2024-25", baseline: Baseline = "silo", runs: Runs = None,
    seed: Seed = None, quarters: Quarters = None, settings: Settings = None, out: Out = None, force: Force = False,
) -> None:
    """Compare what the same arrangement does on the money of two years, and show what changed between them."""
    from totalplace.sim.analysis.eras.analysis import eras as side_by_side
    from totalplace.sim.cli.answers import check_out, write
    from totalplace.sim.cli.output import progress

    check_out(out, force)
    with progress("Runs", 1000) as done:
        answer = side_by_side(
            names, place or "Birmingham", then=then, now=now, baseline=baseline, runs=runs, first_seed=seed, quarters=quarters,
            settings=settings or (), progress=lambda played, of: done(1000 * played // of),
        )
    told = ("scenario", "metric", "unit", *(f"{word}{end}" for word in ("then", "now") for end in ("", "_low", "_high")))
    tables: dict[str, tuple[str, ...]] = {"effects": told, "money-a-head": (), "budgets-of-the-last-year": ()}
    options = {"then": then, "now": now, "baseline": baseline, "settings": settings or []}
    write(answer, out, force, options, tables)
