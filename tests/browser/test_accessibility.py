"""Every page in both themes: no rule of axe-core is broken."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

import totalplace as tp
from tests.browser.reading import open_place, step
from tests.browser.working import wait_for
from totalplace.sim.browser.server.settings import set_sweep_root, sweep_root

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """() => axe.run({resultTypes: ["violations"]}).then(
    found => found.violations.map(one => [one.id, one.nodes.map(node => node.html)]))"""
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
SWEEP = """
arrangements: [lsp, joint-commissioning]
places: [Kent]
settings: {quarters: 4}
levers: {clawback: {all: [0, 0.5]}}
design: grid
replicates: 2
metrics: [net_saving, pooled_share]
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a sweep that the server may open."""
    folder, before = tmp_path_factory.mktemp("sweeps"), sweep_root()
    (folder / "small.yaml").write_text(SWEEP, "utf-8")
    tp.sweep(folder / "small.yaml", folder / "small", threads=1)
    set_sweep_root(folder)
    yield "small"
    set_sweep_root(before)


def broken_rules(page: Any) -> list[Any]:
    """The rules of axe-core that the page breaks, with what breaks them."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN)
    return found


def charts_are_drawn(page: Any) -> None:
    """Wait until every chart in sight is drawn."""
    page.wait_for_function("""() => [...document.querySelectorAll('.tp-chart')].every(chart => chart.dataset.ready === 'true')""")


@THEMES
def test_the_place_page_breaks_no_rule(new_page: Any, server: str, theme: str) -> None:
    page = new_page(color_scheme=theme)
    open_place(page, server)
    charts_are_drawn(page)
    assert broken_rules(page) == []
    step(page, 6)
    page.get_by_test_id("network").get_by_role("button", name="NHS").first.press("Enter")
    page.get_by_test_id("refusal").locator(".tp-chart[data-ready=true]").wait_for()
    for title in ("Encouragement by department", "Other levers"):
        page.get_by_role("button", name=title, exact=True).click()
        assert broken_rules(page) == []
    for title in ("Who pays, who gains", "Outcomes", "Money"):
        page.get_by_role("tab", name=title).click()
        page.get_by_role("tabpanel", name=title).wait_for()
        charts_are_drawn(page)
        assert broken_rules(page) == []


@THEMES
def test_the_place_page_breaks_no_rule_on_a_phone(new_page: Any, server: str, theme: str) -> None:
    page = new_page(width=420, color_scheme=theme)
    open_place(page, server, "?scenario=single-pot")  # in which somebody gains from the start
    step(page, 10)
    page.get_by_test_id("network").get_by_role("button", name="NHS").first.press("Enter")
    card = page.get_by_test_id("node-card")
    card.locator(".tp-chart[data-ready=true]").wait_for()
    assert broken_rules(page) == []
    box = card.bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 900, "the card opens where the reader looks"
    card.get_by_role("button", name="Close").click()
    for title in ("Who pays, who gains", "Money"):
        page.get_by_role("tab", name=title).click()
        page.get_by_role("tabpanel", name=title).wait_for()
        charts_are_drawn(page)
        page.locator(".tp-tabs .tp-chart-table summary").first.click()
        page.locator(".tp-tabs .tp-chart-rows tbody tr").first.wait_for()
        assert broken_rules(page) == []


@THEMES
@pytest.mark.parametrize("width", [1400, 420])
def test_the_guide_breaks_no_rule(new_page: Any, server: str, theme: str, width: int) -> None:
    page = new_page(width=width, color_scheme=theme)
    page.goto(f"{server}/guide")
    page.locator("#parameters").wait_for()
    assert broken_rules(page) == []


@THEMES
def test_the_compare_page_breaks_no_rule(new_page: Any, server: str, theme: str) -> None:
    page = new_page(color_scheme=theme)
    page.goto(f"{server}/compare")
    page.get_by_role("button", name="Run", exact=True).wait_for()
    assert broken_rules(page) == []
    page.goto(f"{server}/compare?scenario=silo&scenario=lsp&place=Kent&runs=4&quarters=8")
    wait_for(page, "done")
    charts_are_drawn(page)
    page.get_by_label("Runs each").fill("5")
    page.get_by_label("Runs each").blur()
    page.get_by_test_id("stale").get_by_text("other settings").wait_for()
    assert broken_rules(page) == []
    page.set_viewport_size({"width": 420, "height": 900})
    assert broken_rules(page) == []


@THEMES
def test_the_england_page_breaks_no_rule(new_page: Any, server: str, theme: str) -> None:
    page = new_page(color_scheme=theme)
    page.goto(f"{server}/england")
    page.get_by_test_id("map").wait_for()
    assert broken_rules(page) == []
    page.goto(f"{server}/england?scenario=lsp&runs=1&metric=pooled_share")
    wait_for(page, "done")
    charts_are_drawn(page)
    assert broken_rules(page) == []


@THEMES
def test_the_sweep_page_breaks_no_rule(new_page: Any, server: str, sweep: str, theme: str) -> None:
    page = new_page(color_scheme=theme)
    page.goto(f"{server}/sweep")
    page.locator(".tp-heading h1").wait_for()
    assert broken_rules(page) == []
    page.goto(f"{server}/sweep?sweep={sweep}")
    page.locator(".tp-chart[data-ready=true]").first.wait_for()
    charts_are_drawn(page)
    assert broken_rules(page) == []


@THEMES
def test_the_page_for_what_is_not_there_breaks_no_rule(chrome: Any, server: str, theme: str) -> None:
    context = chrome.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto(f"{server}/nothing")
    assert broken_rules(page) == []
    context.close()
