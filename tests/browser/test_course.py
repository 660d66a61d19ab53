"""A run in the address: a reload plays it again to the bit, and what cannot be read is said beside a page that stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from playwright.sync_api import expect

from tests.browser.reading import SHOWN, headline, move, open_place, step, wait_for_problem, wait_for_quarter
from tests.browser.test_files import send
from tests.browser.test_session import QUARTERS, moves, short
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.state.address import read_query
from totalplace.sim.browser.state.controller import Desk
from totalplace.sim.browser.state.resume import MOST_WRITTEN, Course, Move
from totalplace.sim.browser.state.session import PlaceSession
from totalplace.sim.model.metrics import METRICS


def searched(desk: Desk) -> str:
    assert desk.search is not None
    return desk.search.lstrip("?")


@given(some.lists(moves(), max_size=8), some.integers(0, QUARTERS), some.integers(0, 2**32 - 1))
@settings(max_examples=8)
def test_an_address_plays_a_run_again_to_the_bit(made: list[tuple[int, str, int, float]], quarter: int, seed: int) -> None:
    session = PlaceSession(short(), seed)
    for q in range(quarter + 1):
        for when, lever, index, value in made:
            if when == q and q < QUARTERS:
                session.move(lever, index, value)
        if q < quarter:
            session.step()
    course = session.view.course
    written = {name: [str(value)] for name, value in course.query().items() if value}
    assert Course.of(written) == course
    again = PlaceSession(short(), seed)
    again.follow(Course.of(written))
    assert again.view.levers == session.view.levers
    for one in (session, again):
        one.step()
    for name in METRICS:
        np.testing.assert_array_equal(again.view.snapshot.history[name], session.view.snapshot.history[name])


def test_a_desk_takes_its_own_address() -> None:
    desk = Desk()
    desk.open(read_query("scenario=lsp&place=Kent&seed=4"))
    for _ in range(3):
        desk.step()
    desk.move("cuts", 0, 1.5)
    desk.move("encouragement", 1, 0.25)
    desk.step()
    assert searched(desk) == "scenario=lsp&place=Kent&seed=4&at=4&moves=3:cuts:1.5,3:encouragement.health:0.25"
    other = Desk()
    other.open(read_query(searched(desk)))
    assert other.view.course == desk.view.course
    assert other.view.snapshot.history.tobytes() == desk.view.snapshot.history.tobytes()
    assert other.search == desk.search


def test_who_comes_back_to_an_earlier_address_of_a_run_finds_it_as_it_stands() -> None:
    desk = Desk()
    desk.open({})
    desk.step()
    early = read_query(searched(desk))
    desk.move("cuts", 0, 1.5)
    desk.step()
    session = desk.session
    for query in (early, read_query(searched(desk)), {}):
        desk.open(query)
        assert desk.session is session
        assert desk.view.course.quarter == 2
    desk.open(read_query("at=2"))
    assert desk.session is not session, "without the move it is another run"
    assert desk.view.moves == ()
    desk.open(read_query("seed=9&at=3"))
    assert (desk.session.seed, desk.view.snapshot.quarter) == (9, 3)


@pytest.mark.parametrize(("query", "words"), [
    ("at=99", "quarter 99 of a run of 40"), ("at=41", "Allowed: at=0 to at=40."),
    ("at=x", "cannot be 'x'"), ("at=-1", "cannot be '-1'"),
    ("at=3&moves=9:cuts:1", "after 9 quarters"),
    ("at=3&moves=9:cuts:1", "Allowed: moves after 0 to 3 quarters."),
    ("at=3&moves=cuts", "The move 'cuts'"), ("at=3&moves=1:cuts:7", "out of range"),
    ("at=3&moves=1:cuts:nan", "The move"), ("at=3&moves=1:cuts:1e999", "out of range"),
    ("at=3&moves=1:cats:1", "Did you mean 'cuts'"),
    ("at=3&moves=1:freedom:1", "needs a department or theme"), ("at=3&moves=1:cuts.health:1", "takes no department or theme"),
    ("at=3&moves=1:freedom.helth:1", "Did you mean 'health'"), ("at=3&moves=1:cuts:--1", "no number"),
    ("at=3&moves=1:cuts:1,,2:cuts:1", "The move ''"), ("at=3&moves=,", "The move ''"),
    ("at=40&moves=40:cuts:1", "at its end"), ("at=3&moves=" + "1:cuts:1," * 2000, "too many moves"),
])
def test_a_course_that_cannot_be_used_is_said_and_the_run_stands_at_its_start(query: str, words: str) -> None:
    desk = Desk()
    desk.open(read_query(f"seed=7&{query}"))
    assert words in desk.message
    assert "--set" not in desk.message
    assert "stands at its start" in desk.message
    assert desk.view.course == Course()
    assert desk.session.seed == 7
    assert desk.search is None, "the address stays as it was given while its fault is said"
    desk.step()
    assert desk.message == ""
    assert searched(desk) == "seed=7&at=1"


def test_a_comma_may_end_the_list_of_moves() -> None:
    moves = Course.of(read_query("at=3&moves=1:cuts:1.5,2:freedom.health:1")).moves
    assert len(moves) == 2
    assert Course.of(read_query("at=3&moves=1:cuts:1.5,2:freedom.health:1,+")).moves == moves
    assert Course.of(read_query("at=3&moves=1:cuts:1.5,2:freedom.health:1,")).moves == moves


def test_more_moves_than_an_address_holds_are_not_put_into_it() -> None:
    many = Course(400, tuple(Move(q, "cuts", 0, 1.0 + q / 1000) for q in range(400)))
    assert not many.fits
    assert Course(39, many.moves[:40]).fits
    assert MOST_WRITTEN < 8000, "web servers take requests of 8 kB"


def test_a_session_that_cannot_follow_stands_at_its_start() -> None:
    session = PlaceSession(short(), 1)
    with pytest.raises(InputError, match="out of range"):
        session.follow(Course(3, (Move(2, "cuts", 0, 9.0),)))
    assert session.view.course == Course()
    assert session.view.snapshot.quarter == 0


def shown_address(page: Any, words: str) -> None:
    """Wait until the address holds these words."""
    page.wait_for_function("words => location.search.includes(words)", arg=words)


def test_a_reload_in_play_plays_the_same_run_to_the_same_quarter(page: Any, server: str) -> None:
    open_place(page, server, "?place=Leeds&seed=3")
    page.get_by_label("Seed", exact=True).fill("4294967296")
    page.get_by_label("Seed", exact=True).press("Enter")
    page.get_by_text("The seed cannot be '4294967296'. Allowed: a whole number from 0 to 4294967295, the largest").wait_for()
    page.get_by_label("Seed", exact=True).fill("3")
    page.get_by_label("Seed", exact=True).press("Enter")
    page.get_by_text("The seed cannot be").wait_for(state="detached")
    step(page, 3)
    move(page, "cuts", 4)
    step(page, 4)  # past the next April, when budgets change
    shown_address(page, "at=7&moves=3:cuts:1.2")
    before, moved = headline(page), page.get_by_test_id("moves").inner_text()
    assert "same as baseline" not in before["funding_gap"]
    page.reload()
    wait_for_quarter(page, 7)
    assert headline(page) == before
    expect(page.get_by_test_id("moves")).to_have_text(moved, use_inner_text=True)
    expect(page.get_by_test_id("value-cuts-0")).to_have_text("1.2")
    step(page)
    shown_address(page, "at=8&moves=3:cuts:1.2")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => !location.search.includes('at=')")


def test_back_goes_to_the_run_as_it_was_left(page: Any, server: str) -> None:
    open_place(page, server)
    step(page, 2)
    shown_address(page, "at=2")
    page.get_by_label("Scenario", exact=True).select_option("lsp")
    page.locator(".tp-heading p", has_text="Local strategic partnership").wait_for()
    wait_for_quarter(page, 0)
    page.go_back()
    page.locator(".tp-heading p", has_text="Joint commissioning").wait_for()
    wait_for_quarter(page, 2)


def test_a_bad_course_in_the_address_is_said_beside_a_page_that_stays(page: Any, server: str) -> None:
    open_place(page, server, "?seed=2&at=400")
    wait_for_problem(page, "quarter 400 of a run of 40")
    assert "at=400" in page.url
    step(page)
    expect(page.get_by_test_id("problem")).to_have_text("")
    shown_address(page, "seed=2&at=1")


def test_who_would_lose_a_run_is_asked_first(page: Any, server: str) -> None:
    open_place(page, server)
    send(page, b"extends: lsp\nplace: Leeds\nquarters: 3\nname: mine\n")
    page.locator(".tp-heading h1", has_text="Leeds").wait_for()
    step(page)
    page.get_by_test_id("moves").get_by_text("save it as a scenario before you reload").wait_for()
    asked: list[str] = []

    def accept(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", accept)
    page.reload()
    page.locator(SHOWN).wait_for(state="attached")
    assert asked == ["beforeunload"]
    wait_for_quarter(page, 0)
