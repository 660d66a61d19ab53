"""The registries of levers (L) and uncertainties (X): ``levers.yaml`` and ``parameters.yaml`` as typed rows.

Units, ranges, meanings and sources are declared there and nowhere else; the schema, the documentation, the sampling and
the tests read them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.reading import Marked, read_file
from scenarios.vocabulary import DEPARTMENTS, THEMES, label

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Lever:
    """What a policy maker can set. ``per``: none, department or theme; ``kind``: share, number, flag or choice.

    ``default`` is a number; that of a choice is the index in ``choices``. ``low`` and ``high`` bound every value.
    """

    name: str
    per: str
    kind: str
    unit: str
    default: float
    low: float
    high: float
    choices: tuple[str, ...]
    meaning: str

    @property
    def targets(self) -> tuple[str, ...]:
        """The departments or themes that have a value each; empty when there is one value."""
        return {"none": (), "department": DEPARTMENTS, "theme": THEMES}[self.per]

    @property
    def defaults(self) -> tuple[float, ...]:
        """The default for every target."""
        return (self.default,) * lever_size(self)


@dataclass(frozen=True, slots=True)
class Parameter:
    """An uncertain number of the model: default, prior range and distribution, evidence grade and source.

    ``grade``: A official count, B study or audit, C derived from such, D judgement. ``words`` say what a name that tells a
    reader nothing, such as a Greek letter, stands for; empty for names that speak for themselves.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    grade: str
    distribution: str
    meaning: str
    source: str
    words: str = ""

    @property
    def named(self) -> str:
        """The name as a reader sees it, with what it stands for: ``eta (scale exponent of common functions)``."""
        return f"{self.name} ({self.words})" if self.words else label(self.name)


def lever_size(lever: Lever) -> int:
    """How many values the lever holds: 1, or one for each department or theme."""
    return len(lever.targets) or 1


def _lever(name: str, row: Any) -> Lever:
    choices = tuple(row.pop("choices", ()))
    if choices:
        row |= {"default": choices.index(row["default"]), "low": 0, "high": len(choices) - 1}
    row |= {key: float(row[key]) for key in ("default", "low", "high")}
    return Lever(name=name, choices=choices, **row)


def _parameter(name: str, row: Any) -> Parameter:
    row |= {key: float(row[key]) for key in ("default", "low", "high")}
    return Parameter(name=name, **row)


def _rows(file: str) -> dict[str, Marked]:
    return read_file(HERE / file).mapping("The registry")


#: Every lever by name, in the order of the file.
LEVERS: Final[dict[str, Lever]] = {name: _lever(name, row.plain()) for name, row in _rows("levers.yaml").items()}
#: Every uncertainty by name, in the order of the file.
PARAMETERS: Final[dict[str, Parameter]] = {
    name: _parameter(name, row.plain()) for name, row in _rows("parameters.yaml").items()
}


def named(name: str) -> str:
    """A lever or parameter as a reader sees it, from its name or the label of a factor.

    ``eta`` is ``eta (scale exponent of common functions)``, ``encouragement.health`` is ``encouragement of health``. Any
    other text comes back as it is.
    """
    if name in PARAMETERS:
        return PARAMETERS[name].named
    lever, _, target = name.partition(".")
    if lever not in LEVERS:
        return name
    others = "others" if target == "all" else label(target)
    return f"{label(lever)} of {others}" if target else label(lever)
