"""Commands that simulate: run, compare, explain."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from sim.cli.options import Engine, EngineOption, Force, Metrics, Out, Place, Quarters, Runs, Seed, Settings, Year
from sim.cli.output import console, progress

if TYPE_CHECKING:
    from scenarios.scenario import Scenario
    from sim.analysis.answers import Answer
    from sim.results import Ensemble

Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or path of a file.")]
Names = Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names of scenarios, or paths of files.")]
Decompose = Annotated[
    str | None, typer.Option(metavar="METRIC", help="Of two scenarios: the part that each lever and field has in the difference.")
]
Baseline = Annotated[str | None, typer.Option(metavar="NAME", help="Scenario to compare with. [default: the first]")]

#: Runs in all from which on it is asked, before they are played, whether their results fit in memory together.
_MANY_RUNS: Final = 1_000


class Request(NamedTuple):
    """What the options of a command ask for; None leaves it to the scenario."""

    place: str | None
    year: str | None
    runs: int | None
    seed: int | None
    quarters: int | None
    settings: list[str] | None
    engine: Engine

    def load(self, names: list[str]) -> list[Scenario]:
        """The scenarios with the overrides of the command; raises InputError before anything is simulated."""
        import scenarios
        from sim.compare import check_scenarios

        overrides = {"place": self.place, "year": self.year, "quarters": self.quarters}
        asked = [scenarios.load(name, set=self.settings or [], **overrides) for name in names]
        check_scenarios(asked)
        return asked

    def simulate(self, asked: list[Scenario]) -> list[Ensemble]:
        """Run every scenario on the same seeds, with a progress bar over all of them."""
        import sim
        from sim.cli.engines import ENGINES
        from sim.runs import check_memory

        runs = self.runs or asked[0].seeds.count
        first = asked[0].seeds.first if self.seed is None else self.seed
        if runs * len(asked) > _MANY_RUNS:
            check_memory([sim.run(scenario, first) for scenario in asked], runs)
        finished = []
        with progress("Runs", len(asked) * runs) as done:
            for number, scenario in enumerate(asked):

                def count(steps: int, of: int, before: int = number * runs) -> None:
                    done(before + steps)

                finished.append(ENGINES[self.engine](scenario, runs=runs, first_seed=first, progress=count))
        return finished


def run(
    scenario: Name,
    place: Place = None,
    year: Year = None,
    runs: Runs = None,
    seed: Seed = None,
    quarters: Quarters = None,
    settings: Settings = None,
    metric: Metrics = None,
    out: Out = None,
    force: Force = False,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Simulate one scenario: medians and 90% bands at the end; tables and figures with --out."""
    from sim.cli.tables import chosen_metrics, summary_table

    request = Request(place, year, runs, seed, quarters, settings, engine)
    chosen = chosen_metrics(metric)
    started = time.monotonic()
    _check_out(out, force)
    ensembles = request.simulate(request.load([scenario]))
    console().print(summary_table(ensembles[0], chosen))
    _write(ensembles, ensembles[0], out, force, started, request)


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
    decompose: Decompose = None,
    out: Out = None,
    force: Force = False,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Simulate scenarios on the same seeds: paired differences from a baseline, with 90% bands."""
    from sim.cli.tables import chosen_metrics, comparison_tables
    from sim.compare import named

    request = Request(place, year, runs, seed, quarters, settings, engine)
    chosen = chosen_metrics(metric)
    started = time.monotonic()
    _check_out(out, force)
    asked = request.load(scenarios)
    reference = named([scenario.name for scenario in asked], baseline)
    _check_decompose(asked, decompose)
    ensembles = request.simulate(asked)
    console().print(comparison_tables(ensembles, ensembles[reference], chosen))
    answer = None
    if decompose is not None:
        answer = _decomposed(asked[reference], asked[1 - reference], decompose, request)
    _write(ensembles, ensembles[reference], out, force, started, request, answer)


def _check_decompose(asked: list[Scenario], name: str | None) -> None:
    """Say before the runs that a difference cannot be decomposed."""
    if name is None:
        return
    from scenarios.errors import InputError
    from sim.analysis.decomposition import differences
    from sim.metrics import metric

    metric(name)
    if len(asked) != 2:
        raise InputError(f"--decompose is of two scenarios, not {len(asked)}", allowed="two scenarios")
    differences(*asked)


def _decomposed(first: Scenario, second: Scenario, name: str, request: Request) -> Answer:
    from sim.analysis.decomposition import decompose
    from sim.cli.answers import show

    with progress("Mixtures", 1000) as done:
        answer = decompose(
            first, second, name, request.runs, first_seed=request.seed, progress=lambda now, of: done(1000 * now // of)
        )
    show(answer, {"parts": ("difference", "part", "part_low", "part_high", "share")})
    return answer


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
    engine: EngineOption = Engine.compiled,
) -> None:
    """Say who agreed, who refused and which part of the appraisal decided it, by agency and theme."""
    from sim.cli.tables import requests_by_agency, requests_by_theme
    from sim.explain import sentences

    request = Request(place, year, runs, seed, quarters, settings, engine)
    started = time.monotonic()
    _check_out(out, force)
    ensembles = request.simulate(request.load([scenario]))
    screen = console()
    if len(ensembles[0].deals):
        screen.print(requests_by_agency(ensembles[0]), "")
        screen.print(requests_by_theme(ensembles[0]), "")
    for sentence in sentences(ensembles[0]):
        screen.print(sentence)
    _write(ensembles, ensembles[0], out, force, started, request)


def _check_out(out: Path | None, force: bool) -> None:
    """Say that a folder cannot be written before the runs, not after."""
    if out is not None:
        from sim.store import check_out

        check_out(out, force)


def _write(
    ensembles: list[Ensemble],
    baseline: Ensemble,
    out: Path | None,
    force: bool,
    started: float,
    request: Request,
    answer: Answer | None = None,
) -> None:
    """Write results and figures to ``out``, all of them or nothing, and say where they are."""
    if out is None:
        return
    from sim.analysis.answers import write_tables as write_answer_tables
    from sim.figures import drawings
    from sim.store import whole_folder, write_figures, write_tables

    seconds = time.monotonic() - started
    options = {"engine": str(request.engine), "settings": request.settings or [], "baseline": baseline.scenario.name}
    with whole_folder(out, force) as folder:
        write_tables(folder, ensembles, command=["totalplace", *sys.argv[1:]], options=options, seconds=seconds)
        figures = drawings(ensembles, baseline)
        if answer is not None:
            write_answer_tables(answer, folder)
            figures |= answer.drawings
        with progress("Figures", len(figures)) as done:
            write_figures(folder, figures, done)
    screen = console()
    screen.print(f"Results: {out} (metrics, deals and gains as Parquet; manifest.json)", soft_wrap=True)
    screen.print(f"Figures: {out / 'figures'} ({len(figures)} figures, PNG and SVG)", soft_wrap=True)
