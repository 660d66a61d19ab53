"""Pages of Markdown that a command writes, with their figures beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.errors import InputError
from totalplace.sim.system.disk import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: A stroke that Markdown would take for the edge of a cell, and how it is written.
_BARE_STROKE: Final = re.compile(r"(?<!\\)\|")
_STROKE: Final = r"\\|"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table and an empty one after it. A cell is one line, and a stroke in it is one of its own."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_BARE_STROKE.sub(_STROKE, ' '.join(str(cell).splitlines()).strip()) for cell in row)} |"
    yield ""


def write_page(folder: Path, page: str, text: str, figures: Callable[[], Mapping[str, Figure]]) -> list[Path]:
    """Write ``folder/page`` and then its figures as ``images/STEM-NAME.png``, each whole; returns the files, the page last.

    Raises InputError when the page cannot be written, DrawingFailed when a figure cannot.
    """
    from totalplace.sim.results.store import DrawingFailed

    try:
        (folder / "images").mkdir(parents=True, exist_ok=True)
        write_whole(folder / page, text.encode())
    except OSError as error:
        raise InputError(f"'{folder / page}' cannot be written: {error.strerror}", allowed="a folder you may write in") from error
    written = []
    try:
        for name, figure in figures().items():
            stream = BytesIO()
            figure.savefig(stream, format="png", dpi=110, metadata={"Software": None})
            written.append(folder / "images" / f"{Path(page).stem}-{name}.png")
            write_whole(written[-1], stream.getvalue())
    except Exception as error:  # Matplotlib raises errors of all kinds, and none of them may cost the page
        why = (str(error) or type(error).__name__).strip().partition("\n")[0][:300]
        raise DrawingFailed(f"Figures could not be drawn ({why}). '{folder / page}' is whole") from error
    return [*written, folder / page]
