"""How the commands show what an analysis found: tables, sentences, notes, and files with ``--out``."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from totalplace.sim.cli.output import console, in_turn, table
from totalplace.sim.results.labels import PLAIN, Labels

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.figures.house import House
    from totalplace.sim.results.answers import Answer

#: Most rows of a table on the screen; the files of ``--out`` have all of them.
SHOWN = 30


def check_out(out: Path | None, force: bool) -> None:
    """Say that a folder cannot be written before the work, not after."""
    if out is not None:
        from totalplace.sim.results.store import check_out as check

        check(out, force)


def show(answer: Answer, tables: Mapping[str, Sequence[str]]) -> None:
    """Print the title, the sentences, the tables named (of each the columns named, or all) and the notes of an answer."""
    screen = console()
    screen.print(f"{answer.title} ({answer.source})", markup=False, soft_wrap=True)
    screen.print("")
    for sentence in answer.sentences:
        screen.print(sentence, markup=False, soft_wrap=True)
    for name, columns in tables.items():
        content = answer.tables.get(name)
        if content is not None and len(content):
            kept = content[[column for column in columns if column in content]] if columns else content
            screen.print("", shown(name, kept, answer.labels, answer.units.get(name)))
    screen.print("")
    for warning in answer.warnings:
        screen.print(f"Note: {warning}", markup=False, soft_wrap=True)


def write(
    answer: Answer, out: Path | None, force: bool, options: Mapping[str, Any], tables: Mapping[str, Sequence[str]],
    files: Mapping[str, str] | None = None, style: House | None = None,
) -> None:
    """Write an answer to ``--out``, if there is one, print it as :func:`show` does, draw its figures and say where all is.

    Figures are drawn in a house ``style``, if one is given.

    What is written is whole before anything is printed or drawn, and stays whatever fails then.
    """
    if out is None:
        show(answer, tables)
        return
    from totalplace.sim.figures.house import House, in_house, kinds_in_words
    from totalplace.sim.results.answers import draw, save

    def drawn() -> None:
        with in_house(style or House()):
            draw(answer, out)

    command = ["totalplace", *sys.argv[1:]]
    in_turn(
        out, partial(save, answer, out, command=command, options=options, force=force, files=files, shown=tables),
        partial(show, answer, tables), drawn,
    )
    screen = console()
    screen.print(f"\nTables: {out} ({', '.join(answer.tables)} as Parquet and CSV; manifest.json)", markup=False, soft_wrap=True)
    figures = f"{', '.join(answer.drawings)} as {kinds_in_words(style)}"
    screen.print(f"Figures: {out / 'figures'} ({figures})", markup=False, soft_wrap=True)


def shown(name: str, content: pd.DataFrame, labels: Labels = PLAIN, unit: str | None = None) -> Any:
    """A table on the screen, with the ``unit`` of its values, where they have one and the same, in the title; an estimate and its
    interval share a column.
    """
    from totalplace.sim.report.content import cells_of

    more = f" (first {SHOWN} of {len(content):,} rows)" if len(content) > SHOWN else ""
    title = name.replace("-", " ")
    listing = table(f"{title[:1].upper()}{title[1:]}{f', {unit}' if unit else ''}{more}")
    columns = [str(column) for column in content if not str(column).endswith(("_low", "_high")) or _alone(str(column), content)]
    numbers = set(content.select_dtypes("number"))
    for number, column in enumerate(columns):
        words = column.replace("_", "\n" if column in numbers else " ")
        fixed = number == 0 or column in numbers
        listing.add_column(words, justify="right" if column in numbers else "left", no_wrap=fixed, overflow="fold")
    cells = [cells_of(column, content.head(SHOWN), labels, alike=unit is not None) for column in columns]
    for row in zip(*cells, strict=True):
        listing.add_row(*row)
    return listing


def _alone(column: str, content: pd.DataFrame) -> bool:
    """Whether a column of ends of intervals has no estimate to stand beside."""
    return column.removesuffix("_low").removesuffix("_high") not in content
