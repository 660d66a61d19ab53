"""Pages that need nothing but their own text: for an address that there is not, and for somebody who has no token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup

from totalplace.scenarios.errors import nearest_name
from totalplace.sim.browser.parts.style import SHEET, variables
from totalplace.sim.browser.parts.templates import html
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
    return html("not_found", **_look(below, nonce, fonts), path=path, query=query, pages=PAGES, meant=nearest_page(path))


def page_for_token(kept: Sequence[tuple[str, str]], wrong: bool, nonce: str) -> str:
    """The page that asks for the token; ``kept`` is the rest of the address, name and value, ``wrong`` that a token was given."""
    hidden = [(Markup.escape(name), Markup.escape(value)) for name, value in kept]  # goes back as it came, unseen characters too
    return html("token", **_look("", nonce, ""), hidden=hidden, wrong=wrong)


def _look(below: str, nonce: str, fonts: str) -> dict[str, object]:
    """What every plain page has."""
    return {"below": below, "nonce": nonce, "fonts": fonts, "light": variables(LIGHT), "dark": variables(DARK),
            "sheet": Markup(SHEET.read_text("utf-8")), "script": Markup(_SCRIPT.read_text("utf-8"))}


__all__ = ["nearest_page", "page_for_token", "page_not_found"]
