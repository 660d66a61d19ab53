"""The options that ``run``, ``compare`` and ``explain`` share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand

#: What the help calls words that name a file or a folder.
_NAMES_OF_PATHS: Final = ("DIR", "FILE", "PATH")


class OnceEach(TyperCommand):
    """A command that refuses an option given twice where only one value counts: the first would be lost without a word.

    An empty name of a file or a folder is refused, too: to the system it would be the current folder.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of a command. Raises InputError for an option given twice and for an empty path."""
        from totalplace.scenarios.errors import InputError

        values, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for option in self.params:
            repeatable = getattr(option, "multiple", False) or getattr(option, "is_flag", False)
            single = option.param_type_name == "option" and not repeatable
            if single and sum(one is option for one in given) > 1:
                name = max(option.opts, key=len)
                raise InputError(f"The option '{name}' is given twice", allowed="each option once, but those that may be repeated")
            _refuse_empty(option, values.get(option.name or ""))
        return super().parse_args(ctx, args)


def _refuse_empty(option: Any, given: object) -> None:
    """Raise InputError where an option or argument that is a path is given as an empty text."""
    if given != "" or not str(option.metavar).startswith(_NAMES_OF_PATHS):
        return
    from totalplace.scenarios.errors import InputError

    name = max(option.opts, key=len) if option.param_type_name == "option" else option.metavar
    what = "folder" if str(option.metavar).startswith("DIR") else "file"
    raise InputError(f"'{name}' is given as an empty name", allowed=f"the name of a {what}")


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
