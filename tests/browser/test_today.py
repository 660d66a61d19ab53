"""The pages on the money of today as a reader sees them: bodies and departments of today, estimates and what-ifs marked."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.reading import FIRST, open_place, step
from tests.results.test_words_of_today import GONE, old_labels
from totalplace.scenarios import load
from totalplace.sim.browser.state.place_setup import place_notes, scenario_titles


def words_of(page: Any) -> list[str]:
    """Every piece of text that a page shows or tells a screen reader."""
    return list(page.evaluate("""() => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        while (walk.nextNode()) {
            if (!["SCRIPT", "STYLE"].includes(walk.currentNode.parentNode.tagName)) found.push(walk.currentNode.data);
        }
        document.querySelectorAll("[aria-label]").forEach((one) => found.push(one.getAttribute("aria-label")));
        return found.map((text) => text.trim()).filter(Boolean);
    }"""))


def test_the_place_page_says_what_bodies_are_called_today(page: Any, server: str) -> None:
    open_place(page, server, "?scenario=single-pot-today")
    step(page)
    expect(page.get_by_role("heading", name="Birmingham (estimate)")).to_be_visible()
    expect(page.get_by_test_id("notes")).to_contain_text("Birmingham filed no accounts of 2024-25")
    page.get_by_role("button", name="Freedom by department").click()
    page.get_by_role("slider", name="freedom: MHCLG", exact=True).wait_for()
    found = [text for text in words_of(page) if text not in scenario_titles().values()]  # what else may be chosen
    assert not [text for text in found if GONE.search(text)]
    assert not {text.casefold() for text in found} & (old_labels() - {"business", "home"}), "other words of the page"


def test_the_place_page_of_2010_says_what_it_said(page: Any, server: str) -> None:
    open_place(page, server, "?scenario=single-pot")
    expect(page.get_by_role("heading", name="Birmingham", exact=True)).to_be_visible()
    expect(page.get_by_test_id("notes")).to_have_text("")
    page.get_by_role("button", name="Freedom by department").click()
    page.get_by_role("slider", name="freedom: communities", exact=True).wait_for()


def test_a_comparison_says_what_is_an_estimate(page: Any, server: str) -> None:
    page.goto(f"{server}/compare?scenario=today&scenario=place-budget-pilot&place=Slough&runs=2&quarters=12", timeout=FIRST)
    page.get_by_test_id("results").wait_for(timeout=FIRST)
    told = page.get_by_test_id("results").inner_text()
    assert "Slough (estimate), 2024-10" in told
    assert "Slough filed no accounts of 2024-25" in told
    assert "What if: which places have the arrangement place-budget-pilot is not published" in told


def test_notes_of_a_page_are_those_of_the_place() -> None:
    assert place_notes(load("single-pot", place="Leeds")) == []
    assert [note[:10] for note in place_notes(load("place-budget-pilot", place="Slough"))] == ["What if: w", "Slough fil"]
