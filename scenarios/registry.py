"""The registries of levers (L) and uncertainties (X): ``levers.yaml`` and ``parameters.yaml`` as typed rows.

Units, ranges, meanings and sources are declared there and nowhere else; the schema, the documentation, the sampling and
the tests read them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scenarios.reading import Marked, read_file
from scenarios.vocabulary import DEPARTMENTS, THEMES

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

    ``grade``: A official count, B study or audit, C derived from such, D judgement.
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
