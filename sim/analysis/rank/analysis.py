"""Places in order of what a scenario does in them.

A scenario and a baseline are run in every place of a year on the same seeds. A place has its difference, seed by seed, and in
every run a rank among all places of that run. A seed draws the same parameters everywhere, so that what is not known of all places
at once does not blur their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios import places
from totalplace.scenarios.checking import is_path
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.quality import is_estimate, marked
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.analysis.rank.explained import explained as explanation
from totalplace.sim.analysis.rank.explained import known_of
from totalplace.sim.analysis.rank.order import in_order
from totalplace.sim.analysis.rank.words import is_what_if, notes_in, sentences, warnings
from totalplace.sim.analysis.rank.words import question as question_of
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.compare import check_scenarios, lent
from totalplace.sim.results.every_place import PlaceResults, band
from totalplace.sim.results.relative import held_against, metric_called
from totalplace.sim.results.wording import count, unit_name
from totalplace.sim.system.progress import Progress, heard

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.scenarios.places import PlaceName
    from totalplace.sim.figures.style import Chart
    from totalplace.sim.model.metrics import Metric

#: The baseline where none is named, and the word for none: places are then ranked by the level itself.
BASELINE: Final = "silo"
NO_BASELINE: Final = "none"
METRIC: Final = "net_saving"

#: A scenario by shipped name, by path, or as such.
type Given = str | Path | Scenario
#: Columns that say what the order may go with; the file has them, the screen has not.
_KNOWN: Final = ("population", "spend_a_head", "deprivation", "bodies", "nhs_part", "police_part", "fire_part")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Ranking(Answer):
    """Places in order of a metric. ``draws`` has its values by place and run (P, R), ``results`` all metrics of every run."""

    metric: Metric
    draws: Mapping[str, NDArray[np.float64]]
    results: PlaceResults


@dataclass(frozen=True)
class _Asked:
    """What is run: a scenario and a baseline, if there is one, in each place by its name."""

    found: tuple[Mapping[str, Scenario], ...]
    notes: tuple[str, ...]

    @property
    def first(self) -> list[Scenario]:
        """The scenario and the baseline in the first place."""
        return [next(iter(one.values())) for one in self.found]

    @property
    def noted(self) -> dict[str, tuple[str, ...]]:
        """What a user should know of the scenarios in each place, by its name."""
        return {name: notes_in([one[name] for one in self.found]) for name in self.found[0]}

    @property
    def difference(self) -> bool:
        """Whether places are ranked by a difference."""
        return len(self.found) > 1


def rank(
    scenario: Given, baseline: Given | None = BASELINE, *, metric: str = METRIC, per: str | None = None,
    region: str | Sequence[str] = (), year: str | None = None, runs: int | None = None, first_seed: int | None = None,
    quarters: int | None = None, settings: Sequence[str] = (), threads: int | None = None,
    progress: Progress | bool | None = None,
) -> Ranking:
    """Every place of a year, or of regions, in order of what a scenario does in it against a baseline.

    ``metric`` may be held against the place, ``per`` ``head`` of its people or as ``share`` of what its bodies spend; names such as
    ``net_saving_per_head`` do the same. Without a ``baseline`` (None or ``none``) places are ranked by the level in the last year.
    ``settings`` are put on top of both scenarios. A shipped baseline takes over year and start of the scenario. ``progress`` is
    called with the number of places that are done and the number of all places; True shows a bar.

    Tables: ``ranking``, a row a place (see :func:`totalplace.sim.analysis.rank.order.in_order`, with what is known of it), and
    ``explained``, what goes with the order (:mod:`totalplace.sim.analysis.rank.explained`). Figures: ``ranking``, ``map``,
    ``explained``. Raises InputError before anything is run.
    """
    from totalplace.sim.engine.ensemble import check_together
    from totalplace.sim.engine.every_place import play_places

    name = held_against(metric, per)
    asked = _asked(scenario, baseline, region, year, quarters, settings)
    for one in asked.first:
        if why := without_value(name, one):
            raise InputError(f"{metric_called(name).label.capitalize()} has no value under '{one.name}': {why}",
                             allowed="another metric, or another baseline (none for the level itself)")
    first = asked.first[0]
    runs = first.seeds.count if runs is None else runs
    seed = first.seeds.first if first_seed is None else first_seed
    check_together(asked.first, runs, seed)
    hears = heard(progress, f"{metric_called(name).label} by place", "place")
    told = None if hears is None else (lambda done, of, _: hears(done, of))
    return answer(asked, play_places(asked.found, runs, seed, told, threads), name)


def regions_of(year: str) -> tuple[str, ...]:
    """The regions of the places of a year, in alphabetical order."""
    return tuple(sorted({place.region for place in places.names(year)}))


def places_in(region: str | Sequence[str], year: str) -> list[PlaceName]:
    """The places of a year in the regions named, all where none is. Raises UnknownName with the nearest region."""
    every = {one.casefold(): one for one in regions_of(year)}
    wanted = set()
    for one in [region] if isinstance(region, str) else region:
        if one.strip().casefold() not in every:
            raise UnknownName("region", one, every.values())
        wanted.add(every[one.strip().casefold()])
    return [place for place in places.names(year) if not wanted or place.region in wanted]


def _asked(
    scenario: Given, baseline: Given | None, region: str | Sequence[str], year: str | None, quarters: int | None,
    settings: Sequence[str],
) -> _Asked:
    """The scenarios in every place, ready to be paired. Raises InputError."""
    from totalplace.sim.engine.every_place import in_places

    alone = baseline is None or baseline == NO_BASELINE
    given = [scenario] if alone else [scenario, baseline]
    loaded = [_loaded(one, year, quarters, settings) for one in given]
    if len({one.sha256 for one in loaded}) < len(loaded):
        raise InputError(f"'{loaded[0].name}' is its own baseline", allowed="another baseline, or none for the level itself")
    takes = lent(loaded, [True, *(isinstance(one, Scenario) or is_path(str(one)) for one in given[1:])])
    loaded = [(one.with_contents(takes[one.name].contents) if one.name in takes else one).for_many_runs() for one in loaded]
    check_scenarios(loaded)
    names = [place.name for place in places_in(region, loaded[0].year)]
    return _Asked(tuple(in_places(one, names) for one in loaded), tuple(one.words for one in takes.values()))


def _loaded(given: Given | None, year: str | None, quarters: int | None, settings: Sequence[str]) -> Scenario:
    """A scenario with what is put on top of it."""
    if isinstance(given, str | Path):
        return scenarios.load(given, year=year, quarters=quarters, set=list(settings))
    own = [f"{key}={value}" for key, value in (("year", year), ("quarters", quarters)) if value is not None]
    return scenarios.scenario_of(given).with_settings([*own, *settings])


def answer(asked: _Asked, results: PlaceResults, name: str) -> Ranking:
    """What the runs of all places say of their order by a metric. Raises InputError where no place has a value."""
    from totalplace.sim.analysis.rank.figure import explained_figure, order_figure
    from totalplace.sim.figures.england import england_map

    metric, year = metric_called(name, period_of(results.year)), results.year
    every = results.draws(name, "difference" if asked.difference else "")
    draws = {place: values for place, values in every.items() if not np.isnan(values).any()}
    if not draws:
        raise InputError(f"{metric.label.capitalize()} has no value in any place", allowed="another metric")
    table, stacked = known_of(list(draws), year), np.stack(list(draws.values()))
    ranking = _with_places(in_order(list(draws), stacked, metric.direction), table, asked, year)
    shares = explanation(stacked, table, results.parameters)
    what = " against ".join(one.name for one in asked.first)
    source = (f"{what}; {count(len(draws), 'place')}, budgets of {year}; {count(results.runs, 'run')} each on the same seeds; "
              f"{results.over}")
    title = f"Places by {'the difference in ' if asked.difference else ''}{metric.label}"
    bands, said = {place: band(values) for place, values in draws.items()}, f"{source}."
    drawings: dict[str, Callable[[], Chart]] = {
        "ranking": partial(order_figure, ranking, metric, asked.difference, title, said),
        "map": partial(england_map, bands, metric, asked.difference, year, title, said),
    }
    if shares is not None:
        drawings["explained"] = partial(explained_figure, shares, metric, "What goes with the order of places", said)
    names = [one.name for one in asked.first]
    question = question_of(names[0], names[1] if asked.difference else "", metric, count(len(draws), "place"))
    return Ranking(
        title=title, source=source,
        tables={"ranking": ranking} | ({} if shares is None else {"explained": shares}),
        sentences=sentences(question, ranking, metric, asked.difference, shares, results),
        warnings=(*warnings(ranking, metric, results, shares, asked.noted), *asked.notes),
        drawings=drawings, units={"ranking": unit_name(metric.unit)}, metric=metric, draws=draws, results=results,
    )


def _with_places(order: pd.DataFrame, known: pd.DataFrame, asked: _Asked, year: str) -> pd.DataFrame:
    """The order with what is told of a place: its name with its marks, its code and region, what is known of it, its notes."""
    codes = {place.name: place.code for place in places.names(year)}
    names, noted = order["name"].tolist(), asked.noted
    what_if = {name: is_what_if(noted[name]) for name in names}
    some = not all(what_if.values())  # what is a what if everywhere is said once, below the table
    told = order.copy()
    told.insert(1, "place", [f"{marked(name, year)}{' (what if)' if some and what_if[name] else ''}" for name in names])
    told.insert(2, "code", [codes[name] for name in names])
    told.insert(3, "region", [str(known.loc[name, "region"]) for name in names])
    for column in _KNOWN:
        told[column] = [known.loc[name, column] for name in names]
    told["council_money"] = ["estimate" if is_estimate(codes[name], year) else "filed" for name in names]
    told["what_if"] = ["what if" if what_if[name] else "" for name in names]
    told["notes"] = ["; ".join(noted[name]) for name in names]
    return told
