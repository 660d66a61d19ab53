"""How many figures of a number a reader sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

#: Most places of a number in a table.
FINEST: Final = 4


def places_of(values: Sequence[Any]) -> int:
    """How many places real numbers are told with: as many as three figures of the greatest need, :data:`FINEST` at most."""
    real = [abs(value) for value in values if isinstance(value, float) and math.isfinite(value)]
    greatest = max(real, default=0.0)
    return FINEST if 0 < greatest < 0.1 else 3 if greatest < 1 else 2 if greatest < 10 else 1 if greatest < 1000 else 0
