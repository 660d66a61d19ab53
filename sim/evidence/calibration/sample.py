"""What sequential Monte Carlo leaves: the last generation, weighted, and how each generation went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from totalplace.sim.evidence.calibration.distance import of_pictures
from totalplace.sim.evidence.facts import Floats


@dataclass(frozen=True)
class Generation:
    """How a generation went: largest distance accepted, pictures simulated, share accepted, effective sample size."""

    number: int
    threshold: float
    pictures: int
    acceptance: float
    effective: float


@dataclass(frozen=True, eq=False)
class Sample:
    """The last generation: parameters (N, P), weights (N,) that add to 1, measures (N, M), distances (N, M), picture numbers."""

    values: Floats
    weights: Floats
    measured: Floats
    parts: Floats
    pictures: np.ndarray[Any, np.dtype[np.int64]]
    generations: tuple[Generation, ...]

    @property
    def distance(self) -> Floats:
        """The distance of each particle (N,)."""
        return of_pictures(self.parts)
