"""Coverage: data that the model made itself, from parameters that are known, and whether these are found again.

True parameters are drawn from the last round of particles, whose distribution then is their prior; their own pictures, with an
error of observation and discrepancy, are the data (a bound is read as a figure), and all other particles of the round, weighted
by the kernel of their pictures, are the posterior. That costs no run, and is exact but for the size of the round: the truth is one
of the particles. G sets of data, N particles, P parameters, T targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.kernel import log_kernel
from totalplace.sim.evidence.calibration.marginals import weighted_quantiles
from totalplace.sim.evidence.calibration.posterior import Sample
from totalplace.sim.evidence.calibration.sampler import Generator, effective_size, normalised
from totalplace.sim.evidence.facts import Floats

#: Ends of the interval that must hold the truth.
ENDS: Final = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Coverage:
    """What came of synthetic data: truths (G, P), ends of 90% intervals (G, P, 2), effective sizes (G,), all on the unit scale.

    ``prior`` (P,) is the width of the 90% interval of what the truths were drawn from.
    """

    truth: Floats
    ends: Floats
    effective: Floats
    prior: Floats

    @property
    def holds(self) -> np.ndarray:
        """Whether each interval holds the truth (G, P)."""
        return np.asarray((self.truth >= self.ends[:, :, 0]) & (self.truth <= self.ends[:, :, 1]))

    @property
    def contraction(self) -> Floats:
        """Mean width of the intervals over that of the prior (P,)."""
        return np.asarray((self.ends[:, :, 1] - self.ends[:, :, 0]).mean(axis=0) / self.prior)


def cover(sample: Sample, number: int, rng: Generator) -> Coverage:
    """Make ``number`` sets of data (at most one a particle), and find the parameters of each again."""
    last = sample.rounds[-1].particles
    unit, far = sample.unit[-last:], sample.far[-last:]
    bounds = np.zeros(far.shape[1], dtype=bool)
    chosen = rng.choice(last, min(number, last), replace=False)
    ends, effective = [], []
    for one in chosen:
        seen = far[one] + rng.standard_normal(far.shape[1])
        log_weights = log_kernel(far - seen, bounds).sum(axis=1)
        log_weights[one] = -np.inf
        weights = normalised(log_weights)
        effective.append(effective_size(weights))
        ends.append([weighted_quantiles(column, weights, ENDS) for column in unit.T])
    width = np.subtract(*np.quantile(unit, ENDS[::-1], axis=0))
    return Coverage(unit[chosen], np.array(ends), np.array(effective), np.asarray(width))
