"""Numbers and spans as the pages of evidence write them."""

from __future__ import annotations

import math

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import Floats, interval


def number(value: float) -> str:
    """A number to about three figures; ``never`` for infinity and a dash for none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "never" if value > 0 else "−never"
    size = abs(value)
    text = f"{size:,.0f}" if size >= 100 else f"{size:.1f}" if size >= 10 else f"{size:.2f}"
    zero = not any(digit in text for digit in "123456789")
    return ("0" if zero else f"−{text}" if value < 0 else text)


def span(values: Floats) -> str:
    """Median and 90% interval in words."""
    low, middle, high = interval(values)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def percent(value: float, bound: float) -> str:
    """A share in %, with as many digits as it takes to show on which side of a bound it lies; a dash for none."""
    if math.isnan(value):
        return "–"
    side, limit = (value > bound) - (value < bound), round(100.0 * bound, 9)
    shown = [f"{100.0 * value:.{digits}f}" for digits in range(7)]
    return next((text for text in shown if (float(text) > limit) - (float(text) < limit) == side), shown[-1]) + "%"


def parameter_code(parameter: str) -> str:
    """A parameter as code, with what it stands for where its name does not say it."""
    words = PARAMETERS[parameter].words if parameter in PARAMETERS else ""
    return f"`{parameter}`" + (f" ({words})" if words else "")
