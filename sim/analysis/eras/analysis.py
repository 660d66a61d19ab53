"""The same arrangements in a place in two years of spending.

Runs of two years cannot be paired seed by seed: people, money, budgets and dates differ, which is why ``compare`` refuses them. So
each year is compared with its own baseline on the same seeds, and the differences stand side by side, money also a head at the
prices of the later year. What changed between the years stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.calendar import parse_financial_year
from totalplace.scenarios.errors import BeforeStart, InputError, UnknownName
from totalplace.scenarios.own_places.grids import is_place_file
from totalplace.scenarios.places import find
from totalplace.scenarios.places.shapes import YEARS
from totalplace.scenarios.prices import deflator
from totalplace.sim.analysis.eras.changes import budgets, money
from totalplace.sim.analysis.eras.era import Era, in_units, values_of
from totalplace.sim.analysis.eras.words import sentences, warnings
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.compare import check_scenarios, clearly
from totalplace.sim.results.run import BAND, KEY_METRICS, Ensemble
from totalplace.sim.results.setting import band_words, money_words
from totalplace.sim.results.what_is_known import split
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.places import PlaceName
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric

#: The years that are held side by side where none are named.
THEN, NOW = "2010-11", "2024-25"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Eras(Answer):
    """What scenarios do in two years. ``then`` and ``now`` are their runs, each year with its own baseline."""

    then: Era
    now: Era


def eras(
    names: str | Sequence[str], place: str = "Birmingham", *, then: str = THEN, now: str = NOW, baseline: str = "silo",
    runs: int | None = None, first_seed: int | None = None, quarters: int | None = None, settings: Sequence[str] = (),
    progress: Progress | None = None,
) -> Eras:
    """What the same arrangements do in a place on the money of two years, each held against the baseline of its own year.

    ``names`` are those of shipped scenarios, or paths; ``settings`` are put on top of all. A place that was part of another one is
    held against the whole of it, which a warning says; one that has become several is refused with their names. Tables:
    ``effects`` (differences from the baseline in the last year, medians with the band that holds 90% of the runs), ``levels``,
    ``money-a-head`` and ``budgets-of-the-last-year`` (what changed). Raises InputError before anything is run.
    """
    asked = [names] if isinstance(names, str) else list(names)
    asked = list(dict.fromkeys([baseline, *asked]))
    if len(asked) < 2:
        raise InputError("There is nothing to hold against the baseline", allowed=f"an arrangement beside {baseline}")
    if parse_financial_year(_known(then)) >= parse_financial_year(_known(now)):
        raise InputError(f"'{then}' is not before '{now}'", allowed="an earlier year, then a later one")
    if is_place_file(place):
        allowed = "a place of England; compare takes files"
        raise InputError(f"'{place}' holds the money of one year, and eras compares two", allowed=allowed)
    found = places_of(place, then, now)
    loaded = [_loaded(asked, one, year, quarters, settings) for one, year in zip(found, (then, now), strict=True)]
    prices = [1e6 / one.population * deflator(parse_financial_year(now)) / deflator(parse_financial_year(year))
              for one, year in zip(found, (then, now), strict=True)]
    played = _played(loaded, runs, first_seed, progress)
    return answer(*(Era(tuple(own), price) for own, price in zip(played, prices, strict=True)))


def _known(year: str) -> str:
    """A year of spending. Raises UnknownName for one there is not."""
    if year not in YEARS:
        raise UnknownName("year of spending", year, YEARS)
    return year


def places_of(name: str, then: str, now: str) -> tuple[PlaceName, PlaceName]:
    """A place in two years: itself, or the one that it was part of, or became. Raises UnknownName, also where that is several."""
    return _found(name, then, now), _found(name, now, then)


def _found(name: str, year: str, other: str) -> PlaceName:
    try:
        return find(name, year)
    except UnknownName as unknown:
        try:
            return find(find(name, other).code, year)
        except UnknownName:
            raise unknown from None


def _loaded(
    names: Sequence[str], place: PlaceName, year: str, quarters: int | None, settings: Sequence[str]
) -> list[Scenario]:
    """The scenarios of a year. Raises InputError, also for one with a dated change that its run in this year does not reach."""
    found = []
    for name in names:
        try:
            scenario = scenarios.load(name, place=place.code, year=year, quarters=quarters, set=list(settings)).for_many_runs()
        except BeforeStart as early:
            raise _of_one_era(name, early.event, "before the start", year) from None
        dated = [(one.quarter, one.text) for one in scenario.changes] + [(one.quarter, one.text) for one in scenario.events]
        late = min((one for one in dated if one[0] >= scenario.quarters), default=None)
        if late is not None:
            raise _of_one_era(name, late[1], "after the end", year)
        found.append(scenario)
    check_scenarios(found)
    return found


def _of_one_era(name: str, event: str, where: str, year: str) -> InputError:
    """The error of a scenario that is not the same in both years, since what it dates is played in one of them only."""
    return InputError(
        f"Two eras cannot be held side by side in '{name}': dated changes belong to one era, and '{event}' falls {where} of the "
        f"run on the money of {year}",
        allowed="an arrangement that holds from the start instead, such as 'eras joint-commissioning', or --set events=none, which "
        "drops dated changes",
    )


def _played(
    loaded: Sequence[Sequence[Scenario]], runs: int | None, first_seed: int | None, progress: Progress | None
) -> list[list[Ensemble]]:
    """Runs of every scenario on the same seeds, one year after the other."""
    from totalplace.sim.engine.ensemble import check_together, ensemble

    first = loaded[0][0]
    runs = first.seeds.count if runs is None else runs
    seed = first.seeds.first if first_seed is None else first_seed
    check_together([scenario for own in loaded for scenario in own], runs, seed)
    total, done = runs * sum(len(own) for own in loaded), 0

    def play(scenario: Scenario) -> Ensemble:
        nonlocal done
        before, done = done, done + runs
        told = None if progress is None else (lambda now, _: progress(before + now, total))
        return ensemble(scenario, runs, seed, progress=told)

    return [[play(scenario) for scenario in own] for own in loaded]


def answer(then: Era, now: Era) -> Eras:
    """What the runs of two years say side by side, with what changed between them."""
    from totalplace.sim.analysis.eras.figure import side_by_side

    first, last = then.ensembles[0], now.ensembles[0]
    effects = _table(then, now, _effect)
    source = (f"{first.place_name}, {first.period}, and {last.place_name}, {last.period}; {count(first.runs, 'run')} each; "
              f"baseline {first.scenario.name}; {band_words([*then.ensembles, *now.ensembles])}")
    changed = {"money-a-head": money(first.place, last.place), "budgets-of-the-last-year": budgets(first, last)}
    return Eras(
        title=f"The same arrangement on the money of {then.year} and of {now.year}",
        source=source,
        tables={"effects": effects, "levels": _table(then, now, _level), **changed},
        sentences=sentences(effects, changed["money-a-head"], changed["budgets-of-the-last-year"], then.ensembles, now.ensembles),
        warnings=(*warnings(then.ensembles, now.ensembles), f"Money of the agencies: {money_words(first)} in {then.year}; "
                  f"{money_words(last)} in {now.year}."),
        drawings={"eras": partial(side_by_side, then, now)},
        then=then, now=now,
    )


def _effect(era: Era, name: str, metric: Metric, a_head: bool) -> np.ndarray:
    return values_of(era, name, metric, a_head, effect=True)


def _level(era: Era, name: str, metric: Metric, a_head: bool) -> np.ndarray:
    return values_of(era, name, metric, a_head, effect=False)


def _table(then: Era, now: Era, values: Callable[[Era, str, Metric, bool], np.ndarray]) -> pd.DataFrame:
    """A row for each scenario and key metric, of money also a head: median and 90% band of each year; no rows without a value.

    ``then_unknown`` and ``now_unknown``: the part of the variance over runs that is what is not known, the rest being chance.
    ``clear``: in which years the band lies on one side of zero, of differences.
    """
    import pandas as pd

    effect = values is _effect
    rows = []
    known = now.ensembles[0].known_metrics
    for ensemble in now.ensembles[1 if effect else 0:]:
        for name in KEY_METRICS:
            for metric, a_head in in_units(known[name], now.year):
                row: dict[str, object] = {"scenario": ensemble.scenario.name, "metric": metric.label, "unit": metric.unit}
                clear = []
                for word, era in (("then", then), ("now", now)):
                    own = values(era, ensemble.scenario.name, metric, a_head)
                    row |= dict(zip((word, f"{word}_low", f"{word}_high"), np.quantile(own, (0.5, *BAND)).tolist(), strict=True))
                    row[f"{word}_unknown"] = split(own, era.draws(ensemble.scenario.name, effect)).share
                    clear += [era.year] if not np.isnan(own).any() and clearly(own) else []
                if not all(np.isnan(row[word]) for word in ("then", "now")):  # type: ignore[call-overload]
                    rows.append(row | ({"clear": " and ".join(clear) or "in neither"} if effect else {}))
    return pd.DataFrame(rows)
