"""The JSON Schema of scenario files as they are written."""

from __future__ import annotations

from typing import Any

from totalplace.scenarios import arrangement, cuts, resolving
from totalplace.scenarios.scenario_file import ScenarioFile
from totalplace.scenarios.vocabulary import AGENCY_KINDS

_PATH = {"type": "string", "pattern": r"\.ya?ml$"}


def scenario_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) built from the typed models and the registries of levers and parameters.

    Names of places are not listed (there are too many).
    """
    schema = ScenarioFile.model_json_schema()
    fields = schema["properties"]
    for field in fields.values():
        if field.get("default") == "":
            del field["default"]
    fields["extends"] = _name_or_path(fields["extends"], resolving.names())
    fields["cuts"] = _name_or_path(fields["cuts"], cuts.names())
    fields["cuts"]["anyOf"].append(_cuts_schema(schema.setdefault("$defs", {})))
    inline = arrangement_schema(schema.setdefault("$defs", {}))
    fields["arrangement"] = _name_or_path(fields["arrangement"], arrangement.names())
    fields["arrangement"]["anyOf"].append(inline)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "totalplace scenario"}


def arrangement_schema(definitions: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema of an arrangement as it is written; what it refers to is added to ``definitions``."""
    schema = arrangement.Arrangement.model_json_schema()
    definitions |= schema.pop("$defs", {})
    schema["properties"]["extends"] = _name_or_path(
        {"description": "Arrangement it builds on: a shipped name, or a path that ends in .yaml"}, arrangement.names()
    )
    return schema


def _cuts_schema(definitions: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema of budget paths as they are written; what it refers to is added to ``definitions``."""
    schema = cuts.CutsFile.model_json_schema()
    definitions["BudgetYear"] = cuts.BudgetYear.model_json_schema()
    rows = {"type": "array", "items": {"$ref": "#/$defs/BudgetYear"}}
    kinds = {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(AGENCY_KINDS, rows)}
    schema["properties"]["paths"] = kinds | {"description": schema["properties"]["paths"]["description"]}
    return schema


def _name_or_path(field: dict[str, Any], names: list[str]) -> dict[str, Any]:
    kept = {key: field[key] for key in ("description", "default") if key in field}
    return {"anyOf": [{"enum": names}, dict(_PATH)]} | kept
