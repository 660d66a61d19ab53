"""The web app in a real browser: how soon a step is seen, how fast play goes, and a minute of hard use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from benchmarks.measuring import report

SHOWN = "[data-testid=shown]"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
#: Seconds of play at the fastest, with levers moving and resets.
LONG = 60.0
#: Milliseconds from a click on a button until the page shows another quarter, measured in the page.
CLICK = """async words => {
    const shown = document.querySelector('[data-testid=shown]'), before = shown.dataset.step, started = performance.now();
    [...document.querySelectorAll('button')].find(button => button.textContent.includes(words)).click();
    await new Promise(done => { const look = () => shown.dataset.step !== before ? done() : requestAnimationFrame(look); look(); });
    return performance.now() - started;
}"""

#: Press a button where there is one that may be pressed.
PRESS = """words => {
    const found = [...document.querySelectorAll('button')].find(button => button.textContent.includes(words));
    if (found && !found.disabled) found.click();
}"""


@contextmanager
def _server() -> Iterator[tuple[str, psutil.Process]]:
    """The address of a server in a process of its own, and the process."""
    command = [sys.executable, "-P", "-m", "totalplace", "browser", "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = re.search(r"http://\S+", running.stdout.readline())
        assert address
        try:
            yield address[0], psutil.Process(running.pid)
        finally:
            running.terminate()


@contextmanager
def _page(address: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(path for path in map(shutil.which, CHROMIUM) if path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(address)
        page.locator(SHOWN).wait_for(state="attached", timeout=60_000)
        yield page
        browser.close()
    if broken:
        raise RuntimeError(f"the page broke: {broken[0]}")


def _quarter(page: Any) -> int:
    return int(page.locator(SHOWN).get_attribute("data-step"))


def _reset(page: Any) -> None:
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("name => document.querySelector(name).dataset.step === '0'", arg=SHOWN)


def _choose_speed(page: Any, name: str) -> None:
    page.get_by_label("Speed").select_option(name)


def _played(page: Any, speed: str) -> float:
    """Steps a second over a whole run."""
    _reset(page)
    _choose_speed(page, speed)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("name => +document.querySelector(name).dataset.step >= 2", arg=SHOWN, polling="raf")
    started, first = time.perf_counter(), _quarter(page)
    page.wait_for_function("name => +document.querySelector(name).dataset.step >= 38", arg=SHOWN, polling="raf")
    return (38 - first) / (time.perf_counter() - started)


def steps() -> None:
    """From a click to the picture, and play at ten a second and as fast as the page draws."""
    with _server() as (address, _), _page(address) as page:
        for _ in range(3):
            page.evaluate(CLICK, "Step")
        report("step on the screen", [page.evaluate(CLICK, "Step") for _ in range(30)], "ms", 100)
        report("play at 10 a second", [_played(page, "10 a second") for _ in range(3)], "steps a second", 10)
        report("play as fast as it draws", [_played(page, "as fast as it draws") for _ in range(3)], "steps a second")


def a_minute() -> None:
    """Play at the fastest for a minute with a lever moving and resets: steps shown, and how much the server has grown."""
    with _server() as (address, process), _page(address) as page:
        _choose_speed(page, "as fast as it draws")
        begun = time.monotonic()
        resets, seen, last, settled = 0, 0, 0, 0.0
        while time.monotonic() - begun < LONG:
            if _quarter(page) >= 36:
                _reset(page)
                resets, last = resets + 1, 0
            page.evaluate(PRESS, "Play")
            slider = page.get_by_role("slider", name="cuts")
            if slider.is_enabled():
                slider.press("ArrowRight" if resets % 2 else "ArrowLeft")
            now = _quarter(page)
            seen, last = seen + max(0, now - last), now
            if not settled and time.monotonic() - begun > 0.25 * LONG:
                settled = process.memory_info().rss / 1e6
        grown = process.memory_info().rss / 1e6 - settled
        report("a minute at the fastest: growth after the first quarter of it", [grown], "MB", 20, steps=seen, resets=resets,
               memory=round(settled + grown))


def all_browser() -> None:
    """Every measurement of the web app; none where there is no Chromium."""
    if not any(map(shutil.which, CHROMIUM)):
        print("the web app is not measured: there is no Chromium", file=sys.stderr)
        return
    steps()
    a_minute()
