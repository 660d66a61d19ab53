"""The pages of the app and their addresses."""

from __future__ import annotations

import solara

from totalplace.sim.browser.pages import compare, england, guide, place, sweep
from totalplace.sim.browser.parts.layout import Layout
from totalplace.sim.browser.server.settings import PAGES

_COMPONENTS = {"place": place.Page, "compare": compare.Page, "england": england.Page, "sweep": sweep.Page, "guide": guide.Page}
#: The address ``/`` shows the first page; each page has its name as address.
routes = [
    solara.Route(path="/", component=_COMPONENTS[next(iter(PAGES))], label="totalplace", layout=Layout),
    *(solara.Route(path=name, component=_COMPONENTS[name], label=f"{title} - totalplace") for name, title in PAGES.items()),
]
