"""The same scenario, or two, in one place after the other: the one way in which all places are played."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import tables
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.engine.play import side_by_side
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.every_place import PlaceResults
from totalplace.sim.results.setting import told as told_once
from totalplace.sim.results.setting import uncertainties_words
from totalplace.sim.results.what_is_known import draws_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario

#: Hears how many places are done, how many there are, and what has come of those that are done. May be called from any thread.
Told = Callable[[int, int, PlaceResults], None]


def in_places(scenario: Scenario, names: Sequence[str]) -> dict[str, Scenario]:
    """A scenario in each place, by its name. Raises InputError, which names the place, where it cannot be run in one."""
    found = {}
    with tables.as_they_are():
        for name in names:
            try:
                found[name] = scenario.with_settings([f"place={name}"])
            except InputError as error:
                raise InputError(f"'{scenario.name}' cannot be run in {name}: {error}") from error
    return found


def play_places(
    found: Sequence[Mapping[str, Scenario]], runs: int, first_seed: int, told: Told | None = None, threads: int | None = None,
) -> PlaceResults:
    """Runs of a scenario in every place (:func:`in_places`), and of one to subtract where there are two, on the same seeds.

    Places are played side by side, by default one for each processor; the result does not depend on it. What ``told`` raises ends
    the work.
    """
    start: dict[str, NDArray[np.float64]] = {}
    ends: list[dict[str, NDArray[np.float64]]] = [{} for _ in found]
    names, lock = list(found[0]), threading.Lock()
    first = next(iter(found[0].values()))
    over = told_once([uncertainties_words(next(iter(one.values()))) for one in found])
    parameters = draws_of(first, np.arange(first_seed, first_seed + runs, dtype=np.int64))

    def results() -> PlaceResults:
        ordered = [{name: one[name] for name in names if name in one} for one in (start, *ends)]
        return PlaceResults(*ordered, quarters=first.quarters, year=first.year, over=over, parameters=parameters)

    def play(name: str) -> None:
        played = [ensemble(one[name], runs, first_seed, threads=1) for one in found]
        rows = [np.stack([result.at_end(metric) for metric in METRICS], axis=1) for result in played]
        begun = np.stack([played[0].series(metric)[:, 0] for metric in METRICS], axis=1)
        with lock:
            start[name] = begun
            for end, own in zip(ends, rows, strict=True):
                end[name] = own
            now = results()
        if told is not None:
            told(len(now.end), len(names), now)

    if told is not None:
        told(0, len(names), results())
    side_by_side(play, names, threads)
    return results()


__all__ = ["Told", "in_places", "play_places"]
