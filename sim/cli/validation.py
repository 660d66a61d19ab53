"""The command that validates: published facts and lever signs against the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from totalplace.sim.evidence.validation import Validation


#: Fewest draws of the posterior behind what survives.
FEWEST_SURVIVING: Final = 4


class Draw(StrEnum):
    """What the parameters of the draws behind the verdicts are."""

    default = "default"
    prior = "prior"
    posterior = "posterior"


Runs = Annotated[int, typer.Option(min=1, metavar="N", help="Draws behind the verdicts; each is a run in every place.")]
Places = Annotated[
    list[str] | None,
    typer.Option("--places", metavar="NAME", help="A place, by name or code; may be repeated. [default: 24 that were held out]"),
]
Draws = Annotated[
    Draw | None,
    typer.Option("--draw", help="Parameters of the draws: default values, prior ranges, or the posterior. [default: posterior]"),
]
Seed = Annotated[int, typer.Option(min=0, metavar="S", help="First seed.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write DIR/validation.md and DIR/images/validation-*.png.")]


Ablations = Annotated[bool, typer.Option("--ablations", help="Instead: the facts without one mechanism each, DIR/ablations.md.")]
TradeOffs = Annotated[bool, typer.Option("--trade-off", help="Instead: voluntary pooling against the top-up, DIR/trade-off.md.")]
Levers = Annotated[bool, typer.Option("--levers", help="Instead: what each lever does over the prior, who pays, DIR/levers.md.")]
Panel = Annotated[bool, typer.Option("--panel", help="Instead: spending and need of places, year by year, DIR/panel.md.")]

Survival = Annotated[
    bool, typer.Option("--survival", help="Instead: which conclusions hold in both eras and every variant, DIR/what-survives.md.")
]


def validate(
    runs: Runs = 200, places: Places = None, draw: Draws = None, seed: Seed = 1, ablations: Ablations = False,
    trade_off: TradeOffs = False, levers: Levers = False, panel: Panel = False, survival: Survival = False, out: Out = None,
) -> None:
    """Compare the model with published facts: value, median, 90% interval and verdict; signs of all levers.

    This and --panel need the extra `panel`: pip install 'totalplace[panel]'.
    """
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import console, in_turn, progress
    from totalplace.sim.evidence.validation import check
    from totalplace.sim.evidence.validation import validate as run_validation
    from totalplace.sim.evidence.validation_page import write
    from totalplace.sim.results.out_folder import check_files

    check(runs, places or (), draw or Draw.posterior)
    if out is not None:
        check_files(out)
    if ablations + trade_off + levers + panel + survival > 1:
        raise InputError("--ablations, --trade-off, --levers, --panel and --survival are pages of their own", allowed="one of them")
    if survival:
        _survive(runs, places or (), draw, seed, out)
        return
    if ablations:
        _ablate(runs, places or (), draw, seed, out)
        return
    if trade_off:
        _weigh(runs, places or (), draw, seed, out)
        return
    if levers:
        _respond(runs, places or (), draw, seed, out)
        return
    if panel:
        _estimate(places or (), draw, out)
        return
    with progress("Runs", 1000) as done:
        found = run_validation(runs, places or (), draw or Draw.posterior, seed, progress=lambda now, of: done(1000 * now // of))
    if out is None:
        _show(found)
        return
    files: list[Path] = []
    in_turn(out, lambda: files.extend(write(found, out)), lambda: _show(found), lambda: None)
    console().print(f"\nReport: {files[-1]} and {len(files) - 1} figures in {out / 'images'}", soft_wrap=True)


def _survive(runs: int, places: Sequence[str], draw: Draw | None, seed: int, out: Path | None) -> None:
    """Which conclusions hold in both eras, over the posterior, the prior and every variant."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.survival import survive

    if draw is not None:
        raise InputError("--survival is over the posterior and the prior", allowed="without --draw")
    if runs < FEWEST_SURVIVING:
        raise InputError("--survival needs a few draws for each change of structure", allowed=f"--runs {FEWEST_SURVIVING} or more")
    survive(runs, places, seed, out)


def _ablate(runs: int, places: Sequence[str], draw: Draw | None, seed: int, out: Path | None) -> None:
    """The facts under each ablation, at default parameters."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import progress
    from totalplace.sim.evidence.ablations import ablate, markdown, write

    if draw not in (None, Draw.default):
        raise InputError("--ablations are at default parameters", allowed="--draw default, or without --draw")
    with progress("Runs", 1000) as done:
        found = ablate(runs, places, seed, progress=lambda now, of: done(1000 * now // of))
    _told(markdown(found), lambda folder: write(found, folder), out)


def _weigh(runs: int, places: Sequence[str], draw: Draw | None, seed: int, out: Path | None) -> None:
    """Voluntary pooling and the top-up, at default values and over the prior."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import progress
    from totalplace.sim.evidence.trade_off import weigh
    from totalplace.sim.evidence.trade_off_page import markdown, write

    if draw not in (None, Draw.default):
        raise InputError("--trade-off is at default values and over the prior", allowed="without --draw")
    with progress("Runs", 1000) as done:
        found = weigh(runs, places, seed, progress=lambda now, of: done(1000 * now // of))
    _told(markdown(found), lambda folder: write(found, folder), out)


def _respond(runs: int, places: Sequence[str], draw: Draw | None, seed: int, out: Path | None) -> None:
    """What each lever does, over the prior."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import progress
    from totalplace.sim.evidence.fact_runs import places_by_rule
    from totalplace.sim.evidence.lever_responses import PLACES, respond
    from totalplace.sim.evidence.lever_responses_page import markdown, write
    from totalplace.sim.evidence.neighbourhoods_won import devolve

    if draw is Draw.posterior:
        raise InputError("--levers are tried over the prior", allowed="--draw prior, or without --draw")
    if runs < 2:
        raise InputError("--levers need two draws at least in each place", allowed="--runs 2 or more")
    with progress("Runs", 1000) as done:
        found = respond(runs, places or PLACES, seed, progress=lambda now, of: done(900 * now // of))
        won = devolve(places or places_by_rule(), runs, seed, progress=lambda now, of: done(900 + 100 * now // of))
    _told(markdown(found, won), lambda folder: write(found, won, folder), out)


def _estimate(places: Sequence[str], draw: Draw | None, out: Path | None) -> None:
    """What spending does to need and need to spending, in the published panel; nothing of the model runs."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.cli.output import progress
    from totalplace.sim.evidence.panel.page import markdown, write
    from totalplace.sim.evidence.panel.study import study

    if places or draw is not None:
        raise InputError("--panel is over all places, and draws nothing", allowed="without --places and --draw")
    with progress("Estimates", 8) as done:
        found = study(progress=lambda now, of: done(now))
    _told(markdown(found), lambda folder: write(found, folder), out)


def _told(text: str, write: Callable[[Path], list[Path]], out: Path | None) -> None:
    """Show a page, or write it, with its figures, into a folder."""
    from totalplace.sim.cli.output import console

    if out is None:
        console().print(text, markup=False, soft_wrap=True)
    else:
        console().print(f"Report: {write(out)[-1]}", soft_wrap=True)


def _show(found: Validation) -> None:
    from totalplace.sim.cli.output import console, table
    from totalplace.sim.evidence.validation_page import rows
    from totalplace.sim.evidence.validation_words import beside

    screen = console()
    kind = {"default": "default parameters", "prior": "prior draws", "posterior": "draws of the posterior"}[found.draw]
    listing = table(f"{len(found.places)} places, {found.runs} draws, {kind}")
    for heading in ("fact", "measure", "published", "model, median (90%)", "verdict", "fact's verdict"):
        listing.add_column(heading)
    for row in rows(found):
        if row[0]:
            listing.add_section()
        listing.add_row(*row)
    screen.print(listing, markup=False)
    for figure, words in ((True, "with a published figure"), (False, "with a direction")):
        good, judged = len(found.reproduced(figure)), [one.fact.number for one in found.judged(figure)]
        share = found.again.counted(judged, good)[0]
        screen.print(f"{good} of {len(judged)} facts {words} reproduced, in {share:.0%} of resamples of the draws.")
    for line in beside(found.contests):
        screen.print(line, soft_wrap=True)
    odd = [push for push in found.signs if push.verdict in ("wrong", "no effect")]
    for push in odd:
        screen.print(f"Lever {push.trial.lever} on {push.metric}: {push.verdict}", soft_wrap=True)
    if not odd:
        screen.print("Every lever has the sign that the model description implies.")
