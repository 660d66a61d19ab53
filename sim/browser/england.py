"""What the England page runs: one scenario in every place, as the address of the page holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import scenarios
from scenarios import places
from scenarios.errors import UnknownName
from sim.browser.background import THREADS, Work
from sim.browser.comparison import MOST_QUARTERS, whole
from sim.browser.setup import USUAL, arrangement_titles, read_seed
from sim.metrics import METRICS, metric
from sim.results import at_end

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios import Scenario
    from sim.browser.address import Query

#: Runs of each place, unless the address asks for others.
USUAL_RUNS: Final = 4
MOST_RUNS: Final = 40
#: The metric of a map whose address names none.
USUAL_METRIC: Final = "pooled_share"
#: Technical: maps that are kept for whoever asks for the same one again.
MOST_KEPT: Final = 6


@dataclass(frozen=True, slots=True)
class England:
    """A scenario, and maybe another arrangement, played in every place with the same seeds."""

    scenario: str = USUAL
    arrangement: str = ""
    runs: int = USUAL_RUNS
    seed: int = 1

    @classmethod
    def of(cls, query: Query) -> England:
        """What an address asks for. Raises InputError for a name that is not shipped or a number that cannot be used."""
        given = {name: query.get(name, [""])[-1].strip() for name in ("scenario", "arrangement", "runs", "seed")}
        scenario = given["scenario"] or USUAL
        if scenario not in scenarios.names():
            raise UnknownName("scenario", scenario, scenarios.names())
        if given["arrangement"] and given["arrangement"] not in arrangement_titles():
            raise UnknownName("arrangement", given["arrangement"], arrangement_titles())
        runs = whole(given["runs"] or str(USUAL_RUNS), "number of runs", 1, MOST_RUNS)
        return cls(scenario, given["arrangement"], runs, read_seed(given["seed"] or "1"))

    def query(self) -> dict[str, Any]:
        """What is asked for as values of an address."""
        return {"scenario": self.scenario, "arrangement": self.arrangement, "runs": self.runs, "seed": self.seed}

    def load(self) -> Scenario:
        """The scenario, in its own place. Raises InputError."""
        quarters = scenarios.load(self.scenario).quarters
        return scenarios.load(self.scenario, arrangement=self.arrangement or None, quarters=min(quarters, MOST_QUARTERS))


@dataclass(frozen=True, eq=False)
class PlaceResults:
    """Metrics of each place by its name: the mean over runs in the first quarter and, as ``end``, in the last year."""

    start: Mapping[str, NDArray[np.float64]]
    end: Mapping[str, NDArray[np.float64]]

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where a metric stands in each row."""
        return {name: i for i, name in enumerate(METRICS)}

    def values(self, name: str, change: bool = False) -> dict[str, float]:
        """A metric by place in the last year, or its ``change`` since the first quarter. Raises UnknownName."""
        column = self.positions[metric(name).name]
        return {place: float(row[column] - (self.start[place][column] if change else 0.0)) for place, row in self.end.items()}


_KEPT: dict[tuple[str, int, int], PlaceResults] = {}
_KEEPING: Final = Lock()


def play(scenario: Scenario, runs: int, seed: int) -> Callable[[Work], PlaceResults]:
    """The task that plays every place; places that are done are shown while the others run. Finished maps are kept."""

    def task(work: Work) -> PlaceResults:
        key = (scenario.sha256, runs, seed)
        names = [place.name for place in places.names()]
        with _KEEPING:
            kept = _KEPT.get(key)
        if kept is None:
            kept = _play(work, scenario, names, runs, seed)
            with _KEEPING:
                while len(_KEPT) >= MOST_KEPT:
                    _KEPT.pop(next(iter(_KEPT)))
                _KEPT[key] = kept
        work.report(len(names), len(names), kept)
        return kept

    return task


def _play(work: Work, scenario: Scenario, names: list[str], runs: int, seed: int) -> PlaceResults:
    from sim.runs import ensemble

    start: dict[str, NDArray[np.float64]] = {}
    end: dict[str, NDArray[np.float64]] = {}
    for i, name in enumerate(names):
        work.report(i, len(names), PlaceResults(dict(start), dict(end)))
        result = ensemble(scenario.with_settings([f"place={name}"]), runs=runs, first_seed=seed, threads=THREADS)
        values = {metric: result.metrics[metric].mean(axis=0) for metric in METRICS}
        start[name] = np.array([series[0] for series in values.values()])
        end[name] = np.array([at_end(series, METRICS[metric]) for metric, series in values.items()])
    return PlaceResults(start, end)
