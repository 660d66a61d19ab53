"""Hypothesis strategies for whole scenarios: any place, arrangement, commissioners, budget path and network, to the ends of ranges.

Wider than ``tests.strategies``, which keeps to what is cheap and shares its pieces with this file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from tests.strategies import (
    FIELDS,
    PLACES,
    arrangement_settings,
    lever_numbers,
    lever_settings,
    parameter_settings,
    policy_events,
    what_changes_when,
)
from totalplace.scenarios import load, places
from totalplace.scenarios.arrangement import BOARD, Arrangement
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DECISION_RULES, THEMES, TOPOLOGIES

#: Starts by year of the budgets: in that year, or before the first cut.
STARTS: Final = {"2010-11": ("2008-01", "2010-04", "2010-10", "2011-01"), "2017-18": ("2017-04", "2017-10", "2018-01")}
#: Fields of an arrangement that are texts, or have strategies of their own.
OTHER_FIELDS: Final = ("name", "title", "description", "decision_rule", "commissioners", "levers")

#: Budget paths with what the shipped one lacks: nothing left, a rise, a fall and a rise, a kind alone.
_PATHS: Final[dict[str, dict[str, tuple[tuple[int, float], ...]]]] = {
    "nothing-left": dict.fromkeys(AGENCY_KINDS, ((2011, 0.5), (2012, 0.0))),
    "rise": dict.fromkeys(AGENCY_KINDS, ((2015, 1.6),)),
    "up-and-down": dict.fromkeys(AGENCY_KINDS[::2], ((2011, 0.7), (2013, 1.2), (2016, 0.9))),
    "council-alone": {"council": ((2011, 0.3),)},
    "deep": dict.fromkeys(AGENCY_KINDS, ((2011, 0.9), (2014, 0.4))),
}
#: Budget paths of ``_PATHS`` that never rise.
FALLING: Final = ("nothing-left", "council-alone", "deep")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="totalplace-tests-")


@cache
def path_file(name: str) -> str:
    """A file of one of the budget paths."""
    lines = [f"title: {name}", "base_year: 2010-11", "paths:"]
    for kind, rows in _PATHS[name].items():
        lines.append(f"  {kind}:")
        for year, index in rows:
            row = f"year: {year}-{(year + 1) % 100:02d}, index: {index}, low: {index}, high: {index}, source: made up"
            lines.append(f"    - {{{row}}}")
    file = Path(_folder().name) / f"{name}.yaml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return str(file)


@cache
def network_file() -> str:
    """A file of a network in which most agencies know nobody."""
    file = Path(_folder().name) / "network.txt"
    file.write_text("# who knows whom\ncouncil police\nschools council\n", "utf-8")
    return str(file)


@st.composite
def commissioner_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Commissioners that share out some of the themes among them."""
    themes = draw(st.permutations(THEMES))
    number = draw(st.integers(1, 4))
    cuts = sorted(draw(st.lists(st.integers(1, len(THEMES)), min_size=number, max_size=number, unique=True)))
    found = []
    for index, (first, last) in enumerate(zip([0, *cuts], cuts, strict=False)):
        host = draw(st.sampled_from([*AGENCY_KINDS, BOARD]))
        leadership = draw(st.floats(0, 1))
        found.append({"name": f"own {index}", "host": host, "themes": list(themes[first:last]), "leadership": leadership})
    return found


@st.composite
def own_arrangements(draw: st.DrawFn) -> dict[str, Any]:
    """An arrangement that extends none: every field drawn."""
    own: dict[str, Any] = {"name": "own", "commissioners": draw(commissioner_lists())}
    own["decision_rule"] = draw(st.sampled_from(DECISION_RULES))
    for name, values in FIELDS.items():
        own[name] = draw(values)
    names = draw(st.lists(st.sampled_from(list(LEVERS)), unique=True, max_size=5))
    return own | {"levers": {name: draw(lever_numbers(LEVERS[name])) for name in names}}


@st.composite
def whole_settings(draw: st.DrawFn, most_quarters: int = 24) -> list[str]:
    """All that a whole scenario sets, as ``key=value`` texts."""
    quarters, year = draw(st.integers(1, most_quarters)), draw(st.sampled_from(list(STARTS)))
    somewhere = draw(st.one_of(st.sampled_from(PLACES), st.sampled_from([place.name for place in places.names()])))
    cuts = draw(st.sampled_from(["none", "spending-review-2010", *(path_file(name) for name in _PATHS)]))
    start = draw(st.sampled_from(STARTS[year]))
    network = draw(st.sampled_from([*TOPOLOGIES, {"file": network_file()}]))
    settings = [
        f"place={json.dumps(somewhere)}", f"year={year}", f"start={start}", f"quarters={quarters}",
        f"clusters={draw(st.integers(1, 8))}", f"cuts={cuts}", f"network={json.dumps(network)}",
        f"nhs={1 if isinstance(network, dict) else draw(st.integers(1, 12))}",
        *draw(parameter_settings()),
    ]
    if draw(st.booleans()):
        settings += draw(arrangement_settings())
    else:
        settings.append(f"arrangement={json.dumps({'extends': 'silo', **draw(own_arrangements())})}")
    for name in draw(st.lists(st.sampled_from(list(LEVERS)), unique=True, max_size=len(LEVERS))):
        settings.append(draw(lever_settings(name)))
    for event in draw(st.lists(policy_events(quarters, start, 3 * quarters + 2), max_size=4, unique_by=what_changes_when)):
        settings.append(f"events={json.dumps([event])}")
    return settings


def loaded(settings: list[str], over: Sequence[str] = ()) -> Scenario:
    """The scenario of settings, from a base without events of its own, with others ``over`` them."""
    scenario = load("october-2010", set=settings)
    return scenario.with_settings(over) if over else scenario


def whole_scenarios(most_quarters: int = 24) -> st.SearchStrategy[Scenario]:
    """A random scenario over every part of the schema."""
    return whole_settings(most_quarters).map(loaded)


def fields_not_drawn() -> set[str]:
    """Fields of an arrangement for which no strategy is there."""
    return set(Arrangement.model_fields) - set(FIELDS) - set(OTHER_FIELDS)
