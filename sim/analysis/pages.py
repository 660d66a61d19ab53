"""Pages of Markdown that a command writes, with their figures beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.sweep.parts import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table and an empty one after it."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def write_page(folder: Path, page: str, text: str, figures: Mapping[str, Figure]) -> list[Path]:
    """Write ``folder/page`` and its figures as ``images/STEM-NAME.png``, each whole; returns the files. Raises OSError."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in figures.items():
        stream = BytesIO()
        figure.savefig(stream, format="png", dpi=110)
        written.append(folder / "images" / f"{Path(page).stem}-{name}.png")
        write_whole(written[-1], stream.getvalue())
    write_whole(folder / page, text.encode())
    return [*written, folder / page]
