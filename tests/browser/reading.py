"""What tests read off the place page, and how they work it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from totalplace.sim.browser.parts.headline_cards import HEADLINE

SHOWN = "[data-testid=shown]"
#: Longest that a page may take to show something, milliseconds.
PATIENCE = 60_000
FIRST = 5 * PATIENCE


def open_place(page: Any, server: str, query: str = "") -> None:
    """Open the place page and wait until it shows a quarter; the first page of all may have to compile the rules."""
    page.goto(f"{server}/place{query}", timeout=FIRST)
    page.locator(SHOWN).wait_for(state="attached", timeout=FIRST)


def quarter(page: Any) -> int:
    """Quarters that the page shows as passed."""
    return int(page.locator(SHOWN).get_attribute("data-step"))


def wait_for_quarter(page: Any, passed: int) -> None:
    """Wait until the page shows that so many quarters have passed."""
    there = "([name, q]) => +document.querySelector(name)?.dataset.step === q"
    page.wait_for_function(there, arg=[SHOWN, passed], timeout=PATIENCE)


def step(page: Any, times: int = 1) -> None:
    """Press Step and see it shown, so many times."""
    for _ in range(times):
        before = quarter(page)
        page.get_by_role("button", name="Step").click()
        wait_for_quarter(page, before + 1)


def play_to_the_end(page: Any) -> None:
    """Play as fast as the page draws, until the run is over."""
    page.get_by_label("Speed").select_option("as fast as it draws")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => [...document.querySelectorAll('button')].some(b => b.textContent.includes('Play') && b.disabled)",
                           timeout=2 * PATIENCE)


def headline(page: Any) -> dict[str, str]:
    """The words of the headline cards by metric."""
    return {name: page.get_by_test_id(f"headline-{name}").inner_text() for name in HEADLINE}


def move(page: Any, lever: str, presses: int, key: str = "ArrowRight") -> None:
    """Move the slider of a lever with the keyboard and wait until the page shows another value."""
    slider = page.get_by_role("slider", name=lever, exact=True)
    shown = page.locator(".tp-lever", has=slider).locator(".tp-lever-value")
    slider.focus()
    for _ in range(presses):  # one at a time: the page has the last word about where a slider stands
        before = shown.inner_text()
        page.keyboard.press(key)
        expect(shown).not_to_have_text(before, timeout=PATIENCE)
    slider.evaluate("element => element.blur()")


def problem(page: Any) -> str:
    """What the page says went wrong."""
    return str(page.get_by_test_id("problem").inner_text())


def wait_for_problem(page: Any, words: str) -> str:
    """Wait until the page says something with these words, and give all of it."""
    page.get_by_test_id("problem").get_by_text(words).wait_for()
    return problem(page)
