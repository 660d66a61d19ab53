"""The options that ``run``, ``compare`` and ``explain`` share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """Which face of the model runs; both give the same numbers to the bit."""

    compiled = "compiled"
    mesa = "mesa"


class Figures(StrEnum):
    """Which figures a command that simulates draws; the others can be drawn later."""

    main = "main"
    all = "all"
    none = "none"


Place = Annotated[
    str | None, typer.Option(metavar="PLACE", help="Place: name, code, or a spreadsheet (.xlsx, .csv). [default: the scenario's]")
]
Year = Annotated[
    str | None, typer.Option(metavar="YEAR", help="Year of the spending data, 2010-11 or so. [default: the scenario's]")
]
Runs = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Number of runs, one seed each. [default: the scenario's]")
]
Seed = Annotated[int | None, typer.Option(min=0, metavar="S", help="First seed. [default: the scenario's]")]
Quarters = Annotated[
    int | None, typer.Option(metavar="Q", help="Length of a run in quarters, 1 to 240. [default: the scenario's]")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a value, such as levers.encouragement.health=0.5; may be repeated."
    ),
]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write tables, manifest and figures to this new folder.")
]
FiguresOption = Annotated[
    Figures, typer.Option("--figures", help="With --out: figures to draw now; 'totalplace figures DIR' draws the others.")
]
StyleOption = Annotated[
    Path | None,
    typer.Option("--style", metavar="FILE", help="Draw in a house style: fonts, sizes, colours, width, dpi, formats, as YAML."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace DIR if it holds results of an earlier command.")]
MoneyOption = Annotated[bool, typer.Option("--money", help="Show where the freed money went, over the whole run.")]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", metavar="NAME", help="Show this metric, or all; may be repeated. [default: key ones]"),
]
Precision = Annotated[
    list[str] | None,
    typer.Option(
        metavar="METRIC=WIDTH",
        help="Add runs until the metric's median (compare: that of every difference) is known to plus or minus WIDTH, at 95%; "
        "METRIC:better=WIDTH for the share of runs that are better. May be repeated.",
    ),
]
MostRuns = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Most runs of a scenario that --precision may add up to. [default: 2000]")
]
EngineOption = Annotated[Engine, typer.Option("--engine", help="Compiled rules, or the Mesa model (slower).")]
