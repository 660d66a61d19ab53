"""Levers that somebody moves while the model runs, kept as dated policy events so that the run can be repeated.

A change made after ``q`` quarters takes effect when quarter ``q`` opens, like any event of a scenario. The scenario with the
recorded events, run from the start with the same seed, gives the same numbers to the bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from agents.world import EVENTS
from scenarios import loads
from scenarios.calendar import quarter_dates
from scenarios.errors import InputError, UnknownName
from scenarios.events import DatedChange, read_events
from scenarios.lever_values import ALL, written_value
from scenarios.reading import marked, read_text
from scenarios.registry import LEVERS
from scenarios.scenario import Scenario, canonical_text
from sim.browser.course import Move
from sim.browser.snapshot import PolicyEvent
from sim.world import lever_place

if TYPE_CHECKING:
    from sim.model import PlaceModel

#: The source that a recorded event gives as its reason.
WHY: Final = "moved in the browser"


class Recording:
    """The moves of one run of ``scenario`` with ``seed``; at most one for each quarter, lever and target: the last."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self._moves: dict[tuple[int, str, int], Move] = {}

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves in the order of their quarters."""
        return tuple(sorted(self._moves.values(), key=lambda move: move.quarter))

    def move(self, quarter: int, lever: str, index: int, value: float) -> None:
        """Set a lever from ``quarter`` on. Raises InputError for what no scenario could say, and keeps what was."""
        if lever not in LEVERS:
            raise UnknownName("lever", lever, LEVERS)
        if not 0 <= index < max(1, len(LEVERS[lever].targets)):
            raise InputError(f"The lever '{lever}' has no value {index}")
        if not 0 <= quarter < self.scenario.quarters:
            raise InputError("The run is at its end: no lever can be moved", allowed="a reset first")
        made = Move(quarter, lever, index, round(float(value), 6))
        self._change(made)
        self._moves.pop((quarter, lever, index), None)
        self._moves[quarter, lever, index] = made

    def _written(self, move: Move) -> dict[str, Any]:
        lever = LEVERS[move.lever]
        date = quarter_dates(self.scenario.start, self.scenario.quarters)[move.quarter]
        target = lever.targets[move.index] if lever.targets else ALL
        return {"date": date, "lever": move.lever, "target": target, "value": written_value(lever, move.value), "why": WHY}

    def _change(self, move: Move) -> DatedChange:
        return read_events(marked([self._written(move)], "a lever moved in the browser"))[0]

    def policy_events(self) -> tuple[PolicyEvent, ...]:
        """The moves in words."""
        return tuple(PolicyEvent(move.quarter, self._change(move).text, True) for move in self.moves)

    def put_into(self, model: PlaceModel) -> None:
        """Give the model the events of its scenario and, after them, the moves."""
        planned, moves = model.template.world.events, self.moves
        rows = EVENTS.empty(len(planned) + len(moves))
        rows[: len(planned)] = planned
        for row, move in zip(rows[len(planned):], moves, strict=True):
            row.quarter, row.place, row.value = move.quarter, lever_place(move.lever, move.index), move.value
        model.world = model.world._replace(events=rows)

    def in_force(self, model: PlaceModel) -> dict[str, tuple[float, ...]]:
        """Every lever as it will stand in the quarter that opens next."""
        values = np.array(model.world.lever_values)
        for event in model.world.events[model.world.events["quarter"] == model.quarter]:
            values[event["place"]] = event["value"]
        return {name: tuple(values[lever_place(name, 0):][: max(1, len(lever.targets))].tolist()) for name, lever in LEVERS.items()}

    def saved(self) -> Scenario:
        """The scenario with the moves among its events, and this seed alone; its ``text`` is a scenario file."""
        content = read_text(self.scenario.text, "scenario").plain()
        written = [self._written(move) for move in self.moves]
        if written:
            before = content["events"] if isinstance(content["events"], list) else []
            content["events"] = [*before, *written]
            content["name"] = f"{self.scenario.name[:190]}-played"
        content["seeds"] = {"first": self.seed, "count": 1}
        return loads(canonical_text(content), content["name"])
