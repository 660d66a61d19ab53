"""What one reader does on the place page: choose, play, step, reset, move levers, send and save scenarios.

A desk belongs to one open page of one browser. Its methods are called by events of the page and by the thread that plays.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import solara

from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.parts.upload import read_upload
from totalplace.sim.browser.state.address import Query, written
from totalplace.sim.browser.state.autoplay import SPEEDS, Drawn, Player
from totalplace.sim.browser.state.place_setup import Setup
from totalplace.sim.browser.state.resume import Course
from totalplace.sim.browser.state.session import PlaceSession, View

#: The speed of a page that was just opened.
USUAL_SPEED: Final = next(name for name, speed in SPEEDS.items() if speed == 5.0)


class Desk:
    """The run of one reader. ``refresh`` is called when the page should be drawn anew, ``push`` to change its address."""

    def __init__(self) -> None:
        self.refresh: Callable[[], None] = lambda: None
        self.push: Callable[[Mapping[str, object]], None] = lambda _: None
        self.setup = Setup()
        self.sent = ""
        self.problem = ""
        self.selected: str | None = None
        self.speed = USUAL_SPEED
        self._drawn = Drawn()
        self._lock = threading.RLock()
        self._player: Player | None = None
        self._query: Query | None = None
        self._chosen = self.setup
        self._refused = False
        self._session: PlaceSession | None = None

    @property
    def session(self) -> PlaceSession:
        """The run; :meth:`open` has made it."""
        if self._session is None:
            raise RuntimeError("the desk has not been opened")
        return self._session

    @property
    def view(self) -> View:
        """What the page shows of the run."""
        return self.session.view

    @property
    def message(self) -> str:
        """What the page has to say about what went wrong, or nothing."""
        return self.view.problem or self.problem

    @property
    def kept(self) -> bool:
        """Whether the address can hold the run: not that of a file that was sent, nor more moves than it has room for."""
        course = self.view.course
        return course == Course() or (not self.sent and course.fits)

    @property
    def search(self) -> str | None:
        """What follows the path in the address of this run, so that a reload plays it again to the same quarter.

        None while the page says what is wrong with the address, which then stays as it was given.
        """
        if self._refused:
            return None
        course = self.view.course.query() if self.kept and not self.sent else {}
        return written("", self.setup.query() | course).replace("%3A", ":").replace("%2C", ",")

    @property
    def playing(self) -> bool:
        """Whether steps follow each other by themselves."""
        return self._player is not None

    def open(self, query: Query) -> None:
        """Run what an address asks for, unless it runs already; the usual scenario where the address cannot be used."""
        if (query == self._query and self._session is not None) or self._runs(query):
            self._query = query
            return
        self.pause()
        self._query, self.sent, self.problem, self.selected, self._refused = query, "", "", None, False
        try:
            self.setup = self._chosen = Setup.of(query)
            self._session = PlaceSession(*self.setup.load())
        except InputError as error:
            self.setup = self._chosen = Setup()
            self.problem, self._refused = str(error), True
            self._session = PlaceSession(*self.setup.load())
            return
        try:
            course = Course.of(query)
            if course != Course():
                self._session.follow(course)
        except InputError as error:
            self.problem, self._refused = f"{error} The run stands at its start.", True

    def _runs(self, query: Query) -> bool:
        """Whether an address is that of the run on this desk, or of an earlier quarter of it: somebody came back to it."""
        if self._session is None or self.sent:
            return False
        try:
            return Setup.of(query) == self.setup and Course.of(query).leads_to(self._session.view.course)
        except InputError:
            return False

    def choose(self, **values: Any) -> None:
        """Run another set-up: its address is pushed, so that back goes back to this one.

        ``values`` are set in what was chosen last, of which the page need not have been drawn yet.
        """
        self.pause()
        setup = replace(self._chosen, **values)
        if setup == self._chosen and not self.sent:
            return
        self._query, self._chosen = None, setup
        self.push(setup.query())
        self.refresh()

    def complain(self, message: str) -> None:
        """Say what went wrong beside the page."""
        self.problem = message
        self.refresh()

    def send(self, data: dict[str, Any]) -> None:
        """Run a scenario file or a place of their own that readers send; what is wrong with it is said, and what runs goes on."""
        try:
            scenario = read_upload(data, self.session.scenario)
            session = PlaceSession(scenario, scenario.seeds.first)
        except InputError as error:
            self.complain(str(error))
            return
        self.pause()
        self._settle()
        self._session, self.sent, self.selected = session, scenario.name, None
        self.refresh()

    def _settle(self) -> None:
        """What went wrong before is behind the reader, who goes on."""
        self.problem, self._refused = "", False

    def step(self) -> None:
        """Play a quarter."""
        self.pause()
        self._settle()
        self.session.step()
        self.refresh()

    def reset(self) -> None:
        """Go back to the start; levers stand as the scenario says."""
        self.pause()
        self._settle()
        self.session.reset()
        self.refresh()

    def play_or_pause(self) -> None:
        """Start to play, or stop."""
        with self._lock:
            if self._player is not None:
                self.pause()
            else:
                self._settle()
                self._player = Player(self.session, self._drawn, lambda: SPEEDS[self.speed], self.refresh, self.pause)
                self._player.start()
        self.refresh()

    def pause(self) -> None:
        """Stop playing; a step that is under way is finished."""
        with self._lock:
            player, self._player = self._player, None
        if player is not None:
            player.stop()
            if player is threading.current_thread():
                self.refresh()

    def move(self, lever: str, index: int, value: float) -> None:
        """Set a lever from the next quarter on."""
        try:
            self.session.move(lever, index, value)
            self._settle()
        except InputError as error:
            self.problem = str(error)
        self.refresh()

    def choose_speed(self, name: str) -> None:
        """Play at one of SPEEDS."""
        if name in SPEEDS:
            self.speed = name
            self.refresh()

    def select(self, node: str | None) -> None:
        """Show the card of a node, or none."""
        self.selected = node
        self.refresh()

    def close_card(self) -> None:
        """Show no card."""
        self.select(None)

    def drawn(self, quarter: int) -> None:
        """The browser has drawn a quarter."""
        self._drawn.tell(quarter)

    def saved_text(self) -> str:
        """The scenario file that repeats this run."""
        return self.session.saved().text


#: The desk of the page that asks; the layout of each open page provides one.
desk_context = solara.create_context(Desk())
