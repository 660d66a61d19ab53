"""Commands that turn a sweep into answers: analyse sensitivity, discover, robust, factorial."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from totalplace.sim.cli.options import Force, Out

analyse_commands = typer.Typer(help="Turn the runs of a sweep into answers.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep, as 'totalplace sweep run' writes it.")]
Metric = Annotated[str, typer.Option(metavar="NAME", help="Metric, in the last year of the run.")]
Scenario = Annotated[str | None, typer.Option(metavar="NAME", help="Only this scenario of the sweep.")]
InPlace = Annotated[str | None, typer.Option("--place", metavar="NAME", help="Only this place of the sweep.")]
Seed = Annotated[int, typer.Option(min=1, metavar="S", help="Seed of the bootstrap and of the trees.")]
Condition = Annotated[
    str, typer.Option(metavar="CONDITION", help="Such as 'net_saving > 0 and wellbeing_* >= silo': metric, number or scenario.")
]


class Method(StrEnum):
    """How boxes are found."""

    prim = "prim"
    cart = "cart"


@analyse_commands.command()
def sensitivity(
    folder: Folder, metric: Metric = "net_saving", scenario: Scenario = None, place: InPlace = None, seed: Seed = 1,
    out: Out = None, force: Force = False,
) -> None:
    """What decides a metric: Sobol indices or Morris effects, as the sweep's design has them, and feature scores."""
    from totalplace.sim.analysis.sensitivity.analysis import analyse
    from totalplace.sim.cli.answers import check_out, write

    check_out(out, force)
    answer = analyse(folder, metric, scenario, place, seed)
    options = {"metric": metric, "scenario": scenario, "place": place, "seed": seed}
    write(answer, out, force, options, {"sobol": (), "morris": (), "scores": ()})


@analyse_commands.command()
def discover(
    folder: Folder,
    when: Condition,
    method: Annotated[Method, typer.Option(help="Patient rule induction, or a classification tree.")] = Method.prim,
    density: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, metavar="SHARE", help="Least share of runs in a box that meet it (prim).")
    ] = None,
    boxes: Annotated[int, typer.Option(min=1, max=10, metavar="N", help="Most boxes.")] = 3,
    scenario: Scenario = None, place: InPlace = None, seed: Seed = 1, out: Out = None, force: Force = False,
) -> None:
    """Under which values of levers and uncertainties something happens, in sentences, with coverage and density."""
    from totalplace.sim.analysis.discovery.analysis import discover as find
    from totalplace.sim.cli.answers import check_out, write

    check_out(out, force)
    answer = find(folder, when, str(method), scenario, place, density=density, most=boxes, seed=seed)
    options = {"when": when, "method": str(method), "density": density, "scenario": scenario, "place": place, "seed": seed}
    write(answer, out, force, options, {"boxes": ("box", "factor", "low", "high", "members", "chance")})


@analyse_commands.command()
def robust(
    folder: Folder,
    metric: Metric = "net_saving",
    when: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="What should be met: adds the share of states in which it is.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="What is chosen: a lever; may be repeated. [default: scenario]")
    ] = None,
    against: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Metric to weigh it against; may be repeated. [default: outcomes]")
    ] = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Which arrangement holds up over uncertainties and places: regret, maximin, satisficing share, trade-offs."""
    from totalplace.sim.analysis.robustness.analysis import SCENARIO
    from totalplace.sim.analysis.robustness.analysis import robust as judge
    from totalplace.sim.cli.answers import check_out, write

    check_out(out, force)
    answer = judge(folder, metric, when, tuple(by or (SCENARIO,)), against)
    columns = ("alternative", "median", "worst", "regret_mean", "regret_most", "best", "satisficing")
    write(answer, out, force, {"metric": metric, "when": when, "by": by, "against": against}, {"criteria": columns})


@analyse_commands.command()
def factorial(folder: Folder, metric: Metric = "net_saving", out: Out = None, force: Force = False) -> None:
    """What each field or ingredient of an arrangement does, and what they do together: main effects and interactions."""
    from totalplace.sim.analysis.factorial.analysis import factorial as find
    from totalplace.sim.cli.answers import check_out, write

    check_out(out, force)
    answer = find(folder, metric)
    write(answer, out, force, {"metric": metric}, {"effects": ("kind", "effect", "mean", "low", "high", "from", "to")})
