"""Many runs for the facts: a mix of places, many draws, and what is looked at in each run.

A draw is one picture of the country: one set of parameters, and a run in each of the places with a seed of its own. The
seeds are the same in every setting (common random numbers). N draws, P places, Q quarters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np
from scipy.stats import qmc, triang

from totalplace import scenarios
from totalplace.scenarios import places as all_places
from totalplace.scenarios.places.place import Place
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.scenarios.posterior import particles, say_differences, shipped
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import PARAMETERS, Parameter
from totalplace.scenarios.vocabulary import AGENCY_KINDS
from totalplace.sim.engine.play import Stage, fixed, play_fixed, side_by_side
from totalplace.sim.evidence.facts import Floats, Setting
from totalplace.sim.model.metrics import flat
from totalplace.sim.model.world import World

#: Ranks of population times ranks of deprivation from which one place each is taken.
SIZES: Final = 4
DEPRIVATIONS: Final = 2
#: Seed of the design of prior draws (a Latin hypercube).
DESIGN_SEED: Final = 20101018
#: First quarter of the mandate of 2015-04 in a run that starts in 2010-10, and the quarter two years on.
MANDATE: Final = 18
MANDATE_PLUS_2: Final = 26
#: Quarter up to which cuts have bitten when appraisals are looked at: 2014-10.
CUTS_DEEP: Final = 16
LONGEST_LAG: Final = int(PARAMETERS["longest_lag"].high + 0.5)
_NHS: Final = AGENCY_KINDS.index("nhs")
Progress = Callable[[int], None]


def places_by_rule() -> tuple[str, ...]:
    """Eight places over size and deprivation, by rule: for pages that try the model out, and where nothing is held out.

    The places in order of population fall into four equal groups, each by deprivation into two; from each of the eight, in
    that order, the one is taken that is nearest to the group's medians of log population and deprivation (in standard
    deviations of all), among those from a region not yet taken.
    """
    names = all_places.names()
    loaded = [all_places.load(name.code) for name in names]
    size = np.log([place.population for place in loaded])
    worse = np.array([float(np.average(p.deprivation, weights=p.neighbourhood_population)) for p in loaded])
    scaled = np.stack([(one - one.mean()) / one.std() for one in (size, worse)], axis=1)
    chosen: list[all_places.PlaceName] = []
    for group in np.array_split(np.argsort(size, kind="stable"), SIZES):
        for half in np.array_split(group[np.argsort(worse[group], kind="stable")], DEPRIVATIONS):
            away = ((scaled[half] - np.median(scaled[half], axis=0)) ** 2).sum(axis=1)
            nearest = [names[int(half[i])] for i in np.argsort(away, kind="stable")]
            taken = {place.region for place in chosen}
            chosen.append(next((place for place in nearest if place.region not in taken), nearest[0]))
    return tuple(place.name for place in chosen)


def draws(kind: str, number: int) -> Floats:
    """Parameter sets (N, parameters): the defaults ``number`` times, a Latin hypercube over the prior, or rows of the posterior.

    A parameter that the posterior has no column for is drawn from its prior, each with a generator of its own.
    """
    rows = list(PARAMETERS.values())
    if kind == "default":
        return np.tile([row.default for row in rows], (number, 1))
    if kind == "posterior":
        say_differences()
        found = np.array(particles()[np.linspace(0, len(particles()) - 1, number).round().astype(np.int64)])
        for name in shipped().missing:
            rng = np.random.Generator(np.random.Philox(key=[DESIGN_SEED, crc32(name.encode())]))
            found[:, list(PARAMETERS).index(name)] = from_prior(PARAMETERS[name], rng.random(number))
        return found
    unit = qmc.LatinHypercube(len(rows), rng=DESIGN_SEED).random(number)
    return np.stack([from_prior(row, unit[:, column]) for column, row in enumerate(rows)], axis=1)


def from_prior(row: Parameter, unit: Floats) -> Floats:
    """Values of a parameter at quantiles ``unit`` of its prior."""
    width = row.high - row.low
    share = triang.ppf(unit, (row.peak - row.low) / width) if row.distribution == "triangular" else unit
    return np.asarray(row.low + width * share)


@dataclass(frozen=True, eq=False)
class Observed:
    """What was seen: ``data[setting][name]`` (N, P, Q) for a metric, (N, P, ...) for what was watched.

    P is 1 for a setting with a place of its own.
    """

    places: tuple[Place, ...]
    parameters: Floats
    data: dict[str, dict[str, Floats]]

    def __call__(self, setting: str, name: str) -> Floats:
        """What was kept or watched in a setting."""
        return self.data[setting][name]

    def parameter(self, name: str) -> Floats:
        """The parameter in each draw (N,)."""
        return np.asarray(self.parameters[:, list(PARAMETERS).index(name)])


def _demand(w: World, seen: Floats, quarter: int) -> None:
    """Reactive demand on the NHS, index (Q,)."""
    agencies = np.asarray(w.agencies)
    weight = agencies["reactive_start"] * (agencies["kind"] == _NHS)
    seen[quarter - 1] = float(weight @ agencies["demand"] / weight.sum())


def _lags(w: World, seen: Floats, quarter: int) -> None:
    """Joint commissions agreed, by quarters of set-up (13,)."""
    latest = int(w.clock.deals)
    recorded = w.deals[:latest]
    now = recorded[(recorded.quarter == quarter - 1) & (recorded.agreed > 0.0)]
    for theme in np.unique(now.theme):
        agency = int(now.agency[now.theme == theme][0])
        seen[int(w.shares[agency, theme].wait)] += 1


def _trust(w: World, seen: Floats, quarter: int) -> None:
    """Trust at the mandate, then (after two years) the partners and those among them who trust more: seen is (A + 2,)."""
    trust = w.ties.trust[:, 0]
    if quarter == MANDATE:
        seen[2 : 2 + len(trust)] = trust
        return
    partner = (w.ties.tied[:, 0] == 1) & (w.ties.money[:, 0] > 0.0)
    seen[0], seen[1] = partner.sum(), (partner & (trust > seen[2 : 2 + len(trust)])).sum()


def _appraisals(w: World, seen: Floats, quarter: int) -> None:
    """What appraisals weigh: worth of a pound of duplication removed and of control over a pound, £ a £, means: seen is (2,)."""
    money = w.shares.frontline + w.shares.common
    used = (w.appraisals.quadratic > 0.0) & (money > 0.0)
    if used.any():
        seen[0] = float(w.appraisals.saving_rate[used].mean())
        seen[1] = float(((w.appraisals.quadratic + 2.0 * w.appraisals.flexibility)[used] / money[used]).mean())


_EACH: Final = tuple(range(1, 41))
#: What is looked at besides metrics: function, size of what is kept, quarters after which it looks.
WATCHES: Final[dict[str, tuple[Callable[[World, Floats, int], None], int, tuple[int, ...]]]] = {
    "demand": (_demand, 40, _EACH),
    "lags": (_lags, LONGEST_LAG + 1, _EACH),
    "trust": (_trust, 2 + len(AGENCY_KINDS), (MANDATE, MANDATE_PLUS_2)),
    "appraisals": (_appraisals, 2, (CUTS_DEEP,)),
}


def _play(
    setting: Setting, place: str, parameters: Floats, seeds: Sequence[int], over: Sequence[Marked] = ()
) -> dict[str, Floats]:
    """Every draw of one setting in one place, with contents ``over`` on top; raises LedgerError if a quarter does not close."""
    scenario = scenarios.load(setting.scenario, place=place, set=list(setting.set)).with_contents(over)
    stage = Stage(scenario)
    if not setting.watch:
        return _play_unwatched(setting, stage, parameters, seeds)
    watch, size, stops = WATCHES[setting.watch]
    kept = {name: np.zeros((len(seeds), scenario.quarters)) for name in setting.keep}
    seen = np.zeros((len(seeds), size))
    for i, seed in enumerate(seeds):
        world = stage.begin(seed, fixed(parameters[i], **dict(setting.parameters)))
        for stop in sorted({*stops, scenario.quarters}):
            stage.advance(stop)
            if stop in stops:
                watch(world, seen[i], stop)
        measures = flat(world.measures)
        for name in setting.keep:
            kept[name][i] = measures[name]
    return kept | {setting.watch: seen}


def _play_unwatched(setting: Setting, stage: Stage, parameters: Floats, seeds: Sequence[int]) -> dict[str, Floats]:
    """Draws of which only metrics are kept, and two things of the world at the end: many in one call of the compiled run.

    ``gains``: what agencies gained by others' money, and in all, £m; ``nhs_reactive``: what the NHS spent on acute need in the base
    year, £m. With ``ties`` also ``trust`` in each commissioner and whether there is money with it (``partner``), by tie.
    """
    values = np.array(parameters)
    for name, value in setting.parameters:
        values[:, list(PARAMETERS).index(name)] = value
    measures, world = flat(stage.world.measures), stage.world
    acute = np.asarray(world.agencies)["reactive_start"]
    parts = [*(stage.words(measures[name]) for name in setting.keep), stage.words(world.gains).reshape(-1), stage.words(acute)]
    if setting.ties:
        parts = [stage.words(np.asarray(world.ties)[name]).reshape(-1) for name in ("trust", "money")] + parts
    rows = play_fixed(stage, seeds, values, np.concatenate(parts))
    pieces = np.split(rows, np.cumsum([len(part) for part in parts])[:-1], axis=1)
    matrices = np.ascontiguousarray(pieces[-2]).reshape(len(seeds), *world.gains.shape)
    others = matrices.sum(axis=(1, 2)) - np.trace(matrices, axis1=1, axis2=2)
    nhs = pieces[-1][:, np.asarray(world.agencies)["kind"] == _NHS].sum(axis=1)
    found = {name: np.ascontiguousarray(piece) for name, piece in zip(setting.keep, pieces[-2 - len(setting.keep) :], strict=False)}
    if setting.ties:
        found |= {"trust": pieces[0], "partner": (pieces[1] > 0.0).astype(np.float64)}
    return found | {"gains": np.stack([others, matrices.sum(axis=(1, 2))], axis=1), "nhs_reactive": nhs}


def observe(settings: Sequence[Setting], places: Sequence[str], parameters: Floats, first_seed: int = 1,
            threads: int | None = None, progress: Progress | None = None, over: Sequence[Marked] = (),
            year: str = USUAL_YEAR) -> Observed:
    """Run every setting in every place for every parameter set (N, parameters); ``progress`` hears of runs done.

    A setting with a place of its own is run there alone. ``over`` are contents of scenario files laid over every setting; ``year``
    is the base year of the settings, whose money weighs the places.
    """
    count = len(places)
    loaded = tuple(all_places.load(name, year) for name in places)
    data: dict[str, dict[str, list[Any]]] = {}

    def one(task: tuple[Setting, int]) -> dict[str, Floats]:
        setting, p = task
        seeds = [first_seed + i * count + p for i in range(len(parameters))]
        found = _play(setting, setting.place or places[p], parameters, seeds, over)
        if progress is not None:
            progress(len(parameters))
        return found

    tasks = [(setting, p) for setting in settings for p in range(1 if setting.place else count)]
    results = side_by_side(one, tasks, threads)
    for (setting, _), found in zip(tasks, results, strict=True):
        kept = data.setdefault(setting.name, {})
        for name, values in found.items():
            kept.setdefault(name, []).append(values)
    stacked = {s: {name: np.stack(values, axis=1) for name, values in kept.items()} for s, kept in data.items()}
    return Observed(loaded, parameters, stacked)


def runs_of(settings: Sequence[Setting], places: int) -> int:
    """Runs of the model behind one draw."""
    return sum(1 if setting.place else places for setting in settings)
