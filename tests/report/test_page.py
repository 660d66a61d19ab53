"""The page in a real browser: nothing leaves the machine, nothing sticks out, figures are drawn, it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.report.page_text import PATIENCE, Page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_the_page_asks_nobody_and_fits(html: Path, chrome: Any, width: int, scheme: str) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    with chrome.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(html.as_uri())
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        sizes = page.evaluate("[...document.images].map(i => [i.complete, i.naturalWidth, i.getBoundingClientRect().width])")
        colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert [address for address in asked if not address.startswith("data:")] == [html.as_uri()]
    assert wrong == []
    assert sizes
    assert all(complete and natural > 100 and shown > 100 for complete, natural, shown in sizes)
    light = [sum(int(part) for part in colour[4:-1].split(",")) for colour in colours]
    assert (light[0] < light[1]) == (scheme == "light")


def test_it_prints_on_a4(html: Path, chrome: Any, tmp_path: Path) -> None:
    with chrome.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(html.as_uri())
        page.emulate_media(media="print")
        hidden = page.evaluate("getComputedStyle(document.querySelector('nav')).display")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        printed = page.pdf(prefer_css_page_size=True)
    assert hidden == "none"
    assert paper == "rgb(255, 255, 255)"
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 59" in printed


def test_links_within_the_page_lead_somewhere(html: Path) -> None:
    page = Page(html.read_text())
    names = [value for name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(names)
