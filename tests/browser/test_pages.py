"""Addresses, navigation, width and theme of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.reading import open_place, step, wait_for_problem, wait_for_quarter
from totalplace.sim.browser.parts.plain_page import nearest_page
from totalplace.sim.browser.server.settings import PAGES

HEADING = ".tp-heading h1"


def overflow(page: Any) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("name", ["place", "guide"])
@pytest.mark.parametrize("width", [1400, 420])
def test_a_page_loads_clean_and_fits(new_page: Any, server: str, name: str, width: int) -> None:
    page = new_page(width=width)
    page.goto(f"{server}/{name}")
    page.locator(HEADING).wait_for()
    if name == "place":
        step(page, 2)
        page.locator("[data-testid=network][data-step='2']").wait_for()
        page.wait_for_function("() => [...document.querySelectorAll('.tp-chart')].every(chart => chart.dataset.ready === 'true')")
    assert overflow(page) <= 0
    expect(page.locator("main")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page.get_by_role("link", name=PAGES[name])).to_have_attribute("aria-current", "page")


def test_the_address_holds_the_set_up_and_back_goes_back(page: Any, server: str) -> None:
    open_place(page, server, "?place=Kent&scenario=lsp&seed=7")
    expect(page.locator(HEADING)).to_have_text("Kent")
    expect(page.locator(".tp-heading p")).to_contain_text("Local strategic partnership")
    expect(page.get_by_label("Seed")).to_have_value("7")
    seed = page.get_by_label("Seed")
    seed.fill("8")
    seed.press("Enter")
    page.wait_for_url("**seed=8")
    page.get_by_role("link", name="Guide").click()
    page.wait_for_url("**/guide")
    page.locator(HEADING, has_text="Guide").wait_for()
    page.go_back()
    page.locator(HEADING, has_text="Kent").wait_for()
    expect(page.get_by_label("Seed")).to_have_value("8")
    page.go_back()
    page.wait_for_url("**seed=7")
    page.wait_for_function("() => [...document.querySelectorAll('input')].some(field => field.value === '7')")


def test_a_run_is_still_there_after_a_look_at_another_page(page: Any, server: str) -> None:
    open_place(page, server)
    step(page, 2)
    page.get_by_role("link", name="Guide").click()
    page.locator(HEADING, has_text="Guide").wait_for()
    page.go_back()
    page.locator("[data-testid=shown]").wait_for(state="attached")
    wait_for_quarter(page, 2)


def test_another_place_is_chosen_by_name(page: Any, server: str) -> None:
    open_place(page, server)
    step(page)
    field = page.get_by_label("Place", exact=True)
    field.click()
    field.fill("Leeds")
    page.get_by_role("option", name="Leeds").click()
    page.wait_for_url("**place=Leeds")
    page.locator(HEADING, has_text="Leeds").wait_for()
    wait_for_quarter(page, 0)


@pytest.mark.parametrize(("query", "words"), [
    ("?place=Atlantis", "There is no place 'Atlantis'"), ("?seed=-1", "The seed cannot be"),
    ("?scenario=../../secret.yaml", "There is no scenario"), ("?arrangement=/etc/passwd.yaml", "There is no arrangement"),
])
def test_an_address_that_cannot_be_used_says_so(page: Any, server: str, query: str, words: str) -> None:
    open_place(page, server, query)
    wait_for_problem(page, words)
    step(page)
    expect(page.get_by_test_id("problem")).to_have_text("")


def test_there_is_a_page_for_what_is_not_there(chrome: Any, server: str) -> None:
    context = chrome.new_context()
    page = context.new_page()
    answer = page.goto(f"{server}/nothing<b>")
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Page not found")
    expect(page.locator("b")).to_have_count(0)
    page.get_by_role("link", name="Guide").click()
    page.locator(HEADING, has_text="Guide").wait_for()
    context.close()


@pytest.mark.parametrize(("path", "meant"), [
    ("/sweeps", "sweep"), ("/places", "place"), ("/Place", "place"), ("/comparison", "compare"), ("/compare/silo", "compare"),
    ("/englnd", "england"), ("/map.html", "england"), ("/help", "guide"), ("/nothing", ""), ("/", ""), ("/" + "x" * 5000, "")])
def test_an_address_that_is_like_a_page_leads_there(path: str, meant: str) -> None:
    assert nearest_page(path) == meant


def test_the_page_for_what_is_not_there_has_the_look_and_leads_to_the_page_that_was_meant(chrome: Any, server: str) -> None:
    context = chrome.new_context(color_scheme="light")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    assert page.goto(f"{server}/sweeps?sweep=%3Cb%3E&x=a%22b").status == 404
    background = "() => getComputedStyle(document.querySelector('.tp-app')).backgroundColor"
    light = page.evaluate(background)
    for chosen in ("light", "dark"):
        page.get_by_test_id("theme").click()
        expect(page.get_by_test_id("theme")).to_contain_text(chosen)
    dark = page.evaluate(background)
    assert dark != light
    page.wait_for_function("() => document.fonts.check('15px Roboto') && document.fonts.size > 0")
    page.get_by_test_id("nearest").click()
    page.locator(HEADING, has_text="Sweeps").wait_for()
    assert page.url == f"{server}/sweep?sweep=%3Cb%3E&x=a%22b"
    page.wait_for_function(f"dark => ({background})() === dark", arg=dark)
    expect(page.get_by_test_id("theme"), "the choice holds for the app").to_contain_text("dark")
    assert broken == []
    context.close()


def test_the_theme_follows_the_system_and_can_be_chosen(new_page: Any, server: str) -> None:
    page = new_page(color_scheme="dark")
    open_place(page, server)
    background = "() => getComputedStyle(document.querySelector('.tp-app')).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_test_id("theme").click()
    page.wait_for_function(f"was => ({background})() !== was", arg=dark)
    light = page.evaluate(background)
    page.reload()
    page.locator("[data-testid=shown]").wait_for(state="attached")
    page.wait_for_function(f"chosen => ({background})() === chosen", arg=light)


def test_the_guide_explains_every_lever_parameter_and_metric(page: Any, server: str) -> None:
    from totalplace.scenarios.registry import LEVERS, PARAMETERS
    from totalplace.sim.model.metrics import METRICS

    page.goto(f"{server}/guide")
    page.locator("#metrics").wait_for()
    shown = page.locator("main").text_content()
    meanings = [row.meaning for registry in (LEVERS, PARAMETERS, METRICS) for row in registry.values()]
    assert [meaning for meaning in meanings if meaning not in shown] == []
