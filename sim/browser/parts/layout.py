"""What all pages have in common: header, navigation, theme, heading and the place for a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import reacton.ipyvuetify as rv
import solara
import solara.lab

from totalplace.sim.browser.parts.error_boundary import Boundary
from totalplace.sim.browser.parts.style import style_sheet
from totalplace.sim.browser.parts.theme import DARK, LIGHT, set_dark
from totalplace.sim.browser.server.settings import PAGES
from totalplace.sim.browser.state.address import below
from totalplace.sim.browser.state.controller import Desk, desk_context


@solara.component_vue("theme.vue")
def _ThemeButton(event_shown: Callable[[dict[str, Any]], None]) -> None:
    """A button that goes from the system's colours to light to dark, and remembers the choice in the browser."""


@solara.component_vue("main.vue")
def _Main(children: list[Any]) -> None:
    """The page itself, which the skip link leads to; its lists and chips are mended for screen readers."""


def _set_colours() -> None:
    for colours, palette in ((solara.lab.theme.themes.light, LIGHT), (solara.lab.theme.themes.dark, DARK)):
        colours.primary = palette.primary
        colours.error = palette.bad
        colours.success = palette.good


def _choose_theme(shown: dict[str, Any]) -> None:
    """The reader's choice (None: as the system has it), and whether the page is dark now."""
    solara.lab.theme.dark = shown["chosen"]
    set_dark(bool(shown["dark"]))


@solara.component
def _Link(page: str, title: str, here: bool) -> Any:
    """A link to a page of the app, followed without a new start."""
    location = solara.use_context(solara.routing._location_context)
    attributes = {"href": f"{below()}/{page}"} | ({"aria-current": "page"} if here else {})
    element = rv.Html(tag="a", children=[title], attributes=attributes)

    def go(*_: object) -> None:
        location.pathname = f"/{page}"

    rv.use_event(element, "click.prevent.stop", go)
    return element


@solara.component
def Layout(children: list[Any] | None = None) -> None:
    """Header with the pages, and below it the page."""
    router = solara.use_router()
    here = (router.parts[0] if router.parts else "") or next(iter(PAGES))
    desk_context.provide(solara.use_memo(Desk, []))
    solara.use_effect(_set_colours, [])
    solara.Style(style_sheet())
    with rv.Html(tag="div", class_="tp-app"):
        rv.Html(tag="a", children=["Skip to the page"], class_="tp-skip", attributes={"href": "#main"})
        with rv.Html(tag="header", class_="tp-header"):
            rv.Html(tag="span", children=["totalplace"], class_="tp-brand")
            with rv.Html(tag="nav", class_="tp-nav", attributes={"aria-label": "Pages"}):
                for page, title in PAGES.items():
                    _Link(page, title, page == here).key(page)
            _ThemeButton(event_shown=_choose_theme)
        _Main(children=[Boundary(children=children or [], what="The page", given=here)])


@solara.component
def Heading(title: str, about: str = "") -> None:
    """The heading of a page and a line about it."""
    with rv.Html(tag="div", class_="tp-heading"):
        rv.Html(tag="h1", children=[title])
        rv.Html(tag="p", children=[about], style_="" if about else "display: none")


@solara.component
def Notes(notes: Iterable[str]) -> None:
    """What a reader should know of what is shown, a line each; nothing to see when there is nothing."""
    with rv.Html(tag="div", class_="tp-may-be-empty", attributes={"data-testid": "notes"}):
        for note in notes:
            rv.Html(tag="p", class_="tp-muted tp-small mb-0", children=[note])


@solara.component
def Problem(message: str) -> None:
    """A message about what went wrong, read out by screen readers; nothing to see when there is none."""
    with rv.Html(tag="div", class_="tp-may-be-empty", attributes={"role": "alert", "data-testid": "problem"}):
        if message:
            rv.Html(tag="div", children=[message], class_="tp-error")
