"""Coverage: data that the model made itself, from parameters that are known, and whether the same machinery finds these again.

True parameters are drawn from what the first wave left, which then is their prior; their own pictures, with an error of
observation and discrepancy, are the data (a bound is read as a figure). Emulators are those of the second wave; only the figures
differ. G sets of data, N particles each, P parameters, T targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.emulators import Emulators
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.kernel import FARTHEST, expected_log_kernel, log_kernel, misfits
from totalplace.sim.evidence.calibration.marginals import weighted_quantiles
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.posterior import POWER
from totalplace.sim.evidence.calibration.sampler import effective_size, normalised, tempered
from totalplace.sim.evidence.calibration.waves import Matching, generator, played
from totalplace.sim.evidence.facts import Floats

#: First number of the pictures of coverage.
FIRST: Final = 20_000_000
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


def cover(batches: Batches, matching: Matching, plan: Plan) -> Coverage:
    """Make data, and find its parameters again."""
    size, rng = plan.size, generator(plan.seed, 3)
    cloud, emulators = matching.waves[0].cloud, matching.waves[min(1, len(matching.waves) - 1)].emulators
    count = min(size.synthetic, len(cloud))
    truth = cloud[rng.choice(len(cloud), count, replace=False)]
    measured = played(batches, "truth", truth, FIRST, size.batch)
    seen = misfits(matching.criteria, measured) + rng.standard_normal((count, len(matching.criteria)))
    seen = np.clip(seen, -FARTHEST, FARTHEST)
    unit, log_density = _proposed(matching, emulators, cloud, seen, size.each, rng)
    far = misfits(matching.criteria, played(batches, "coverage", unit, FIRST + count, size.batch))
    bounds = np.zeros(len(matching.criteria), dtype=bool)
    log_weights = log_kernel(far - np.repeat(seen, size.each, axis=0), bounds).sum(axis=1) - log_density
    weights = np.stack([normalised(own) for own in log_weights.reshape(count, size.each)])
    parts = unit.reshape(count, size.each, -1)
    groups = zip(parts, weights, strict=True)
    ends = np.array([[weighted_quantiles(column, own, ENDS) for column in part.T] for part, own in groups])
    width = np.subtract(*np.quantile(cloud, ENDS[::-1], axis=0))
    return Coverage(truth, ends, np.array([effective_size(own) for own in weights]), np.asarray(width))


def _proposed(matching: Matching, emulators: Emulators, cloud: Floats, seen: Floats, each: int,
              rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Particles (G * each, P), by tempering towards misfits ``seen`` (G, T), and the logarithm of what their density adds."""
    bounds = np.zeros(seen.shape[1], dtype=bool)

    def score(unit: Floats, rows: np.ndarray) -> Floats:
        found, inside = np.full(len(unit), -np.inf), matching.allowed(unit, 1)
        if inside.any():
            mean = emulators.mean(unit[inside]) - seen[rows[inside] // each]
            found[inside] = expected_log_kernel(mean, emulators.variance, bounds).sum(axis=1)
        return found

    start = cloud[rng.integers(0, len(cloud), each * len(seen))]
    first = matching.waves[0].emulators
    active = np.union1d(first.active, emulators.active)
    unit, scores = tempered(score, start, active, POWER, rng, groups=len(seen))
    return unit, POWER * scores
