"""The JSON Schema of sweep files as they are written."""

from __future__ import annotations

from typing import Any

from totalplace.scenarios import arrangement, resolving
from totalplace.scenarios.lever_values import ALL, LEVERS_JSON_SCHEMA
from totalplace.scenarios.percentages import number_schema
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever, Parameter
from totalplace.scenarios.schema import scenario_schema
from totalplace.scenarios.sweeps.factors import RANGE, Span, UncertainSpan
from totalplace.scenarios.sweeps.file import DesignFile, SweepFile
from totalplace.scenarios.sweeps.mixtures import FIELDS
from totalplace.scenarios.sweeps.resolving import NOT_SET
from totalplace.scenarios.sweeps.sweep import DESIGNS
from totalplace.scenarios.uncertainties import DEFAULT, PRIOR

_PATH = {"type": "string", "pattern": r"\.ya?ml$"}


def sweep_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) built from the typed models and the registries of levers and parameters.

    Names of places and metrics are not listed.
    """
    schema = SweepFile.model_json_schema()
    fields = schema["properties"]
    scenario = scenario_schema()
    schema["$defs"] = scenario["$defs"]
    settings = {name: part for name, part in scenario["properties"].items() if name not in NOT_SET}
    design = DesignFile.model_json_schema()
    design.pop("description", None)
    text = {"type": "string", "minLength": 1}
    name = {"anyOf": [{"enum": resolving.names()}, _PATH]}
    chosen = {"anyOf": [{"enum": arrangement.names()}, _PATH]}
    forms: dict[str, dict[str, Any]] = {
        "scenarios": _one_or_more(name),
        "arrangements": _one_or_more(chosen, {"const": ALL}),
        "fields": _mapping({name: {"type": "array", "minItems": 2, "uniqueItems": True} for name in FIELDS}),
        "between": {"type": "array", "items": chosen, "minItems": 2, "maxItems": 2},
        "places": _one_or_more(text),
        "metrics": _one_or_more(text),
        "settings": {"type": "object", "additionalProperties": False, "properties": settings},
        "levers": _mapping({name: _lever(lever) for name, lever in LEVERS.items()}),
        "uncertainties": {"anyOf": [
            {"const": PRIOR},
            _mapping({name: _parameter(row) for name, row in PARAMETERS.items()} | {ALL: {"const": PRIOR}}),
        ]},
        "design": {"anyOf": [{"enum": list(DESIGNS)}, design]},
    }
    for key, form in forms.items():
        kept = {about: fields[key][about] for about in ("description", "default") if fields[key].get(about)}
        fields[key] = form | kept
    for field in (*fields.values(), *design["properties"].values()):
        if field.get("default") in ("", 0):
            del field["default"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "totalplace sweep"}


def _one_or_more(item: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [*others, item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _values(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": value, "minItems": 2, "uniqueItems": True}


def _lever(lever: Lever) -> dict[str, Any]:
    """A lever's values, range or, where it has targets, a mapping of them."""
    written = LEVERS_JSON_SCHEMA["properties"][lever.name]
    value = written["anyOf"][0] if lever.targets else {key: part for key, part in written.items() if key != "description"}
    forms: list[dict[str, Any]] = [_values(value), {"const": RANGE}]
    if lever.kind not in ("flag", "choice"):
        forms.append(_span(Span.model_json_schema(), value))
    if lever.targets:
        forms.append(_mapping({target: {"anyOf": forms[:3]} for target in (*lever.targets, ALL)}) | {"minProperties": 1})
    return {"anyOf": forms, "description": written["description"]}


def _parameter(row: Parameter) -> dict[str, Any]:
    number = number_schema(row)
    about = f"{row.meaning}. Unit: {row.unit}. Default: {row.default:g}. Source: {row.source}"
    forms = [_values(number), {"enum": [PRIOR, DEFAULT]}, _span(UncertainSpan.model_json_schema(), number)]
    return {"anyOf": forms, "description": about}


def _span(schema: dict[str, Any], number: dict[str, Any]) -> dict[str, Any]:
    ends = {key: number for key in ("low", "high", "mode") if key in schema["properties"]}
    properties = schema["properties"] | ends
    properties["steps"] = {key: part for key, part in properties["steps"].items() if key != "default"}
    return schema | {"properties": properties}
