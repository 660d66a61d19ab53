"""The registries of levers (L) and uncertainties (X): ``levers.yaml`` and ``parameters.yaml`` as typed rows.

Units, ranges, meanings and sources are declared there and nowhere else; the schema, the documentation, the sampling and
the tests read them from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.lever_trials import Trial, trials
from totalplace.scenarios.period_words import called
from totalplace.scenarios.reading import Marked, read_file
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, THEMES, label

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Lever:
    """What a policy maker can set. ``per``: none, department, theme or agency kind; ``kind``: share, number, flag or choice.

    ``default`` is a number; that of a choice is the index in ``choices``. ``low`` and ``high`` bound every value;
    ``trials`` say between which values it is tried, and with what sign.
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
    trials: tuple[Trial, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The departments, themes or kinds of agency that have a value each; empty when there is one value."""
        return {"none": (), "department": DEPARTMENTS, "theme": THEMES, "agency kind": AGENCY_KINDS}[self.per]

    @property
    def defaults(self) -> tuple[float, ...]:
        """The default for every target."""
        return (self.default,) * lever_size(self)


@dataclass(frozen=True, slots=True)
class Parameter:
    """An uncertain number of the model: default, prior range and distribution, evidence grade and source.

    ``grade``: A official count, B study or audit, C derived from such, D judgement. ``words`` say what a name that tells a
    reader nothing, such as a Greek letter, stands for; empty for names that speak for themselves. ``off`` is a value beyond the
    range that may be set too: it switches the mechanism off, for a model without it, and is never drawn. ``mode`` is the peak of a
    triangular prior whose default was calibrated since, so that a prior stays what it was; None where the default is the peak.
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
    off: float | None = None
    mode: float | None = None

    @property
    def peak(self) -> float:
        """The peak of the prior, if it is triangular."""
        return self.default if self.mode is None else self.mode

    @property
    def named(self) -> str:
        """The name as a reader sees it, with what it stands for: ``eta (scale exponent of common functions)``."""
        return f"{self.name} ({self.words})" if self.words else label(self.name)


def target_label(lever: Lever, index: int, period: str) -> str:
    """The department, theme or kind of agency of a value of a lever, in the words of a period."""
    return called(lever.targets[index], period, {"department": DEPARTMENTS, "theme": THEMES}.get(lever.per, AGENCY_KINDS))


def lever_size(lever: Lever) -> int:
    """How many values the lever holds: 1, or one for each department, theme or kind of agency."""
    return len(lever.targets) or 1


_NUMBERS: Final = ("default", "low", "high")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "per": ("none", "department", "theme", "agency kind"),
    "kind": ("share", "number", "flag", "choice"),
    "grade": ("A", "B", "C", "D"),
    "distribution": ("uniform", "triangular"),
}


def _lever(name: str, item: Marked) -> Lever:
    choice = "choices" in item.mapping("A lever")
    row = _row(item, ("per", "kind", "unit", "default", "meaning", "trials", *(("choices",) if choice else ("low", "high"))))
    choices = tuple(row.pop("choices", ()))
    if choices:
        if row["default"] not in choices:
            raise item.mapping("A lever")["default"].unknown("choice", row["default"], choices, f"for '{name}'")
        row |= {"default": choices.index(row["default"]), "low": 0, "high": len(choices) - 1}
    row = _in_range(item, row)
    row["trials"] = trials(name, item.mapping("A lever")["trials"], row["low"], row["high"], choices)
    return Lever(name=name, choices=choices, **row)


def _parameter(name: str, item: Marked) -> Parameter:
    needed = (*_NUMBERS, "unit", "grade", "distribution", "meaning", "source")
    row = _in_range(item, _row(item, needed, ("words", "off", "mode")))
    if "mode" in row and not (row["distribution"] == "triangular" and row["low"] <= row["mode"] <= row["high"]):
        raise item.mapping("A row of the registry")["mode"].error(
            f"The mode {row['mode']} is not one of a triangular prior", f"{row['low']:g} to {row['high']:g}")
    return Parameter(name=name, **row)


def _row(item: Marked, needed: tuple[str, ...], others: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a row by their keys, in any order. Raises InputError for a key that is unknown or missing."""
    fields = item.mapping("A row of the registry")
    for key in fields:
        if key not in (*needed, *others):
            raise item.unknown_key("key", key, (*needed, *others), "in a row of the registry")
        if key in _WORDS and fields[key].plain() not in _WORDS[key]:
            raise fields[key].unknown(key, fields[key].plain(), _WORDS[key])
    for key in needed:
        if key not in fields:
            raise item.error(f"The row lacks the key '{key}'", needed)
    row: dict[str, Any] = item.plain()
    return row


def _in_range(item: Marked, row: dict[str, Any]) -> dict[str, Any]:
    """The row with its numbers as floats. Raises InputError for one that is none, and for a default outside its range."""
    fields = item.mapping("A row of the registry")
    for key in _NUMBERS:
        if isinstance(row[key], bool) or not isinstance(row[key], int | float):
            raise fields[key].error(f"'{key}' must be a number, not {fields[key].shown()}")
        row[key] = float(row[key])
    if not row["low"] <= row["default"] <= row["high"]:
        span = f"{row['low']:g} to {row['high']:g}"
        raise fields["default"].error(f"The default {row['default']:g} lies outside the range", span)
    return row


def _rows(file: str) -> dict[str, Marked]:
    return read_file(HERE / file).mapping("The registry")


#: Every lever by name, in the order of the file.
LEVERS: Final[dict[str, Lever]] = {name: _lever(name, row) for name, row in _rows("levers.yaml").items()}
#: Every uncertainty by name, in the order of the file.
PARAMETERS: Final[dict[str, Parameter]] = {
    name: _parameter(name, row) for name, row in _rows("parameters.yaml").items()
}


def named(name: str, period: str = "") -> str:
    """A lever or parameter as a reader sees it, from its name or the label of a factor; in the words of a period, if one is given.

    ``eta`` is ``eta (scale exponent of common functions)``, ``encouragement.health`` is ``encouragement of health``. Any
    other text comes back as it is.
    """
    if name in PARAMETERS:
        return PARAMETERS[name].named
    lever, _, target = name.partition(".")
    if lever not in LEVERS:
        return name
    if not target:
        return label(lever)
    targets = LEVERS[lever].targets
    words = target_label(LEVERS[lever], targets.index(target), period) if period and target in targets else label(target)
    return f"{label(lever)} of {'others' if target == 'all' else words}"
