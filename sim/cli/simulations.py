"""Commands that simulate: run, compare, explain."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from totalplace.sim.cli.apart import Apart, Groups
from totalplace.sim.cli.finishing import Output, finish, read_style
from totalplace.sim.cli.options import (
    Engine,
    EngineOption,
    Figures,
    FiguresOption,
    Force,
    Metrics,
    MoneyOption,
    MostRuns,
    Out,
    Place,
    Precision,
    Quarters,
    Runs,
    Seed,
    Settings,
    StyleOption,
    Year,
)
from totalplace.sim.cli.request import Request

if TYPE_CHECKING:
    from rich.console import RenderableType

    from totalplace.sim.engine.precision import Goal, Reached
    from totalplace.sim.figures.house import House
    from totalplace.sim.results.answers import Answer
    from totalplace.sim.results.run import Ensemble

Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or path of a file.")]
Names = Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names of scenarios, or paths of files.")]
Decompose = Annotated[
    str | None, typer.Option(metavar="METRIC", help="Of two scenarios: the part that each lever and field has in the difference.")
]
By = Annotated[Groups, typer.Option(help="With --decompose: by levers and fields, or by ingredients of arrangements.")]
OverPrior = Annotated[
    bool, typer.Option("--over-prior", help="With --by ingredients: once more with all parameters drawn from their ranges.")
]
Baseline = Annotated[str | None, typer.Option(metavar="NAME", help="Scenario to compare with. [default: the first]")]

def run(
    scenario: Name,
    place: Place = None,
    year: Year = None,
    runs: Runs = None,
    seed: Seed = None,
    quarters: Quarters = None,
    settings: Settings = None,
    metric: Metrics = None,
    money: MoneyOption = False,
    precision: Precision = None,
    most_runs: MostRuns = None,
    out: Out = None,
    force: Force = False,
    figures: FiguresOption = Figures.main,
    style: StyleOption = None,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Simulate one scenario: medians and 90% bands in the last year; tables and figures with --out."""
    from totalplace.sim.cli.tables import chosen_metrics, freed_money_table, summary_table

    request = Request(place, year, runs, seed, quarters, settings, engine)
    chosen = chosen_metrics(metric)
    started = time.monotonic()
    goals = _goals(precision, most_runs, compared=False)
    own = _check_out(out, force, style)
    asked = request.load([scenario])
    reached = request.until(asked, goals, most_runs) if goals else None
    ensembles = reached.ensembles if reached else request.simulate(asked)

    def told() -> list[RenderableType | Answer]:
        summary = summary_table(ensembles[0], chosen, [reached.words] if reached else [])
        return [summary, "", freed_money_table(ensembles)] if money else [summary]

    options = _options(request, ensembles[0], reached)
    finish(ensembles, ensembles[0], Output(out, force, figures, started, options, own), told)


def compare(
    scenarios: Names,
    baseline: Baseline = None,
    place: Place = None,
    year: Year = None,
    runs: Runs = None,
    seed: Seed = None,
    quarters: Quarters = None,
    settings: Settings = None,
    metric: Metrics = None,
    money: MoneyOption = False,
    decompose: Decompose = None,
    by: By = Groups.fields,
    over_prior: OverPrior = False,
    precision: Precision = None,
    most_runs: MostRuns = None,
    out: Out = None,
    force: Force = False,
    figures: FiguresOption = Figures.main,
    style: StyleOption = None,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Simulate scenarios on the same seeds: paired differences from a baseline, with 90% bands."""
    from totalplace.sim.cli.tables import chosen_metrics, comparison_tables, freed_money_table
    from totalplace.sim.results.compare import named

    request = Request(place, year, runs, seed, quarters, settings, engine)
    chosen = chosen_metrics(metric)
    started = time.monotonic()
    own = _check_out(out, force, style)
    asked = request.load(scenarios)
    reference = named([scenario.name for scenario in asked], baseline)
    apart = Apart(decompose, by, over_prior, tuple(metric or ()))
    apart.check(asked)
    goals = _goals(precision, most_runs, compared=len(asked) > 1)
    reached = request.until(asked, goals, most_runs, reference) if goals else None
    ensembles = reached.ensembles if reached else request.simulate(asked)
    answer = apart.answer(asked[reference], asked[1 - reference], request) if decompose is not None else None

    def told() -> list[RenderableType | Answer]:
        tables = comparison_tables(ensembles, ensembles[reference], chosen, [reached.words] if reached else [])
        freed: list[RenderableType | Answer] = ["", freed_money_table(ensembles)] if money else []
        return [tables, *freed] if answer is None else [tables, *freed, answer]

    base = ensembles[reference]
    finish(ensembles, base, Output(out, force, figures, started, _options(request, base, reached), own), told, answer)


def _goals(given: list[str] | None, most: int | None, *, compared: bool) -> tuple[Goal, ...]:
    """What --precision asks for; raises InputError before anything is simulated."""
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.engine.precision import read_goals

    if most is not None and not given:
        raise InputError("--most-runs caps what --precision adds, and there is no --precision", allowed="--runs for a fixed number")
    return read_goals(given or (), compared)


def explain(
    scenario: Name,
    place: Place = None,
    year: Year = None,
    runs: Runs = None,
    seed: Seed = None,
    quarters: Quarters = None,
    settings: Settings = None,
    out: Out = None,
    force: Force = False,
    figures: FiguresOption = Figures.main,
    style: StyleOption = None,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Say who agreed, who refused and which part of the appraisal decided it, by agency and theme."""
    from totalplace.sim.cli.tables import requests_by_agency, requests_by_theme
    from totalplace.sim.results.explain import answered

    request = Request(place, year, runs, seed, quarters, settings, engine)
    started = time.monotonic()
    own = _check_out(out, force, style)
    ensembles = request.simulate(request.load([scenario]))

    def told() -> list[RenderableType | Answer]:
        parts: list[RenderableType | Answer] = list(answered(ensembles[0]))
        if not len(ensembles[0].deals):
            return parts
        return [*parts, "", requests_by_agency(ensembles[0]), "", requests_by_theme(ensembles[0])]

    finish(ensembles, ensembles[0], Output(out, force, figures, started, _options(request, ensembles[0]), own), told)


def _check_out(out: Path | None, force: bool, style: Path | None) -> House | None:
    """Say that a folder cannot be written, or a house style not be read, before the runs, not after; the style."""
    if out is not None:
        from totalplace.sim.results.store import check_out

        check_out(out, force)
    return read_style(style)


def _options(request: Request, baseline: Ensemble, reached: Reached | None = None) -> dict[str, Any]:
    """What the options of a command came to, for the manifest."""
    options: dict[str, Any] = {"engine": str(request.engine), "settings": request.settings or []}
    options |= {"baseline": baseline.scenario.name} | ({"precision": reached.record} if reached else {})
    return options | ({"applied": request.applied} if request.applied else {})
