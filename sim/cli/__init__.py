"""The command line. ``totalplace --help`` must answer at once: what is slow to import is imported in the commands."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated, Final

import typer

from totalplace.sim.cli.analyse import analyse_commands
from totalplace.sim.cli.branch import branch
from totalplace.sim.cli.browser import browser
from totalplace.sim.cli.calibration import calibrate
from totalplace.sim.cli.eras import eras
from totalplace.sim.cli.figures import figures
from totalplace.sim.cli.house_form import HouseCommand, HouseGroup
from totalplace.sim.cli.listings import metrics, scenarios
from totalplace.sim.cli.output import begin, complain, set_up_streams, whereabouts
from totalplace.sim.cli.places import places
from totalplace.sim.cli.rank import rank
from totalplace.sim.cli.report import report
from totalplace.sim.cli.search import search
from totalplace.sim.cli.simulations import compare, explain, run
from totalplace.sim.cli.structure import structure
from totalplace.sim.cli.sweeps import sweep_commands
from totalplace.sim.cli.validation import validate
from totalplace.sim.system.passing import clear
from totalplace.sim.system.processes import SAFE_PATH
from totalplace.sim.system.signals import stop_signals

app = typer.Typer(
    cls=HouseGroup,
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
app.command()(eras)
app.command()(rank)
app.command()(search)
app.command()(validate)
app.command()(calibrate)
app.command()(structure)
app.command()(metrics)
app.command()(browser)
app.command()(figures)
app.command()(report)
app.add_typer(places, name="places", cls=HouseGroup)
app.add_typer(scenarios, name="scenarios", cls=HouseGroup)
app.add_typer(sweep_commands, name="sweep", cls=HouseGroup)
app.add_typer(analyse_commands, name="analyse", cls=HouseGroup)
for commands in (app, places, scenarios, sweep_commands, analyse_commands):
    for command in commands.registered_commands:
        command.cls = HouseCommand


#: How a system says that an open file, such as standard output, takes no more.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


class Interrupted(BaseException):
    """The user or the system asked the command to stop; ``number`` is the signal."""

    def __init__(self, number: int) -> None:
        self.number = number


#: How long a signal waits, in seconds, that came while Python could not stop.
_AGAIN: Final = 0.02


class _Stops:
    """What a signal that asks to stop does: it raises Interrupted until the command has come to its end, and nothing after that."""

    over = False
    #: Whether a signal is about to be sent again: in that, too, Python lets no error out.
    sending = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.over:
            return
        if self.sending:
            self._later(number)
        else:
            raise Interrupted(number)

    def swallowed(self, lost: sys.UnraisableHookArgs) -> None:
        """Send a signal again that came in a place from which Python lets no error out, such as the end of an object."""
        if not isinstance(lost.exc_value, Interrupted):
            sys.__unraisablehook__(lost)
        elif not self.over:
            self.sending = True
            self._later(lost.exc_value.number)
            self.sending = False

    def _later(self, number: int) -> None:
        again = threading.Timer(_AGAIN, _send, [number])
        again.daemon = True
        again.start()


def _send(number: int) -> None:
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, number)  # sent to another thread it would not wake this one
    else:
        signal.raise_signal(number)


_stops = _Stops()


def main(arguments: list[str] | None = None) -> None:
    """Run the command line as a process of its own and exit with its code."""
    os.environ[SAFE_PATH] = "1"  # no process that a library starts takes code from the current folder
    sys.unraisablehook = _stops.swallowed
    for number in stop_signals():
        signal.signal(number, _stops)
    try:
        set_up_streams()
        code = exit_code(arguments)
        _stops.over = True
    except Interrupted as stop:  # a second one, or one while the command said how it ended
        _stops.over = True
        code = 128 + stop.number
    sys.exit(code)


def exit_code(arguments: list[str] | None = None) -> int:
    """Run the command line: 0 done, 2 bad input, 130 or 143 interrupted, 1 when output or figures could not be written."""
    from totalplace.scenarios.errors import InputError

    begin()
    closed = sys.stdout is None  # as with ``>&-``
    if closed:
        sys.stdout = io.StringIO()
    try:
        code = _code(arguments)
        sys.stdout.flush()
        if closed:
            complain(f"Error: Standard output is closed.{whereabouts()}")
        return code or int(closed)
    except InputError as error:
        complain(f"Error: {error}{whereabouts()}")
        return 2
    except Interrupted as stop:
        clear()
        complain(f"Interrupted.{whereabouts()}" if whereabouts() else "Interrupted: nothing was written.")
        return 128 + stop.number
    except BrokenPipeError:
        _drop_output()
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:  # not of standard output
            raise
        complain(f"Error: Standard output cannot be written: {error.strerror}.{whereabouts()}")
        _drop_output()
        return 1


def _code(arguments: list[str] | None) -> int:
    """Run the command line; the code of those errors that it knows itself."""
    try:
        app(args=arguments, prog_name="totalplace", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as error:
        if type(error).__name__ != "DrawingFailed":  # of a module that is slow to import
            raise
        complain(f"Error: {error}.")
        return 1
    return 0


def _drop_output() -> None:
    """Let what still waits to be written go nowhere, so that the end of the process does not complain again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


