"""The style sheet of the app, with the colours of both themes as CSS variables, and the message that the server has gone."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.parts.theme import DARK, LIGHT, Palette

#: The rules of the style sheet, without the colours.
SHEET: Final = Path(__file__).with_name("style.css")


def variables(palette: Palette) -> str:
    """The colours of a theme as CSS variables."""
    values = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return " ".join(f"--tp-{name}: {value};" for name, value in values.items() if isinstance(value, str))


@cache
def style_sheet() -> str:
    """The style sheet of every page of the app."""
    light, dark = variables(LIGHT), variables(DARK)
    return f".theme--light {{ {light} }}\n.theme--dark {{ {dark} }}\n{SHEET.read_text(encoding='utf-8')}"


def server_gone() -> str:
    """The one message over a page that has lost its server; part of a Vue template, which says when it is shown."""
    return html("server_gone")
