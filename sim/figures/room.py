"""The room that title, legend and caption of a figure take: words are measured in the font and size that they are drawn in."""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from totalplace.sim.figures.chart import SMALL, text_scale
from totalplace.sim.figures.house import House, house

#: Points of a title unasked.
LARGE: Final = 12.0
#: Length of the handle of an entry of a legend, and the gaps beside it, between columns and around all, in sizes of its text.
HANDLE: Final = 3.2
_BESIDE, _BETWEEN, _AROUND = 0.8, 2.0, 1.3
#: Inches of the page left of a title and a caption; of a line of text; and of an entry of a legend.
_LEFT, _LINE, _ENTRY = 0.1, 0.155, 0.18
_INCH: Final = 72.0
#: Letters of a line that is not made shorter.
_SHORTEST: Final = 6


class Room(NamedTuple):
    """What stands above and below the panels: lines of the title and of the caption, entries and columns of the legend, inches.

    ``beyond`` are the inches that a legend has more than with the columns that were asked for, since its words are too wide.
    """

    headed: list[str]
    lines: list[str]
    entries: list[str]
    columns: int
    caption: float
    bottom: float
    top: float
    beyond: float


def room_of(width: float, narrowed: float, title: str, words: str, entries: Sequence[str], columns: int) -> Room:
    """The room that title, legend and caption take in a figure of this width, a part of the one it was made for."""
    own = house()
    scale = text_scale(own)
    large = own.title or LARGE * scale
    lines = lines_within(words, width - _LEFT, SMALL * scale, int(width * 15.0 / scale))
    bottom = above = _LEFT + _LINE * scale * len(lines)
    told, beyond = list(entries), 0.0
    if told:
        most = max(1, int(min(columns, len(told)) * narrowed / scale + 0.05))
        columns = next((number for number in range(most, 1, -1) if _legend(told, number, scale) <= width), 1)
        if columns == 1:
            across = width - _legend([""], 1, scale)
            told = ["\n".join(lines_within(entry, across, SMALL * scale, len(entry))) for entry in told]
        rows, more = math.ceil(len(told) / columns), sum(entry.count("\n") for entry in told)
        bottom += (_ENTRY * rows + _LINE * more + 0.15) * scale
        beyond = (_ENTRY * (rows - math.ceil(len(told) / most)) + _LINE * more) * scale
    letters = [len(line) if own == House() else int(width * 108.0 / large) for line in title.split("\n")]
    headed = [part for line, most in zip(title.split("\n"), letters, strict=True)
              for part in lines_within(line, width - _LEFT, large, most, "bold")]
    return Room(headed, lines, told, columns, above, bottom, 0.16 + 0.2 * len(headed) * large / LARGE, beyond)


def lines_within(text: str, room: float, size: float, letters: int, weight: str = "normal") -> list[str]:
    """A text in lines of at most so many letters, and of fewer where they would be wider than ``room`` inches."""
    letters = max(1, letters)
    while True:
        lines = textwrap.wrap(text, letters)
        wide, longest = max(((_wide(line, size, weight), len(line)) for line in lines), default=(0.0, 0))
        if wide <= room or letters <= _SHORTEST:
            return lines
        letters = max(_SHORTEST, min(letters - 1, int(longest * room / wide)))


def _legend(entries: Sequence[str], columns: int, scale: float) -> float:
    """Inches that a legend is wide in so many columns, which are filled from the top."""
    each, more = divmod(len(entries), columns)
    starts = [number * each + min(number, more) for number in range(columns + 1)]
    wide = [max(_wide(entry, SMALL * scale) for entry in entries[first:last]) for first, last in pairwise(starts)]
    return sum(wide) + SMALL / _INCH * (_AROUND + columns * (HANDLE + _BESIDE) + (columns - 1) * _BETWEEN)


def _wide(text: str, size: float, weight: str = "normal") -> float:
    """Inches that a line of text is wide."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        points, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size, weight=weight), ismath=False)
    return float(points) / _INCH


__all__ = ["HANDLE", "LARGE", "Room", "lines_within", "room_of"]
