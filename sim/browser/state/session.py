"""One person's run of one place: a Mesa model, the moves of its levers, a baseline and a lock.

Every method may be called from any thread. What a page may see is :attr:`PlaceSession.view`: immutable, replaced as a whole
between steps, so that nobody reads a model that is half way through a quarter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.state.recording import Recording
from totalplace.sim.browser.state.resume import Course, Move
from totalplace.sim.browser.state.snapshot import Snapshot, take

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.engine.place_model import PlaceModel


@dataclass(frozen=True, eq=False)
class View:
    """What a page shows: a snapshot, the levers as they will stand in the next quarter, and what went wrong (or nothing).

    ``stopped`` says that the model cannot go on before a reset: it broke in the middle of a quarter.
    """

    snapshot: Snapshot
    levers: dict[str, tuple[float, ...]]
    moves: tuple[Move, ...]
    problem: str = ""
    stopped: bool = False

    @property
    def moved(self) -> int:
        """How many moves of levers there are."""
        return len(self.moves)

    @property
    def course(self) -> Course:
        """How far the run has come, and the moves on the way."""
        return Course(self.snapshot.quarter, self.moves)


class PlaceSession:
    """A run of ``scenario`` with ``seed``, at its start. Raises InputError for a scenario that cannot be used."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._lock = threading.RLock()
        self.scenario = scenario
        self.seed = seed
        self._baseline = _baseline(scenario, seed)
        self._view: View
        self._start()

    def follow(self, course: Course) -> View:
        """Play from the start to where ``course`` is, with its moves. Raises InputError, and is then at its start."""
        with self._lock:
            self._start()
            if course.quarter > self.scenario.quarters:
                raise InputError(f"The address asks for quarter {course.quarter} of a run of {self.scenario.quarters} quarters",
                                 allowed=f"at=0 to at={self.scenario.quarters}")
            try:
                for quarter in range(course.quarter + 1):
                    for move in course.moves:
                        if move.quarter == quarter:
                            self._recording.move(quarter, move.lever, move.index, move.value)
                    self._recording.put_into(self._model)
                    if quarter < course.quarter:
                        self.step()
            except InputError:
                self._start()
                raise
            before = self._view
            if not before.stopped:
                levers = self._recording.in_force(self._model)
                self._view = View(before.snapshot, levers, self._recording.moves, before.problem)
            return self._view

    def _start(self) -> None:
        from totalplace.sim.engine.place_model import PlaceModel

        self._model: PlaceModel = PlaceModel(self.scenario, rng=self.seed)
        self._recording = Recording(self.scenario, self.seed)
        self._view = self._look(None)

    @property
    def view(self) -> View:
        """The run as it stands between two quarters."""
        return self._view

    def step(self) -> View:
        """Play a quarter. A model that breaks is not stepped again; the view says why. At the end nothing happens."""
        with self._lock:
            before = self._view
            if before.stopped or before.snapshot.finished:
                return before
            try:
                self._model.step()
                self._view = self._look(before.snapshot)
            except Exception as error:  # whatever a rule raises, the page must live
                words = f"The model stopped in {_next_quarter(before.snapshot)}: {_said(error)} Reset to start again."
                self._view = View(before.snapshot, before.levers, before.moves, words, stopped=True)
            return self._view

    def reset(self) -> View:
        """Back to the start of the same scenario and seed, with no lever moved."""
        with self._lock:
            self._start()
            return self._view

    def move(self, lever: str, index: int, value: float) -> View:
        """Set a lever from the quarter on that opens next. Raises InputError."""
        with self._lock:
            before = self._view
            stands = before.levers.get(lever, ())
            if before.stopped or (0 <= index < len(stands) and stands[index] == value):
                return before
            self._recording.move(self._model.quarter, lever, index, value)
            self._recording.put_into(self._model)
            self._view = View(before.snapshot, self._recording.in_force(self._model), self._recording.moves)
            return self._view

    def saved(self) -> Scenario:
        """The scenario that repeats this run from its start: its own events and the levers moved so far, and the seed."""
        with self._lock:
            return self._recording.saved()

    def _look(self, before: Snapshot | None) -> View:
        snapshot = take(self._model, baseline=self._baseline, live=self._recording.policy_events(), before=before)
        return View(snapshot, self._recording.in_force(self._model), self._recording.moves)


def _baseline(scenario: Scenario, seed: int) -> NDArray[Any]:
    """The metrics (Q,) of the scenario as it was given, by the compiled rules: equal to the Mesa model to the bit."""
    from totalplace.sim.engine.ensemble import run

    rows = run(scenario, seed).metrics
    rows.flags.writeable = False
    return rows


def _next_quarter(snapshot: Snapshot) -> str:
    from totalplace.sim.browser.state.snapshot import quarter_words

    return quarter_words(snapshot.dates[snapshot.quarter])


def _said(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."
