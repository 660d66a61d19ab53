"""One scenario's world, played again and again with numbers of its own: what the structural checks share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.play import Change, Stage, fixed, play_fixed
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.model.metrics import flat
from totalplace.sim.model.world import World

NAMES: Final = tuple(PARAMETERS)


def defaults() -> Floats:
    """The default of every parameter (P,)."""
    return np.array([row.default for row in PARAMETERS.values()])


def with_values(values: Floats, **given: float) -> Floats:
    """Parameters (P,) with some of them replaced, inside their prior ranges or not."""
    found = np.array(values, dtype=np.float64)
    for name, value in given.items():
        found[NAMES.index(name)] = value
    return found


class Trial:
    """A scenario by name, ready to be played with any parameters. Not to be shared by threads."""

    def __init__(self, name: str, place: str, settings: Sequence[str] = (), change: Change | None = None) -> None:
        self.scenario = scenarios.load(name, place=place, set=list(settings))
        self._stage = Stage(self.scenario)
        if change is not None:
            self._stage.set(change)

    def begin(self, values: Floats, seed: int = 1) -> World:
        """The world at the start of a run with parameters ``values`` (P,)."""
        return self._stage.begin(seed, fixed(values))

    def go_on(self, quarters: int | None = None) -> World:
        """Play up to a quarter, by default all. Raises LedgerError if a quarter does not close."""
        return self._stage.advance(quarters)

    def play(self, values: Floats, seeds: Sequence[int], metrics: Sequence[str]) -> Floats:
        """Metrics of whole runs: (seeds, metrics, Q)."""
        measures = flat(self._stage.world.measures)
        kept = np.concatenate([self._stage.words(measures[name]) for name in metrics])
        rows = play_fixed(self._stage, seeds, np.tile(values, (len(seeds), 1)), kept)
        return rows.reshape(len(seeds), len(metrics), self.scenario.quarters)


@dataclass(frozen=True)
class Estimate:
    """A mean over runs with its 95% interval."""

    mean: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0


def estimate(values: Floats) -> Estimate:
    """Mean of ``values`` (N,) and 1.96 standard errors either way."""
    mean = float(np.mean(values))
    error = 1.96 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else float("inf")
    return Estimate(mean, mean - error, mean + error)


def last_year(values: Floats) -> Floats:
    """Mean over the last four quarters of the last axis."""
    return np.asarray(values[..., -4:].mean(axis=-1))


