"""Where output goes: tables to standard output, progress to standard error, colours only on a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def console() -> Console:
    """Standard output; without colours when it is piped or when NO_COLOR is set."""
    from rich.console import Console

    return Console(highlight=False, emoji=False)


def say_notes(notes: Iterable[str]) -> None:
    """What a user should know of what was asked, each once, on standard error."""
    for note in dict.fromkeys(notes):
        print(f"Note: {note}", file=sys.stderr)


def table(title: str = "", **options: Any) -> Table:
    """An empty table in the style that all commands share."""
    from rich import box
    from rich.table import Table

    look: dict[str, Any] = {
        "title": title or None,
        "title_justify": "left",
        "title_style": "bold",
        "box": box.SIMPLE_HEAD,
        "pad_edge": False,
        "show_edge": False,
        "padding": (0, 1, 0, 0),
        "header_style": "bold",
    }
    return Table(**(look | options))


@contextlib.contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; the function it gives sets how many steps are done. Nothing when piped."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(words, total=total)

        def done(steps: int) -> None:
            bar.update(task, completed=steps)

        yield done
