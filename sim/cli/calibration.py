"""The command that calibrates the uncertainties against published facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from totalplace.sim.evidence.calibration.plan import Plan
    from totalplace.sim.evidence.calibration.run import Calibration

Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the calibration. The same command continues where it stopped.")]
Docs = Annotated[Path | None, typer.Option(metavar="DIR", help="Also write DIR/calibration.md and its figures.")]
Ship = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Also write DIR/posterior.csv, from which scenarios draw, and the defaults in "
                                     "DIR/parameters.yaml: DIR is the folder 'scenarios' of a checkout."),
]
Targets = Annotated[
    list[str] | None,
    typer.Option("--fact", metavar="MEASURE", help="A criterion to use; may be repeated. [default: every target of the facts]"),
]
Quick = Annotated[bool, typer.Option("--quick", help="Small sizes for a first look: takes minutes, and proves nothing.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="S", help="Seed of every draw.")]
Threads = Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads. [default: one for each processor]")]


def calibrate(out: Out, docs: Docs = None, ship: Ship = None, fact: Targets = None, quick: Quick = False, seed: Seed = None,
              threads: Threads = None) -> None:
    """Calibrate the uncertainties against published facts, and show how far to believe the result."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import console, finished
    from totalplace.sim.evidence.calibration.plan import asked
    from totalplace.sim.results.out_folder import check_files

    plan = asked(fact or (), seed, quick)
    for folder in (out, docs, ship):
        if folder is not None:
            check_files(folder)
    if ship is not None and not (ship / "parameters.yaml").is_file():
        raise InputError(f"'{ship}' has no parameters.yaml", allowed="the folder 'scenarios' of a checkout")
    from totalplace.sim.evidence.calibration import page as report
    from totalplace.sim.evidence.calibration import results

    found = _calibrated(plan, out, threads)
    try:
        results.write(found, out)
    except OSError as error:
        raise InputError(f"The results cannot be written: {error.strerror}", allowed="the same command again, with room") from error
    finished(out)
    _show(found)
    for folder in (out, docs):
        if folder is not None:
            report.write(found, folder)
    if ship is not None:
        try:
            results.ship(found, ship)
        except OSError as error:
            raise InputError(f"'{ship}' cannot be written: {error.strerror}", allowed="a folder you may write in") from error
    console().print(f"\nFolder: {out}", soft_wrap=True)


def _calibrated(plan: Plan, out: Path, threads: int | None) -> Calibration:
    """The calibration, with its progress."""
    from totalplace.sim.cli.output import begun, complain, progress
    from totalplace.sim.evidence.calibration.run import calibrate as run_calibration

    count, stages = [0], set[str]()
    begun(out)
    with progress("Pictures", plan.pictures) as done:
        def tell(stage: str, more: int) -> None:
            count[0] += more
            if stage not in stages:
                stages.add(stage)
                complain(f"{stage}: {count[0]:,} of {plan.pictures:,} pictures")
            done(count[0])

        return run_calibration(plan, out, threads, tell)


def _show(found: Calibration) -> None:
    from totalplace.scenarios.registry import PARAMETERS
    from totalplace.sim.cli.output import console, table
    from totalplace.sim.evidence.calibration.marginals import rounded
    from totalplace.sim.evidence.calibration.page import summary

    screen = console()
    listing = table("Parameters that the facts inform")
    for heading in ("parameter", "unit", "prior", "posterior, median (90%)", "default before", "default"):
        listing.add_column(heading)
    central = found.defaults()
    for i in found.informed:
        row = list(PARAMETERS.values())[i]
        known = found.marginals[row.name]
        span = f"{known.median:.3g} ({known.low:.3g} to {known.high:.3g})"
        listing.add_row(row.name, row.unit, f"{row.low:g} to {row.high:g}", span, f"{row.default:g}",
                        f"{rounded(row, float(central[i])):g}")
    screen.print(listing, markup=False)
    screen.print(summary(found), soft_wrap=True, markup=False)
