"""The model as calibration sees it: parameters in, measures of the facts out, one picture of the country for each row.

A picture is one run of every setting that the measures need in each of a few places, each with a seed of its own (as in
:mod:`totalplace.sim.evidence.fact_runs`). Which places these are is drawn anew for every batch of pictures, so that what places
do to a measure is part of its noise, as what seeds do is. N pictures, P parameters, M measures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from totalplace import scenarios
from totalplace.scenarios import places as all_places
from totalplace.scenarios.amounts import in_pounds
from totalplace.scenarios.calendar import format_month, parse_financial_year, parse_month
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.reading import read_text
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.sim.evidence.fact_runs import from_prior, observe, runs_of
from totalplace.sim.evidence.facts import Floats, Setting, settings
from totalplace.sim.evidence.measures import MEASURES


class Simulator(Protocol):
    """Anything that can be calibrated: named parameters with a prior, named measures, a way to simulate."""

    parameters: tuple[str, ...]
    measures: tuple[str, ...]

    def values(self, unit: Floats) -> Floats:
        """Parameters (N, P) at the quantiles ``unit`` (N, P) of their priors, which are independent."""

    def play(self, values: Floats, first: int, progress: Callable[[int], None] | None = None) -> Floats:
        """Measures (N, M) of pictures number ``first`` and on, the same whenever asked; NaN where there is none."""


def prior_values(unit: Floats) -> Floats:
    """Parameters (N, P) of the registry at quantiles ``unit`` (N, P) of their prior ranges."""
    return np.stack([from_prior(row, unit[:, column]) for column, row in enumerate(PARAMETERS.values())], axis=1)


class _Spy(dict[str, Any]):
    """A dictionary that remembers what was asked of it."""

    def __init__(self, values: dict[str, Any], asked: set[str]) -> None:
        super().__init__(values)
        self.asked = asked

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)


def needed(measures: Sequence[str], place: str) -> list[Setting]:
    """The settings that the measures read, found by measuring one run of every setting in ``place``."""
    every = settings()
    defaults = np.array([[row.default for row in PARAMETERS.values()]])
    seen = observe(list(every.values()), [place], defaults, threads=1)
    asked: set[str] = set()
    watched = replace(seen, data=_Spy(seen.data, asked))
    for name in measures:
        with np.errstate(all="ignore"):
            MEASURES[name](watched)
    return [setting for name, setting in every.items() if name in asked]


def in_year(setting: Setting, year: str) -> Setting:
    """The setting with the budgets of another base year, e.g. ``2017-18``, and everything else as many years later.

    The start goes with the year, dated events go with the start, and the budget path is that of the later years: cuts that the
    budgets already hold are not played again. Money of the day rises with prices, so that it is worth the same.
    """
    if not year:
        return setting
    scenario = scenarios.load(setting.scenario, set=list(setting.set))
    later = 12 * (parse_financial_year(year) - parse_financial_year(scenario.year))
    written = read_text(scenario.text, setting.scenario).plain()["events"]
    events = [_moved(row, later) for row in written if isinstance(row, dict)]
    moved = ("events=none", f"year={year}", *([f"events={json.dumps(events)}"] if events else []))
    return replace(setting, set=(*setting.set, *moved))


def _moved(event: dict[str, Any], later: int) -> dict[str, Any]:
    """An event so many months later; of a lever in £ the same money in real terms."""
    month = parse_month(event["date"])
    moved = event | {"date": format_month(month + later)}
    if in_pounds(LEVERS[event["lever"]].unit):
        then, now = ((one - 3) // 12 for one in (month, month + later))
        moved["value"] = event["value"] * deflator(now) / deflator(then)
    return moved


def strata(names: Sequence[str], number: int) -> list[tuple[str, ...]]:
    """Places in ``number`` groups: by population, and each of these halves by deprivation, so that a draw has all kinds."""
    loaded = [all_places.load(name) for name in names]
    size = np.array([place.population for place in loaded])
    worse = np.array([float(np.average(p.deprivation, weights=p.neighbourhood_population)) for p in loaded])
    groups: list[tuple[str, ...]] = []
    for part in np.array_split(np.argsort(size, kind="stable"), -(-number // 2)):
        wanted = min(2, number - len(groups))
        for half in np.array_split(part[np.argsort(worse[part], kind="stable")], wanted):
            groups.append(tuple(names[int(i)] for i in half))
    return groups


class Pictures:
    """The facts' settings in places drawn new for every batch; see :class:`Simulator`.

    ``measures``: names of functions of the facts. A batch, the pictures of one call, shares its places: one from each of
    :func:`strata` of ``pool``, at random by ``seed`` and the number of its first picture.
    """

    def __init__(self, measures: Sequence[str], pool: Sequence[str], number: int, seed: int, threads: int | None = None) -> None:
        self.parameters = tuple(PARAMETERS)
        self.measures = tuple(measures)
        self._strata = strata(pool, number)
        self._seed, self._threads = seed, threads
        self._settings = needed(measures, pool[0])

    @property
    def runs(self) -> int:
        """Runs of the model in a picture."""
        return runs_of(self._settings, len(self._strata))

    def places(self, first: int) -> tuple[str, ...]:
        """The places of the batch whose first picture has this number."""
        rng = np.random.Generator(np.random.Philox(key=[self._seed, 2**60 + first]))
        return tuple(group[int(rng.integers(len(group)))] for group in self._strata)

    def values(self, unit: Floats) -> Floats:
        """Parameters at quantiles of the prior ranges of the registry."""
        return prior_values(unit)

    def play(self, values: Floats, first: int, progress: Callable[[int], None] | None = None) -> Floats:
        """Every measure of every picture. Raises LedgerError if a quarter does not close."""
        places = self.places(first)
        seen = observe(self._settings, places, values, 1 + first * len(places), self._threads, progress)
        with np.errstate(all="ignore"):
            return np.stack([MEASURES[name](seen) for name in self.measures], axis=1)
