"""Mesa's own page shows the same components."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.serving import wait_until

ROOT = Path(__file__).parents[2]
QUIET = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "SOLARA_THEME_SHOW_BANNER": "false"}
COMMAND = [
    sys.executable, "-m", "solara", "run", "tests/browser/mesa_page.py", "--no-open", "--production", "--host", "127.0.0.1",
    "--port", "0",
]


@pytest.fixture(scope="module")
def mesa_server() -> Iterator[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    running = subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | QUIET | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert running.stdout is not None
    found = None
    for line in running.stdout:
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", line)
        if found:
            break
    threading.Thread(target=running.stdout.read, daemon=True).start()
    assert found, "the server said no address"
    yield found[0]
    running.terminate()
    running.wait(20)


def answers(address: str) -> bool:
    """Whether the server answers: it says its address before it does."""
    try:
        with urlopen(address, timeout=60) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_mesa_s_page_steps_the_same_components(page: Any, mesa_server: str) -> None:
    wait_until(lambda: answers(mesa_server), "the server says its address and does not answer")
    page.goto(mesa_server)
    network = page.get_by_test_id("network")
    network.wait_for()
    expect(network).to_have_attribute("data-step", "0")
    for passed in (1, 2):
        page.get_by_role("button", name="Step", exact=True).click()
        page.wait_for_function("q => document.querySelector('[data-testid=network]')?.dataset.step === q", arg=str(passed))
    card = page.get_by_test_id("headline-wellbeing")
    card.get_by_text("0.6").first.wait_for()
    page.get_by_role("img", name=re.compile("Money from departments")).wait_for()
    cells = page.locator(".vue-grid-item:has(.tp-part)")
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert len(boxes) == 6
    for inner, box in zip(cells.locator("> div").all(), boxes, strict=True):
        shown = inner.bounding_box()
        assert shown["height"] <= box["height"] + 1, "what does not fit its cell is scrolled, and lies over no other"
        assert inner.evaluate("element => element.scrollWidth <= element.clientWidth")
    cut = "() => [...document.querySelectorAll('.tp-value')].filter(value => value.scrollWidth > value.clientWidth).length"
    wide = page.evaluate(cut)
    assert wide == 0, "figures are not cut off"
