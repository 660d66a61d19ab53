"""Commands for sweeps: plan, run, show."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from totalplace.sim.cli.options import Engine
from totalplace.sim.cli.output import complain, console, finished, table

if TYPE_CHECKING:
    from totalplace.sim.engine.sweep.store import Store

sweep_commands = typer.Typer(help="Plan and run sweeps: many runs over a design, written to a folder.", no_args_is_help=True)

#: Seconds between the lines that tell of progress where there is no terminal.
LINE_SECONDS = 10.0
#: Failed runs, and scenarios, that are shown.
SHOWN = 5


class OnError(StrEnum):
    """What to do when a run fails: record it and go on, or stop."""

    proceed = "continue"
    stop = "stop"


File = Annotated[str, typer.Argument(metavar="FILE", help="A sweep file (YAML), or the name of a shipped sweep.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the results; the same command continues it.")]
Threads = Annotated[int | None, typer.Option(min=1, metavar="N", help="Threads. [default: one for each processor]")]
Dask = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address of a Dask scheduler, tcp://HOST:PORT.")]
DaskLocal = Annotated[int | None, typer.Option(min=1, metavar="N", help="Dask with N worker processes on this machine.")]
OnErrorOption = Annotated[OnError, typer.Option("--on-error", help="When a run fails: record it and go on, or stop.")]
EngineOption = Annotated[Engine, typer.Option("--engine", help="Compiled rules, or Mesa models in processes (slower).")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a sweep.")]


@sweep_commands.command()
def plan(file: File) -> None:
    """Say how many runs a sweep has, how long they take and how large the results are, before anything runs."""
    from totalplace.scenarios.sweeps import load
    from totalplace.sim.engine.sweep.plan import plan as plan_of

    console().print(str(plan_of(load(file))), markup=False, soft_wrap=True)


@sweep_commands.command()
def run(
    file: File,
    out: Out,
    threads: Threads = None,
    dask: Dask = None,
    dask_local: DaskLocal = None,
    on_error: OnErrorOption = OnError.proceed,
    engine: EngineOption = Engine.compiled,
) -> None:
    """Run a sweep into a folder, or continue the one there. Finished parts are checked and kept."""
    from totalplace.scenarios.errors import InputError
    from totalplace.scenarios.sweeps import load
    from totalplace.sim.engine.sweep.execution import run_sweep
    from totalplace.sim.engine.sweep.stopping import RunFailed, SweepInterrupted, SweepStopped

    if sum(option is not None for option in (threads, dask, dask_local)) > 1:
        raise InputError("Threads and Dask do not go together", allowed="one of --threads, --dask and --dask-local")
    sweep = load(file)
    for note in sweep.notes:
        complain(f"Note: {note}")
    try:
        with _telling() as progress:
            where = dask if dask is not None else dask_local
            store = run_sweep(sweep, out, threads, where, str(on_error), progress, engine=str(engine))
    except SweepInterrupted as stop:
        complain(stop)
        raise typer.Exit(128 + stop.number) from None
    except KeyboardInterrupt:
        complain("Stopped at once. The same command on the same folder goes on from there.")
        raise typer.Exit(130) from None
    except RunFailed as stop:
        on = "What is written stays; the same command with --on-error continue records the failure and goes on."
        complain(f"Error: {str(stop).rstrip('.')}. {on}")
        raise typer.Exit(1) from None
    except SweepStopped as stop:
        complain(f"Error: {stop}")
        raise typer.Exit(1) from None
    finished(out)
    _show(store)


@sweep_commands.command()
def show(folder: Folder) -> None:
    """Say how far the sweep in a folder is, what failed, and what came out."""
    from totalplace.sim.engine.sweep.store import open_sweep

    _show(open_sweep(folder))


def _show(store: Store) -> None:
    screen = console()
    screen.print(f"{store.manifest.title or store.manifest.name}: {store.state}", markup=False, soft_wrap=True)
    if not store.checked:
        screen.print("Note: an earlier version began this folder, without checksums of its manifest and records.", soft_wrap=True)
    if store.failures:
        _show_failures(store, screen)
    if store.played > store.failures:
        for part in _summaries(store):
            screen.print("", part)
    if not store.complete:
        screen.print("\nThe sweep is not finished: 'totalplace sweep run' on this folder continues it.", soft_wrap=True)
    screen.print(f"\nResults: {store.folder} (folders runs and metrics as Parquet; manifest.json)", markup=False, soft_wrap=True)


def _show_failures(store: Store, screen: Any) -> None:
    from totalplace.sim.engine.sweep.labels import labels_of

    failed, labels = store.failed(), labels_of(store.scenarios())
    for row in failed.head(SHOWN).itertuples():
        where = f"{row.scenario}, {labels.place(str(row.place))}, point {row.point}, seed {row.seed}"
        screen.print(f"Run {row.run} failed ({where}): {row.error}", markup=False, soft_wrap=True)
    if len(failed) > SHOWN:
        screen.print(f"and {len(failed) - SHOWN:,} more; all are in the table runs, with status 'failed'")


def _summaries(store: Store) -> Iterator[Any]:
    """A table of medians and bands for each scenario and place, of the first few where two or more are left out."""
    from totalplace.sim.engine.sweep.labels import labels_of
    from totalplace.sim.results.wording import amount, unit_name

    labels = labels_of(store.scenarios())
    groups = list(store.summary().groupby(["scenario", "place"], sort=False))
    shown = groups if len(groups) == SHOWN + 1 else groups[:SHOWN]
    for (scenario, place), frame in shown:
        missing = f", {frame['missing'].iloc[0]:,} missing" if frame["missing"].iloc[0] else ""
        listing = table(f"{scenario}, {labels.place(place)}: {frame['done'].iloc[0]:,} runs done{missing}")
        listing.add_column("in the last year")
        listing.add_column("unit")
        for heading in ("median", "5%", "95%"):
            listing.add_column(heading, justify="right")
        for row in frame.itertuples():
            ends = (row.last_year, row.last_year_p05, row.last_year_p95)
            numbers = (amount(float(value), row.unit, brief=True) for value in ends)
            listing.add_row(labels.metric(row.metric).label, unit_name(row.unit), *numbers)
        yield listing
    if len(groups) > len(shown):
        yield f"and {len(groups) - len(shown):,} more scenarios and places: totalplace.open_sweep(DIR).summary() has them all"


@contextmanager
def _telling() -> Iterator[Callable[[int, int], None]]:
    """Progress with rate and time left: a bar on a terminal, else a line on standard error now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    pace = Pace()
    if not screen.is_terminal:
        yield pace.line
        return
    columns = (
        TextColumn("Runs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("Runs", total=None, rate="")

        def done(runs: int, total: int) -> None:
            pace.at(runs)
            bar.update(task, completed=runs, total=total, rate=f"{_figures(pace.rate)} runs/s" if pace.rate else "")

        yield done


class Pace:
    """How fast a sweep goes, not counting what was there when it began."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None
        self._told = time.monotonic()
        self.rate = 0.0

    def at(self, runs: int) -> None:
        """Note that so many runs are done now."""
        now = time.monotonic()
        if self._began is None:
            self._began = (now, runs)
        elif now > self._began[0]:
            self.rate = (runs - self._began[1]) / (now - self._began[0])

    def line(self, runs: int, total: int) -> None:
        """Note it, and write a line if the last one was a while ago."""
        self.at(runs)
        if time.monotonic() - self._told < LINE_SECONDS or not self.rate:
            return
        from totalplace.sim.engine.sweep.plan import duration

        self._told = time.monotonic()
        left = duration((total - runs) / self.rate)
        words = f"{runs:,} of {total:,} runs, {_figures(self.rate)} runs/s, about {left} left"
        print(words, file=sys.stderr, flush=True)


def _figures(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
