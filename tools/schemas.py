"""Write the JSON Schemas of the files that users write, beside the code that reads them, for editors.

A file names its schema in its first line, ``# yaml-language-server: $schema=...``; the shipped ones do. Call
``python -m tools.schemas`` after a change of fields, levers or parameters.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.scenarios.schema import arrangement_schema
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.engine.sweep.parts import write_whole

_HERE: Final = ROOT / "scenarios"
SCENARIO: Final = _HERE / "scenario.schema.json"
ARRANGEMENT: Final = _HERE / "arrangement.schema.json"
SWEEP: Final = _HERE / "sweep.schema.json"


def _arrangement() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    schema = arrangement_schema(definitions)
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "totalplace arrangement"}
    return about | {key: value for key, value in schema.items() if key != "title"} | {"$defs": definitions}


#: The schema of each kind of file, by the file that holds it.
SCHEMAS: Final[Mapping[Path, Callable[[], dict[str, Any]]]] = {
    SCENARIO: scenarios.json_schema, ARRANGEMENT: _arrangement, SWEEP: sweeps.json_schema,
}


def text(path: Path) -> str:
    """What a schema file says."""
    return json.dumps(SCHEMAS[path](), indent=0, ensure_ascii=False) + "\n"


def first_line(file: Path, schema: Path) -> str:
    """The line by which a YAML file names its schema for editors, by the way from one to the other."""
    return f"# yaml-language-server: $schema={os.path.relpath(schema, file.parent)}\n".replace(os.sep, "/")


def shipped() -> dict[Path, Path]:
    """Every shipped file that has a schema, and its schema."""
    kinds = (("named", SCENARIO), ("arrangements", ARRANGEMENT), ("sweeps", SWEEP))
    return {file: schema for folder, schema in kinds for file in sorted((_HERE / folder).glob("*.yaml"))}


def write() -> None:
    """Write every schema."""
    for path in SCHEMAS:
        write_whole(path, text(path).encode())


if __name__ == "__main__":
    write()
