"""What the posterior says of each parameter, and how far the facts inform it.

N particles, P parameters of the registry.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS, Parameter
from totalplace.sim.evidence.calibration.sampler import effective_size
from totalplace.sim.evidence.facts import Floats

#: A parameter is informed if its weighted Kolmogorov-Smirnov distance from the prior passes this multiple of 1 over the root of the
#: effective size: 1 in 100,000 by chance, since there are nearly 200 to try.
INFORMED: Final = 2.5
#: Posterior mass in the outer tenth of the prior from which a parameter piles up at that end; 0.1 is the prior's own.
PILED: Final = 0.3
OUTER: Final = 0.1
#: Digits of default values.
DIGITS: Final = 3


def weighted_quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> Floats:
    """Quantiles of ``values`` (N,) with ``weights`` (N,): the least value at which the weights up to it reach the share."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return np.asarray(values[order][np.minimum(np.searchsorted(share, np.asarray(at) - 1e-12), len(values) - 1)])


def distance_from_prior(unit: Floats, weights: Floats) -> float:
    """Weighted Kolmogorov-Smirnov distance of quantiles ``unit`` (N,) from the uniform distribution, their prior."""
    order = np.argsort(unit, kind="stable")
    above = np.cumsum(weights[order]) / weights.sum()
    below = above - weights[order] / weights.sum()
    return float(np.maximum(np.abs(above - unit[order]), np.abs(unit[order] - below)).max())


def in_prior(row: Parameter, values: Floats) -> Floats:
    """Quantiles of the prior of a parameter at ``values``: its cumulative distribution."""
    width = row.high - row.low
    share = (np.asarray(values) - row.low) / width
    if row.distribution != "triangular":
        return np.asarray(share)
    peak = (row.peak - row.low) / width
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = share**2 / peak, 1.0 - (1.0 - share) ** 2 / (1.0 - peak)
    return np.asarray(np.where(share < peak, rising, falling))


@dataclass(frozen=True)
class Marginal:
    """What the posterior says of a parameter.

    ``prior_distance``: 0 as the prior, 1 at a point; ``share_of_range``: 90% interval over that of the prior; ``at_low`` and
    ``at_high``: posterior mass in the outer tenths of the prior.
    """

    name: str
    low: float
    median: float
    high: float
    prior_distance: float
    share_of_range: float
    informed: bool
    at_low: float
    at_high: float

    @property
    def piled(self) -> str:
        """The end of the prior at which it piles up: low, high or none."""
        if not self.informed or max(self.at_low, self.at_high) < PILED:
            return ""
        return "low" if self.at_low > self.at_high else "high"


def marginals(unit: Floats, values: Floats, weights: Floats, effective: float | None = None) -> dict[str, Marginal]:
    """Median, 90% interval and what was learnt of every parameter, from particles (N, P) as quantiles and as values.

    ``effective``: how many independent ones they are worth; Kish's effective size of the weights if it is not given.
    """
    found = {}
    limit = INFORMED / math.sqrt(effective_size(weights) if effective is None else effective)
    for i, name in enumerate(PARAMETERS):
        low, median, high = weighted_quantiles(values[:, i], weights, (0.05, 0.5, 0.95))
        apart = distance_from_prior(unit[:, i], weights)
        inside = weighted_quantiles(unit[:, i], weights, (0.05, 0.95))
        ends = (float(weights[unit[:, i] < OUTER].sum()), float(weights[unit[:, i] > 1.0 - OUTER].sum()))
        share = float(inside[1] - inside[0]) / 0.9
        found[name] = Marginal(name, float(low), float(median), float(high), apart, share, apart > limit, *ends)
    return found


def rounded(row: Parameter, value: float, digits: int = DIGITS) -> float:
    """A value to so many significant digits, kept in the range of its parameter."""
    return min(row.high, max(row.low, float(f"{value:.{digits - 1}e}")))
