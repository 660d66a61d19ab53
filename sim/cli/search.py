"""The command that searches for policies."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from totalplace.sim.cli.options import Place, Quarters, Settings, Year


class Judged(StrEnum):
    """How a policy's values over the draws become one."""

    nine_in_ten = "nine-in-ten"
    mean = "mean"


Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or path of a file.")]
Folder = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the search; the same command continues it.")]
Levers = Annotated[
    list[str] | None, typer.Option("--lever", metavar="NAME", help="Lever, or lever.target; repeatable. [default: all but cuts]")
]
Objectives = Annotated[
    list[str] | None,
    typer.Option("--objective", metavar="METRIC", help="Metric, or METRIC:more, METRIC:less; may be repeated. [default: five]"),
]
Population = Annotated[int, typer.Option(min=4, metavar="N", help="Policies in a generation.")]
Generations = Annotated[int, typer.Option(min=1, metavar="N", help="Generations of each search; may be raised later.")]
Searches = Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Independent searches, with seeds 1 to N.")]
Draws = Annotated[int, typer.Option(min=1, metavar="N", help="Draws of the uncertainties that every policy meets.")]
Threads = Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads. [default: one for each processor]")]


def search(
    scenario: Name, out: Folder, lever: Levers = None, objective: Objectives = None, judged: Judged = Judged.nine_in_ten,
    population: Population = 36, generations: Generations = 25, searches: Searches = 3, draws: Draws = 24,
    place: Place = None, year: Year = None, quarters: Quarters = None, settings: Settings = None, threads: Threads = None,
) -> None:
    """Search the levers for policies that do well by several objectives under uncertainty. Can be resumed."""
    from totalplace import scenarios
    from totalplace.sim.analysis.search.analysis import search as find
    from totalplace.sim.cli.answers import show, shown
    from totalplace.sim.cli.output import complain, console, finished, progress
    from totalplace.sim.engine.sweep.stopping import SweepInterrupted

    base = scenarios.load(scenario, set=settings or [], place=place, year=year, quarters=quarters)
    try:
        with progress("Search", 1000) as done:
            answer = find(
                base, out, lever, objective, judged=str(judged), population=population, generations=generations,
                seeds=range(1, searches + 1), draws=draws, threads=threads, progress=lambda now, of: done(1000 * now // of),
            )
    except SweepInterrupted as stop:
        complain(stop)
        raise typer.Exit(128 + stop.number) from None
    except KeyboardInterrupt:
        complain("Stopped at once. The same command on the same folder goes on from there.")
        raise typer.Exit(130) from None
    finished(out)
    names = [one.metric.name for one in answer.objectives]
    named = answer.front.loc[answer.front["name"] != "", ["name", *names]].sort_values("name")
    screen = console()
    show(answer, {})
    screen.print("", shown("Policies saved as scenarios", named))
    screen.print(f"\nFront: {out / 'front'} (tables, figures, and policies/*.yaml to run)", markup=False, soft_wrap=True)

