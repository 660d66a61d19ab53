"""Ramps of colour for heat maps and maps, beside the palette of the theme."""

from __future__ import annotations

from typing import Final

#: From little to much (after ColorBrewer's YlGnBu, kept apart by lightness alone), light and dark ground.
SEQUENTIAL: Final = (
    ("#f6f0c9", "#a9dab6", "#45a6bd", "#2a67a4", "#1b2f6b"),
    ("#1d2c40", "#235f83", "#3a9aa3", "#8fcf9b", "#f2efa6"),
)
#: From worse (orange) over no change to better (blue); orange and blue differ for every kind of colour blindness.
DIVERGING: Final = (
    ("#b35806", "#e9963a", "#fbdcb2", "#f4f4f2", "#cfe3f1", "#6aaad2", "#1f5f9f"),
    ("#ffab5c", "#c06a1a", "#66401a", "#262f38", "#1b466a", "#3385bd", "#86cdf8"),
)


def sequential(dark: bool) -> list[str]:
    """Colours from little to much."""
    return list(SEQUENTIAL[dark])


def diverging(dark: bool) -> list[str]:
    """Colours from worse to better, with no change in the middle."""
    return list(DIVERGING[dark])
