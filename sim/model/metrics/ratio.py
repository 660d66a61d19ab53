"""A ratio as metrics have it."""

from __future__ import annotations

from totalplace.agents.compiled import rule

#: Technical: a ratio with less than this below the line is zero.
_TINY = 1e-12


@rule
def over(part: float, whole: float) -> float:
    """A ratio that is zero where there is nothing to divide by."""
    return part / whole if abs(whole) > _TINY else 0.0
