"""A calibration from plan to posterior, in a folder that can be taken up again after any stop."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep.lock import held
from totalplace.sim.evidence.calibration.answers import answers
from totalplace.sim.evidence.calibration.central import Central, choose
from totalplace.sim.evidence.calibration.coverage import Coverage, cover, cover_weights
from totalplace.sim.evidence.calibration.emulators import KINDS
from totalplace.sim.evidence.calibration.folder import Batches, Progress, claim
from totalplace.sim.evidence.calibration.marginals import Marginal, marginals
from totalplace.sim.evidence.calibration.pictures import Pictures
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.posterior import Sample, sample
from totalplace.sim.evidence.calibration.sampler import resampled
from totalplace.sim.evidence.calibration.tensions import Tensions, tensions
from totalplace.sim.evidence.calibration.waves import Matching, generator, match
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.system.extras import how_to_install

#: Rows of the posterior that is shipped.
SHIPPED: Final = 1000


@dataclass(frozen=True, eq=False)
class Calibration:
    """What ``totalplace calibrate`` found.

    ``rows`` (SHIPPED, P) are the posterior without weights, ``central`` says which of them stands for all. ``runs_a_picture``:
    runs of the model in a picture; ``pictures``: how many there were.
    """

    plan: Plan
    runs_a_picture: int
    pictures: int
    matching: Matching
    sample: Sample
    marginals: dict[str, Marginal]
    rows: Floats
    central: Central
    coverage: Coverage | None
    weights_coverage: Coverage | None
    tensions: Tensions

    @property
    def informed(self) -> tuple[int, ...]:
        """Columns of the parameters that the facts inform, the most informed first."""
        every = list(self.marginals.values())
        return tuple(sorted((i for i, one in enumerate(every) if one.informed), key=lambda i: -every[i].prior_distance))

    def defaults(self) -> Floats:
        """The row that stands for all (P,) where the facts inform, the present default elsewhere."""
        return self.central.chosen.values


def calibrate(plan: Plan, folder: Path, threads: int | None = None, progress: Progress | None = None,
              kinds: Sequence[str] = KINDS) -> Calibration:
    """Calibrate, or go on with a calibration that was stopped, in ``folder``; ``progress`` hears of stage and pictures done.

    The result follows from the plan and the code alone, not from ``threads`` nor from stops. Raises InputError for a folder
    that holds something else or is in use, and without scikit-learn.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise InputError(f"Calibration needs scikit-learn: {error}", allowed=how_to_install("calibration")) from error
    claim(folder, plan)
    with held(folder), threadpool_limits(1), warnings.catch_warnings():  # one thread, so that sums do not depend on processors
        warnings.simplefilter("ignore", ConvergenceWarning)  # of scales that reach the end of their range, in whatever thread
        simulator = Pictures(plan.targets, plan.pool(), plan.size.places, plan.seed, threads)
        batches = Batches(simulator, folder, progress)
        matching = match(batches, plan.criteria(), plan, kinds)
        particles = sample(batches, matching, plan, kinds)
        size, rng = plan.size, generator(plan.seed, 3)
        coverage = cover(matching, particles.emulators, size.synthetic, size.each, rng) if size.synthetic else None
        by_pictures = cover_weights(particles, size.synthetic, generator(plan.seed, 5)) if size.synthetic else None
        values = simulator.values(particles.unit)
        known = marginals(particles.unit, values, particles.weights, particles.effective)
        rows = resampled(particles.weights, SHIPPED, generator(plan.seed, 4))
        informed = [i for i, one in enumerate(known.values()) if one.informed]
        central = choose(batches, plan, particles.unit[rows], values[rows], informed,
                         lambda sets: answers(sets, plan.pool(), threads))
    return Calibration(
        plan, simulator.runs, batches.pictures, matching, particles, known, values[rows], central, coverage, by_pictures,
        tensions(particles),
    )
