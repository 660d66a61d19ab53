"""What a sweep varies: levers and uncertainties, each over a list of values or a range."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import checked, one_of
from totalplace.scenarios.lever_values import ALL, lever_value, written_value
from totalplace.scenarios.percentages import percentages_read
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever, Parameter, lever_size
from totalplace.scenarios.uncertainties import DEFAULT, DISTRIBUTIONS, PRIOR

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario

LEVER: Final = "lever"
UNCERTAINTY: Final = "uncertainty"
#: The word for the whole range of a lever in the registry; for a flag or choice, all its values.
RANGE: Final = "range"
MOST_VALUES: Final = 10_000
_LEVER_FORMS: Final = "a list of values, range, or {low, high, steps}; a fixed value stands under 'settings'"
_UNCERTAINTY_FORMS: Final = (
    "a list of values, prior, default, or {low, high, steps, distribution, mode}; a fixed value stands under 'settings'"
)


@dataclass(frozen=True, slots=True)
class Factor:
    """A lever or an uncertainty that a sweep varies.

    ``kind`` is ``lever`` or ``uncertainty``; ``indices`` are the values of the lever that move together (``(0,)`` for one
    that is a single number). ``values`` are its levels, a choice as its index; empty when it is a range from ``low`` to
    ``high`` with a ``uniform`` distribution, or a ``triangular`` one whose peak is ``mode``. With levels, ``low`` and
    ``high`` are the least and the greatest.
    """

    kind: str
    name: str
    indices: tuple[int, ...]
    values: tuple[float, ...]
    low: float
    high: float
    distribution: str = "uniform"
    mode: float = 0.0

    @property
    def index(self) -> int:
        """The first of ``indices``."""
        return self.indices[0]

    @property
    def label(self) -> str:
        """Name of the column that holds the factor: ``eta``, ``clawback``, ``clawback.health``, ``clawback.all``.

        ``clawback`` moves all departments, ``clawback.all`` those that are not factors of their own.
        """
        if self.kind == UNCERTAINTY or len(self.indices) == lever_size(LEVERS[self.name]):
            return self.name
        target = LEVERS[self.name].targets[self.index] if len(self.indices) == 1 else ALL
        return f"{self.name}.{target}"

    @property
    def unit(self) -> str:
        """Unit of the values, from the registry."""
        return (LEVERS if self.kind == LEVER else PARAMETERS)[self.name].unit

    @property
    def integer(self) -> bool:
        """Whether the values are whole by their nature: those of a flag, or the index of a choice."""
        return self.kind == LEVER and LEVERS[self.name].kind in ("flag", "choice")

    def shown(self, value: float) -> str | int | float:
        """A value in the form in which a file gives it: a choice by its name."""
        return written_value(LEVERS[self.name], value) if self.kind == LEVER else value

    def written(self) -> dict[str, Any]:
        """The factor as a mapping of plain values, the same for equal factors."""
        if self.values:
            return {"factor": self.label, "values": [self.shown(value) for value in self.values]}
        span = {"factor": self.label, "low": self.low, "high": self.high}
        return span | ({"distribution": self.distribution, "mode": self.mode} if self.distribution != "uniform" else {})


class Span(BaseModel):
    """A range of a lever as a file gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: float = Field(description="Lowest value")
    high: float = Field(description="Highest value")
    steps: int = Field(0, ge=2, le=MOST_VALUES, description="Number of evenly spaced values, the ends included")


class UncertainSpan(Span):
    """A range of an uncertainty as a file gives it."""

    distribution: Annotated[str, AfterValidator(one_of("distribution", DISTRIBUTIONS))] = Field(
        "uniform", description="Shape of the distribution", json_schema_extra={"enum": list(DISTRIBUTIONS)}
    )
    mode: float | None = Field(None, description="Peak of a triangular distribution; the default if not given")


def read_factors(levers: Marked | None, uncertainties: Marked | None) -> tuple[Factor, ...]:
    """The factors of a sweep, in the order in which the file gives them, levers first. Raises InputError."""
    found: list[Factor] = []
    for name, item in levers.mapping("'levers'").items() if levers is not None else ():
        if name not in LEVERS:
            raise levers.unknown_key("lever", name, LEVERS)  # type: ignore[union-attr]
        found += _lever_factors(LEVERS[name], item)
    return (*found, *(_uncertainties(uncertainties) if uncertainties is not None else ()))


def _lever_factors(lever: Lever, item: Marked) -> list[Factor]:
    everything = tuple(range(lever_size(lever)))
    if not isinstance(item.value, dict) or set(item.value) & set(Span.model_fields):
        return [_lever_factor(lever, everything, item)]
    if not lever.targets:
        raise item.error(f"The lever '{lever.name}' has one value and takes no targets", _LEVER_FORMS)
    apart = [key for key in item.value if key != ALL]
    for target in apart:
        if target not in lever.targets:
            raise item.unknown_key(lever.per, target, (*lever.targets, ALL), f"for '{lever.name}'")
    found = []
    for target, part in item.value.items():
        rest = tuple(index for index in everything if lever.targets[index] not in apart)
        indices = rest if target == ALL else (lever.targets.index(target),)
        if not indices:
            raise item.unknown_key("other target", target, (), f"for '{lever.name}': each has a line of its own")
        found.append(_lever_factor(lever, indices, part))
    if not found:
        raise item.error(f"The lever '{lever.name}' names no {lever.per}", (*lever.targets, ALL))
    return found


def _lever_factor(lever: Lever, indices: tuple[int, ...], item: Marked) -> Factor:
    what, item = f"The lever '{lever.name}'", percentages_read(item, lever)
    if isinstance(item.value, list):
        values = _levels(what, item, [lever_value(lever, part) for part in item.value], _LEVER_FORMS)
    elif item.value == RANGE:
        if lever.kind not in ("flag", "choice"):
            return Factor(LEVER, lever.name, indices, (), lever.low, lever.high)
        values = tuple(float(value) for value in range(int(lever.low), int(lever.high) + 1))
    elif isinstance(item.value, dict) and lever.kind not in ("flag", "choice"):
        span = checked(Span, item, f"the range of '{lever.name}'")
        low, high = _ends(item, lever)
        if not span.steps:
            return Factor(LEVER, lever.name, indices, (), low, high)
        values = _steps(low, high, span.steps)
    else:
        forms = _LEVER_FORMS if lever.kind in ("share", "number") else _LEVER_FORMS.replace(", or {low, high, steps}", "")
        raise item.error(f"{what} does not vary over {item.shown()}", forms)
    return Factor(LEVER, lever.name, indices, values, min(values), max(values))


def _uncertainties(written: Marked) -> list[Factor]:
    """The factors of an ``uncertainties`` entry: ``all: prior`` first, then those that are named, ``default`` drops."""
    found: dict[str, Factor] = {}
    parts = {ALL: written} if isinstance(written.value, str) else written.mapping("'uncertainties'")
    if ALL in parts:
        if parts[ALL].value != PRIOR:
            raise parts[ALL].error(f"All uncertainties do not vary over {parts[ALL].shown()}", (PRIOR,))
        found = {name: _prior(row) for name, row in PARAMETERS.items()}
    for name, item in parts.items():
        if name == ALL:
            continue
        if name not in PARAMETERS:
            raise written.unknown_key("parameter", name, (*PARAMETERS, ALL))
        factor = _uncertainty(PARAMETERS[name], item)
        if factor is not None:
            found[name] = factor
        else:
            found.pop(name, None)
    return list(found.values())


def _prior(parameter: Parameter) -> Factor:
    return Factor(UNCERTAINTY, parameter.name, (0,), (), parameter.low, parameter.high, parameter.distribution,
                  parameter.peak if parameter.distribution == "triangular" else 0.0)


def _uncertainty(parameter: Parameter, item: Marked) -> Factor | None:
    what, item = f"The parameter '{parameter.name}'", percentages_read(item, parameter)
    if item.value == DEFAULT:
        return None
    if item.value == PRIOR:
        return _prior(parameter)
    if isinstance(item.value, list):
        numbers = [part.number(what, parameter.low, parameter.high, parameter.unit) for part in item.value]
        values = _levels(what, item, numbers, _UNCERTAINTY_FORMS)
        return Factor(UNCERTAINTY, parameter.name, (0,), values, min(values), max(values))
    if not isinstance(item.value, dict):
        raise item.error(f"{what} does not vary over {item.shown()}", _UNCERTAINTY_FORMS)
    span = checked(UncertainSpan, item, f"the range of '{parameter.name}'")
    low, high = _ends(item, parameter)
    if span.steps:
        _check_no_shape(item)
        values = _steps(low, high, span.steps)
        return Factor(UNCERTAINTY, parameter.name, (0,), values, low, high)
    if span.distribution == "uniform":
        if span.mode is not None:
            raise item.value["mode"].error("A uniform distribution has no 'mode'", "distribution: triangular with it")
        return Factor(UNCERTAINTY, parameter.name, (0,), (), low, high)
    mode = span.mode if span.mode is not None else min(max(parameter.peak, low), high)
    if not low <= mode <= high:
        raise item.value["mode"].error(f"'mode' of '{parameter.name}' is not between 'low' and 'high'")
    return Factor(UNCERTAINTY, parameter.name, (0,), (), low, high, span.distribution, mode)


def _check_no_shape(item: Marked) -> None:
    for key in ("distribution", "mode"):
        if key in item.mapping("A range"):
            raise item.mapping("A range")[key].error(f"A range with 'steps' has no '{key}'")


def _ends(item: Marked, row: Lever | Parameter) -> tuple[float, float]:
    """The ends of a written range, inside that of the registry, the low one below the high one."""
    fields = item.mapping("A range")
    low, high = (fields[key].number(f"'{key}' of '{row.name}'", row.low, row.high, row.unit) for key in ("low", "high"))
    if low >= high:
        raise fields["low"].error(f"'low' of '{row.name}' is not below 'high'", f"less than {high:g}")
    return low, high


def _steps(low: float, high: float, steps: int) -> tuple[float, ...]:
    """Evenly spaced values from ``low`` to ``high``, without the dust of binary fractions."""
    inner = (float(f"{low + (high - low) * step / (steps - 1):.12g}") for step in range(1, steps - 1))
    return (low, *inner, high)


def _levels(what: str, item: Marked, values: list[float], forms: str) -> tuple[float, ...]:
    """Listed values, checked: at least two, not too many, each once."""
    if len(values) < 2:
        raise item.error(f"{what} does not vary over {len(values)} value{'s' * (len(values) != 1)}", forms)
    if len(values) > MOST_VALUES:
        raise item.error(f"{what} has too many values", f"at most {MOST_VALUES:,}")
    seen: set[float] = set()
    for place, value in zip(item.items(what), values, strict=True):
        if value in seen:
            raise place.error(f"{what} has the value {place.shown()} twice")
        seen.add(value)
    return tuple(values)


def factor_named(label: str, place: Marked, beside: Iterable[str] = ()) -> Factor:
    """The factor over its whole range that a column's label names.

    ``clawback.all`` stands for the departments that ``beside``, the labels of all columns, do not name. Raises InputError, at
    ``place``, when nothing has the name.
    """
    name, _, target = label.strip().partition(".")
    if name in PARAMETERS and not target:
        row = PARAMETERS[name]
        return Factor(UNCERTAINTY, name, (0,), (), row.low, row.high)
    if name not in LEVERS:
        raise place.unknown("lever or parameter", label.strip(), (*LEVERS, *PARAMETERS))
    lever = LEVERS[name]
    indices = tuple(range(lever_size(lever)))
    if target == ALL and lever.targets:
        apart = {other.strip().partition(".")[2] for other in beside if other.strip().partition(".")[0] == name}
        indices = tuple(index for index in indices if lever.targets[index] not in apart)
        if not indices:
            raise place.error(f"'{label.strip()}' stands for none: each {lever.per} has a column of its own")
    elif target:
        if target not in lever.targets:
            raise place.unknown(lever.per if lever.targets else "target", target, lever.targets, f"for '{name}'")
        indices = (lever.targets.index(target),)
    return Factor(LEVER, name, indices, (), lever.low, lever.high)


def stated(scenario: Scenario, labels: Iterable[str]) -> list[str]:
    """Settings that say in full how a scenario has the flags of which ``labels`` of factors set some by name.

    Put before settings of single flags, they say what of the others.
    """
    names = {label.partition(".")[0] for label in labels if "." in label}
    held = {name: scenario.levers[name] for name in LEVERS if name in names and LEVERS[name].kind == "flag"}
    written = {name: dict(zip(LEVERS[name].targets, map(int, values), strict=True)) for name, values in held.items()}
    return [f"levers.{name}={json.dumps(values)}" for name, values in written.items()]


def factor_value(factor: Factor, item: Marked) -> float:
    """The number that a written value of a factor stands for. Raises InputError."""
    if factor.kind == LEVER:
        return lever_value(LEVERS[factor.name], item)
    row = PARAMETERS[factor.name]
    return percentages_read(item, row).number(f"The parameter '{row.name}'", row.low, row.high, row.unit)
