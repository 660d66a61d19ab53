"""The style sheet of the app, with the colours of both themes as CSS variables, and the page for an address that there is not."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

from sim.browser.settings import PAGES
from sim.browser.theme import DARK, LIGHT, Palette

_SHEET: Final = Path(__file__).with_name("style.css")


def _variables(palette: Palette) -> str:
    values = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return " ".join(f"--tp-{name}: {value};" for name, value in values.items() if isinstance(value, str))


@cache
def style_sheet() -> str:
    """The style sheet of every page of the app."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return f".theme--light {{ {light} }}\n.theme--dark {{ {dark} }}\n{_SHEET.read_text(encoding='utf-8')}"


def page_not_found(path: str, below: str = "") -> str:
    """The page for ``path``, which is escaped already; ``below`` is the path below which the app is reached."""
    links = "".join(f'<a href="{below}/{name}">{title}</a>' for name, title in PAGES.items())
    return _plain_page("Page not found", below, f'<nav class="tp-nav" aria-label="Pages">{links}</nav>',
                       f"<p>There is no page at {path}. The pages of totalplace are above.</p>")


def page_for_token(hidden: str, wrong: bool) -> str:
    """The page that asks for the token; ``hidden`` are fields that keep the rest of the address, ``wrong`` that one was given."""
    said = "That token is not the one of this server." if wrong else "This server asks who comes in."
    return _plain_page("Token needed", "", "", f"""<p>{said} The command that started it printed an address with a token:
open that address, or enter the token here. A server that is started anew has a new one.</p>
<form method="get"><input type="password" name="token" aria-label="Token" autocomplete="off" required style="font: inherit;
padding: 6px 10px; width: 22em; max-width: 60%; border: 1px solid var(--tp-line); border-radius: 4px;">
{hidden}<button type="submit" style="font: inherit; padding: 6px 14px; margin-left: 8px;">Go on</button></form>""")


def _plain_page(title: str, below: str, pages: str, body: str) -> str:
    """A page that needs nothing but its own text; all parts are HTML."""
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} - totalplace</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ {_variables(LIGHT)} }} @media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
* {{ box-sizing: border-box; }} body {{ margin: 0; font-family: Roboto, system-ui, sans-serif; }}
{_SHEET.read_text(encoding="utf-8")}</style></head>
<body class="tp-app"><header class="tp-header"><a class="tp-brand" href="{below}/">totalplace</a>
{pages}</header>
<main class="tp-page"><div class="tp-heading"><h1>{title}</h1></div>
{body}</main></body></html>"""


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
