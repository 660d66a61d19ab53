"""What the compare page runs: scenarios with changes, a place, seeds and a length, as the address of the page holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario_file import MOST_QUARTERS
from totalplace.sim.browser.server.background import THREADS, Work
from totalplace.sim.browser.state.address import Query, check_names
from totalplace.sim.browser.state.place_setup import arrangement_titles, read_seed, year_of
from totalplace.sim.results.compare import check_scenarios
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import KEY_METRICS, Ensemble
from totalplace.sim.results.spreadsheets import csv_bytes
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    from totalplace.scenarios import Scenario

USUAL: Final = ("silo", "joint-commissioning", "single-pot")
#: Scenarios that "Add a scenario" offers first, in this order.
FAMILIAR: Final = (*USUAL, "lsp", "prototype", "neighbourhood", "outcome-partnership", "mandated-pooling")
MOST_SIDES: Final = 6
MOST_RUNS: Final = 300
USUAL_RUNS: Final = 40
#: Technical: longest list of changes to a scenario, in characters.
LONGEST: Final = 500
LONGEST_NAME: Final = 80
_CHANGED_BY_NAME: Final = ("arrangement", "cuts", "uncertainties")
_CHANGED_BY_NUMBER: Final = ("nhs", "clusters")


@dataclass(frozen=True, slots=True)
class Side:
    """A scenario by its shipped name, and changes to it as ``key=value`` settings parted by blanks."""

    scenario: str
    changes: str = ""

    @classmethod
    def of(cls, text: str) -> Side:
        """A side as an address holds it: the name, then its changes after a blank."""
        name, _, changes = text.strip().partition(" ")
        return cls(name, changes.strip())

    @property
    def text(self) -> str:
        """The side as an address holds it."""
        return f"{self.scenario} {self.changes}".strip()

    @property
    def title(self) -> str:
        """The side as charts call it, in the letters and the length that the name of a scenario may have."""
        words = f"{self.scenario}, {self.changes.replace('=', ' ')}" if self.changes else self.scenario
        return re.sub(r"[^\w .,()+&'-]", "-", words)[:LONGEST_NAME]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more scenarios in one place over the same seeds; the first is the baseline. ``quarters`` 0: as the scenarios say."""

    sides: tuple[Side, ...] = tuple(Side(name) for name in USUAL)
    place: str = ""
    runs: int = USUAL_RUNS
    seed: int = 1
    quarters: int = 0

    @classmethod
    def of(cls, query: Query) -> Comparison:
        """The comparison in an address. Raises InputError for what cannot be used."""
        check_names(query, ("scenario", "place", "runs", "seed", "quarters", "metric"))
        given = {name: query.get(name, [""])[-1].strip() for name in ("place", "runs", "seed", "quarters")}
        sides = tuple(Side.of(text) for text in query.get("scenario", ())) or cls().sides
        place = ""
        if given["place"]:
            from totalplace.scenarios import places

            place = places.find(given["place"], year_of(sides[0].scenario)).name
        runs = whole(given["runs"] or str(USUAL_RUNS), "number of runs", 1, MOST_RUNS)
        return cls(sides, place, runs, read_seed(given["seed"] or "1", runs), read_quarters(given["quarters"]))

    def query(self) -> dict[str, Any]:
        """The comparison as values of an address."""
        return {"scenario": [side.text for side in self.sides], "place": self.place, "runs": self.runs, "seed": self.seed,
                "quarters": self.quarters or ""}

    def load(self) -> list[Scenario]:
        """The scenarios, each with a name of its own. Raises InputError."""
        for side in self.sides:
            _check_name(side)
        if not 2 <= len(self.sides) <= MOST_SIDES:
            raise InputError(f"{count(len(self.sides), 'scenario')} cannot be compared", allowed=f"2 to {MOST_SIDES} scenarios")
        found = [self._side(side, name).for_many_runs() for side, name in zip(self.sides, self._names(), strict=True)]
        if len({(one.start, one.quarters) for one in found}) > 1:
            raise InputError("The scenarios differ in start or length",
                             allowed="scenarios that start together; Quarters sets one length for all")
        check_scenarios(found)
        return found

    def load_side(self, number: int) -> Scenario:
        """The scenario of one side alone. Raises InputError, also where an earlier side is the same."""
        side = self.sides[number]
        if side in self.sides[:number]:
            raise InputError(f"The same as {'the baseline' if side == self.sides[0] else f'scenario {self.sides.index(side) + 1}'}",
                             allowed="another scenario, or other changes")
        return self._side(side, self._names()[number])

    def with_another(self) -> Comparison:
        """The same with one more scenario that is not in it yet, where another is shipped and there is room."""
        taken = {side.scenario for side in self.sides}
        free = [name for name in (*FAMILIAR, *scenarios.names()) if name not in taken]
        return replace(self, sides=(*self.sides, Side(free[0]))) if free and len(self.sides) < MOST_SIDES else self

    def with_side(self, number: int, **values: str) -> Comparison:
        """The same with a scenario or its changes otherwise."""
        return replace(self, sides=tuple(replace(side, **values) if i == number else side for i, side in enumerate(self.sides)))

    def without_side(self, number: int) -> Comparison:
        """The same without a scenario."""
        return replace(self, sides=tuple(side for i, side in enumerate(self.sides) if i != number))

    def _names(self) -> list[str]:
        """A name for each side; those that differ only in what is cut off are numbered."""
        titles, names = [side.title for side in self.sides], []
        for i, side in enumerate(self.sides):
            again = titles[:i].count(side.title) if self.sides.count(side) == 1 else 0
            names.append(f"{side.title[: LONGEST_NAME - 5]} ({again + 1})" if again else side.title)
        return names

    def _side(self, side: Side, name: str) -> Scenario:
        _check_name(side)
        return scenarios.load(side.scenario, set=check_changes(side.changes), called="", place=self.place or None,
                              quarters=self.quarters or None, name=name if name != side.scenario else None)


def whole(text: str, what: str, low: int, high: int) -> int:
    """A whole number as somebody typed it. Raises InputError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high):
        raise InputError(f"The {what} cannot be '{text[:40]}'", allowed=f"a whole number from {low} to {high}")
    return int(text)


def read_quarters(text: str) -> int:
    """The length of runs as somebody typed it, as long as a scenario may be; 0 for nothing typed. Raises InputError."""
    return whole(text.strip(), "number of quarters", 1, MOST_QUARTERS) if text.strip() else 0


def _check_name(side: Side) -> None:
    if side.scenario not in scenarios.names():
        raise UnknownName("scenario", side.scenario, scenarios.names())


def check_changes(text: str) -> list[str]:
    """Changes to a scenario as settings; only levers, uncertainties and names that are shipped, each once. Raises InputError.

    What could name a file on the server is refused before it is looked at.
    """
    if len(text) > LONGEST:
        raise InputError(f"The changes are {len(text)} characters long", allowed=f"at most {LONGEST} characters")
    words, seen, wrong = text.split(), set[str](), list[InputError]()
    for word in words:
        try:
            _check_change(word, seen)
        except InputError as error:
            wrong.append(error)
    if len(wrong) > 1:
        raise InputError(" ".join(map(str, wrong)))  # all at once, so that each is mended in one go
    if wrong:
        raise wrong[0]
    return words


def _check_change(word: str, seen: set[str]) -> None:
    """Check one change, and that none of ``seen`` is the same, among which it is from now on."""
    key, equals, value = word.partition("=")
    if not equals:
        raise InputError(f"'{key[:80]}' is no change", allowed="key=value, such as levers.reinvested_share=0.5")
    if key.removesuffix(".all") in seen:
        raise InputError(f"'{key[:80]}' is given twice", allowed="each lever, parameter or name once")
    seen.add(key.removesuffix(".all"))
    by_name = key in _CHANGED_BY_NAME and value in _allowed(key)
    by_number = key in _CHANGED_BY_NUMBER and value.isdigit() and len(value) < 3
    if not (by_name or by_number or key.startswith(("levers.", "uncertainties."))):
        _refuse(key, value)


def _refuse(key: str, value: str) -> None:
    if key in _CHANGED_BY_NAME:
        raise UnknownName(key, value, _allowed(key))
    if key in _CHANGED_BY_NUMBER:
        raise InputError(f"'{value[:40]}' cannot be the value of {key}", allowed="a whole number from 1 to 99")
    allowed = ", ".join(("levers.NAME", "uncertainties.NAME", *_CHANGED_BY_NAME, *_CHANGED_BY_NUMBER))
    nearest = next((f"{group}.{key}" for group, names in (("levers", LEVERS), ("uncertainties", PARAMETERS))
                    if key.partition(".")[0] in names), None)
    raise InputError(f"'{key[:80]}' cannot be changed here", allowed=allowed, nearest=nearest)


@cache
def _allowed(key: str) -> tuple[str, ...]:
    from totalplace.scenarios import cuts

    return {"arrangement": tuple(arrangement_titles()), "cuts": ("none", *cuts.names()),
            "uncertainties": ("default", "prior", "posterior")}[key]


def play(found: Sequence[Scenario], runs: int, seed: int) -> Callable[[Work], list[Ensemble]]:
    """The task that plays the scenarios; the records of negotiations, which no chart shows, are let go."""

    def task(work: Work) -> list[Ensemble]:
        from totalplace.sim.engine.ensemble import ensemble

        ensembles: list[Ensemble] = []
        for i, scenario in enumerate(found):
            work.report(i * runs, len(found) * runs)

            def progress(done: int, _: int, before: int = i * runs) -> None:
                work.report(before + done, len(found) * runs)

            result = ensemble(scenario, runs=runs, first_seed=seed, threads=THREADS, progress=progress)
            ensembles.append(replace(result, deals=result.deals[:0]))
        return ensembles

    return task


def shown_metrics(query: Query) -> list[str]:
    """The metrics that an address asks for, else the key ones. Raises UnknownName."""
    return [metric_called(name).name for name in query.get("metric", ())] or list(KEY_METRICS)


def file_stem(ensembles: Sequence[Ensemble]) -> str:
    """The beginning of the names of files with these results: what they compare, where and when."""
    first = ensembles[0]
    names = "-or-".join(file_words(one.scenario.name, 30) for one in ensembles)
    return f"totalplace-{names[:100].rstrip('-')}-in-{file_words(first.place.name)}-{file_words(first.period)}"


def file_words(name: str, most: int = 60) -> str:
    """A name as part of the name of a file, on every system."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", name)[:most].strip("-.")


def csv(ensembles: Sequence[Ensemble]) -> bytes:
    """Every metric of every run and quarter as CSV."""
    import pandas as pd

    return csv_bytes(pd.concat([one.frame() for one in ensembles]))


def parquet(ensembles: Sequence[Ensemble]) -> bytes:
    """The same as Parquet, with units and meanings in the fields."""
    import io

    import pyarrow.parquet as pq

    from totalplace.sim.results.result_tables import metrics_table

    stream = io.BytesIO()
    with pq.ParquetWriter(stream, metrics_table(ensembles[0]).schema, compression="zstd") as writer:
        for one in ensembles:
            writer.write_table(metrics_table(one))
    return stream.getvalue()


def differences_csv(ensembles: Sequence[Ensemble]) -> bytes:
    """The paired differences of every metric as CSV."""
    from totalplace.sim.results.compare import compare

    return csv_bytes(compare(ensembles))
