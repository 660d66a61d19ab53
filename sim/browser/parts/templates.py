"""HTML that is no component of Solara's: its templates stand in one room, so that tables and pages share their parts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from totalplace.sim.results.rendering import rendered

#: The room of the templates of the app.
TEMPLATES: Final = Path(__file__).parents[1] / "templates"


def html(template: str, **values: object) -> str:
    """The HTML of a template of the app with values, in which every text is text; see :func:`rendered`."""
    return rendered(TEMPLATES / f"{template}.html", **values)
