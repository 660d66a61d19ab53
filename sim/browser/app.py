"""The pages of the app and their addresses."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import solara

from sim.browser.layout import Heading, Layout
from sim.browser.settings import PAGES


@solara.component
def _Missing(name: str) -> None:
    with solara.Column(classes=["tp-page"]):
        Heading(PAGES[name], "This page is not built yet.")


def _component(name: str) -> Any:
    try:
        return import_module(f"sim.browser.pages.{name}").Page
    except ModuleNotFoundError as error:
        if error.name != f"sim.browser.pages.{name}":
            raise
        return lambda: _Missing(name)


_FIRST = next(iter(PAGES))
#: The address ``/`` shows the first page; each page has its name as address.
routes = [
    solara.Route(path="/", component=_component(_FIRST), label="totalplace", layout=Layout),
    *(solara.Route(path=name, component=_component(name), label=f"{title} - totalplace") for name, title in PAGES.items()),
]
