"""Coverage: data that the model made itself, from parameters that are known, and whether these are found again.

True parameters are points of the last wave, whose prior is what the waves before it left; a picture of each, with an error of
observation and discrepancy, is the data (a bound is read as a figure), and a population of its own, tempered in the kernel that the
emulators expect, is the posterior. No run is made for it; the pictures of the truths are among the thousands that emulators were
fitted to. G sets of data, N particles each, P parameters, T targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.emulators import Emulators
from totalplace.sim.evidence.calibration.kernel import FARTHEST, expected_log_kernel, misfits
from totalplace.sim.evidence.calibration.sampler import Generator, tempered
from totalplace.sim.evidence.calibration.waves import Matching
from totalplace.sim.evidence.facts import Floats

#: Ends of the interval that must hold the truth.
ENDS: Final = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Coverage:
    """What came of synthetic data: truths (G, P), ends of 90% intervals (G, P, 2), all on the unit scale.

    ``prior`` (P,) is the width of the 90% interval of what the truths were drawn from.
    """

    truth: Floats
    ends: Floats
    prior: Floats

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
            found[inside] = expected_log_kernel(mean, emulators.variance, none).sum(axis=1)
        return found

    start = prior[rng.integers(0, len(prior), each * len(seen))]
    unit, _ = tempered(score, start, matching.active(emulators), 1.0, rng, groups=len(seen))
    ends = np.quantile(unit.reshape(len(seen), each, -1), ENDS, axis=1).transpose(1, 2, 0)
    return Coverage(truth, np.asarray(ends), np.asarray(np.subtract(*np.quantile(prior, ENDS[::-1], axis=0))))
