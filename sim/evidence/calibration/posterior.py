"""The posterior: particles proposed by the emulators, each simulated once, weighted by how its own picture fits the facts.

Weight of a particle: prior times kernel of its picture, over the density it was proposed with, which is the prior on what history
matching left times the emulated kernel to a power below 1, so that tails are not missed. Whatever the emulators say wrong costs
effective size, not truth. A further round fits the emulators to the particles too (population Monte Carlo: Cappé and others 2004,
Journal of Computational and Graphical Statistics 13); rounds count by their effective sizes. N particles, P parameters, T targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.calibration.emulators import KINDS, Emulators, fit
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.kernel import expected_log_kernel, log_kernel, misfits
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.sampler import effective_size, normalised, tempered
from totalplace.sim.evidence.calibration.waves import Matching, generator, played, training
from totalplace.sim.evidence.facts import Floats

#: Power of the emulated kernel in the density of proposals.
POWER: Final = 0.8
#: Most points that emulators of a round are fitted to, the latest first.
MOST_FITTED: Final = 12_000
#: First number of the pictures of the posterior.
FIRST: Final = 10_000_000


@dataclass(frozen=True)
class Round:
    """How a round went: particles, effective size, largest weight, and the share that rejection with its weights would accept."""

    number: int
    particles: int
    effective: float
    largest: float
    acceptance: float


@dataclass(frozen=True, eq=False)
class Sample:
    """Weighted particles: quantiles of the priors (N, P), weights (N,) that add to 1, measures and misfits (N, T), rounds.

    ``emulators``: those that the last round was proposed by.
    """

    unit: Floats
    weights: Floats
    measured: Floats
    far: Floats
    rounds: tuple[Round, ...]
    emulators: Emulators

    @property
    def effective(self) -> float:
        """Kish's effective size."""
        return effective_size(self.weights)


@dataclass(frozen=True, eq=False)
class _Particles:
    """A round as it was simulated."""

    unit: Floats
    measured: Floats
    far: Floats
    weights: Floats

    def told(self, number: int) -> Round:
        weights = self.weights
        return Round(number, len(weights), effective_size(weights), float(weights.max()), float(weights.mean() / weights.max()))


def sample(batches: Batches, matching: Matching, plan: Plan, kinds: Sequence[str] = KINDS) -> Sample:
    """Rounds of particles until the effective size of the plan, or its most rounds, is reached."""
    size, last = plan.size, matching.waves[-1]
    emulators, rounds = last.emulators, list[_Particles]()
    noises = np.array([one.noise for one in last.emulators.each])
    for number in range(size.rounds):
        if number:
            emulators = fit(*_near(matching, rounds, emulators), kinds, noises)
        rng = generator(plan.seed, 2, number)
        unit, log_density = proposed(matching, emulators, last.cloud, size.round, rng)
        measured = played(batches, f"posterior-{number + 1}", unit, FIRST + number * size.round, size.batch)
        far = misfits(matching.criteria, measured)
        log_weights = log_kernel(far, matching.bounds).sum(axis=1) - log_density
        rounds.append(_Particles(unit, measured, far, normalised(log_weights)))
        if effective_size(_joint(rounds)) >= size.effective:
            break
    joined = (np.concatenate([getattr(one, name) for one in rounds]) for name in ("unit", "measured", "far"))
    unit, measured, far = joined
    return Sample(unit, _joint(rounds), measured, far, tuple(one.told(i + 1) for i, one in enumerate(rounds)), emulators)


def _joint(rounds: Sequence[_Particles]) -> Floats:
    """Weights over all rounds, each round counting by its effective size."""
    counts = np.array([effective_size(one.weights) for one in rounds])
    return np.concatenate([one.weights * part for one, part in zip(rounds, counts / counts.sum(), strict=True)])


def proposed(matching: Matching, emulators: Emulators, cloud: Floats, number: int,
             rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Particles (number, P) by tempering from a sample of ``cloud``; the logarithm of what their density adds to the prior's."""
    def score(unit: Floats, _: np.ndarray) -> Floats:
        found, inside = np.full(len(unit), -np.inf), matching.allowed(unit)
        if inside.any():
            mean = emulators.mean(unit[inside])
            found[inside] = expected_log_kernel(mean, emulators.variance, matching.bounds).sum(axis=1)
        return found

    rows = rng.choice(len(cloud), number, replace=number > len(cloud))
    unit, scores = tempered(score, cloud[rows], matching.active(emulators), POWER, rng)
    return unit, POWER * scores


def _near(matching: Matching, rounds: Sequence[_Particles], emulators: Emulators) -> tuple[Floats, Floats]:
    """Points and misfits (N, R, T) of waves and rounds that lie where the last round was proposed.

    Those are the points that its emulators do not rank below all but a twentieth of its particles: a choice by points alone, which
    does not lean on what came out there.
    """
    last = matching.waves[-1]
    unit, far = training(Matching(matching.waves[:-1], matching.criteria), last.unit, last.measured)
    single = np.full((sum(len(one.unit) for one in rounds), far.shape[1], far.shape[2]), np.nan)
    single[:, 0] = np.concatenate([one.far for one in rounds[::-1]])
    unit, far = np.concatenate([*(one.unit for one in rounds[::-1]), unit]), np.concatenate([single, far])
    score = expected_log_kernel(emulators.mean(unit), emulators.variance, matching.bounds).sum(axis=1)
    own = expected_log_kernel(emulators.mean(rounds[-1].unit), emulators.variance, matching.bounds).sum(axis=1)
    near = np.flatnonzero(score >= np.quantile(own, 0.05))[:MOST_FITTED]
    return unit[near], far[near]
