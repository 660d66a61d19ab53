"""The folder with figures and tables that stands beside the documents of a report: one for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.user_text import printable
from totalplace.sim.results.store import ANALYSIS_FORMAT


def name_of(source: Path) -> str:
    """What a report calls the folder that it is about."""
    return printable(source.resolve().name)


def report_of(beside: Path) -> str | None:
    """The name of the folder that a folder of figures and tables is the report of; None for any other folder, or none."""
    with suppress(OSError, ValueError):
        held = json.loads((beside / "manifest.json").read_text("utf-8"))
        if isinstance(held, dict) and held.get("format") == ANALYSIS_FORMAT and "captions" in held:
            return str(held.get("of"))
    return None


def check_same(beside: Path, said: Mapping[str, Any]) -> None:
    """Raise InputError where figures and tables that another document stands on are not those that are now ``said``."""
    held = json.loads((beside / "manifest.json").read_text("utf-8"))
    if any(held.get(key) != said[key] for key in ("title", "tables", "figures", "captions")):
        raise InputError(f"'{beside}' holds figures and tables of another report, of other metrics or results",
                         allowed="another --out, or --force to replace them")
