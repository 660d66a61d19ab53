"""The figures of a folder that ``run``, ``compare`` or ``explain`` wrote, drawn from what the folder holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.figures.house import House, house_of, in_house
from totalplace.sim.report.read_results import format_of, read_results
from totalplace.sim.results.store import add_figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Beginning of the names of figures that need ties.
_OF_TIES: Final = "network"


def figures_of(folder: str | Path) -> dict[str, Callable[[], Figure]]:
    """The name of each figure and the function that draws it, as the command would that wrote the folder.

    Earlier versions kept no networks: of their folders these are left out. Raises InputError for a folder that holds something else
    or is damaged.
    """
    from totalplace.sim.figures import drawings

    folder = path_of(folder, "folder")
    kind = format_of(folder)
    if not kind.startswith("totalplace results"):
        raise InputError(f"'{folder}' is of the format '{kind}', of which no figures are drawn later",
                         allowed="a folder that run, compare or explain wrote; 'totalplace report' draws those of a sweep, "
                                 "and analyses and rankings draw theirs as they are made (--style)")
    results = read_results(folder)
    figures = drawings(results.ensembles, results.baseline)
    return figures if results.has_ties else {name: draw for name, draw in figures.items() if not name.startswith(_OF_TIES)}


def draw_figures(
    folder: str | Path, names: Sequence[str] | None = None, progress: Callable[[int, int], None] | None = None,
    style: House | str | Path | None = None,
) -> tuple[str, ...]:
    """Draw figures into ``folder/figures`` as PNG and SVG, with their data as CSV: those named, again if they are there, or all
    that are not there yet.

    In a house ``style``, or that of a file, all are drawn again, as the kinds of file that it names. ``progress`` is told how many
    of how many are drawn. Gives the names of those drawn. Raises InputError, UnknownName for a name that no figure has, and
    DrawingFailed when some could not be drawn.
    """
    path = path_of(folder, "folder")
    own = house_of(style)
    figures = figures_of(path)
    for name in names or ():
        if name not in figures and name.startswith(_OF_TIES) and not any(known.startswith(_OF_TIES) for known in figures):
            raise InputError(f"'{path}' holds no networks to draw", allowed="results of this version, with commissioners")
        if name not in figures:
            raise UnknownName("figure", name, figures, where=f"of '{path}'")
    again = style is not None
    wanted = list(dict.fromkeys(names)) if names else [name for name in figures if again or not _is_drawn(path, name)]
    if not wanted:
        return ()
    if not path.joinpath("figures").is_dir() and path.joinpath("figures").exists():
        raise InputError(f"'{path / 'figures'}' is no folder", allowed="a folder as it was written")
    chosen = {name: figures[name] for name in wanted}
    with in_house(own):
        add_figures(path, chosen, None if progress is None else lambda done: progress(done, len(chosen)))
    return tuple(wanted)


def _is_drawn(folder: Path, name: str) -> bool:
    """Whether both files of a figure are there and hold something: one may be empty after a full disk or a lost connection."""
    files = [folder / "figures" / f"{name}.{ending}" for ending in ("png", "svg")]
    return all(file.is_file() and file.stat().st_size > 0 for file in files)
