"""The command that branches: one history, then other levers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from totalplace.sim.cli.options import Force, Out, Place, Quarters, Runs, Seed, Settings, Year

if TYPE_CHECKING:
    from totalplace.sim.analysis.branching.words import Branches

Origin = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, path of a file, or a checkpoint (.npz) that --save wrote.")
]
At = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Month in which the branch begins. [default: the checkpoint's]")]
Then = Annotated[
    list[str] | None, typer.Option("--then", metavar="KEY=VALUE", help="A lever of the branch: levers.clawback=0; may be repeated.")
]
Save = Annotated[Path | None, typer.Option(metavar="FILE", help="Save the world of the first seed at that month, as .npz.")]


def branch(
    scenario: Origin, at: At = None, then: Then = None, save: Save = None, place: Place = None, year: Year = None,
    runs: Runs = None, seed: Seed = None, quarters: Quarters = None, settings: Settings = None, out: Out = None,
    force: Force = False,
) -> None:
    """Change levers from a given month on, and compare with the same runs without the change."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.answers import check_out, write
    from totalplace.sim.cli.output import console, finished

    check_out(out, force)
    if not then and save is None:
        raise InputError("The branch changes nothing", allowed="--then levers.clawback=0, or --save FILE")
    answer: Branches | None
    if scenario.endswith(".npz"):
        answer = _from_checkpoint(scenario, at, then or [], [place, year, runs, seed, quarters, settings, save])
    else:
        answer = _from_scenario(scenario, at, then or [], save, (place, year, runs, seed, quarters, settings or []))
    if save is not None:
        finished(save)
        console().print(f"World saved: {save}", markup=False, soft_wrap=True)
    if answer is None:
        return
    options = {"at": at, "then": then, "settings": settings or []}
    write(answer, out, force, options, {}, {"branch.yaml": answer.scenario.text})


def _from_checkpoint(path: str, at: str | None, then: list[str], others: list[object]) -> Branches:
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.analysis.branching.analysis import branch as play
    from totalplace.sim.analysis.branching.analysis import open_checkpoint
    from totalplace.sim.cli.output import say_notes

    if any(other is not None for other in others):
        raise InputError("A checkpoint has its own place, length and seed", allowed="--then, --at, --out and --force with it")
    point = open_checkpoint(path)
    say_notes(point.scenario.notes)
    return play(point, at, then)


def _from_scenario(
    name: str, at: str | None, then: list[str], save: Path | None,
    asked: tuple[str | None, str | None, int | None, int | None, int | None, list[str]],
) -> Branches | None:
    from totalplace import scenarios
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.analysis.branching.analysis import branch as play
    from totalplace.sim.analysis.branching.analysis import branched, checkpoint
    from totalplace.sim.analysis.branching.analysis import save as write_checkpoint
    from totalplace.sim.cli.output import progress, say_notes
    from totalplace.sim.engine.seeds import seeds_from

    place, year, runs, seed, quarters, settings = asked
    base = scenarios.load(name, set=settings, place=place, year=year, quarters=quarters).for_many_runs()
    say_notes(base.notes)
    if at is None:
        raise InputError("A branch needs a month to begin in", allowed=f"--at, such as --at {base.start}")
    if then:
        branched(base, at, then)  # says what cannot be used before anything is written
        seeds_from(base.seeds.first if seed is None else seed, runs or base.seeds.count)
    if save is not None:
        write_checkpoint(checkpoint(base, at, base.seeds.first if seed is None else seed), save)
    if not then:
        return None
    with progress("Runs", runs or base.seeds.count) as done:
        return play(base, at, then, runs=runs, first_seed=seed, progress=lambda now, of: done(now))
