"""How a command that simulated ends: tables on the disk, then what it says, then figures, then where all is."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from totalplace.scenarios.user_text import printable
from totalplace.sim.cli.options import Figures
from totalplace.sim.cli.output import console, in_turn, progress, say_notes

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from totalplace.sim.figures.house import House
    from totalplace.sim.results.answers import Answer
    from totalplace.sim.results.run import Ensemble

#: Gives what a command prints: tables, sentences, answers.
Told = Callable[[], "Sequence[RenderableType | Answer]"]


class Output(NamedTuple):
    """What a command writes and where: nothing where ``out`` is None.

    ``started`` is when it began, on the monotonic clock in seconds, ``options`` what its options came to, for the manifest,
    ``style`` the house style of its figures.
    """

    out: Path | None
    force: bool
    figures: Figures
    started: float
    options: Mapping[str, Any]
    style: House | None = None


def read_style(path: Path | None) -> House | None:
    """The house style in the file of ``--style``, if there is one; what it lacks is said. Raises InputError."""
    if path is None:
        return None
    from totalplace.sim.figures.house import read_house

    style = read_house(path)
    say_notes(style.notes)
    return style


def finish(ensembles: list[Ensemble], baseline: Ensemble, output: Output, told: Told, answer: Answer | None = None) -> None:
    """Write the tables, all of them or nothing; then print what is ``told``; then draw; and say where all is."""
    out = output.out
    if out is None:
        _show(told)
        if output.force or output.style is not None or output.figures is Figures.all:
            say_notes(["nothing was written: --figures, --style and --force take effect with --out DIR"])
        return
    from totalplace.sim.results.answers import write_tables as write_answer_tables
    from totalplace.sim.results.store import add_figures, write_tables, written

    seconds = time.monotonic() - output.started
    command = ["totalplace", *sys.argv[1:]]
    drawn = left = 0

    def fill(folder: Path) -> None:
        if answer is not None:
            write_answer_tables(answer, folder)
        write_tables(folder, ensembles, command=command, options=output.options, seconds=seconds)

    def draw() -> None:
        nonlocal drawn, left
        from totalplace.sim.figures.house import House, in_house

        figures, left = _asked_for(output.figures, ensembles, baseline, answer)
        drawn = len(figures)
        if figures:
            with progress("Figures", drawn) as done, in_house(output.style or House()):
                add_figures(out, figures, done)

    in_turn(out, lambda: written(out, output.force, fill), lambda: _show(told), draw)
    screen = console()
    screen.print(f"Results: {out} (metrics, deals, gains and ties as Parquet; manifest.json)", soft_wrap=True)
    screen.print(_figures_words(out, drawn, left, output.style), soft_wrap=True)


def _asked_for(
    which: Figures, ensembles: Sequence[Ensemble], baseline: Ensemble, answer: Answer | None
) -> tuple[dict[str, Callable[[], Figure]], int]:
    """The figures to draw, and how many are left that can be drawn from the folder later.

    Those of an answer are drawn now: the folder does not keep what they need.
    """
    from totalplace.sim.figures import drawings, main_figures

    every = drawings(ensembles, baseline)
    names = {Figures.main: main_figures(every), Figures.all: tuple(every), Figures.none: ()}[which]
    chosen = {name: every[name] for name in names}
    return chosen | ({} if answer is None or which is Figures.none else dict(answer.drawings)), len(every) - len(chosen)


def _figures_words(out: Path, drawn: int, left: int, style: House | None) -> str:
    """Where the figures are, and how to draw the others."""
    from totalplace.sim.figures.house import kinds_in_words

    where = f"Figures: {out / 'figures'} ({drawn} drawn, {kinds_in_words(style)})" if drawn else "Figures: none drawn"
    others = f"the other {left}" if drawn else f"all {left}"
    return where + (f"; to draw {others}: totalplace figures {_as_word(out)}" if left else "")


def _as_word(path: Path) -> str:
    """A path as a word of a command: no option, whatever it begins with; what no terminal shows is written for a shell to read."""
    text = str(path)
    text = f"./{text}" if text.startswith("-") else text
    if printable(text) == text:
        return shlex.quote(text)
    signs = (chr(byte) if 32 <= byte < 127 and byte not in b"\\'" else f"\\x{byte:02x}" for byte in os.fsencode(text))
    return f"$'{''.join(signs)}'"


def _show(told: Told) -> None:
    """Print tables, sentences and answers."""
    from totalplace.sim.cli.answers import show
    from totalplace.sim.results.answers import Answer

    screen = console()
    for part in told():
        if isinstance(part, Answer):
            show(part, {"parts": ("difference", "part", "part_low", "part_high", "share")})
        else:
            screen.print(part)
