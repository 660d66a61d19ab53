"""Where facts pull apart, and what a better figure would teach: the posterior weighted anew, without a single run.

N particles, P parameters, T targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.kernel import expected_log_kernel, log_kernel
from totalplace.sim.evidence.calibration.posterior import Sample
from totalplace.sim.evidence.calibration.sampler import effective_size, truncated
from totalplace.sim.evidence.facts import Floats

#: Two facts pull apart if the mean log kernel of one gains this much when the other is dropped.
PULLS: Final = 0.25
#: Weights are made anew only where so many effective particles are left.
FEWEST: Final = 50.0


@dataclass(frozen=True, eq=False)
class Tensions:
    """What targets do to each other and to parameters.

    ``loss`` (T,): mean of minus the log kernel of each target, what is lost on it; ``gain`` (T, T): what target i (row) gains of
    that when target j (column) is dropped, NaN where too few particles are left; ``teaches`` (T, P): the part of the posterior's
    standard deviation of each parameter that goes if the error of the target's figure and model is halved.
    """

    loss: Floats
    gain: Floats
    teaches: Floats

    def pairs(self) -> list[tuple[int, int, float]]:
        """Targets i, j that pull apart, and what i gains without j, the most first."""
        rows, columns = np.nonzero(np.nan_to_num(self.gain) > PULLS)
        found = [(int(i), int(j), float(self.gain[i, j])) for i, j in zip(rows, columns, strict=True) if i != j]
        return sorted(found, key=lambda one: -one[2])


def tensions(sample: Sample) -> Tensions:
    """Weigh the particles, by what emulators and their pictures say, without each target, and with half its error."""
    kernels, expected = log_kernel(sample.far, sample.bounds), sample.expected
    base = expected.sum(axis=1) - sample.proposed.sum(axis=1)
    mean, variance = sample.corrected()
    sharp = expected_log_kernel(2.0 * mean, 4.0 * variance, sample.bounds)
    loss = -sample.weights @ kernels
    count = kernels.shape[1]
    gain, teaches = np.full((count, count), np.nan), np.full((count, sample.unit.shape[1]), np.nan)
    spread = _spread(sample.unit, sample.weights)
    for j in range(count):
        without = truncated(base - expected[:, j])
        if effective_size(without) >= FEWEST:
            gain[:, j] = loss + without @ kernels
        sharper = truncated(base + sharp[:, j] - expected[:, j])
        if effective_size(sharper) >= FEWEST:
            teaches[j] = 1.0 - _spread(sample.unit, sharper) / spread
    return Tensions(loss, gain, teaches)


def _spread(unit: Floats, weights: Floats) -> Floats:
    """Weighted standard deviation of each column (P,)."""
    mean = weights @ unit
    return np.asarray(np.sqrt(np.maximum(weights @ (unit - mean) ** 2, 1e-18)))
