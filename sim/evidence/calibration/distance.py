"""How far a picture is from the published facts.

A published range is read as the uncertainty of the published figure: inside it the distance is 0. Outside, it is the way
to the range over a scale, the interquartile range of the measure over the prior, at most ``FARTHEST`` for each target; the
distance of a picture is the mean over targets. What cannot be measured is as far as can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from totalplace.sim.evidence.facts import Criterion, Floats

#: The farthest that one target can be, in interquartile ranges of the prior: one fact out of reach must not hide the others.
FARTHEST: Final = 3.0
_TINY: Final = 1e-9


def scales(criteria: Sequence[Criterion], prior: Floats) -> Floats:
    """The scale of each target (M,) from its values over the prior (N, M); where nothing varies, the width of the range or 1."""
    found = np.ones(len(criteria))
    for i, criterion in enumerate(criteria):
        finite = prior[np.isfinite(prior[:, i]), i]
        spread = float(np.subtract(*np.quantile(finite, (0.75, 0.25)))) if len(finite) else 0.0
        width = criterion.high - criterion.low
        found[i] = spread if spread > _TINY else width if np.isfinite(width) and width > 0.0 else 1.0
    return found


def distances(criteria: Sequence[Criterion], scale: Floats, measured: Floats) -> Floats:
    """Distance of each picture from each target: (N, M) from measures (N, M)."""
    low = np.array([criterion.low for criterion in criteria])
    high = np.array([criterion.high for criterion in criteria])
    with np.errstate(invalid="ignore"):
        outside = np.where(measured < low, low - measured, np.where(measured > high, measured - high, 0.0)) / scale
    return np.asarray(np.minimum(np.where(np.isnan(measured), FARTHEST, outside), FARTHEST))


def of_pictures(parts: Floats) -> Floats:
    """The distance of each picture (N,): the mean over targets."""
    return np.asarray(parts.mean(axis=1))
