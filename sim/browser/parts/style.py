"""The style sheet of the app, with the colours of both themes as CSS variables, and the message that the server has gone."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

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
    lost = "wasConnected && connectionStatus != 'connected'"
    return f"""<div v-if="needsRefresh || ({lost})" role="alert" data-testid="gone" style="position: fixed; inset: 0;
z-index: 100003; display: flex; align-items: center; justify-content: center; padding: 16px; background: rgba(10, 16, 22, .55);">
<div style="max-width: 30em; padding: 20px 24px; border-radius: 8px; font-size: 16px; line-height: 1.45;
background: var(--tp-card, #fff); color: var(--tp-text, #1b2733); box-shadow: 0 6px 30px rgba(0, 0, 0, .35);">
<p v-if="needsRefresh" style="margin: 0 0 14px">The server was restarted: reload the page to go on.</p>
<p v-else style="margin: 0 0 14px">The server does not answer. This page goes on by itself as soon as it does.</p>
<button type="button" @click="reload()" style="font: inherit; font-weight: 500; padding: 8px 18px; border: 0; border-radius: 4px;
cursor: pointer; color: var(--tp-card, #fff); background: var(--tp-primary, #0b5c8a);">Reload</button></div></div>"""
