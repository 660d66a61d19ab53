"""The horizon of agencies: what a pound a year is worth over it, and how far redesign comes within it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents.commissioner import pace
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def annuity(w: World) -> float:
    """Present value of a pound a year over the agency's horizon, in years: ``(1 - (1 + r)^-T) / r``."""
    rate, years = w.parameters.discount_rate, w.parameters.horizon
    if rate < 1e-9:
        return years
    return (1.0 - (1.0 + rate) ** -years) / rate


@rule
def years_live(w: World) -> float:
    """Years of the horizon that are left once the set-up lag is over."""
    return max(0.0, w.parameters.horizon - 0.25 * w.parameters.setup_lag * w.board.set_up)


@rule
def ramp(w: World, c: int, partners: int) -> float:
    """Mean progress of redesign over the horizon that an agency expects of commissioner ``c``; see :func:`progress`."""
    mean, _ = progress(w, c, partners)
    return mean


@rule
def progress(w: World, c: int, partners: int) -> tuple[float, float]:
    """Progress of redesign that an agency expects of commissioner ``c``: its mean over the horizon, and what is done at its end.

    Both of ``1 - exp(-pace (t - lag))``, with the set-up lag.
    """
    years = years_live(w)
    speed = 4.0 * pace(w, c, partners)
    done = 1.0 - math.exp(-speed * years)
    if speed * years < 1e-9:
        return 0.0, done
    return (years - done / speed) / w.parameters.horizon, done


@rule
def expect(w: World, c: int, j: int) -> None:
    """How far agencies expect commissioner ``c`` to have redesigned theme ``j`` in their horizon, in the mean and at its end."""
    theme = w.themes[j]
    theme.progress_expected, theme.done_expected = progress(w, c, max(2, theme.partners))
