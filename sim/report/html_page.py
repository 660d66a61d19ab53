"""The report as one HTML page that asks nobody for anything: style within, figures as data. All text is escaped."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from totalplace.sim.report.archive import GENERATOR
from totalplace.sim.report.content import Report
from totalplace.sim.results.rendering import rendered
from totalplace.sim.results.wording import joined

HERE: Final = Path(__file__).parent


def page(report: Report, figures: Mapping[str, bytes], undrawn: Mapping[str, str], written: str, beside: str) -> str:
    """The page. ``figures`` hold an SVG by name of figure, ``undrawn`` why there is none, ``written`` says when and by which
    version, ``beside`` names the folder with figures and tables.
    """
    from markupsafe import Markup

    text = rendered(
        HERE / "page.html",
        report=report,
        style=Markup((HERE / "page.css").read_text("utf-8")),
        figures={name: as_data(content) for name, content in figures.items()},
        undrawn=undrawn,
        generator=GENERATOR,
        written=written,
        beside=beside,
    )
    return joined(text)


def as_data(svg: bytes) -> str:
    """An SVG as an address of its own content: in an ``img`` nothing in it is run or loaded."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
