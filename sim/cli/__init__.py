"""The command line. ``totalplace --help`` must answer at once: what is slow to import is imported in the commands."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from sim.cli.analyse import analyse_commands
from sim.cli.branch import branch
from sim.cli.browser import browser
from sim.cli.calibration import calibrate
from sim.cli.listings import metrics, places, scenarios
from sim.cli.report import report
from sim.cli.search import search
from sim.cli.simulations import compare, explain, run
from sim.cli.structure import structure
from sim.cli.sweeps import sweep_commands
from sim.cli.validation import validate
from sim.processes import SAFE_PATH
from sim.signals import stop_signals

app = typer.Typer(
    help="Simulate how the public agencies of an English place negotiate pooled budgets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        typer.echo(f"totalplace {version('totalplace')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


app.command()(run)
app.command()(compare)
app.command()(explain)
app.command()(branch)
app.command()(search)
app.command()(validate)
app.command()(calibrate)
app.command()(structure)
app.command()(places)
app.command()(metrics)
app.command()(browser)
app.command()(report)
app.add_typer(scenarios, name="scenarios")
app.add_typer(sweep_commands, name="sweep")
app.add_typer(analyse_commands, name="analyse")


class Interrupted(BaseException):
    """The user or the system asked the command to stop; ``number`` is the signal."""

    def __init__(self, number: int) -> None:
        self.number = number


def _stop(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line as a process of its own and exit with its code."""
    settle()
    for number in stop_signals():
        signal.signal(number, _stop)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(exit_code(arguments))


def settle() -> None:
    """Set what libraries read when they are imported, and what processes read that they start.

    None of these takes code from the current folder. Matplotlib knows no ``~`` in the name of its folder, and tells users without a
    home or with a full disk, at length, that it makes do without.
    """
    os.environ[SAFE_PATH] = "1"
    if folder := os.environ.get("MPLCONFIGDIR"):
        os.environ["MPLCONFIGDIR"] = os.path.abspath(os.path.expanduser(folder))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def exit_code(arguments: list[str] | None = None) -> int:
    """Run the command line: 0 done, 2 bad input, 130 or 143 interrupted, 1 reader of a pipe gone."""
    from scenarios.errors import InputError

    try:
        app(args=arguments, prog_name="totalplace", standalone_mode=True)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except Interrupted as stop:
        print("Interrupted: nothing was written.", file=sys.stderr)
        return 128 + stop.number
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


