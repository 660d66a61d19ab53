"""Models whose answers are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from totalplace.sim.evidence.calibration.plan import Plan, Size
from totalplace.sim.evidence.facts import Criterion, Floats


class Line:
    """Three measures of eight parameters of level priors, five of which do nothing; a noise of 0.1."""

    parameters: tuple[str, ...] = tuple("abcdefgh")
    measures: tuple[str, ...] = ("x", "y", "z")

    def __init__(self) -> None:
        self.played = 0

    def values(self, unit: Floats) -> Floats:
        return unit

    def exact(self, values: Floats) -> Floats:
        a, b, c = values[:, 0], values[:, 1], values[:, 2]
        return np.column_stack([4.0 * a + 2.0 * b, 3.0 * a * b + c, 5.0 * np.exp(a)])

    def play(self, values: Floats, first: int, progress: Callable[[int], None] | None = None) -> Floats:
        self.played += len(values)
        noise = np.random.Generator(np.random.Philox(key=[5, first])).standard_normal((len(values), 3))
        return self.exact(values) + 0.1 * noise


def figure(measure: str, central: float | None, error: float = 0.1) -> Criterion:
    return Criterion(measure, measure, "1", "made up", central=central, observation=error, discrepancy=error)


FIGURES = (figure("x", 2.9), figure("y", 1.0), figure("z", 8.5))


def plan(seed: int = 1, **size: int) -> Plan:
    usual = {"places": 2, "points": 200, "repeats": 2, "repeated": 100, "cloud": 800, "round": 1000, "rounds": 2,
             "particles": 1600, "populations": 8, "synthetic": 20, "each": 50, "batch": 100, "candidates": 4, "looks": 2}
    return Plan(("x", "y", "z"), ((2, 3.0), (1, 3.0), (1, 3.0)), Size(**(usual | size)), seed)
