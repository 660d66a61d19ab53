"""Levers that somebody moves while the model runs, kept as dated policy events so that the run can be repeated.

A change made after ``q`` quarters takes effect when quarter ``q`` opens, like any event of a scenario. The scenario with the
recorded events, run from the start with the same seed, gives the same numbers to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.world import EVENTS
from totalplace.scenarios import loads
from totalplace.scenarios.calendar import quarter_dates, quarter_index
from totalplace.scenarios.canonical_text import canonical_text
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.events import DatedChange, read_events, told
from totalplace.scenarios.lever_values import ALL, written_value
from totalplace.scenarios.reading import marked, read_text
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.browser.state.resume import Move
from totalplace.sim.browser.state.snapshot import PolicyEvent
from totalplace.sim.model.world import lever_place

if TYPE_CHECKING:
    from totalplace.sim.engine.place_model import PlaceModel

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
        change, = read_events(marked([self._written(move)], "a lever moved in the browser"))
        assert isinstance(change, DatedChange)
        return change

    def policy_events(self) -> tuple[PolicyEvent, ...]:
        """The moves in words."""
        period = period_of(self.scenario.year)
        return tuple(PolicyEvent(move.quarter, told(self._change(move).text, move.lever, move.index, period), True)
                     for move in self.moves)

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
        moves = self._telling()
        if moves:
            content["events"] = [*self._planned(moves), *(self._written(move) for move in moves)]
            content["name"] = f"{self.scenario.name[:190]}-played"
        content["seeds"] = {"first": self.seed, "count": 1}
        return loads(canonical_text(content), content["name"])

    def _telling(self) -> list[Move]:
        """The moves that change what would stand without them."""
        stands = {(name, index): value for name, row in self.scenario.levers.items() for index, value in enumerate(row)}
        told = []
        for quarter in range(self.scenario.quarters):
            before = dict(stands)
            stands |= {(event.lever, event.index): event.value for event in self.scenario.events if event.quarter == quarter}
            for move in self.moves:
                place = (move.lever, move.index)
                if move.quarter == quarter and (move.value != stands[place] or stands[place] != before[place]):
                    stands[place] = move.value
                    told.append(move)
        return told

    def _planned(self, moves: Sequence[Move]) -> list[dict[str, Any]]:
        """The events of the scenario, as files give them, so that a move of the same quarter stands over them."""
        dates = quarter_dates(self.scenario.start, self.scenario.quarters)
        moved = {(move.quarter, move.lever) for move in moves}
        taken = {(date["date"], date["lever"], date["target"]) for date in map(self._written, moves)}
        content = read_text(self.scenario.text, "scenario").plain()["events"]
        kept: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in content if isinstance(content, list) else []:
            if "lever" not in row:  # the arrangement, or the budget path
                kept[row["date"], *row] = row
                continue
            quarter = quarter_index(self.scenario.start, row["date"])
            if (quarter, row["lever"]) in moved:
                row = row | {"date": dates[quarter]}
                if row["target"] == ALL:  # a later date for all stands over earlier ones by name
                    kept = {key: one for key, one in kept.items() if key[:2] != (row["date"], row["lever"])}
            key = (row["date"], row["lever"], row["target"])
            if key not in taken:
                kept[key] = row
        return list(kept.values())
