"""Commands that list what there is: scenarios, metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from totalplace.scenarios.user_text import printable
from totalplace.sim.cli.output import console, document, say_notes, table

scenarios = typer.Typer(help="List, show and check scenarios.", invoke_without_command=True)


@scenarios.callback()
def _scenarios(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_scenarios()


@scenarios.command("list")
def list_scenarios() -> None:
    """List the scenarios that are shipped."""
    from totalplace import scenarios as shipped

    listing = table()
    listing.add_column("scenario", no_wrap=True)
    listing.add_column("title")
    for name in shipped.names():
        listing.add_row(name, shipped.load(name).title)
    console().print(listing)


@scenarios.command("show")
def show_scenario(name: Annotated[str, typer.Argument(help="Name of a scenario, or path of a file.")]) -> None:
    """Print a scenario in full, every lever and uncertainty resolved as many runs are played."""
    from totalplace import scenarios as shipped

    document(shipped.load(name).for_many_runs().text)


@scenarios.command("check")
def check_scenario(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario file (YAML).", show_default=False)]
) -> None:
    """Check a scenario file; what is wrong is reported with line and column."""
    from totalplace import scenarios as shipped

    scenario = shipped.check(file)
    where = scenario.place_shown
    for line in (f"{file}: good. {scenario.title} ({where}, {scenario.quarters} quarters)", *scenario.says()):
        typer.echo(printable(line if line.startswith(f"{file}:") else f"  {line}"))
    say_notes(scenario.notes)


@scenarios.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from totalplace import scenarios as shipped

    document(json.dumps(shipped.json_schema(), indent=2, ensure_ascii=False) + "\n")


def metrics() -> None:
    """List the metrics: name, meaning, unit and which direction is better."""
    from totalplace.sim.model.metrics import METRICS
    from totalplace.sim.results.relative import PER

    better = {1: "more is better", -1: "less is better", 0: ""}
    listing = table()
    listing.add_column("metric", no_wrap=True)
    listing.add_column("meaning, unit")
    group = None
    for metric in METRICS.values():
        if group not in (None, metric.group):
            listing.add_section()
        group = metric.group
        says = "; ".join(note for note in (metric.unit, better[metric.direction]) if note)
        listing.add_row(metric.name, f"{metric.meaning} [{says}]")
    screen = console()
    screen.print(listing, markup=False)
    screen.print("")
    for per in PER.values():
        words = f"Each metric in £m is also there {per.label}, as NAME{per.ending} [{per.of(METRICS['net_saving']).unit}]."
        screen.print(words, markup=False, soft_wrap=True)
