"""Pictures of the web app for the site and the README: ``python -m tools.browser_pictures [NAME ...]``.

Each page is opened at its address in a real Chromium, and kept under ``docs/images`` once it shows all that it has. A minute.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "images"
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
#: Milliseconds until a page shows what is waited for: a comparison of four scenarios is run first.
PATIENCE: Final = 300_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A page at an address, ready when ``shown`` (a selector of CSS) is there; ``height`` pixels, or the whole page for 0."""

    address: str
    shown: str
    width: int = 1400
    height: int = 0


COMPARED: Final = "&".join(f"scenario={name}" for name in ("silo", "joint-commissioning", "mandated-pooling", "single-pot"))
BROWSER: Final = {
    "place": Picture("place?scenario=joint-commissioning&place=Birmingham&seed=1&at=24&moves=4:encouragement.health:0.75",
                     "[data-testid=shown][data-step='24']", height=1000),
    "compare": Picture(f"compare?{COMPARED}&place=Kent&runs=100&metric=pooled_share&metric=net_saving", "[data-testid=results]"),
    "england": Picture("england", "[data-testid=map]", height=1000),
}


@contextmanager
def served() -> Iterator[str]:
    """A server of the web app on loopback; gives its address."""
    from totalplace.sim.browser.server.serving import bound, new_server

    server = new_server("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": server.config.sockets}, daemon=True)  # type: ignore[attr-defined]
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{bound(server)}"
    server.should_exit = True
    thread.join()


def take(browser: Any, server: str, name: str) -> Path:
    """Write the picture of a page; gives its path."""
    picture, path = BROWSER[name], PICTURES / f"browser-{name}.png"
    page = browser.new_page(viewport={"width": picture.width, "height": picture.height or 1000}, color_scheme="light")
    page.goto(f"{server}/{picture.address}", timeout=PATIENCE)
    page.locator(picture.shown).first.wait_for(state="attached", timeout=PATIENCE)
    page.wait_for_function("() => !document.querySelector('.tp-chart:not([data-ready=true])')", timeout=PATIENCE)
    page.evaluate("() => document.fonts.ready")
    page.screenshot(path=str(path), full_page=not picture.height, animations="disabled")
    page.close()
    return path


def main(names: list[str]) -> int:
    """Take the pictures of the pages named, of all by default. Raises SystemExit for an unknown name and without Chromium."""
    from playwright.sync_api import sync_playwright

    unknown = sorted(set(names) - set(BROWSER))
    if unknown:
        raise SystemExit(f"There is no picture {', '.join(unknown)}. Allowed: {', '.join(BROWSER)}.")
    chromium = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if chromium is None:
        raise SystemExit("There is no Chromium: apt-get install chromium.")
    with served() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless", "--disable-gpu"])
        for name in names or BROWSER:
            print(take(browser, server, name).relative_to(ROOT), flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
