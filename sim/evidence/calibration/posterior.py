"""The posterior: sequential Monte Carlo in the emulated kernel, inside what history matching left.

Rounds of particles, proposed by the emulators, are simulated so that emulators are fitted where the posterior is. Then several
populations that know nothing of each other are tempered from what history matching left to prior times the kernel that the
emulators expect of a picture, their own error and the noise of a picture counted in. Every particle is simulated once in the end,
and its own picture corrects what the emulators say of it: the weight of a particle is the kernel expected with the picture over
that expected without, truncated. What weights and distances between populations leave gives the effective size. Weights by the
kernels of the pictures alone (exact, whatever the emulators say: Wilkinson 2013), of which noise leaves few effective, check it.
N particles, P parameters, T targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.emulators import CUT, KINDS, Emulators, fit
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.kernel import expected_log_kernel, log_kernel, misfits
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.sampler import effective_size, tempered, truncated
from totalplace.sim.evidence.calibration.waves import Matching, generator, played, training
from totalplace.sim.evidence.facts import Floats

#: Power of the emulated kernel in the density of the particles that emulators learn from: wider than the posterior.
POWER: Final = 0.8
#: First number of the pictures of the posterior.
FIRST: Final = 10_000_000


@dataclass(frozen=True, eq=False)
class Sample:
    """Particles as quantiles of the priors (N, P), one population after the other.

    ``measured`` and ``far`` (N, T): measures and misfits of one picture each; ``mean`` (N, T): misfits that ``emulators`` say;
    ``learnt``: particles of the rounds that these learnt from; ``bounds`` (T,): which targets are bounds.
    """

    unit: Floats
    measured: Floats
    far: Floats
    mean: Floats
    emulators: Emulators
    bounds: Floats
    populations: int = 1
    learnt: int = 0

    @property
    def weights(self) -> Floats:
        """The weight of each particle (N,), adding up to 1: the kernel expected with its own picture over that without."""
        return truncated(self.expected.sum(axis=1) - self.proposed.sum(axis=1))

    @property
    def apart(self) -> float:
        """Particles that would tell as much, before they are weighted, if they were independent: the median over what is read.

        From the variance of the means of populations (batch means: Flegal and Jones 2010, Annals of Statistics 38); at most N.
        """
        if self.populations < 2 or not len(self.emulators.active):
            return float(len(self.unit))
        own = self.unit[:, self.emulators.active].reshape(self.populations, -1, len(self.emulators.active))
        between, within = own.mean(axis=1).var(axis=0, ddof=1), own.var(axis=1, ddof=1).mean(axis=0)
        return min(float(len(self.unit)), self.populations * float(np.median(within / np.maximum(between, 1e-12))))

    @property
    def effective(self) -> float:
        """Particles that would tell as much if they were independent and weighed alike."""
        return effective_size(self.weights) * self.apart / len(self.unit)

    @property
    def proposed(self) -> Floats:
        """Logarithms (N, T) of the kernel that emulators alone expect of each target."""
        return expected_log_kernel(self.mean, self.emulators.variance, self.bounds)

    def corrected(self) -> tuple[Floats, Floats]:
        """Means (N, T) and variances (T,) of the misfits of the country, by emulators and the particle's own picture.

        The emulator's error and the noise of a picture are normal and know nothing of each other. Both are errors of misfits cut at
        ``CUT``, and so is the picture.
        """
        error, noise = self.emulators.error, self.emulators.noise
        trust = error / np.maximum(error + noise, 1e-12)
        mean = self.mean + trust * (np.clip(self.far, -CUT, CUT) - self.mean)
        return mean, trust * noise + self.emulators.chance

    @property
    def expected(self) -> Floats:
        """Logarithms (N, T) of the kernel expected of each target, given the particle's own picture."""
        return expected_log_kernel(*self.corrected(), self.bounds)

    @property
    def own_weights(self) -> Floats:
        """Weights (N,) by the kernels of the particles' own pictures, over those that emulators expect."""
        return truncated(log_kernel(self.far, self.bounds).sum(axis=1) - self.proposed.sum(axis=1))

    def moved(self) -> tuple[float, Floats]:
        """Effective size of the own weights; by how many standard deviations they move the mean of each parameter (P,)."""
        own, weights = self.own_weights, self.weights
        mean = weights @ self.unit
        spread = np.sqrt(weights @ (self.unit - mean) ** 2)
        return effective_size(own), np.asarray((own @ self.unit - mean) / np.maximum(spread, 1e-12))


def sample(batches: Batches, matching: Matching, plan: Plan, kinds: Sequence[str] = KINDS) -> Sample:
    """Rounds that emulators learn from, then the populations, all simulated."""
    size, last = plan.size, matching.waves[-1]
    emulators, units, fars = last.emulators, list[Floats](), list[Floats]()
    for number in range(size.rounds):
        unit = proposed(matching, emulators, last.cloud, size.round, POWER, generator(plan.seed, 2, number))
        measured = played(batches, f"posterior-{number + 1}", unit, FIRST + number * size.round, size.batch)
        units.append(unit)
        fars.append(misfits(matching.criteria, measured))
        emulators = fit(*_with(matching, units, fars), kinds, last.emulators.noise, plan.country)
    unit = proposed(matching, emulators, last.cloud, size.particles, 1.0, generator(plan.seed, 2, size.rounds), size.populations)
    measured = played(batches, "particles", unit, FIRST + size.rounds * size.round, size.batch)
    return Sample(unit, measured, misfits(matching.criteria, measured), emulators.mean(unit), emulators, matching.bounds,
                  size.populations, size.rounds * size.round)


def proposed(matching: Matching, emulators: Emulators, cloud: Floats, number: int, power: float, rng: np.random.Generator,
             populations: int = 1) -> Floats:
    """Particles (number, P) of prior times the emulated kernel to a power, by tempering from a sample of ``cloud``."""
    def score(unit: Floats, _: np.ndarray) -> Floats:
        found, inside = np.full(len(unit), -np.inf), matching.allowed(unit)
        if inside.any():
            mean = emulators.mean(unit[inside])
            found[inside] = expected_log_kernel(mean, emulators.variance, matching.bounds).sum(axis=1)
        return found

    rows = rng.choice(len(cloud), number, replace=number > len(cloud))
    return tempered(score, cloud[rows], matching.active(emulators), power, rng, populations)[0]


def _with(matching: Matching, units: Sequence[Floats], fars: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Points and misfits (N, R, T) of the last wave and of the particles so far."""
    unit, far = training(Matching(matching.waves[:-1], matching.criteria), matching.waves[-1])
    single = np.full((sum(map(len, units)), far.shape[1], far.shape[2]), np.nan)
    single[:, 0] = np.concatenate(fars)
    return np.concatenate([*units, unit]), np.concatenate([single, far])
