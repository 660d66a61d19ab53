"""What is not known: each parameter is a number, or a range from which every run draws.

Where the unit is a share, numbers may be written as percentages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import checked, one_of
from totalplace.scenarios.lever_values import ALL
from totalplace.scenarios.percentages import number_schema, percentages_read
from totalplace.scenarios.posterior import say_differences, shipped
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import PARAMETERS, Parameter

DISTRIBUTIONS: Final = ("uniform", "triangular")
#: Words that stand for a parameter's default, for its prior range, and for the posterior of calibration.
DEFAULT: Final = "default"
PRIOR: Final = "prior"
POSTERIOR: Final = "posterior"
_WORDS: Final = (DEFAULT, PRIOR, POSTERIOR)
_FORMS: Final = "a number, default, prior, posterior, or {low, high, distribution}"


@dataclass(frozen=True, slots=True)
class Range:
    """A range from ``low`` to ``high`` in the unit of its parameter; ``mode`` is the peak of a triangular one.

    With the distribution ``posterior`` a run takes the value of the row that its seed draws from the posterior: one row for all
    parameters that are so given, which keeps their correlations. ``low`` and ``high`` are then those of the prior.
    """

    low: float
    high: float
    distribution: str
    mode: float


class WrittenRange(BaseModel):
    """A range as a file gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: float = Field(description="Lowest value")
    high: float = Field(description="Highest value")
    distribution: Annotated[str, AfterValidator(one_of("distribution", DISTRIBUTIONS))] = Field(
        "uniform", description="Shape of the distribution", json_schema_extra={"enum": list(DISTRIBUTIONS)}
    )
    mode: float | None = Field(None, description="Peak of a triangular distribution; the default if not given")


def prior(parameter: Parameter) -> Range:
    """The prior range of a parameter."""
    return Range(parameter.low, parameter.high, parameter.distribution, parameter.peak)


def from_posterior(parameters: Iterable[Parameter]) -> dict[str, Range]:
    """Parameters as their posterior has them, or their priors if the posterior has no column for them.

    Raises InputError if no posterior is shipped.
    """
    missing = shipped().missing
    return {row.name: prior(row) if row.name in missing else Range(row.low, row.high, POSTERIOR, row.default) for row in parameters}


def resolve_uncertainties(layers: Sequence[Marked], unsaid: str = DEFAULT) -> dict[str, float | Range]:
    """Every parameter with its number or range: ``unsaid`` (defaults or the posterior), then each layer over those before it.

    A layer is ``default``, ``prior``, ``posterior``, or a mapping whose key ``all`` sets every parameter before others set one.
    Raises InputError.
    """
    values: dict[str, float | Range] = {name: row.default for name, row in PARAMETERS.items()}
    if unsaid == POSTERIOR:
        values |= from_posterior(PARAMETERS.values())
    for layer in layers:
        if isinstance(layer.value, str):
            values = _for_all(layer)
            continue
        parts = layer.mapping("'uncertainties'")
        if ALL in parts:
            values = _for_all(parts[ALL])
        for name, item in parts.items():
            if name in PARAMETERS:
                values[name] = _value(PARAMETERS[name], item)
            elif name != ALL:
                raise layer.unknown_key("parameter", name, (*PARAMETERS, ALL))
    return values


def _for_all(item: Marked) -> dict[str, float | Range]:
    if item.value == PRIOR:
        return {name: prior(row) for name, row in PARAMETERS.items()}
    if item.value == DEFAULT:
        return {name: row.default for name, row in PARAMETERS.items()}
    if item.value == POSTERIOR:
        say_differences()
        return {**from_posterior(PARAMETERS.values())}
    if isinstance(item.value, str):
        raise item.unknown("setting", item.value, _WORDS, "for all uncertainties")
    raise item.error(f"All uncertainties cannot be {item.shown()}", _WORDS)


def _value(parameter: Parameter, item: Marked) -> float | Range:
    what = f"The parameter '{parameter.name}'"
    item = percentages_read(item, parameter)
    if item.value == PRIOR:
        return prior(parameter)
    if item.value == DEFAULT:
        return parameter.default
    if item.value == POSTERIOR:
        say_differences()
        return from_posterior([parameter])[parameter.name]
    if isinstance(item.value, dict):
        return _range(parameter, item, what)
    if isinstance(item.value, str):
        raise item.error(f"{what} cannot be {item.shown()}", _FORMS)
    if parameter.off is not None and item.value == parameter.off and not isinstance(item.value, bool):
        return parameter.off
    return item.number(what, parameter.low, parameter.high, parameter.unit)


def _range(parameter: Parameter, item: Marked, what: str) -> Range:
    written = checked(WrittenRange, item, f"the range of '{parameter.name}'")
    fields = item.mapping(what)
    for key, field in fields.items():
        if key != "distribution":
            field.number(f"'{key}' of '{parameter.name}'", parameter.low, parameter.high, parameter.unit)
    if written.low > written.high:
        raise fields["low"].error(f"'low' of '{parameter.name}' is above 'high'", f"at most {written.high:g}")
    mode = written.mode
    if mode is None:
        mode = min(max(parameter.peak, written.low), written.high)
    elif not written.low <= mode <= written.high:
        raise fields["mode"].error(f"'mode' of '{parameter.name}' is not between 'low' and 'high'")
    return Range(written.low, written.high, written.distribution, mode)


def written_uncertainties(values: dict[str, float | Range]) -> dict[str, Any]:
    """Full uncertainties in the form in which a file gives them."""
    return {name: _written(item) for name, item in values.items()}


def _written(item: float | Range) -> Any:
    if not isinstance(item, Range):
        return item
    if item.distribution == POSTERIOR:
        return POSTERIOR
    return {"low": item.low, "high": item.high, "distribution": item.distribution, "mode": item.mode}


def _schema(parameter: Parameter, span: dict[str, Any]) -> dict[str, Any]:
    number = number_schema(parameter)
    span = span | {"properties": span["properties"] | dict.fromkeys(("low", "high", "mode"), number)}
    about = f"{parameter.meaning}. Unit: {parameter.unit}. Default: {parameter.default:g}. Source: {parameter.source}"
    return {"anyOf": [number, {"enum": list(_WORDS)}, span], "description": about}


def _with_off(parameter: Parameter, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, with the value that switches its mechanism off."""
    return schema if parameter.off is None else schema | {"anyOf": [*schema["anyOf"], {"const": parameter.off}]}


def uncertainties_schema() -> dict[str, Any]:
    """JSON Schema of an ``uncertainties`` entry, as files give it."""
    span = WrittenRange.model_json_schema()
    properties: dict[str, Any] = {name: _with_off(row, _schema(row, span)) for name, row in PARAMETERS.items()}
    properties[ALL] = {"enum": list(_WORDS)}
    return {
        "anyOf": [
            {"enum": list(_WORDS)},
            {"type": "object", "additionalProperties": False, "properties": properties},
        ]
    }
