"""What is asked: scenarios, arrangements, budget paths and places, from files that are checked as they are read.

``scenarios.load("joint-commissioning", place="Kent", set=["levers.encouragement.health=0.5"])`` gives a scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

from totalplace.scenarios.errors import InputError, UnknownName

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario

__all__ = ["InputError", "Scenario", "UnknownName", "check", "json_schema", "load", "loads", "names", "scenario_of"]


if not TYPE_CHECKING:  # a type checker reads the import above

    def __getattr__(name: str) -> Any:
        """Import the class of scenarios when it is first used, so that ``import scenarios`` is quick."""
        if name == "Scenario":
            from totalplace.scenarios.scenario import Scenario

            return Scenario
        raise AttributeError(f"module 'scenarios' has no attribute '{name}'")


def names() -> list[str]:
    """The names of the scenarios that are shipped, in alphabetical order."""
    from totalplace.scenarios.resolving import names as shipped

    return shipped()


def load(
    name_or_path: str | Path, *, set: Sequence[str] = (), called: str = "--set", place: str | None = None, year: str | None = None,
    start: str | None = None, quarters: int | None = None, clusters: int | str | None = None, nhs: int | None = None,
    network: str | Mapping[str, Any] | None = None, arrangement: str | Mapping[str, Any] | None = None,
    cuts: str | Mapping[str, Any] | None = None, levers: Mapping[str, Any] | None = None,
    uncertainties: str | Mapping[str, Any] | None = None,
    events: str | Sequence[str | Mapping[str, Any]] | None = None, seeds: Mapping[str, int] | None = None, name: str | None = None,
    title: str | None = None, description: str | None = None, **others: Never,
) -> Scenario:
    """A scenario by shipped name, or by a path that ends in ``.yaml`` or ``.yml``.

    The arguments from ``place`` on are those fields of a scenario file (``place="Kent"``, ``year="2017-18"``, ``quarters=20``)
    and override what it says; those that are None do not count. ``set`` holds ``key=value`` settings with dotted keys, which come
    last; ``events=none`` among them drops the events of the file, not those given. An error names a setting after the word
    ``called``. There are no ``others``. Raises InputError, with the nearest name for an argument that is misspelt.
    """
    from totalplace.scenarios.resolving import resolve, scenario_layers
    from totalplace.scenarios.settings import dropping_first, override, settings_of

    if not isinstance(name_or_path, str | Path):
        raise _no_scenario(name_or_path, "the name of a scenario, or the path of a file")
    fields: dict[str, Any] = {
        "place": place, "year": year, "start": start, "quarters": quarters, "clusters": clusters, "nhs": nhs, "network": network,
        "arrangement": arrangement, "cuts": cuts, "levers": levers, "uncertainties": uncertainties, "events": events,
        "seeds": seeds, "name": name, "title": title, "description": description,
    }
    above = [override(key, value) for key, value in (fields | others).items() if value is not None]
    return resolve(scenario_layers(name_or_path), dropping_first([*above, *settings_of(set, called)]))


def scenario_of(given: object) -> Scenario:
    """A scenario given as such, or by its shipped name or path. Raises InputError for anything else."""
    from totalplace.scenarios.scenario import Scenario

    if isinstance(given, str | Path):
        return load(given)
    if not isinstance(given, Scenario):
        raise _no_scenario(given, "the name of a scenario, the path of a file, or what totalplace.load gives")
    return given


def _no_scenario(given: object, allowed: str) -> InputError:
    what = "no scenario" if type(given).__name__ != "Scenario" else "a scenario already"
    return InputError(f"{str(given)[:60]!r} ({type(given).__name__}) is {what}", allowed=allowed)


def loads(text: str, name: str = "scenario") -> Scenario:
    """A scenario from YAML text, such as the ``text`` of another. ``name`` stands for its file. Raises InputError."""
    from totalplace.scenarios.resolving import resolve, text_layers

    return resolve(text_layers(text, name), ())


def check(path: str | Path) -> Scenario:
    """The scenario of a file, whatever the ending of its name. Raises InputError when it cannot be used."""
    from totalplace.scenarios.checking import path_of
    from totalplace.scenarios.errors import InputError
    from totalplace.scenarios.resolving import resolve, scenario_layers

    file = path_of(path, "scenario")
    if str(file) in names() and not file.exists():
        allowed = f"the path of a file; 'totalplace scenarios show {file}' prints the shipped one"
        raise InputError(f"'{file}' is a shipped scenario and no file", allowed=allowed)
    return resolve(scenario_layers(file), ())


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of scenario files as they are written, for editors."""
    from totalplace.scenarios.schema import scenario_schema

    return scenario_schema()
