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

__all__ = ["InputError", "UnknownName", "check", "json_schema", "load", "loads", "names"]


def names() -> list[str]:
    """The names of the scenarios that are shipped, in alphabetical order."""
    from scenarios.resolving import names as shipped

    return shipped()


def load(name_or_path: str | Path, *, set: Sequence[str] = (), **overrides: Any) -> Scenario:
    """A scenario by shipped name, or by a path that ends in ``.yaml`` or ``.yml``.

    ``overrides`` are fields of a scenario file (``place="Kent"``, ``year="2017-18"``, ``quarters=20``); those that are
    None do not count. ``set`` holds ``key=value`` settings with dotted keys, which come last. Raises InputError.
    """
    from scenarios.resolving import override, resolve, scenario_layers, setting

    above = [override(key, value) for key, value in overrides.items() if value is not None]
    return resolve(scenario_layers(name_or_path), [*above, *(setting(text) for text in set)])


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
