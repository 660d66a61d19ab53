"""Colours of heat maps and maps, and of what a figure points out: those of the house style, or blue and orange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.patches import Patch

from totalplace.sim.figures.house import house

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

#: Unasked: from nothing to much, and from less (or worse) over nothing to more (or better).
_MORE, _LESS = ("#8cc3e6", "#0072B2"), ("#f0b48c", "#D55E00")
_BETTER: Final = "#009E73"
#: How much white there is in the colour half-way to nothing.
_TINT: Final = 0.55
#: How much white there is at most in a paler colour of an area.
_PALEST: Final = 0.9


def one_sided() -> Colormap:
    """From nothing to much: white to the first colour of the house style, or to blue."""
    return LinearSegmentedColormap.from_list("pays", ["#ffffff", *_sides()[0]])


def two_sided() -> Colormap:
    """From less (or worse) over nothing to more (or better): the second colour of the house style, white, the first one."""
    more, less = _sides()
    return LinearSegmentedColormap.from_list("net", [*reversed(less), "#ffffff", *more])


def of_lines(unasked: str) -> Colormap | str:
    """A scale for lines on white: the first colour of the house style from pale to full, or the scale called ``unasked``."""
    return LinearSegmentedColormap.from_list("lines", _sides()[0]) if house().colours else unasked


def fills(unasked: Sequence[str], number: int) -> tuple[str, ...]:
    """So many colours of areas: those of the house style and then paler ones of them, or the ``unasked`` ones."""
    own = house().colours
    if not own:
        return tuple(unasked)
    rounds = -(-number // len(own))
    return tuple(_paler(colour, one / rounds * _PALEST) for one in range(rounds) for colour in own)


def pointed_out() -> str:
    """The colour of what a figure points out: the first one of the house style, or blue."""
    return _sides()[0][1]


def more_and_less() -> tuple[str, str]:
    """The colours of more (or better) and of less (or worse): the first two of the house style, or blue and orange."""
    more, less = _sides()
    return more[1], less[1]


def better_ground() -> tuple[str, str]:
    """The colour of the ground on the better side of zero, and how a caption calls it."""
    own = house().colours
    return (own[0], "Shaded side") if own else (_BETTER, "Green side")


def told(more: str = "", less: str = "") -> tuple[str, dict[str, Patch]]:
    """What the colour of more (or better) and that of less (or worse) mean, as a sentence for a caption.

    The colours of a house style have no names: entries of a legend say it instead.
    """
    meant = {words: side[1] for words, side in zip((more, less), _sides(), strict=True) if words}
    if house().colours:
        return "", {words: Patch(facecolor=colour) for words, colour in meant.items()}
    names = {_MORE[1]: "Blue", _LESS[1]: "Orange"}
    return " ".join(f"{names[colour]}: {words}." for words, colour in meant.items()), {}


def _sides() -> tuple[tuple[str, str], tuple[str, str]]:
    """A paler and the full colour of more, and those of less."""
    own = house().colours
    return (_shades(own[0]), _shades(own[1])) if own else (_MORE, _LESS)


def _shades(colour: str) -> tuple[str, str]:
    return _paler(colour, _TINT), colour


def _paler(colour: str, white: float) -> str:
    """A colour with a part of white in it."""
    red, green, blue = (white + (1.0 - white) * part for part in to_rgb(colour))
    return to_hex((red, green, blue))


__all__ = ["better_ground", "fills", "more_and_less", "of_lines", "one_sided", "pointed_out", "told", "two_sided"]
