"""History matching: waves of pictures, each where the emulators of the wave before do not rule the parameters out.

A point is ruled out by a wave if its implausibility (see :mod:`~totalplace.sim.evidence.calibration.kernel`) is beyond the cut, for
the largest of the targets or the second largest. What a wave rules out stays ruled out. Every wave draws its points and its places
anew (Vernon, Goldstein and Bower 2010, Bayesian Analysis 5). N points, P parameters, T targets, R pictures a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import qmc

from totalplace.sim.evidence.calibration.emulators import KINDS, Emulators, fit
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.kernel import implausibility, is_bound, misfits
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.sampler import narrowed
from totalplace.sim.evidence.facts import Criterion, Floats


@dataclass(frozen=True, eq=False)
class Wave:
    """A wave of points (N, P), quantiles of the priors, and measures (N, R, T) of their pictures; all but one of most are NaN.

    The first ``repeated`` points have all R pictures, so that noise can be told from what parameters do; the others have one.
    ``emulators`` are fitted to it and to the points of earlier waves that were not ruled out before it; ``cloud`` (C, P) is spread
    over what is not ruled out after it; ``share`` is the part of the prior that this is; ``rank`` and ``cut`` say how it ruled out.
    """

    number: int
    unit: Floats
    measured: Floats
    emulators: Emulators
    cloud: Floats
    share: float
    rank: int
    cut: float
    repeated: int

    @property
    def played(self) -> np.ndarray:
        """Which pictures (N, R) there are."""
        number, pictures = self.measured.shape[:2]
        return np.logical_or.outer(np.arange(number) < self.repeated, np.arange(pictures) == 0)

    @property
    def pictures(self) -> Floats:
        """Measures (M, T) of every picture there is."""
        return np.asarray(self.measured[self.played])


@dataclass(frozen=True, eq=False)
class Matching:
    """The waves of a history matching; ``bounds`` (T,) says which targets are bounds."""

    waves: tuple[Wave, ...]
    criteria: tuple[Criterion, ...]

    @property
    def bounds(self) -> Floats:
        """Which targets (T,) are bounds."""
        return np.array([is_bound(one) for one in self.criteria])

    def allowed(self, unit: Floats, waves: int | None = None) -> np.ndarray:
        """Which points (N, P) the first ``waves`` (default: all) do not rule out."""
        found = np.ones(len(unit), dtype=bool)
        for wave in self.waves[:waves]:
            found[found] = level(wave.emulators, self.bounds, wave.rank, unit[found]) <= wave.cut
        return found

    def active(self, *more: Emulators) -> np.ndarray:
        """Columns that any emulator reads."""
        every = [wave.emulators for wave in self.waves] + list(more)
        return np.unique(np.concatenate([one.active for one in every])) if every else np.zeros(0, dtype=np.intp)


def level(emulators: Emulators, bounds: Floats, rank: int, unit: Floats) -> Floats:
    """The ``rank``-th largest implausibility (N,) of points (N, P) over the targets."""
    found = implausibility(emulators.mean(unit), emulators.variance, bounds)
    return np.asarray(np.sort(found, axis=1)[:, -min(rank, found.shape[1])])


def generator(seed: int, *stage: int) -> np.random.Generator:
    """Random numbers of a stage, apart from all others."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *stage])))


def played(batches: Batches, stage: str, unit: Floats, first: int, batch: int) -> Floats:
    """Measures (N, T) of one picture each at points (N, P), in batches of pictures number ``first`` and on."""
    values = batches.simulator.values(unit)
    return np.concatenate([batches.play(stage, values[i : i + batch], first + i) for i in range(0, len(values), batch)])


def match(batches: Batches, criteria: Sequence[Criterion], plan: Plan, kinds: Sequence[str] = KINDS) -> Matching:
    """All waves of the plan."""
    size, number = plan.size, len(batches.simulator.parameters)
    found = Matching((), tuple(criteria))
    cloud = np.asarray(qmc.LatinHypercube(number, rng=generator(plan.seed, 0)).random(size.cloud))
    share, first = 1.0, 0
    for w, (rank, cut) in enumerate(plan.waves):
        rng = generator(plan.seed, 1, w)
        unit = cloud[rng.permutation(len(cloud))[: size.points]] if w else cloud_of(number, size.points, rng)
        measured = np.full((len(unit), size.repeats, len(criteria)), np.nan)
        for r in range(size.repeats):
            own = unit[: size.repeated] if r else unit
            measured[: len(own), r] = played(batches, f"wave-{w + 1}", own, first, size.batch)
            first += len(own)
        wave = Wave(w + 1, unit, measured, Emulators(()), cloud, share, rank, cut, size.repeated)
        emulators = fit(*training(found, wave), kinds, country=plan.country)
        cloud, part = _narrowed(found, emulators, rank, cut, cloud, rng)
        share *= part
        found = Matching((*found.waves, replace(wave, emulators=emulators, cloud=cloud, share=share)), found.criteria)
    return found


def cloud_of(parameters: int, number: int, rng: np.random.Generator) -> Floats:
    """A Latin hypercube over the prior (N, P)."""
    return np.asarray(qmc.LatinHypercube(parameters, rng=rng).random(number))


def training(found: Matching, new: Wave) -> tuple[Floats, Floats]:
    """Points and misfits (N, R, T) of a new wave and of the points of earlier waves that are not ruled out yet; NaN: no picture."""
    points, fars = [], []
    for wave in (new, *found.waves[::-1]):
        kept = np.ones(len(wave.unit), dtype=bool) if wave is new else found.allowed(wave.unit)
        rows = wave.measured[kept]
        far = misfits(found.criteria, rows.reshape(-1, rows.shape[2])).reshape(rows.shape)
        points.append(wave.unit[kept])
        fars.append(np.where(wave.played[kept][:, :, None], far, np.nan))
    return np.concatenate(points), np.concatenate(fars)


def _narrowed(found: Matching, emulators: Emulators, rank: int, cut: float, cloud: Floats,
              rng: np.random.Generator) -> tuple[Floats, float]:
    """The cloud spread over what a new wave leaves, and the share of the cloud before that this is."""
    def height(unit: Floats) -> Floats:
        values = level(emulators, found.bounds, rank, unit)
        return np.where(found.allowed(unit), values, np.inf)

    return narrowed(height, cut, cloud, found.active(emulators), rng)
