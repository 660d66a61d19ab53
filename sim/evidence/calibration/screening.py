"""Which parameters the targets speak about: a Latin hypercube over the prior, and rank correlations with every target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import qmc

from totalplace.sim.evidence.calibration.distance import distances, of_pictures, scales
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.facts import Criterion, Floats
from totalplace.sim.evidence.validation import rank_correlations

#: A parameter moves from this rank correlation with a target, in standard errors of one of no relation.
MOVES: Final = 4.0


@dataclass(frozen=True, eq=False)
class Screening:
    """The pictures over the prior: quantiles (N, P), measures (N, M), distances from each target (N, M).

    ``strength`` (P,) is the largest rank correlation, without its sign, with any target; ``moving`` are the columns of the
    parameters that calibration moves, the strongest first. ``scale`` (M,) is the scale of the distance.
    """

    unit: Floats
    measured: Floats
    parts: Floats
    scale: Floats
    strength: Floats
    moving: tuple[int, ...]

    @property
    def distance(self) -> Floats:
        """The distance of each picture (N,)."""
        return of_pictures(self.parts)


def screen(batches: Batches, criteria: Sequence[Criterion], number: int, batch: int, most: int, seed: int) -> Screening:
    """Simulate ``number`` pictures over the prior, the first of the calibration, and choose at most ``most`` parameters."""
    simulator = batches.simulator
    unit = np.asarray(qmc.LatinHypercube(len(simulator.parameters), rng=seed).random(number))
    values = simulator.values(unit)
    measured = np.concatenate([batches.play("screening", values[i : i + batch], i) for i in range(0, number, batch)])
    scale = scales(criteria, measured)
    correlations = np.stack([np.abs(rank_correlations(unit, column)) for column in measured.T])
    strength = correlations.max(axis=0)
    order = np.argsort(-strength, kind="stable")
    limit = MOVES / np.sqrt(max(1, number - 1))
    moving = tuple(int(i) for i in order if strength[i] > limit)[:most] or (int(order[0]),)
    return Screening(unit, measured, distances(criteria, scale, measured), scale, strength, moving)
