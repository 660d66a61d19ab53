"""The parts of the place page as components of Mesa's own page: ``SolaraViz(model, components=[network, headline, over_time])``.

Each takes a :class:`~totalplace.sim.engine.place_model.PlaceModel` and is drawn anew after every step. Without a session there
is no baseline. A part is as wide as its cell of Mesa's grid and scrolls where it is higher; the cell can be made
larger with the mouse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.parts import panels
from totalplace.sim.browser.parts.headline_cards import Headline
from totalplace.sim.browser.parts.style import style_sheet
from totalplace.sim.browser.parts.theme import use_dark
from totalplace.sim.browser.state.snapshot import Snapshot, take
from totalplace.sim.browser.widgets.network import NetworkView

if TYPE_CHECKING:
    from totalplace.sim.engine.place_model import PlaceModel

#: Technical: height of the network in pixels, so that it and its legend fit a cell of Mesa's grid as Mesa makes it.
CELL: Final = 300
Draw = Callable[[Snapshot, bool], Any]


@solara.component
def _Part(model: PlaceModel, draw: Draw) -> None:
    """What ``draw`` makes of the model after its last step, in the style of the app."""
    from mesa.visualization.utils import update_counter

    update_counter.get()
    dark = use_dark()
    solara.Style(style_sheet())
    with rv.Html(tag="div", class_="tp-part"):
        draw(take(model), dark)


@solara.component
def _Network(shot: Snapshot, dark: bool) -> None:
    """The network, as high as a cell of Mesa's grid has room for."""
    chosen, choose = solara.use_state("")
    with rv.Html(tag="section", class_="tp-card"):
        NetworkView(shot, chosen, lambda node: choose(node or ""), dark, height=CELL)


def network(model: PlaceModel) -> Any:
    """The partnership network."""
    return _Part(model, _Network)


def headline(model: PlaceModel) -> Any:
    """The headline figures."""
    return _Part(model, lambda shot, dark: Headline(shot))


def over_time(model: PlaceModel) -> Any:
    """The headline metrics over the run."""
    return _Part(model, panels.OverTime)


def gains(model: PlaceModel) -> Any:
    """Who pays and who gains."""
    return _Part(model, panels.Gains)


def outcomes(model: PlaceModel) -> Any:
    """Outcomes by cohort and neighbourhood."""
    return _Part(model, panels.Outcomes)


def money(model: PlaceModel) -> Any:
    """Money from departments through pots to themes."""
    return _Part(model, panels.Money)


__all__ = ["gains", "headline", "money", "network", "outcomes", "over_time"]
