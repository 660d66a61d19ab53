"""Which parameters decide a verdict: regional sensitivity of being in range, over a sample of the prior.

Monte Carlo filtering (Hornberger and Spear 1981, *Journal of Environmental Management* 12): the two-sample Kolmogorov-Smirnov
distance of a parameter between draws in range and out of it; 0 for a parameter that does not matter, at most 1. N draws, P
parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import ks_2samp

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import Floats

#: Chance of naming any parameter if none matters (Bonferroni over all parameters).
FALSE_ALARM: Final = 0.05
#: Fewest draws on either side.
FEWEST: Final = 8


@dataclass(frozen=True)
class Decides:
    """A parameter that decides a verdict: distance in [0, 1], and whether more of it helps (1) or hurts (-1)."""

    name: str
    distance: float
    direction: int


def in_range_by(parameters: Floats, inside: np.ndarray) -> list[Decides]:
    """The parameters that decide whether a draw is in range, strongest first; none where nearly all or no draws are.

    ``parameters`` (N, P) in the order of the registry; ``inside`` (N,) says which draws are in range.
    """
    inside = np.asarray(inside, dtype=bool)
    if min(int(inside.sum()), int((~inside).sum())) < FEWEST:
        return []
    found = []
    for name, column in zip(PARAMETERS, parameters.T, strict=True):
        test = ks_2samp(column[inside], column[~inside], method="asymp")
        if test.pvalue * parameters.shape[1] < FALSE_ALARM:
            helps = float(np.median(column[inside]) - np.median(column[~inside]))
            found.append(Decides(name, float(test.statistic), 1 if helps > 0.0 else -1))
    return sorted(found, key=lambda one: -one.distance)
