"""Pages that need nothing but their own text: for an address that there is not, and for somebody who has no token."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import nearest_name
from totalplace.sim.browser.parts.style import SHEET, variables
from totalplace.sim.browser.parts.theme import DARK, LIGHT
from totalplace.sim.browser.server.settings import PAGES

_SCRIPT: Final = Path(__file__).with_name("plain_page.js")
#: What people call pages that have another name.
_CALLED: Final = {
    "network": "place", "play": "place", "run": "place", "comparison": "compare", "scenarios": "compare", "map": "england",
    "regions": "england", "results": "sweep", "explore": "sweep", "help": "guide", "about": "guide",
    "docs": "guide", "documentation": "guide", "levers": "guide", "metrics": "guide", "parameters": "guide",
}


def nearest_page(path: str) -> str:
    """The page whose name or title is like a part of ``path``, or that is often called so; nothing where none is."""
    names = {**_CALLED, **{title.casefold(): name for name, title in PAGES.items()}, **{name: name for name in PAGES}}
    for part in path[:200].casefold().split("/"):
        found = nearest_name(part.partition(".")[0], names) if part else None
        if found:
            return names[found]
    return ""


def page_not_found(path: str, query: str, below: str, nonce: str, fonts: str) -> str:
    """The page for ``path``, with the page that was meant if one is like it, there with the same ``query``.

    ``below`` is the path below which the app is reached, ``nonce`` lets the script of the page run, ``fonts`` is the address of a
    style sheet with the fonts of the app.
    """
    links = "".join(f'<a href="{escape(below)}/{name}">{title}</a>' for name, title in PAGES.items())
    meant = nearest_page(path)
    where = escape(f"{below}/{meant}{f'?{query}' if query else ''}")
    hint = f' Did you mean <a href="{where}" data-testid="nearest">{PAGES[meant]}</a>?' if meant else ""
    return _plain_page("Page not found", below, f'<nav class="tp-nav" aria-label="Pages">{links}</nav>',
                       f"<p>There is no page at {escape(path)}.{hint} The pages of totalplace are above.</p>", nonce, fonts)


def page_for_token(hidden: str, wrong: bool, nonce: str) -> str:
    """The page that asks for the token; ``hidden`` are fields that keep the rest of the address, ``wrong`` that one was given."""
    said = "That token is not the one of this server." if wrong else "This server asks who comes in."
    return _plain_page("Token needed", "", "", f"""<p>{said} The command that started it printed an address with a token:
open that address, or enter the token here. A server that is started anew has a new one.</p>
<form method="get"><input class="tp-plain-field" type="password" name="token" aria-label="Token" autocomplete="off" required>
{hidden}<button class="tp-plain-button" type="submit">Go on</button></form>""", nonce)


def _plain_page(title: str, below: str, pages: str, body: str, nonce: str, fonts: str = "") -> str:
    """A page with the look of the app and its button for the colours; all parts are HTML. Without scripts there is no button."""
    light, dark = (f"{variables(palette)} color-scheme: {name};" for palette, name in ((LIGHT, "light"), (DARK, "dark")))
    sheet = f'<link rel="stylesheet" href="{escape(fonts)}">' if fonts else ""
    return f"""<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} - totalplace</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{sheet}
<style>:root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
:root.theme--light {{ {light} }} :root.theme--dark {{ {dark} }}
* {{ box-sizing: border-box; }} body {{ margin: 0; font-family: Roboto, system-ui, sans-serif; }}
{SHEET.read_text("utf-8")}</style></head>
<body class="tp-app"><header class="tp-header"><a class="tp-brand" href="{escape(below)}/">totalplace</a>
{pages}<button class="tp-icon-button tp-plain-theme" type="button" data-testid="theme" hidden></button></header>
<main class="tp-page tp-plain"><div class="tp-heading"><h1>{title}</h1></div>
<div class="tp-card">{body}</div></main>
<script nonce="{escape(nonce)}">{_SCRIPT.read_text("utf-8")}</script></body></html>"""


__all__ = ["nearest_page", "page_for_token", "page_not_found"]
