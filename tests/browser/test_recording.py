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


def test_cuts_cannot_be_deepened_once_a_year_of_them_has_passed() -> None:
    recording = Recording(scenarios.load("lsp", quarters=12), 1)
    recording.move(2, "cuts", 0, 2.0)  # 2011-04, the first quarter of cuts
    recording.move(8, "cuts", 0, 0.5)
    for quarter, value in ((9, 0.6), (6, 2.5)):
        with pytest.raises(InputError):
            recording.move(quarter, "cuts", 0, value)
    with pytest.raises(InputError, match="would cut the years already played again") as caught:
        recording.move(9, "cuts", 0, 0.6)
    assert "--set" not in str(caught.value)
    assert [move.value for move in recording.moves] == [2.0, 0.5]
    assert recording.saved().events[-1].value == 0.5


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
