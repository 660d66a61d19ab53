"""Moves of levers as dated events: what they may not do, and what they write beside the events of the scenario."""

from __future__ import annotations

import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.state.recording import Recording
from totalplace.sim.browser.state.session import PlaceSession

PLANNED = (
    "events=['2011-03: clawback at 0.1', '2011-02: clawback health at 0.9', '2011-02: clawback home at 0.8', "
    "'2011-05: freedom at 0.5']"
)


def test_the_depth_of_cuts_can_be_moved_at_any_time() -> None:
    recording = Recording(scenarios.load("lsp", quarters=12), 1)
    recording.move(2, "cuts", 0, 2.0)
    recording.move(9, "cuts", 0, 0.6)
    with pytest.raises(InputError, match="out of range"):
        recording.move(10, "cuts", 0, 3.5)
    assert [move.value for move in recording.moves] == [2.0, 0.6]
    assert recording.saved().events[-1].value == 0.6


def test_a_move_stands_over_planned_events_of_its_quarter() -> None:
    scenario = scenarios.load("single-pot", place="Rutland", quarters=5, clusters=2, set=[PLANNED])
    session = PlaceSession(scenario, 1)
    session.step()
    session.move("clawback", 1, 0.4)
    session.move("clawback", 4, 0.7)
    while not session.view.snapshot.finished:
        session.step()
    saved = session.saved()
    last = {event.index: event.value for event in saved.events if event.lever == "clawback" and event.quarter == 1}
    assert last == {index: {1: 0.4, 4: 0.7}.get(index, 0.1) for index in range(9)}
    again = tp.run(saved, 1).metrics
    assert session.view.snapshot.history["net_saving"].tolist() == again["net_saving"].tolist()


def test_a_move_that_is_taken_back_is_not_written() -> None:
    recording = Recording(scenarios.load("single-pot", quarters=6), 1)
    recording.move(2, "single_pot_scope", 0, 0.0)
    recording.move(2, "single_pot_scope", 0, 1.0)
    assert recording.saved().events == ()
    recording.move(2, "single_pot_scope", 0, 0.0)
    recording.move(4, "single_pot_scope", 0, 1.0)
    assert [(event.quarter, event.value) for event in recording.saved().events] == [(2, 0.0), (4, 1.0)]
