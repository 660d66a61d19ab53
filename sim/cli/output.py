"""Where output goes: tables to standard output, progress to standard error, colours only on a terminal.

Whatever is printed is text: no markup in it is obeyed, and no control character of a user's text reaches the terminal. Tables in
pipes are as wide as they need to be. Signs that a screen does not have are written with those it has.
"""

from __future__ import annotations

import codecs
import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.user_text import printable
from totalplace.sim.system.disk import identity

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Column, Table

#: Name by which streams know :func:`_nearest`.
NEAREST: Final = "totalplace-nearest"
#: Width of tables where no screen bounds them, in characters.
_UNBOUNDED: Final = 20_000
#: Width below which a column of words is not narrowed.
_LEAST: Final = 10
_PLAIN: Final = {
    "\u2212": "-", "–": "-", "—": "-", "─": "-", "…": "...", "£": "GBP ", "≥": ">=", "≤": "<=", "×": "x", "·": "-", "→": "->",
    "‘": "'", "’": "'", "“": '"', "”": '"', "✓": "yes", "±": "+/-", "\u2060": "", "\u00a0": " ",
}
#: What commands have finished in this process: folders and files that whatever fails later does not touch.
_finished: list[Path] = []
#: Folders of work that the same command takes up again where it stopped.
_begun: list[Path] = []


def finished(path: Path) -> None:
    """Note that something is whole on the disk, so that a later failure can say so."""
    _finished.append(path)


def begun(path: Path) -> None:
    """Note that work goes on in a folder, and that the same command takes it up again after a stop."""
    _begun.append(path)


def begin() -> None:
    """Forget what earlier commands of this process have finished."""
    _finished.clear()
    _begun.clear()


def whereabouts() -> str:
    """Sentences on what is finished and what can be taken up again, each with a blank before it; empty where nothing is."""
    places, half = (", ".join(f"'{path}'" for path in some) for some in (
        _finished, [path for path in _begun if path not in _finished and path.exists()]))
    whole = f" What was finished is whole in {places}." if places else ""
    return whole + (f" What is written in {half} stays; the same command goes on from there." if half else "")


def in_turn(out: Path, save: Callable[[], None], show: Callable[[], None], draw: Callable[[], None]) -> None:
    """Save results in ``out``, show them, and draw their figures, so that none of these undoes or keeps from another.

    What cannot be saved is shown all the same; figures are drawn of what is saved. Then the first error is raised.
    """
    problems: list[Exception] = []
    before = identity(out)
    for step in (save, show, draw):
        if step is draw and out not in _finished:
            continue
        try:
            step()
            if step is save:
                finished(out)
        except Exception as error:  # whatever it is, it must not cost what else is done
            problems.append(_undrawn(error, out) if step is draw else error)
        except BaseException:  # an interrupt, which may come when all is in place
            if step is save and identity(out) not in (None, before):
                finished(out)
            raise
    if problems:
        raise problems[0]


def _undrawn(error: Exception, out: Path) -> Exception:
    """An error in drawing as one that says where all else is."""
    from totalplace.sim.results.store import DrawingFailed

    if isinstance(error, DrawingFailed):
        return error
    why = str(error).rstrip(".") or type(error).__name__
    failed = DrawingFailed(f"The figures cannot be drawn: {why}. All else is whole in '{out}'")
    failed.__cause__ = error
    return failed


def complain(words: object) -> None:
    """Write a line to standard error. That it cannot be written is nobody's news."""
    with contextlib.suppress(OSError, ValueError):
        print(printable(str(words)), file=sys.stderr, flush=True)


def set_up_streams() -> None:
    """Have standard output and error write signs that they lack with those they have."""
    codecs.register_error(NEAREST, _nearest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=NEAREST)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_plain(sign) for sign in error.object[error.start : error.end]), error.end


def _plain(sign: str) -> str:
    """A sign in ASCII: its like, its letter without accents, or a question mark."""
    known = _PLAIN.get(sign)
    if known is not None:
        return known
    bare = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return bare or "?"


def _written_with(encoding: str, text: str) -> str:
    """A text in which every sign that an encoding lacks is replaced, before its width is taken."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(sign if _has(encoding, sign) else _plain(sign) for sign in text)
    except LookupError:
        return text
    return text


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def console() -> Console:
    """Standard output; without colours when it is piped or when NO_COLOR is set."""
    from rich.console import Console
    from rich.text import Text

    class Screen(Console):
        """A console to which every text is text."""

        def render_str(self, text: str, **look: Any) -> Text:
            look |= {"emoji": False, "markup": False, "highlight": False}
            return super().render_str(_written_with(self.encoding, printable(text)), **look)

        def print(self, *parts: Any, **look: Any) -> None:
            super().print(*parts, **({"crop": False} | look))

    return Screen(highlight=False, emoji=False, markup=False)


def document(text: str) -> None:
    """Write a file's content to standard output: UTF-8 in a file or a pipe, whatever the locale; on a screen as it can show it."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None or sys.stdout.isatty():
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def say_notes(notes: Iterable[str]) -> None:
    """What a user should know of what was asked, each once, on standard error."""
    for note in dict.fromkeys(notes):
        complain(f"Note: {note}")


def table(title: str = "", **options: Any) -> Table:
    """An empty table in the style that all commands share. Numbers, which stand on the right, are never cut or broken."""
    from rich import box
    from rich.table import Table

    class Numbers(Table):
        """A table whose columns of numbers are never narrower than their longest number."""

        def __rich_console__(self, screen: Console, options: ConsoleOptions) -> RenderResult:
            if screen.is_terminal:
                _fit(self.columns, options.max_width)
            yield from super().__rich_console__(screen, options.update(max_width=_UNBOUNDED))

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
    return Numbers(**(look | options))


def _fit(columns: Sequence[Column], screen: int) -> None:
    """Give columns widths that fit a screen: headings of numbers break, then words; numbers stay whole, even beyond its edge."""
    numbers = {number for number, column in enumerate(columns) if column.justify == "right"}
    widths = [max(map(_width, (column.header, *column.cells))) for column in columns]
    room = screen - 2 * (len(columns) - 1)
    if sum(widths) <= room:
        return
    for number in numbers:
        words = max(map(_width, str(columns[number].header).split()), default=0)
        widths[number] = max(words, *map(_width, columns[number].cells), 0)
    while sum(widths) > room:
        widest = max((number for number in range(len(columns)) if number not in numbers), key=lambda n: widths[n], default=None)
        if widest is None or widths[widest] <= _LEAST:
            break
        widths[widest] -= 1
    for column, width in zip(columns, widths, strict=True):
        column.width = width


def _width(cell: object) -> int:
    """Characters that a cell is wide."""
    from rich.cells import cell_len

    return max((cell_len(line) for line in str(cell).split("\n")), default=0)


def beside(tables: Sequence[Table]) -> RenderableType:
    """Tables beside each other as far as the screen is wide; where one is wider, one below the other, at their full width."""
    from rich.columns import Columns
    from rich.console import Group
    from rich.measure import Measurement

    screen = console()
    unbounded = screen.options.update(max_width=_UNBOUNDED)
    widths = sorted(Measurement.get(screen, unbounded, one).maximum for one in tables)
    if sum(widths[:2]) + 4 <= screen.width and widths[-1] <= screen.width:
        return Columns(tables, padding=(0, 4, 1, 0))
    return Group(*(part for one in tables for part in (one, "")))


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
