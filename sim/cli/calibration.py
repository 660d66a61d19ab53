"""The command that calibrates the uncertainties against published facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from totalplace.sim.evidence.calibration.run import Calibration

Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the calibration. The same command goes on where it stopped.")]
Docs = Annotated[Path | None, typer.Option(metavar="DIR", help="Also write DIR/calibration.md and its figures.")]
Ship = Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the posterior that scenarios draw from, as CSV.")]
Places = Annotated[
    list[str] | None,
    typer.Option("--places", metavar="NAME", help="A place, by name or code; may be repeated. [default: those of the plan]"),
]
Targets = Annotated[
    list[str] | None,
    typer.Option("--fact", metavar="MEASURE", help="A criterion to use; may be repeated. [default: those of the plan]"),
]
Particles = Annotated[int | None, typer.Option(min=10, metavar="N", help="Particles of each generation.")]
Generations = Annotated[int | None, typer.Option(min=1, metavar="N", help="Most generations.")]
Pictures = Annotated[int | None, typer.Option(min=1, metavar="N", help="Most pictures in all generations.")]
Screening = Annotated[int | None, typer.Option(min=20, metavar="N", help="Pictures over the prior that say which parameters move.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="S", help="Seed of every draw.")]
Threads = Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads. [default: one for each processor]")]


def calibrate(out: Out, docs: Docs = None, ship: Ship = None, places: Places = None, fact: Targets = None,
              particles: Particles = None, generations: Generations = None, pictures: Pictures = None,
              screening: Screening = None, seed: Seed = None, threads: Threads = None) -> None:
    """Calibrate the uncertainties against published facts over a mix of places, and propose their defaults."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import console, finished, progress
    from totalplace.sim.evidence.calibration.plan import asked
    from totalplace.sim.results.out_folder import check_files

    sizes = {"particles": particles, "generations": generations, "pictures": pictures, "screening": screening}
    plan = asked(places or (), fact or (), seed, **sizes)
    for folder in (out, docs):
        if folder is not None:
            check_files(folder)
    if ship is not None and (ship.is_dir() or not ship.parent.is_dir()):
        raise InputError(f"'{ship}' cannot be written", allowed="a file in a folder that exists")
    if ship is not None:
        check_files(ship.parent)
    from totalplace.sim.evidence.calibration import page as report
    from totalplace.sim.evidence.calibration import results
    from totalplace.sim.evidence.calibration.run import calibrate as run_calibration
    from totalplace.sim.system.disk import write_whole

    count = [0]
    with progress("Pictures", plan.size.screening + plan.size.pictures) as done:
        def tell(stage: str, more: int) -> None:
            count[0] += more
            done(count[0])

        found = run_calibration(plan, out, threads, tell)
    try:
        results.write(found, out)
        if ship is not None:
            write_whole(ship, results.shipped_text(found).encode())
    except OSError as error:
        raise InputError(f"The results cannot be written: {error.strerror}", allowed="the same command again, with room") from error
    finished(out)
    _show(found, out)
    for folder in (out, docs):
        if folder is not None:
            report.write(found, folder)
    console().print(f"\nFolder: {out}", soft_wrap=True)


def _show(found: Calibration, out: Path) -> None:
    from totalplace.scenarios.registry import PARAMETERS
    from totalplace.sim.cli.output import console, table
    from totalplace.sim.evidence.calibration.results import PATCH, patch

    screen = console()
    listing = table("Parameters that calibration moved")
    for heading in ("parameter", "unit", "prior", "posterior, median (90%)", "default", "proposed"):
        listing.add_column(heading)
    for i, (name, row) in enumerate(PARAMETERS.items()):
        known = found.marginals[name]
        if i in found.screening.moving:
            span = f"{known.median:.3g} ({known.low:.3g} to {known.high:.3g})"
            prior, present = f"{row.low:g} to {row.high:g}", f"{found.present[i]:g}"
            listing.add_row(name, row.unit, prior, span, present, f"{found.proposed[i]:g}")
    screen.print(listing, markup=False)
    tried = table("Criteria with the proposed defaults")
    tried.add_column("measure")
    tried.add_column("in range", justify="right")
    for target, share in zip(found.plan.choice, found.tried, strict=True):
        tried.add_row(target, f"{share:.0%}")
    screen.print(tried, markup=False)
    change = patch(found)
    words = f"The change of scenarios/parameters.yaml, also in {out / PATCH}:\n" if change else "No default moves."
    screen.print(f"\n{words}", soft_wrap=True)
    if change:
        print(change, end="")
