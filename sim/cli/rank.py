"""The command that puts places in order."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from totalplace.sim.cli.options import Force, Out, Quarters, Runs, Seed, Settings, StyleOption, Year


class Per(StrEnum):
    """What money is held against."""

    head = "head"
    share = "share"


Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or path of a file.")]
Baseline = Annotated[
    str, typer.Option(metavar="NAME", help="Scenario that each place is compared with; 'none' ranks by the level itself.")
]
MetricOption = Annotated[str, typer.Option("--metric", metavar="NAME", help="Metric that decides the order.")]
PerOption = Annotated[
    Per | None, typer.Option("--per", help="Of money: a head of the people, or as a share of what bodies spend. [default: in all]")
]
Region = Annotated[
    list[str] | None, typer.Option("--region", metavar="NAME", help="Only places of this region; may be repeated. [default: all]")
]


def rank(
    scenario: Name, baseline: Baseline = "silo", metric: MetricOption = "net_saving", per: PerOption = None, region: Region = None,
    year: Year = None, runs: Runs = None, seed: Seed = None, quarters: Quarters = None, settings: Settings = None, out: Out = None,
    force: Force = False, style: StyleOption = None,
) -> None:
    """Rank places by what a scenario does in them: bands of values and ranks, a map, and what goes with the order."""
    from totalplace.sim.analysis.rank.analysis import rank as ranked
    from totalplace.sim.cli.answers import check_out, write
    from totalplace.sim.cli.finishing import read_style
    from totalplace.sim.cli.output import progress, say_notes

    check_out(out, force)
    own = read_style(style)
    if out is None and own is not None:
        say_notes(["nothing is drawn: --style takes effect with --out DIR"])
    with progress("Places", 1000) as done:
        answer = ranked(
            scenario, baseline, metric=metric, per=None if per is None else per.value, region=region or (), year=year, runs=runs,
            first_seed=seed, quarters=quarters, settings=settings or (), progress=lambda now, of: done(1000 * now // of),
        )
    tables: dict[str, tuple[str, ...]] = {
        "ranking": ("rank", "rank_low", "rank_high", "place", "region", "value", "value_low", "value_high", "first_tenth",
                    "apart_from_first"),
        "explained": ("part", "percent", "goes_with"),
    }
    options = {"baseline": baseline, "metric": answer.metric.name, "region": region or [], "settings": settings or []}
    write(answer, out, force, options, tables, style=own)
