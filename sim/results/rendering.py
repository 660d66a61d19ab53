"""HTML from templates: text in it is text, whoever it is from, and control characters are shown."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.user_text import anchor, printable

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(template: Path, **values: object) -> str:
    """The HTML of a template with values. Every text is escaped; a value that a template names and nobody gives is an error.

    What is HTML already is given as ``markupsafe.Markup``.
    """
    return _environment(template.parent).get_template(template.name).render(**values)


@cache
def _environment(folder: Path) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["anchor"] = anchor
    return environment


def _shown(value: Any) -> Any:
    """A text with its control characters shown; markup of our own as it is."""
    return printable(value) if type(value) is str else value
