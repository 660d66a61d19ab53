"""What a reader types and chooses while the server is slow or draws the page is neither set back nor lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import solara
from playwright.sync_api import expect

from tests.browser.working import PATIENCE, wait_for
from totalplace.sim.browser.pages import compare
from totalplace.sim.browser.server.background import DONE, RUNNING
from totalplace.sim.browser.state.address import Go, Query, use_query
from totalplace.sim.browser.state.controller import Desk

ASKED = "scenario=silo&scenario=lsp&place=Kent&runs=4&quarters=8"


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Holds back what waits for it until it is set, at the latest at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


def test_what_is_typed_while_a_job_ends_stays(
    page: Any, server: str, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waiting(*given: Any) -> Callable[..., Any]:
        task = compare.compare_setup.play(*given)
        return lambda work: (held.wait(PATIENCE / 1000), task(work))[1]

    monkeypatch.setattr(compare, "play", waiting)
    page.goto(f"{server}/compare?{ASKED}")
    wait_for(page, RUNNING)
    runs = page.get_by_label("Runs each")
    assert [page.get_by_label(name).input_value() for name in ("Runs each", "First seed", "Quarters")] == ["4", "1", "8"]
    runs.fill("5")
    held.set()  # the form is drawn anew, since Run may be pressed again
    wait_for(page, DONE)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    page.get_by_test_id("results").wait_for(timeout=PATIENCE)
    expect(runs).to_have_value("5")
    runs.blur()
    page.get_by_test_id("stale").get_by_text("Runs each: 4 (now 5)").wait_for()


def test_what_is_typed_while_the_server_is_silent_is_heard_whole(page: Any, server: str, held: threading.Event) -> None:
    late: list[Callable[[], None]] = []

    def slow(socket: Any) -> None:
        behind = socket.connect_to_server()
        socket.on_message(behind.send)
        behind.on_message(lambda news: socket.send(news) if held.is_set() else late.append(lambda: socket.send(news)))

    held.set()
    page.route_web_socket("**/*", slow)
    page.goto(f"{server}/compare?{ASKED}")
    page.get_by_test_id("results").wait_for(timeout=PATIENCE)
    held.clear()
    page.get_by_label("Runs each").press("ControlOrMeta+a")
    page.get_by_label("Runs each").press_sequentially("123")
    page.get_by_label("First seed").press("ControlOrMeta+a")
    page.get_by_label("First seed").press_sequentially("77")
    page.get_by_label("First seed").press("Enter")
    held.set()
    for send in late:
        send()
    page.get_by_test_id("stale").get_by_text("Runs each: 4 (now 123); First seed: 1 (now 77).").wait_for()
    assert [page.get_by_label(name).input_value() for name in ("Runs each", "First seed")] == ["123", "77"]


def test_what_is_chosen_while_a_page_is_drawn_is_not_undone_by_what_is_typed_next(
    page: Any, server: str, held: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, draw = threading.Event(), compare.difference_table

    def slow(*given: Any) -> None:
        drawing.set()
        held.wait(PATIENCE / 1000)
        draw(*given)

    monkeypatch.setattr(compare, "difference_table", slow)
    page.goto(f"{server}/compare?{ASKED}")
    while not drawing.is_set():
        page.wait_for_timeout(20)
    second = page.get_by_role("group", name="Scenario 2")
    second.locator(".v-select__slot").first.click()
    page.get_by_role("option").filter(has_text="(mandated-pooling)").click()
    second.get_by_label("Changes").fill("clusters=1")
    second.get_by_label("Changes").press("Enter")
    held.set()
    page.get_by_test_id("stale").get_by_text("Scenario 2: lsp (now mandated-pooling clusters=1)").wait_for(timeout=PATIENCE)
    expect(second.get_by_label("Changes")).to_have_value("clusters=1")


def test_a_form_that_is_filled_anew_shows_its_texts(page: Any, server: str) -> None:
    page.goto(f"{server}/compare?{ASKED}&seed=3")
    page.get_by_test_id("results").wait_for(timeout=PATIENCE)
    page.get_by_label("Runs each").fill("2")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_test_id("results").get_by_text("2 runs each").wait_for(timeout=PATIENCE)
    page.get_by_label("First seed").fill("9")
    page.go_back()
    page.get_by_test_id("results").get_by_text("4 runs each").wait_for(timeout=PATIENCE)
    expect(page.get_by_label("Runs each")).to_have_value("4")
    expect(page.get_by_label("First seed")).to_have_value("9")  # nobody has left it


def test_an_address_takes_what_was_chosen_since_the_page_was_drawn() -> None:
    pushed: list[str] = []
    handed: list[tuple[Query, Go]] = []

    @solara.component
    def Page() -> None:  # noqa: N802 (a component)
        handed.append(use_query())

    @solara.component
    def Whole() -> None:  # noqa: N802 (a component)
        routes = [solara.Route("england")]
        solara.routing.router_context.provide(solara.routing.Router("/england?metric=trust&region=London", routes, pushed.append))
        Page()

    _, rendered = solara.render(Whole(), handle_error=False)
    query, go = handed[0]
    assert query == {"metric": ["trust"], "region": ["London"]}

    def with_values(**values: str) -> Callable[[Query], Mapping[str, object]]:
        return lambda now: now | values

    go(with_values(metric="wellbeing"))
    go(with_values(money="total"))
    assert pushed == ["/england?metric=wellbeing&region=London", "/england?metric=wellbeing&region=London&money=total"]
    assert len(handed) == 1, "nothing has been drawn since"
    rendered.close()


def test_two_choices_before_the_page_is_drawn_are_both_kept() -> None:
    desk, pushed = Desk(), list[Mapping[str, object]]()
    desk.push = pushed.append
    desk.open({"scenario": ["lsp"], "seed": ["4"]})
    desk.choose(place="Kent")
    desk.open({"scenario": ["lsp"], "seed": ["4"]})  # drawn by the thread that plays, with the address of before
    desk.choose(arrangement="single-pot")
    desk.choose(arrangement="single-pot")
    assert pushed == [{"scenario": "lsp", "place": "Kent", "arrangement": "", "seed": 4, "year": ""},
                      {"scenario": "lsp", "place": "Kent", "arrangement": "single-pot", "seed": 4, "year": ""}]
    desk.pause()
