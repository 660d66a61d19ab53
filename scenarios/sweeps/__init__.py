"""What is asked many times over: sweeps of scenarios, arrangements, places, levers and uncertainties.

``totalplace.scenarios.sweeps.load("sobol-net-saving")`` gives a sweep; ``totalplace.sweep`` runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps.factors import Factor
    from totalplace.scenarios.sweeps.sweep import Sweep

_WHERE = {"Factor": "totalplace.scenarios.sweeps.factors", "Sweep": "totalplace.scenarios.sweeps.sweep"}

__all__ = ["Factor", "Sweep", "check", "json_schema", "load", "loads", "names"]


def names() -> list[str]:
    """The names of the sweeps that are shipped, in alphabetical order."""
    from totalplace.scenarios.sweeps.resolving import names as shipped

    return shipped()


def load(name_or_path: str | Path, *, set: Sequence[str] = ()) -> Sweep:
    """A sweep by shipped name, or by a path that ends in ``.yaml`` or ``.yml``.

    ``set`` holds ``key=value`` settings for every scenario of the sweep, as for ``scenarios.load``; they come last.
    Raises InputError.
    """
    from totalplace.scenarios.settings import settings_of
    from totalplace.scenarios.sweeps.resolving import resolve, sweep_file

    return resolve(sweep_file(name_or_path), settings_of(set))


def loads(text: str, name: str = "sweep") -> Sweep:
    """A sweep from YAML text; ``name`` stands for its file, from whose folder paths count. Raises InputError."""
    from totalplace.scenarios.reading import read_text
    from totalplace.scenarios.sweeps.resolving import resolve

    return resolve(read_text(text, name), ())


def check(path: str | Path) -> Sweep:
    """The sweep of a file, whatever the ending of its name. Raises InputError when it cannot be used."""
    from totalplace.scenarios.checking import path_of

    return load(path_of(path, "sweep"))


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of sweep files as they are written, for editors."""
    from totalplace.scenarios.sweeps.schema import sweep_schema

    return sweep_schema()


def __getattr__(name: str) -> Any:
    """Import a class when it is first used, so that listing what there is stays quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'totalplace.scenarios.sweeps' has no attribute '{name}'")
    return getattr(import_module(_WHERE[name]), name)
