"""The runs behind what survives: each arrangement in each era and place, under the same draws and seeds everywhere.

A draw is one picture of the country: a set of parameters and a run in each place with a seed of its own. N draws, A arrangements,
M metrics, P places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from totalplace import scenarios
from totalplace.scenarios import places as all_places
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.play import Stage, play_fixed, side_by_side
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.calibration.answers import spread_places
from totalplace.sim.evidence.fact_runs import draws
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.held_out import chosen_places
from totalplace.sim.evidence.survival.conclusions import Asked, Conclusion, Variant, asked
from totalplace.sim.model.metrics import METRICS, flat
from totalplace.sim.results.last_year import LAST_QUARTERS, adding_up, in_last_year

#: The model as it is, over draws of the posterior and of the prior.
POSTERIOR, PRIOR = WHOLE = ("posterior", "prior")
#: Draws of the prior for each of the posterior: it also says which parameters matter. And of each variant.
PRIOR_MULTIPLE: Final = 3
VARIANT_SHARE: Final = 0.25
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Played:
    """Values in the last year of all places together, ``values[era][model]`` (N, A, M): money in £ a head, others means.

    Models are :data:`WHOLE` and the names of the variants. ``spend[era]``: what agencies spend at the start, £ a head a year.
    ``prior`` (draws, parameters): the sets behind the draws of the prior. ``few``: which draws of the posterior, with their seeds,
    the variants have.
    """

    asked: Asked
    values: dict[str, dict[str, Floats]]
    spend: dict[str, float]
    prior: Floats
    places: tuple[str, ...]
    first_seed: int
    few: tuple[int, ...]

    def margin(self, conclusion: Conclusion, era: str, model: str) -> Floats:
        """By how much a conclusion holds in each draw (N,)."""
        return conclusion.margin(self.values[era][model], self.asked, self.spend[era])

    def holds(self, conclusion: Conclusion, era: str, model: str) -> float:
        """Share of the draws in which a conclusion holds."""
        return float((self.margin(conclusion, era, model) > 0.0).mean())

    def ranks(self, metric: str, era: str, model: str) -> Floats:
        """The place of each arrangement by a metric in each draw (N, A), from 1; those that are equal share the mean place."""
        own = self.values[era][model][:, :, self.asked.metrics.index(metric)]
        return np.asarray(rankdata(-self.asked.rankings[metric] * own, axis=1))


def survive(
    runs: int = 200, places: Sequence[str] = (), first_seed: int = 1, threads: int | None = None, progress: Progress | None = None,
) -> Played:
    """Play all that is asked: ``runs`` draws of the posterior, three times as many of the prior, a quarter as many of each variant.

    Raises InputError for unknown places or places that are not in every era, LedgerError.
    """
    runs, first_seed, what = whole(runs, "number of draws", 4), checked_seed(first_seed), asked()
    where = tuple(places) or usual_places(what.eras)
    sets = {POSTERIOR: draws("posterior", runs), PRIOR: draws("prior", PRIOR_MULTIPLE * runs)}
    few = tuple(range(0, runs, round(1.0 / VARIANT_SHARE)))
    every = {name: tuple(range(len(sets[name]))) for name in WHOLE}
    models = [(Variant(name), sets[name], every[name]) for name in WHOLE]
    models += [(one, sets[POSTERIOR][list(few)], few) for one in what.variants]
    tasks = [(era, *model, name, p) for era in what.eras for model in models for name in what.arrangements
             for p in range(len(where))]
    total, done = sum(len(task[2]) for task in tasks), [0]
    codes = {era: _codes(where, era) for era in what.eras}

    def one(task: tuple[str, Variant, Floats, tuple[int, ...], str, int]) -> Floats:
        era, variant, values, which, name, p = task
        seeds = [first_seed + i * len(where) + p for i in which]
        found = _play(what, variant, era, name, codes[era][p], values, seeds)
        done[0] += len(values)
        if progress is not None:
            progress(done[0], total)
        return found

    results = side_by_side(one, tasks, threads)
    found: dict[str, dict[str, Floats]] = {era: {} for era in what.eras}
    own = {era: [all_places.load(code, era) for code in codes[era]] for era in what.eras}
    size = len(what.arrangements) * len(where)
    for number, first in enumerate(range(0, len(results), size)):
        era, variant = what.eras[number // len(models)], models[number % len(models)][0]
        stacked = np.stack(results[first : first + size]).reshape(len(what.arrangements), len(where), -1, len(what.metrics))
        found[era][variant.name] = _together(what, stacked, own[era])
    spend = {era: 1e6 * sum(float(one.spend.sum()) for one in own[era]) / sum(one.population for one in own[era]) for era in own}
    return Played(what, found, spend, sets[PRIOR], where, first_seed, few)


def _play(what: Asked, variant: Variant, era: str, name: str, place: str, values: Floats, seeds: Sequence[int]) -> Floats:
    """Metrics in the last year (N, M) of an arrangement in a place, parameters ``values`` (N, parameters)."""
    scenario = scenarios.load(name, place=place, year=era).with_contents(variant.of(name))
    stage = Stage(scenario)
    if variant.parameters:
        values = np.array(values)
        for parameter, value in variant.parameters:
            values[:, list(PARAMETERS).index(parameter)] = value
    measures, last = flat(stage.world.measures), slice(-LAST_QUARTERS, None)
    kept = np.concatenate([stage.words(measures[metric])[last] for metric in what.metrics])
    rows = play_fixed(stage, seeds, values, kept).reshape(len(seeds), len(what.metrics), -1)
    return in_last_year(np.swapaxes(rows, 1, 2), adding_up(what.metrics))


def _together(what: Asked, values: Floats, places: Sequence[all_places.Place]) -> Floats:
    """Values (A, P, N, M) of single places as those of all together (N, A, M)."""
    people, spend = (np.array([weight(one) for one in places], dtype=np.float64)
                     for weight in (lambda one: one.population, lambda one: float(one.spend.sum())))
    found = np.empty((values.shape[2], values.shape[0], values.shape[3]))
    for m, name in enumerate(what.metrics):
        unit = METRICS[name].unit
        if unit.startswith("£m"):
            found[..., m] = 1e6 * values[..., m].sum(axis=1).T / people.sum()
        else:
            weight = spend if unit.startswith("% of spend") else people
            found[..., m] = np.tensordot(weight / weight.sum(), values[..., m], axes=(0, 1)).T
    return found


def usual_places(eras: Sequence[str]) -> tuple[str, ...]:
    """Eight of the places held out that are in every era: the middle one of each eighth, in order of population."""
    return spread_places([name for name in chosen_places() if all(_there(name, era) for era in eras)])


def _there(name: str, era: str) -> bool:
    try:
        return all_places.find(name, era).name == name
    except UnknownName:
        return False


def _codes(names: Sequence[str], era: str) -> tuple[str, ...]:
    """The codes of places in an era. Raises InputError for one that is not in it."""
    try:
        return tuple(all_places.find(name, era).code for name in names)
    except UnknownName as problem:
        raise InputError(f"A place is not in {era}: {problem}", allowed="places that are in both eras") from None


__all__ = ["POSTERIOR", "PRIOR", "WHOLE", "Played", "survive", "usual_places"]
