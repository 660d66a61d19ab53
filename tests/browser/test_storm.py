"""Random clicks, keys and words over all pages, in two sessions at once: nothing breaks, in the browser or on the server."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import LOCAL, told
from tests.browser.working import PATIENCE, wait_until_idle
from totalplace.sim.browser.server.settings import PAGES, set_sweep_root, sweep_root

SWEEP = """
title: Storm
arrangements: [lsp, joint-commissioning]
places: [Kent]
settings: {quarters: 8}
levers: {reinvested_share: [0, 0.5, 1]}
design: grid
replicates: 2
metrics: [net_saving, wellbeing]
every: quarter
"""
#: What is typed into fields: numbers and names that can be used, and some that cannot.
WORDS = ("", "1", "2", "3", "0.5", "-1", "many", "Leeds", "trust", "levers.reinvested_share=0.5", "levers.nonsense=1",
         "arrangement=lsp", "<b>x</b>", "9" * 40, "$x$", "é ü ß")
#: What may be pressed, and the fields that may be filled; what leads out of the page or opens a dialogue of the system is left out.
PRESSED = ("main button:visible:enabled, header button:visible, nav a:visible, summary:visible, [role=option]:visible, "
           "[role=tab]:visible, main [role=button]:visible, main .v-select__slot:visible, main .tp-chart:visible, "
           "main canvas:visible")
TYPED = "main input[type=text]:visible:enabled, main input:not([type]):visible:enabled"
#: What may be done, and how often in a hundred times.
ACTIONS = {"press": 60, "type": 16, "key": 8, "scroll": 6, "address": 4, "back": 3, "size": 2, "theme": 1}
#: What the libraries of widgets say of a press in the very instant in which the server takes the part away, and of the network of a
#: page that is left before it has come. Nothing comes of either; that the network comes, other tests hold.
TOO_LATE = ("Syncing error: no comm channel defined", "[anywidget] Failed to initialize model.")


def astray(address: str) -> bool:
    """Whether an address is neither of this server nor of the page itself."""
    parts = urlsplit(address)
    return parts.scheme not in ("data", "blob") and parts.hostname not in LOCAL


@pytest.fixture(scope="module", autouse=True)
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with one sweep for the server."""
    import totalplace as tp

    folder, before = tmp_path_factory.mktemp("sweeps"), sweep_root()
    (folder / "storm.yaml").write_text(SWEEP, "utf-8")
    tp.sweep(folder / "storm.yaml", folder / "storm", threads=1)
    set_sweep_root(folder)
    yield folder
    set_sweep_root(before)


class Reader:
    """Somebody who presses and types at random; the same ``seed`` gives the same choices among what is there."""

    def __init__(self, page: Any, server: str, seed: int) -> None:
        self.page, self.server, self.random, self.done, self.wrong = page, server, random.Random(seed), list[str](), list[str]()
        page.on("console", lambda said: self.wrong.append(said.text) if told(said) and not said.text.startswith(TOO_LATE) else None)
        page.on("request", lambda asked: self.wrong.append(f"asked for {asked.url}") if astray(asked.url) else None)
        page.on("pageerror", lambda error: None if str(error).startswith(TOO_LATE) else self.wrong.append(str(error)))
        self.open(self.random.choice(list(PAGES)))

    def open(self, name: str) -> None:
        """Go to a page by its address, as after a reload."""
        self.page.goto(f"{self.server}/{name}{'?sweep=storm' if name == 'sweep' and self.random.random() < 0.7 else ''}")
        self.page.locator(".tp-heading h1").wait_for(timeout=PATIENCE)

    def act(self) -> None:
        """Do one thing, and see that the page is still one."""
        what = self.random.choices(list(ACTIONS), list(ACTIONS.values()))[0]
        self.done = [*self.done[-9:], f"{what} at {self.page.url}"]
        getattr(self, f"_{what}")()
        self.page.locator("nav a[aria-current=page]").first.wait_for(state="attached", timeout=PATIENCE)
        self.page.locator(".tp-heading h1").first.wait_for(state="attached", timeout=PATIENCE)

    def _some(self, selector: str) -> Any:
        found = self.page.query_selector_all(selector)
        return self.random.choice(found) if found else None

    def _press(self) -> None:
        # what is gone, covered or off the screen by the time of the click is passed over, as a hand that comes too late
        script = """(element, [x, y]) => { element.scrollIntoView({block: 'center'}); const box = element.getBoundingClientRect();
            const name = (element.textContent || element.ariaLabel || '').trim().slice(0, 40);
            return [box.x + x * box.width, box.y + y * box.height, name]; }"""
        element = self._some(PRESSED)
        if element is not None and element.evaluate("element => element.isConnected"):
            x, y, name = element.evaluate(script, [self.random.uniform(0.2, 0.8), self.random.uniform(0.2, 0.8)])
            self.done.append(f"  {name}")
            self.page.mouse.click(x, y)

    def _type(self) -> None:
        element = self._some(TYPED)
        if element is not None:
            element.evaluate("element => element.focus()")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(self.random.choice(WORDS))
            self.page.keyboard.press(self.random.choice(("Enter", "Tab", "Escape")))

    def _key(self) -> None:
        for _ in range(self.random.randint(1, 5)):
            self.page.keyboard.press(self.random.choice(("Tab", "Tab", "Enter", "Space", "ArrowRight", "ArrowDown", "Escape")))

    def _scroll(self) -> None:
        self.page.mouse.wheel(0, self.random.choice((-900, 400, 900)))

    def _address(self) -> None:
        self.open(self.random.choice(list(PAGES)))

    def _back(self) -> None:
        self.page.evaluate("() => window.history.length > 2 && window.history.back()")
        self.page.wait_for_load_state()
        if not self.page.url.startswith(self.server):
            self.open("place")

    def _size(self) -> None:
        self.page.set_viewport_size({"width": self.random.choice((420, 800, 1400)), "height": 900})

    def _theme(self) -> None:
        self.page.emulate_media(color_scheme=self.random.choice(("light", "dark")))


def storm(chrome: Any, server: str, caplog: pytest.LogCaptureFixture, actions: int) -> None:
    """Let two readers who do not know each other do so many things in turn; console and log must stay clean."""
    contexts = [chrome.new_context(viewport={"width": 1400, "height": 900}) for _ in range(2)]
    readers = [Reader(context.new_page(), server, seed) for seed, context in enumerate(contexts, start=1)]
    with caplog.at_level(logging.WARNING):
        for number in range(actions):
            reader = readers[number % 2]
            reader.act()
            wrong = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
            wrong += reader.page.locator("[data-failed=true]").all_inner_texts() + reader.wrong
            assert not wrong, f"after {number} actions: {wrong[0][:500]}\n" + "\n".join(reader.done)
    for reader in readers:
        reader.page.goto("about:blank")
    wait_until_idle(readers[0].page)
    for context in contexts:
        context.close()


def test_sixty_random_actions_break_nothing(chrome: Any, server: str, caplog: pytest.LogCaptureFixture) -> None:
    storm(chrome, server, caplog, 60)


@pytest.mark.soak
def test_two_thousand_random_actions_break_nothing(chrome: Any, server: str, caplog: pytest.LogCaptureFixture) -> None:
    storm(chrome, server, caplog, 2000)
