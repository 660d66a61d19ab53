"""A sweep in full: scenarios, factors, design, replicates and what is kept of each run."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.reading import Marked
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.sweeps.factors import Factor

DESIGNS: Final = ("grid", "latin-hypercube", "sobol", "morris", "random", "rows")
#: What is kept of each run: all quarters, the last of each year of four quarters (and of the run), or the last.
EVERY: Final = ("quarter", "year", "last")


@dataclass(frozen=True, eq=False)
class Sweep:
    """A sweep. Made by ``totalplace.scenarios.sweeps.load``, never by hand.

    ``scenarios`` are those of the file, times its arrangements, times its places, in this order, the places fastest. ``factors``
    span the design; the points are ``totalplace.sim.engine.sweep.designs.points(sweep)``. ``rows`` (points, factors) holds those
    of a CSV file. ``metrics`` is empty for all of them. Replicate ``r`` has seed ``first_seed + r`` with
    ``common_random_numbers``, else every run has ``first_seed`` plus its number. ``(scenario * points + point) * replicates +
    replicate`` is the number of a run.
    ``text`` says in YAML all that the results depend on; ``sha256`` is its hash. Two sweeps are equal when their texts are.
    """

    name: str
    title: str
    description: str
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    design: str
    samples: int
    design_seed: int
    second_order: bool
    levels: int
    rows: NDArray[np.float64] | None
    replicates: int
    first_seed: int
    common_random_numbers: bool
    metrics: tuple[str, ...]
    every: str
    notes: tuple[str, ...]
    text: str
    sha256: str
    #: Where the file names each metric, for errors about them.
    metric_places: tuple[Marked, ...] = field(default=(), repr=False)

    @property
    def points(self) -> int:
        """Number of design points."""
        return point_count(self.design, self.factors, self.samples, self.second_order, self.rows)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.scenarios) * self.points * self.replicates

    def run_number(self, scenario: int, point: int, replicate: int) -> int:
        """The number of a run, from 0."""
        return (scenario * self.points + point) * self.replicates + replicate

    def seed(self, run: int) -> int:
        """The seed of a run by its number."""
        return self.first_seed + (run % self.replicates if self.common_random_numbers else run)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sweep) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return (
            f"Sweep({self.name!r}: {len(self.scenarios):,} scenarios x {self.points:,} points ({self.design}, "
            f"{len(self.factors)} factors) x {self.replicates:,} replicates = {self.runs:,} runs)"
        )


def point_count(
    design: str, factors: tuple[Factor, ...], samples: int, second_order: bool, rows: NDArray[np.float64] | None
) -> int:
    """Number of points of a design (Saltelli 2010 and Morris 1991 for theirs)."""
    count = len(factors)
    if design == "rows" and rows is not None:
        return len(rows)
    if design == "sobol":
        return samples * (2 * count + 2 if second_order else count + 2)
    if design == "morris":
        return samples * (count + 1)
    return math.prod(len(factor.values) for factor in factors) if design == "grid" else samples


def written(sweep: dict[str, Any]) -> dict[str, Any]:
    """All that the results of a sweep depend on, as plain values."""
    rows = sweep["rows"]
    return {
        "scenarios": [
            {"name": item.name, "place": item.place, "quarters": item.quarters, "sha256": item.sha256}
            for item in sweep["scenarios"]
        ],
        "factors": [factor.written() for factor in sweep["factors"]],
        "design": {key: sweep[key] for key in ("design_seed", "levels", "samples", "second_order")}
        | {"kind": sweep["design"], "rows": "none" if rows is None else hashlib.sha256(rows.tobytes()).hexdigest()},
        **{key: sweep[key] for key in ("replicates", "first_seed", "common_random_numbers", "every")},
        "metrics": list(sweep["metrics"]) or "all",
    }
