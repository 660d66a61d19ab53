"""The keyboard gets everywhere, charts can be read as tables, and controls say what they are."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from playwright.sync_api import expect

import totalplace as tp
from tests.browser.reading import move, open_place, step, wait_for_quarter
from totalplace.sim.browser.parts.lever_controls import groups, lever_label
from totalplace.sim.browser.state.snapshot import take


def test_the_skip_link_leads_past_the_navigation_and_the_network_is_one_stop(page: Any, server: str) -> None:
    open_place(page, server)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Place", exact=True)).to_be_focused()
    network = page.get_by_test_id("network")
    expect(network.locator("[data-node][tabindex='0']")).to_have_count(1)
    network.locator("[data-node][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("data-node", re.compile("^agency:"))
    agency = page.locator(":focus").get_attribute("data-node")
    expect(network.locator("[data-node][tabindex='0']")).to_have_attribute("data-node", agency)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Zoom in")).to_be_focused()


def test_a_step_keeps_the_focus_in_the_network(page: Any, server: str) -> None:
    open_place(page, server)
    spot = page.locator("[data-node='agency:1']")
    spot.focus()
    page.evaluate("() => [...document.querySelectorAll('button')].find(button => button.textContent.includes('Step')).click()")
    page.locator("[data-testid=network][data-step='1']").wait_for()
    expect(spot).to_be_focused()
    wait_for_quarter(page, 1)


def test_tabs_of_charts_go_with_the_arrow_keys_and_wrap_on_a_phone(new_page: Any, server: str) -> None:
    page = new_page(width=420)
    open_place(page, server)
    page.get_by_role("tab", name="Over time").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("tabpanel", name="Money").wait_for()
    expect(page.get_by_role("tab", name="Money")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.get_by_role("tabpanel", name="Over time").wait_for()
    boxes = [tab.bounding_box() for tab in page.get_by_role("tab").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 420 for box in boxes)
    rows = [sorted((box["x"], box["x"] + box["width"]) for box in boxes if box["y"] == y) for y in {box["y"] for box in boxes}]
    assert all(end <= start + 0.5 for row in rows for (_, end), (start, _) in pairwise(row))


def test_a_chart_can_be_read_as_a_table_that_says_what_the_model_says(page: Any, server: str) -> None:
    open_place(page, server)
    step(page, 4)
    page.get_by_label("Show as table: Wellbeing").click()
    rows = page.get_by_role("region", name="Table: Wellbeing").locator("tr")
    expect(rows.nth(5)).to_be_visible()
    scenario = tp.load("joint-commissioning")
    values = tp.run(scenario).metrics["wellbeing"]
    assert rows.nth(0).inner_text().split("\t") == ["Quarter", "Baseline", "Wellbeing"]
    assert rows.nth(4).inner_text().split("\t")[1:] == [f"{values[3]:.3f}"] * 2
    assert rows.nth(5).inner_text().split("\t")[1:] == [f"{values[4]:.3f}", "–"], "the run has not come so far"
    page.get_by_role("tab", name="Money").click()
    page.get_by_label("Show as table: Money").click()
    flows = page.get_by_role("region", name="Table: Money").locator("tbody tr")
    flows.first.wait_for()
    assert len(flows.first.inner_text().split("\t")) == 3


def test_levers_and_figures_say_what_they_are_when_they_have_the_focus(page: Any, server: str) -> None:
    from totalplace.scenarios.registry import LEVERS

    open_place(page, server)
    step(page)
    card = page.get_by_test_id("headline-net_saving")
    hint = card.get_by_text("cost of change, of agreements")
    expect(hint).to_be_hidden()
    card.focus()
    expect(hint).to_be_visible()
    hint = page.get_by_role("tooltip").get_by_text(LEVERS["cuts"].meaning)
    expect(hint).to_be_hidden()
    page.get_by_role("slider", name="cuts", exact=True).focus()
    expect(hint).to_be_visible()


def test_only_departments_that_are_drawn_have_levers(page: Any, server: str) -> None:
    drawn = take(tp.PlaceModel("joint-commissioning", rng=1)).departments_drawn
    assert "treasury" not in drawn
    assert len(drawn) == 8
    assert "treasury" not in groups(drawn, "october-2010")
    open_place(page, server)
    page.get_by_role("button", name="Freedom by department").click()
    page.get_by_role("slider", name="freedom: health", exact=True).wait_for()
    expect(page.get_by_role("slider", name="freedom: ")).to_have_count(8)
    move(page, "freedom: health", 2)
    page.get_by_text("1 from the next quarter on.").wait_for()


def test_the_name_of_a_lever_says_what_it_is_for() -> None:
    from totalplace.scenarios.registry import LEVERS

    assert lever_label(LEVERS["encouragement"], 1, "october-2010") == "encouragement: health"
    assert lever_label(LEVERS["encouragement"], 1, "today") == "encouragement: DHSC"
    assert lever_label(LEVERS["cuts"], 0, "today") == "cuts"
