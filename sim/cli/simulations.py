"""Commands that simulate: run, compare, explain."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from sim.cli.options import (
    Engine,
    EngineOption,
    Force,
    Metrics,
    MostRuns,
    Out,
    Place,
    Precision,
    Quarters,
    Runs,
    Seed,
    Settings,
    Year,
)
from sim.cli.output import console, in_turn, progress, say_notes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scenarios.scenario import Scenario
    from sim.analysis.answers import Answer
    from sim.precision import Goal, Reached
    from sim.results import Ensemble

Name = Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or path of a file.")]
Names = Annotated[list[str], typer.Argument(metavar="SCENARIO...", help="Names of scenarios, or paths of files.")]
Decompose = Annotated[
    str | None, typer.Option(metavar="METRIC", help="Of two scenarios: the part that each lever and field has in the difference.")
]
Baseline = Annotated[str | None, typer.Option(metavar="NAME", help="Scenario to compare with. [default: the first]")]

#: Runs in all from which on it is asked, before they are played, whether their results fit in memory together.
_MANY_RUNS: Final = 1_000


@dataclass(frozen=True)
class Request:
    """What the options of a command ask for; None leaves it to the scenario."""

    place: str | None
    year: str | None
    runs: int | None
    seed: int | None
    quarters: int | None
    settings: list[str] | None
    engine: Engine
    #: What was applied to shipped scenarios since files beside them say so, by scenario; filled by ``load``.
    applied: dict[str, dict[str, str]] = field(default_factory=dict)

    def load(self, names: list[str]) -> list[Scenario]:
        """The scenarios with the overrides of the command; raises InputError before anything is simulated.

        Where files name one place or year and shipped scenarios beside them have another, it is applied to these, too.
        """
        from scenarios.checking import is_path
        from sim.compare import check_scenarios, lent

        asked = [self._scenario(name) for name in names]
        applied = lent(asked, [is_path(name) for name in names])
        asked = [one.with_contents(applied[one.name].contents) if one.name in applied else one for one in asked]
        check_scenarios(asked)
        many = len(asked) > 1
        say_notes(one.words for one in applied.values())
        say_notes(f"{scenario.name}: {note}" if many else note for scenario in asked for note in scenario.notes)
        self.applied.update({name: one.values for name, one in applied.items()})
        return asked

    def _scenario(self, name: str) -> Scenario:
        import scenarios

        return scenarios.load(name, set=self.settings or [], place=self.place, year=self.year, quarters=self.quarters)

    def simulate(self, asked: list[Scenario]) -> list[Ensemble]:
        """Run every scenario on the same seeds, with a progress bar over all of them."""
        runs = self.runs or asked[0].seeds.count
        first = asked[0].seeds.first if self.seed is None else self.seed
        return self.play(asked, runs, first)

    def until(self, asked: list[Scenario], goals: tuple[Goal, ...], most: int | None, baseline: int = 0) -> Reached:
        """Run every scenario on the same seeds, as many as the goals need."""
        from sim.precision import MOST_RUNS, runs_until

        most = MOST_RUNS if most is None else most
        return runs_until(
            asked, goals, runs=self.runs, most=most, first_seed=self.seed, baseline=baseline, player=self.play
        )

    def play(self, asked: Sequence[Scenario], runs: int, first: int) -> list[Ensemble]:
        """Runs of every scenario from seed ``first`` on, with a progress bar over all of them."""
        import sim
        from sim.cli.engines import ENGINES
        from sim.runs import check_memory

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
    precision: Precision = None,
    most_runs: MostRuns = None,
    out: Out = None,
    force: Force = False,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Simulate one scenario: medians and 90% bands in the last year; tables and figures with --out."""
    from sim.cli.tables import chosen_metrics, summary_table

    request = Request(place, year, runs, seed, quarters, settings, engine)
    chosen = chosen_metrics(metric)
    started = time.monotonic()
    goals = _goals(precision, most_runs, compared=False)
    _check_out(out, force)
    asked = request.load([scenario])
    reached = request.until(asked, goals, most_runs) if goals else None
    ensembles = reached.ensembles if reached else request.simulate(asked)

    def told() -> list[RenderableType | Answer]:
        return [summary_table(ensembles[0], chosen, [reached.words] if reached else [])]

    _finish(ensembles, ensembles[0], out, force, started, request, told, reached=reached)


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
    precision: Precision = None,
    most_runs: MostRuns = None,
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
    goals = _goals(precision, most_runs, compared=len(asked) > 1)
    reached = request.until(asked, goals, most_runs, reference) if goals else None
    ensembles = reached.ensembles if reached else request.simulate(asked)
    answer = None if decompose is None else _decomposed(asked[reference], asked[1 - reference], decompose, request)

    def told() -> list[RenderableType | Answer]:
        tables = comparison_tables(ensembles, ensembles[reference], chosen, [reached.words] if reached else [])
        return [tables] if answer is None else [tables, answer]

    _finish(ensembles, ensembles[reference], out, force, started, request, told, answer, reached)


def _goals(given: list[str] | None, most: int | None, *, compared: bool) -> tuple[Goal, ...]:
    """What --precision asks for; raises InputError before anything is simulated."""
    from scenarios.errors import InputError
    from sim.precision import read_goals

    if most is not None and not given:
        raise InputError("--most-runs caps what --precision adds, and there is no --precision", allowed="--runs for a fixed number")
    return read_goals(given or (), compared)


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

    with progress("Mixtures", 1000) as done:
        return decompose(
            first, second, name, request.runs, first_seed=request.seed, progress=lambda now, of: done(1000 * now // of)
        )


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

    def told() -> list[RenderableType | Answer]:
        parts: list[RenderableType | Answer] = list(sentences(ensembles[0]))
        if not len(ensembles[0].deals):
            return parts
        return [requests_by_agency(ensembles[0]), "", requests_by_theme(ensembles[0]), "", *parts]

    _finish(ensembles, ensembles[0], out, force, started, request, told)


def _check_out(out: Path | None, force: bool) -> None:
    """Say that a folder cannot be written before the runs, not after."""
    if out is not None:
        from sim.store import check_out

        check_out(out, force)


def _show(told: Callable[[], Sequence[RenderableType | Answer]]) -> None:
    """Print tables, sentences and answers."""
    from sim.analysis.answers import Answer
    from sim.cli.answers import show

    screen = console()
    for part in told():
        if isinstance(part, Answer):
            show(part, {"parts": ("difference", "part", "part_low", "part_high", "share")})
        else:
            screen.print(part)


def _finish(
    ensembles: list[Ensemble],
    baseline: Ensemble,
    out: Path | None,
    force: bool,
    started: float,
    request: Request,
    told: Callable[[], Sequence[RenderableType | Answer]],
    answer: Answer | None = None,
    reached: Reached | None = None,
) -> None:
    """Write the tables to ``out``, all of them or nothing; then print what is ``told``; then draw; and say where all is."""
    if out is None:
        _show(told)
        return
    from sim.analysis.answers import write_tables as write_answer_tables
    from sim.store import add_figures, write_tables, written

    seconds = time.monotonic() - started
    options: dict[str, Any] = {"engine": str(request.engine), "settings": request.settings or []}
    options |= {"baseline": baseline.scenario.name} | ({"precision": reached.record} if reached else {})
    options |= {"applied": request.applied} if request.applied else {}
    command = ["totalplace", *sys.argv[1:]]

    def fill(folder: Path) -> None:
        if answer is not None:
            write_answer_tables(answer, folder)
        write_tables(folder, ensembles, command=command, options=options, seconds=seconds)

    def draw() -> None:
        from sim.figures import drawings

        figures = drawings(ensembles, baseline) | ({} if answer is None else dict(answer.drawings))
        with progress("Figures", len(figures)) as done:
            add_figures(out, figures, done)

    in_turn(out, lambda: written(out, force, fill), lambda: _show(told), draw)
    screen = console()
    screen.print(f"Results: {out} (metrics, deals and gains as Parquet; manifest.json)", soft_wrap=True)
    number = len(list((out / "figures").glob("*.png")))
    screen.print(f"Figures: {out / 'figures'} ({number} figures, PNG and SVG)", soft_wrap=True)
