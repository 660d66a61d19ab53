"""The place page in a real browser: play, pause, step, reset, levers, errors, several people at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.reading import (
    headline,
    move,
    open_place,
    play_to_the_end,
    quarter,
    step,
    wait_for_problem,
    wait_for_quarter,
)
from tests.browser.serving import wait_until
from totalplace.scenarios.vocabulary import DEPARTMENTS
from totalplace.sim.browser.parts.headline_cards import card
from totalplace.sim.browser.state.autoplay import Player
from totalplace.sim.browser.state.place_setup import Setup
from totalplace.sim.engine.ensemble import run


def text(name: str, value: float, baseline: float) -> list[str]:
    """What the card of a metric says, in pieces."""
    words = card(name, value, baseline)
    return [words["label"], words["value"], words["unit"], words["change"]]


def select_and_close(page: Any) -> None:
    """Ask the server for the card of an agency and give it back."""
    shown = page.get_by_test_id("node-card")
    page.get_by_test_id("network").get_by_role("button", name="NHS").first.press("Enter")
    shown.wait_for()
    shown.get_by_role("button", name="Close").click()
    shown.wait_for(state="detached")


def test_step_reset_and_the_numbers_shown_are_those_of_the_model(page: Any, server: str) -> None:
    open_place(page, server, "?seed=5")
    wait_for_quarter(page, 0)
    step(page, 3)
    scenario, seed = Setup(seed=5).load()
    expected = run(scenario, seed).metrics[2]
    for name, shown in headline(page).items():
        for piece in text(name, expected[name], expected[name]):
            assert piece in shown
    page.get_by_role("button", name="Reset").click()
    wait_for_quarter(page, 0)


def test_play_and_pause(page: Any, server: str) -> None:
    open_place(page, server)
    page.get_by_role("button", name="Play").click()
    wait_for_quarter(page, 2)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    wait_until(lambda: not any(isinstance(thread, Player) for thread in threading.enumerate()), "play goes on after Pause")
    select_and_close(page)  # what the server has sent before has come too
    paused = quarter(page)
    select_and_close(page)
    assert quarter(page) == paused >= 2


def test_play_stops_at_the_end_and_reset_begins_again(page: Any, server: str) -> None:
    open_place(page, server)
    play_to_the_end(page)
    wait_for_quarter(page, 40)
    expect(page.get_by_role("button", name="Step")).to_be_disabled()
    page.get_by_role("button", name="Reset").click()
    wait_for_quarter(page, 0)
    step(page)


def test_a_lever_moved_while_the_model_runs_changes_the_run_and_not_the_baseline(new_page: Any, server: str) -> None:
    page, untouched = new_page(), new_page()
    for one in (page, untouched):
        open_place(one, server)
        step(one, 4)
    move(page, "cuts", 10)
    page.get_by_text("1 from the next quarter on.").wait_for()
    for one in (page, untouched):
        step(one, 4)
    moved, same = headline(page), headline(untouched)
    assert moved["funding_gap"] != same["funding_gap"]
    assert "against baseline" in moved["funding_gap"]
    assert all("same as baseline" in words for words in same.values())
    scenario, seed = Setup().load()
    baseline = run(scenario, seed).metrics[7]
    shown = moved["funding_gap"]
    difference = card("funding_gap", baseline["funding_gap"] + 1e-3, baseline["funding_gap"])["change"]
    assert difference not in shown, "the move is not one that makes no difference"
    assert card("funding_gap", baseline["funding_gap"], baseline["funding_gap"])["value"] in same["funding_gap"]
    page.get_by_test_id("moves").get_by_text("2011-10: cuts at 1.5").wait_for()


def test_levers_of_departments_and_switches_can_be_moved(page: Any, server: str) -> None:
    open_place(page, server)
    page.get_by_role("button", name="Encouragement by department", exact=True).click()
    move(page, f"encouragement: {DEPARTMENTS[1]}", 3)
    expect(page.get_by_test_id("value-encouragement-1")).to_have_text("0.25")
    page.get_by_role("button", name="Other levers").click()
    page.get_by_role("switch", name="capital pot").press("Space")
    step(page)
    moves = page.get_by_test_id("moves")
    moves.get_by_text("encouragement health at 0.25").wait_for()
    moves.get_by_text("capital pot at 1").wait_for()


def test_two_people_do_not_meet(new_page: Any, server: str) -> None:
    one, other = new_page(), new_page()
    open_place(one, server, "?place=Kent")
    open_place(other, server, "?place=Leeds")
    step(one, 2)
    move(one, "cuts", 2)
    wait_for_quarter(other, 0)
    expect(other.get_by_test_id("value-cuts-0")).to_have_text("1")
    step(other)
    wait_for_quarter(one, 2)
    expect(one.locator(".tp-heading h1")).to_have_text("Kent")
    expect(other.locator(".tp-heading h1")).to_have_text("Leeds")


def test_a_model_that_breaks_says_so_and_the_page_lives(page: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.engine.place_model import PlaceModel
    from totalplace.sim.model.ledger import LedgerError

    whole = PlaceModel.finance

    def broken(model: PlaceModel) -> None:
        whole(model)
        if model.place_seed == 31_337 and model.quarter == 2:
            raise LedgerError(2, {"agency: council": 1.0})

    monkeypatch.setattr(PlaceModel, "finance", broken)
    open_place(page, server, "?seed=31337")
    page.get_by_role("button", name="Play").click()
    said = wait_for_problem(page, "The model stopped in April to June 2011")
    assert "council" in said
    wait_for_quarter(page, 2)
    expect(page.get_by_role("button", name="Step")).to_be_disabled()
    page.get_by_role("button", name="Reset").click()
    wait_for_quarter(page, 0)
    expect(page.get_by_test_id("problem")).to_have_text("")
    step(page, 2)


def test_an_agency_s_card_says_what_it_has_and_why_it_refused(page: Any, server: str) -> None:
    open_place(page, server)
    step(page, 6)
    page.get_by_test_id("network").get_by_role("button", name="NHS").first.press("Enter")
    shown = page.get_by_test_id("node-card")
    shown.get_by_text("Agency: NHS").wait_for()
    heads = shown.locator("h3").all_inner_texts()
    assert heads == ["Why it refused", "Ceded by theme", "Trust in commissioners", "Latest answers"]
    shown.locator(".tp-chart[data-ready=true]").wait_for()
    box = shown.get_by_test_id("refusal").bounding_box()
    assert box["y"] + box["height"] <= 900, "why it refused is in sight without moving the page"
    expect(shown.get_by_test_id("refusal")).to_contain_text("asked for")
    shown.get_by_role("button", name="Close").click()
    shown.wait_for(state="detached")
