"""What is asked: scenarios, arrangements, budget paths and places, from files that are checked as they are read.

``scenarios.load("joint-commissioning", place="Kent", set=["levers.encouragement.health=0.5"])`` gives a scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.errors import InputError, UnknownName

if TYPE_CHECKING:
    from scenarios.scenario import Scenario

__all__ = ["InputError", "UnknownName", "check", "json_schema", "load", "loads", "names", "scenario_of"]


def names() -> list[str]:
    """The names of the scenarios that are shipped, in alphabetical order."""
    from scenarios.resolving import names as shipped

    return shipped()


def load(name_or_path: str | Path, *, set: Sequence[str] = (), called: str = "--set", **overrides: Any) -> Scenario:
    """A scenario by shipped name, or by a path that ends in ``.yaml`` or ``.yml``.

    ``overrides`` are fields of a scenario file (``place="Kent"``, ``year="2017-18"``, ``quarters=20``); those that are
    None do not count. ``set`` holds ``key=value`` settings with dotted keys, which come last; an error names a setting after the
    word ``called``. Raises InputError.
    """
    from scenarios.resolving import override, resolve, scenario_layers
    from scenarios.settings import settings_of

    above = [override(key, value) for key, value in overrides.items() if value is not None]
    return resolve(scenario_layers(name_or_path), [*above, *settings_of(set, called)])


def scenario_of(given: Scenario | str | Path | Any) -> Scenario:
    """A scenario given as such, or by its shipped name or path. Raises InputError for anything else."""
    from scenarios.scenario import Scenario

    if isinstance(given, str | Path):
        return load(given)
    if not isinstance(given, Scenario):
        allowed = "the name of a scenario, the path of a file, or what sim.load gives"
        raise InputError(f"{str(given)[:60]!r} ({type(given).__name__}) is no scenario", allowed=allowed)
    return given


def loads(text: str, name: str = "scenario") -> Scenario:
    """A scenario from YAML text, such as the ``text`` of another. ``name`` stands for its file. Raises InputError."""
    from scenarios.resolving import resolve, text_layers

    return resolve(text_layers(text, name), ())


def check(path: str | Path) -> Scenario:
    """The scenario of a file, whatever the ending of its name. Raises InputError when it cannot be used."""
    from scenarios.resolving import resolve, scenario_layers

    return resolve(scenario_layers(Path(path)), ())


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of scenario files as they are written, for editors."""
    from scenarios.schema import scenario_schema

    return scenario_schema()
