"""What the place page runs: a shipped scenario, a place, an arrangement and a seed, as the address of the page holds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.shapes import USUAL_YEAR, YEARS
from totalplace.sim.browser.state.address import Query, check_names

#: The scenario of a page whose address names none.
USUAL: Final = "joint-commissioning"
#: The largest seed of a scenario file.
MOST_KEPT_SEED: Final = 2**32 - 1


@cache
def scenario_titles() -> dict[str, str]:
    """The shipped scenarios: names and titles."""
    return {name: scenarios.load(name).title or name for name in scenarios.names()}


@cache
def arrangement_titles() -> dict[str, str]:
    """The shipped arrangements: names and titles."""
    from totalplace.scenarios.arrangement import load_arrangement, names

    return {name: load_arrangement(name).title or name for name in names()}


@cache
def year_of(scenario: str) -> str:
    """The year of the budgets of a shipped scenario, which says whose places they are."""
    return scenarios.load(scenario).year


def read_year(text: str) -> str:
    """A year of spending as an address gives it; empty is that of the scenario. Raises UnknownName."""
    if text and text not in YEARS:
        raise UnknownName("year of spending", text, YEARS)
    return text


@kept(maxsize=16)
def place_names(year: str = USUAL_YEAR) -> tuple[str, ...]:
    """The places of England in a year, in alphabetical order."""
    from totalplace.scenarios import places

    return tuple(sorted(place.name for place in places.names(year)))


def place_notes(scenario: scenarios.Scenario) -> list[str]:
    """What a reader of a page should know of the place of a scenario: what is estimated, and what is a what-if; sentences."""
    from totalplace.scenarios.places.england import SPLIT_NOTE
    from totalplace.scenarios.places.quality import notes

    estimated = (*notes(scenario.material.place.code, scenario.year), SPLIT_NOTE)
    return [f"{note[0].upper()}{note[1:]}." for note in scenario.notes if note in estimated or note.startswith("what if")]


@dataclass(frozen=True, slots=True)
class Setup:
    """What an address asks for; what is empty is as the scenario says."""

    scenario: str = USUAL
    place: str = ""
    arrangement: str = ""
    seed: int | None = None
    given_year: str = ""

    @property
    def year(self) -> str:
        """The year of the budgets, which says whose places they are: the one given, or that of the scenario."""
        return self.given_year or year_of(self.scenario)

    @classmethod
    def of(cls, query: Query) -> Setup:
        """The set-up in an address. Raises InputError for a name that is not shipped or a seed that is none."""
        names = ("scenario", "place", "arrangement", "seed", "year")
        check_names(query, (*names, "at", "moves"))
        given = {name: query.get(name, [""])[-1].strip() for name in names}
        name = given["scenario"] or USUAL
        if name not in scenarios.names():
            raise UnknownName("scenario", name, scenarios.names())
        if given["arrangement"] and given["arrangement"] not in arrangement_titles():
            raise UnknownName("arrangement", given["arrangement"], arrangement_titles())
        place, year = "", read_year(given["year"])
        if given["place"]:
            from totalplace.scenarios import places

            place = places.find(given["place"], year or year_of(name)).name
        return cls(name, place, given["arrangement"], read_kept_seed(given["seed"]) if given["seed"] else None, year)

    def query(self) -> dict[str, Any]:
        """The set-up as values of an address."""
        usual = self.scenario == USUAL
        return {"scenario": "" if usual else self.scenario, "place": self.place, "arrangement": self.arrangement, "seed": self.seed,
                "year": self.given_year}

    def load(self) -> tuple[scenarios.Scenario, int]:
        """The scenario and the seed. Raises InputError."""
        scenario = scenarios.load(self.scenario, place=self.place or None, arrangement=self.arrangement or None,
                                  year=self.given_year or None)
        return scenario, scenario.seeds.first if self.seed is None else self.seed


def read_seed(text: str, runs: int = 1) -> int:
    """The first seed of ``runs`` runs as somebody typed it, as large as the command takes it. Raises InputError."""
    from totalplace.sim.engine.seeds import LARGEST_SEED, seeds_from

    return seeds_from(_seed(text, LARGEST_SEED, ""), runs)[0]


def read_kept_seed(text: str) -> int:
    """A seed as somebody typed it that a scenario file can hold, since the run can be saved as one. Raises InputError."""
    return _seed(text, MOST_KEPT_SEED, ", the largest that a scenario file holds")


def _seed(text: str, most: int, why: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 40 and int(text) <= most):
        raise InputError(f"The seed cannot be '{text[:40]}'", allowed=f"a whole number from 0 to {most}{why}")
    return int(text)
