"""One place, quarter by quarter: play it, move the levers, watch who agrees and what it brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.places.quality import marked
from totalplace.sim.browser.parts.headline_cards import Headline
from totalplace.sim.browser.parts.layout import Heading, Notes, Problem
from totalplace.sim.browser.parts.lever_controls import Levers
from totalplace.sim.browser.parts.node_details import NodeCard
from totalplace.sim.browser.parts.panels import Panels
from totalplace.sim.browser.parts.run_choice import Choosing
from totalplace.sim.browser.parts.theme import use_dark
from totalplace.sim.browser.state.address import use_query
from totalplace.sim.browser.state.autoplay import SPEEDS
from totalplace.sim.browser.state.compare_setup import file_words
from totalplace.sim.browser.state.controller import Desk, desk_context
from totalplace.sim.browser.state.place_setup import place_notes
from totalplace.sim.browser.state.session import View
from totalplace.sim.browser.state.snapshot import Snapshot
from totalplace.sim.browser.widgets.network import NetworkView
from totalplace.sim.results.setting import uncertainties_words
from totalplace.sim.results.wording import count


@solara.component_vue("shown.vue")
def Shown(step: int, run: str, words: str, search: str | None, kept: bool, event_drawn: Callable[[int], None]) -> None:
    """Tells the server which quarter the browser has drawn, and keeps the run in the address; nothing to see.

    ``search`` is what follows the path there. A run that is not ``kept`` there is asked about before the page goes.
    """


@solara.component
def Welcome(shot: Snapshot) -> None:
    """What this is and what to do, in a line, until the first quarter is played."""
    with rv.Html(tag="div", class_="tp-may-be-empty"):
        if not shot.quarter:
            bodies = count(len(shot.agencies), "public body", "public bodies")
            length = count(shot.quarters // 4, "year") if shot.quarters >= 4 else count(shot.quarters, "quarter")
            rv.Html(tag="p", class_="tp-welcome", children=[
                f"The {bodies} of {shot.place_name} decide, quarter by quarter, whether to share their budgets. Press Play to "
                f"watch {length}; move a lever to change what government does; choose a body in the network to see why it "
                "refuses."])


@solara.component_vue("transport.vue")
def _Transport(quarter: int, quarters: int, about: str, playing: bool, over: bool, speed: str, speeds: list[str],
               event_play: Callable[[Any], None], event_step: Callable[[Any], None], event_reset: Callable[[Any], None],
               event_chosen: Callable[[str], None]) -> None:
    """Reset, step, play and pause, speed, and how far the run has come."""


@solara.component
def Transport(desk: Desk, view: View, playing: bool, speed: str) -> None:
    """What moves the run on, and how far it has come."""
    shot = view.snapshot
    about = shot.date_label if shot.quarter else "before the first quarter: press Play or Step"
    _Transport(quarter=shot.quarter, quarters=shot.quarters, about=about, playing=playing, over=view.stopped or shot.finished,
               speed=speed, speeds=list(SPEEDS), event_play=lambda _: desk.play_or_pause(), event_step=lambda _: desk.step(),
               event_reset=lambda _: desk.reset(), event_chosen=desk.choose_speed)


@solara.component
def Moves(view: View, kept: bool) -> None:
    """The levers moved so far, as dated policy events, and whether a reload repeats them."""
    live = [event.text for event in view.snapshot.events if event.live]
    waiting = view.moved - len(live)
    words = "" if view.moved else "None yet. Each move is kept as a dated policy event, so that Save as scenario repeats this run."
    words = f"{waiting} from the next quarter on." if waiting > 0 else words
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Levers moved", "data-testid": "moves"}):
        rv.Html(tag="h2", children=["Levers moved"])
        rv.Html(tag="ul", class_="tp-list tp-small", children=[rv.Html(tag="li", children=[text]) for text in live])
        rv.Html(tag="p", class_="tp-muted tp-small mb-0", children=[words])
        if not kept:
            rv.Html(tag="p", class_="tp-small tp-bad mt-2 mb-0", children=[
                "The address of this page cannot hold this run: save it as a scenario before you reload or leave."])


@solara.component
def Board(desk: Desk, view: View, selected: str | None, playing: bool, dark: bool) -> None:
    """Network and charts on the left; the card of what is selected and the levers on the right."""
    with rv.Html(tag="div", class_="tp-main"):
        with rv.Html(tag="section", class_="tp-card tp-at-network", attributes={"aria-label": "Partnership network"}):
            rv.Html(tag="h2", children=["Who works with whom"])
            NetworkView(view.snapshot, selected, desk.select, dark, playing)
        with rv.Html(tag="div", class_="tp-at-side"), rv.Html(tag="div", class_="tp-side tp-stay"):
            with rv.Html(tag="div", class_="tp-may-be-empty"):
                if selected:
                    NodeCard(view.snapshot, selected, dark, desk.close_card)
            Levers(view.levers, view.snapshot.departments_drawn, view.snapshot.words, view.stopped or view.snapshot.finished,
                   desk.move)
            Moves(view, desk.kept)
        Panels(view.snapshot, dark)


@solara.component
def Page() -> None:
    """The place page; its address holds place, scenario, arrangement and seed."""
    query, push = use_query()
    desk = solara.use_context(desk_context)
    dark = use_dark()
    _, redraw = solara.use_state(0)
    desk.push, desk.refresh = push, lambda: redraw(lambda count: count + 1)
    desk.open(query)
    solara.use_effect(lambda: desk.pause, [])
    view, playing = desk.view, desk.playing
    scenario = desk.session.scenario
    with solara.Column(classes=["tp-page"]):
        values = uncertainties_words(scenario).partition(":")[0].replace("over ", "drawn from ")
        played = dict.fromkeys((scenario.title or scenario.name, scenario.arrangement.title, f"one run: {values}"))
        Heading(marked(scenario.material.place.code, scenario.year), " · ".join(played))
        Notes(place_notes(scenario))
        Problem(desk.message)
        Choosing(desk.setup, scenario.place, desk.session.seed, desk.sent, desk.choose, desk.send, desk.saved_text,
                 f"{file_words(f'{scenario.name} {scenario.place} played', 90)}.yaml")
        Welcome(view.snapshot)
        Transport(desk, view, playing, desk.speed)
        Headline(view.snapshot)
        Board(desk, view, desk.selected, playing, dark)
        shot = view.snapshot  # last, so that what it tells has come after all the rest
        Shown(step=shot.quarter, run=shot.key, words=f"Quarter {shot.quarter} of {shot.quarters}", search=desk.search,
              kept=desk.kept, event_drawn=desk.drawn)
