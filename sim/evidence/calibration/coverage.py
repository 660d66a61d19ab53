"""Coverage: data that the model made itself, from parameters that are known, and whether these are found again.

Two steps are tried, as the posterior takes two. Of tempering (``cover``), true parameters are points of the last wave, whose
prior is what the waves before it left; a picture of each, with an error of observation and discrepancy, is the data (a bound is
read as a figure), and a population of its own, tempered in the kernel that emulators expect, is the posterior. Of weights by own
pictures (``cover_weights``), true parameters are particles, and the other particles, weighted by their pictures, are the posterior.
No run is made for it; the pictures of the truths are among the thousands that emulators were fitted to. G sets of data, N particles
each, P parameters, T targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.emulators import CUT, Emulators
from totalplace.sim.evidence.calibration.kernel import FARTHEST, expected_log_kernel, misfits
from totalplace.sim.evidence.calibration.marginals import weighted_quantiles
from totalplace.sim.evidence.calibration.posterior import Sample
from totalplace.sim.evidence.calibration.sampler import Generator, effective_size, tempered, truncated
from totalplace.sim.evidence.calibration.waves import Matching
from totalplace.sim.evidence.facts import Floats

#: Ends of the interval that must hold the truth.
ENDS: Final = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Coverage:
    """What came of synthetic data: truths (G, P), ends of 90% intervals (G, P, 2), all on the unit scale.

    ``prior`` (P,) is the width of the 90% interval of what the truths were drawn from; ``effective`` (G,) the effective sizes.
    """

    truth: Floats
    ends: Floats
    prior: Floats
    effective: Floats

    @property
    def holds(self) -> np.ndarray:
        """Whether each interval holds the truth (G, P)."""
        return np.asarray((self.truth >= self.ends[:, :, 0]) & (self.truth <= self.ends[:, :, 1]))

    @property
    def contraction(self) -> Floats:
        """Mean width of the intervals over that of the prior (P,)."""
        return np.asarray((self.ends[:, :, 1] - self.ends[:, :, 0]).mean(axis=0) / self.prior)


def cover(matching: Matching, emulators: Emulators, number: int, each: int, rng: Generator) -> Coverage:
    """Make ``number`` sets of data (at most one a point of the last wave), and find the parameters of each again."""
    last = matching.waves[-1]
    prior = matching.waves[-2].cloud if len(matching.waves) > 1 else last.unit
    chosen = rng.choice(len(last.unit), min(number, len(last.unit)), replace=False)
    truth, far = last.unit[chosen], misfits(matching.criteria, last.measured[chosen, 0])
    seen = np.clip(far + rng.standard_normal(far.shape), -FARTHEST, FARTHEST)
    none = np.zeros(far.shape[1], dtype=bool)

    def score(unit: Floats, rows: np.ndarray) -> Floats:
        found, inside = np.full(len(unit), -np.inf), matching.allowed(unit, len(matching.waves) - 1)
        if inside.any():
            mean = emulators.mean(unit[inside]) - seen[rows[inside] // each]
            found[inside] = expected_log_kernel(mean, emulators.error + emulators.noise, none).sum(axis=1)
        return found

    start = prior[rng.integers(0, len(prior), each * len(seen))]
    unit, _ = tempered(score, start, matching.active(emulators), 1.0, rng, groups=len(seen))
    ends = np.quantile(unit.reshape(len(seen), each, -1), ENDS, axis=1).transpose(1, 2, 0)
    return Coverage(truth, np.asarray(ends), _width(prior), np.full(len(seen), float(each)))


def cover_weights(sample: Sample, number: int, rng: Generator) -> Coverage:
    """Find the parameters of ``number`` particles again from their own pictures, by the weights of all others."""
    chosen = rng.choice(len(sample.unit), min(number, len(sample.unit)), replace=False)
    near = np.clip(sample.far[chosen], -CUT, CUT)
    seen, none = near + rng.standard_normal(near.shape), np.zeros(near.shape[1], dtype=bool)
    mean, variance = sample.corrected()
    variance = variance - sample.emulators.chance + sample.emulators.noise  # the data are a picture, not the country
    ends, sizes = np.empty((len(chosen), sample.unit.shape[1], 2)), np.empty(len(chosen))
    for g, own in enumerate(chosen):
        score = expected_log_kernel(mean - seen[g], variance, none).sum(axis=1)
        score[own] = -np.inf
        weights = truncated(score)
        sizes[g] = effective_size(weights)
        ends[g] = [weighted_quantiles(column, weights, ENDS) for column in sample.unit.T]
    return Coverage(sample.unit[chosen], ends, _width(sample.unit), sizes)


def _width(unit: Floats) -> Floats:
    """Width of the 90% interval of each column (P,)."""
    return np.asarray(np.subtract(*np.quantile(unit, ENDS[::-1], axis=0)))
