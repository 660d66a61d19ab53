"""What the England page shows: one scenario, or the difference between two, in every place, as the address of the page holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.quality import is_estimate
from totalplace.scenarios.places.shapes import USUAL_YEAR, geography_of
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.browser.charts.base import sentence
from totalplace.sim.browser.server.background import THREADS, Work
from totalplace.sim.browser.state.address import Query, check_names
from totalplace.sim.browser.state.compare_setup import whole
from totalplace.sim.browser.state.place_setup import USUAL, arrangement_titles, read_seed, read_year, year_of
from totalplace.sim.engine.every_place import in_places, play_places
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.every_place import Band, PlaceResults
from totalplace.sim.results.relative import HEAD, SHARE, held_against, metric_called, parted, pounds_a_head, services_a_head
from totalplace.sim.results.relative import MONEY as POUNDS
from totalplace.sim.results.spreadsheets import csv_bytes
from totalplace.sim.results.wording import unit_name

if TYPE_CHECKING:

    from totalplace.scenarios import Scenario

#: Runs of each place, unless the address asks for others. Two runs share a set of parameters and all places share the sets, so that
#: few sets may lift or lower the whole map.
USUAL_RUNS: Final = 40
MOST_RUNS: Final = 100
#: The metric of a map whose address names none, once there are runs.
USUAL_METRIC: Final = "pooled_share"
#: What a map shows of the runs: the last year, its change since the first quarter, its difference from another scenario.
SHOWN: Final = {"": "last year", "change": "change since the first quarter", "difference": "difference between the two scenarios"}
#: What an address says of that, by name.
_LOOKED: Final = ("metric", "show", "money", "region")
#: Money of a place as a map shows it, by name in the address: a head, so that large places do not stand out for being large.
TOTAL: Final = "total"
MONEY: Final = {"": "a head of people", SHARE.name: "as a share of spend", TOTAL: "in all, £m"}
#: Technical: maps that are kept for whoever asks for the same one again.
MOST_KEPT: Final = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to colour a map by: its name in an address, its words, its unit; ``direction`` as metrics have it."""

    name: str
    label: str
    unit: str
    meaning: str
    direction: int = 0
    signed: bool = False

    @property
    def title(self) -> str:
        """Name and unit on one line."""
        unit = unit_name(self.unit)
        return f"{sentence(self.label)} ({unit})" if unit else sentence(self.label)


#: What is known of places before anything is run, by name in the address.
KNOWN: Final = {one.name: one for one in (
    Shown("spending_a_head", "all public money a head, 2010-11", "£ a head a year",
          "all public money of a place in 2010-11, pensions and benefits included, over the people who live there (mid-2020)"),
    Shown("services_a_head", "money for services a head, 2010-11", "£ a head a year",
          "money of the agencies of a place for services in 2010-11, without pensions and benefits, over its people (mid-2020)"),
    Shown("deprivation", "deprivation score", "0-100",
          "index of multiple deprivation of the small areas of a place, weighted by people; more is more deprived", -1),
)}
USUAL_KNOWN: Final = next(iter(KNOWN))


def known_of(year: str) -> dict[str, Shown]:
    """What is known of the places of a year before anything is run, by name, in its words."""
    counted = "mid-2020" if geography_of(year) == geography_of(USUAL_YEAR) else "mid-2023"
    return {
        name: replace(one, label=one.label.replace(USUAL_YEAR, year),
                      meaning=one.meaning.replace(USUAL_YEAR, year).replace("mid-2020", counted))
        for name, one in KNOWN.items()
    }


@kept(maxsize=64)
def known(name: str, year: str = USUAL_YEAR) -> dict[str, Band]:
    """One of KNOWN by place of a year. Raises KeyError."""
    return {place.name: Band(*(_known_of(place.name, year)[name],) * 3) for place in places.names(year)}


@kept(maxsize=1024)
def _known_of(place: str, year: str) -> dict[str, float]:
    one = places.load(place, year)
    deprivation = float(np.average(one.deprivation, weights=one.neighbourhood_population))
    return {"spending_a_head": one.total * pounds_a_head(one.population), "services_a_head": services_a_head(one),
            "deprivation": deprivation}


def on_map(name: str, money: str = "") -> str:
    """The name of a metric as a map shows it: money as one of MONEY, by default a head of people. Raises UnknownName."""
    base = parted(metric_called(name).name)[0]
    return base if money == TOTAL or not METRICS[base].unit.startswith(POUNDS) else held_against(base, money or HEAD.name)


def shown(name: str, show: str = "", money: str = "", year: str = USUAL_YEAR) -> Shown:
    """A metric as a map shows it (:func:`on_map`). Raises UnknownName."""
    one = metric_called(on_map(name, money), period_of(year))
    return Shown(name, one.label, one.unit, one.meaning, one.direction, signed=bool(show))


@dataclass(frozen=True, slots=True)
class England:
    """A scenario, maybe with another arrangement, played in every place; ``against`` is one to subtract, with the same seeds.

    ``given_year`` is the year of the budgets of both where it is not that of the scenario.
    """

    scenario: str = USUAL
    arrangement: str = ""
    against: str = ""
    runs: int = USUAL_RUNS
    seed: int = 1
    given_year: str = ""

    @classmethod
    def of(cls, query: Query) -> England:
        """What an address asks for. Raises InputError for a name that is not shipped or a number that cannot be used."""
        names = ("scenario", "arrangement", "against", "runs", "seed", "year")
        check_names(query, (*names, *_LOOKED))
        given = {name: query.get(name, [""])[-1].strip() for name in names}
        scenario = given["scenario"] or USUAL
        for name in filter(None, (scenario, given["against"])):
            if name not in scenarios.names():
                raise UnknownName("scenario", name, scenarios.names())
        if given["arrangement"] and given["arrangement"] not in arrangement_titles():
            raise UnknownName("arrangement", given["arrangement"], arrangement_titles())
        runs = whole(given["runs"] or str(USUAL_RUNS), "number of runs", 1, MOST_RUNS)
        return cls(scenario, given["arrangement"], given["against"], runs, read_seed(given["seed"] or "1", runs),
                   read_year(given["year"]))

    @property
    def year(self) -> str:
        """The year of the budgets, which says whose places they are: the one given, or that of the scenario."""
        return self.given_year or year_of(self.scenario)

    @property
    def title(self) -> str:
        """The scenario, and the arrangement that it is given in place of its own."""
        return f"{self.scenario} ({self.arrangement})" if self.arrangement else self.scenario

    def query(self) -> dict[str, Any]:
        """What is asked for as values of an address."""
        return {"scenario": self.scenario, "arrangement": self.arrangement, "against": self.against, "runs": self.runs,
                "seed": self.seed, "year": self.given_year}

    def about(self, results: PlaceResults, show: str) -> dict[str, Any]:
        """What the values of a map are of, for a file: level or difference, scenarios, year of the budgets, length, runs, seed."""
        return {"value": SHOWN[show], "scenario": self.title, "baseline": self.against if show == "difference" else "",
                "year_of_budgets": self.year, "quarters": results.quarters, "runs": results.runs, "first_seed": self.seed}

    def load(self) -> list[Scenario]:
        """The scenario, and the one to subtract if there is one, in their own places. Raises InputError."""
        found = [self._load(self.scenario, self.arrangement)]
        if self.against:
            found.append(self._load(self.against, ""))
            if self.scenario == self.against and found[0].arrangement == found[1].arrangement:
                raise InputError("The two scenarios are the same", allowed="another scenario or arrangement")
            if found[0].year != found[1].year:
                raise InputError("The two scenarios differ in the year of their budgets", allowed="scenarios of the same year")
            if (found[0].start, found[0].quarters) != (found[1].start, found[1].quarters):
                raise InputError("The two scenarios differ in start or length", allowed="scenarios that start and end together")
        return found

    def _load(self, name: str, arrangement: str) -> Scenario:
        return scenarios.load(name, arrangement=arrangement or None, year=self.given_year or None).for_many_runs()


@dataclass(frozen=True, slots=True)
class Looked:
    """What the map shows: the name of a metric or of one of KNOWN, one of SHOWN, one of MONEY, a region or all."""

    name: str = ""
    show: str = ""
    money: str = ""
    region: str = ""

    @classmethod
    def of(cls, query: Query) -> Looked:
        """What an address asks to see. Raises UnknownName."""
        given = {key: query.get(key, [""])[-1] for key in _LOOKED}
        name = given["metric"] if given["metric"] in KNOWN or not given["metric"] else on_map(given["metric"], TOTAL)
        region = given["region"] if given["region"] in {place.region for place in places.names()} else ""
        money = given["money"] or (SHARE.name if parted(given["metric"])[1] is SHARE else "")
        return cls(name, given["show"] if given["show"] in SHOWN else "", money if money in MONEY else "", region)

    def query(self) -> dict[str, str]:
        """The same as values of an address."""
        return {"metric": self.name, "show": self.show, "money": self.money, "region": self.region}

    def values(self, results: PlaceResults, run: bool, year: str) -> tuple[Shown, dict[str, Band]]:
        """What is shown and its values by place of a year; ``run`` says whether runs are there or on their way."""
        name = self.name or (USUAL_METRIC if run else USUAL_KNOWN)
        if name in KNOWN:
            return known_of(year)[name], self._within(known(name, year), year)
        show = self.show if self.show != "difference" or results.against or not results.end else ""
        what = shown(name, show, self.money, year)
        return what, self._within(results.values(on_map(name, self.money), show), year)

    def _within(self, values: Mapping[str, Band], year: str) -> dict[str, Band]:
        regions = {place.name: place.region for place in places.names(year)}
        return {name: band for name, band in values.items() if self.region in ("", regions[name])}


_KEPT: dict[tuple[tuple[str, ...], int, int], PlaceResults] = {}
_KEEPING: Final = Lock()


def play(found: list[Scenario], runs: int, seed: int) -> Callable[[Work], PlaceResults]:
    """The task that plays every place; places that are done are shown while the others run. Finished maps are kept."""

    def task(work: Work) -> PlaceResults:
        key = (tuple(scenario.sha256 for scenario in found), runs, seed)
        names = [place.name for place in places.names(found[0].year)]
        with _KEEPING:
            kept = _KEPT.get(key)
        if kept is None:
            kept = play_places([in_places(scenario, names) for scenario in found], runs, seed, work.report, THREADS)
            with _KEEPING:
                while len(_KEPT) >= MOST_KEPT:
                    _KEPT.pop(next(iter(_KEPT)))
                _KEPT[key] = kept
        work.report(len(names), len(names), kept)
        return kept

    return task


def csv(values: Mapping[str, Band], what: Shown, year: str = USUAL_YEAR, about: Mapping[str, Any] | None = None) -> bytes:
    """The values of a map as CSV, with region, population, unit, and ``about``: what they are of, the same in every row.

    It begins with the mark by which spreadsheets know UTF-8.
    """
    import pandas as pd

    filed = {True: "estimate", False: "filed"}
    rows = [{"place": place.name, "code": place.code, "region": place.region, "population": place.population, "shown": what.label,
             "unit": what.unit, "median": values[place.name].middle, "low_p05": values[place.name].low,
             "high_p95": values[place.name].high, "council_money": filed[is_estimate(place.code, year)]}
            | dict(about or {})
            for place in places.names(year) if place.name in values]
    return csv_bytes(pd.DataFrame(rows))
