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


def page_not_found(path: str) -> str:
    """The page for ``path``, which is escaped already."""
    links = "".join(f'<a href="/{name}">{title}</a>' for name, title in PAGES.items())
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Page not found - totalplace</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ {_variables(LIGHT)} }} @media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
body {{ margin: 0; font-family: Roboto, system-ui, sans-serif; }}
{_SHEET.read_text(encoding="utf-8")}</style></head>
<body class="tp-app"><header class="tp-header"><a class="tp-brand" href="/">totalplace</a>
<nav class="tp-nav" aria-label="Pages">{links}</nav></header>
<main class="tp-page"><div class="tp-heading"><h1>Page not found</h1></div>
<p>There is no page at {path}. The pages of totalplace are above.</p></main></body></html>"""
