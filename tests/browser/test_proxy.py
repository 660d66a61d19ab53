"""The web app behind a hub or a reverse proxy: below a path, with and without that path in what is passed on, under other names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.proxy import Proxy, running
from tests.browser.reading import step, wait_for_quarter
from tests.browser.serving import Socket, ask, serving
from totalplace.sim.browser.server.access import Access, access

#: As hubs show an app; the first is what Jupyter's server proxy does.
WAYS = {
    "path taken away and told": (Access(), Proxy(0, "/user/ada/proxy/8765", tell=True)),
    "path taken away": (Access(path="/totalplace"), Proxy(0, "/totalplace")),
    "path passed on": (Access(path="/apps/totalplace"), Proxy(0, "/apps/totalplace", strip=False)),
    "path passed on and told": (Access(), Proxy(0, "/jupyter/proxy/absolute/8765", strip=False, tell=True)),
    "another name": (access(hosts=["hub.example.org"], path="/totalplace"), Proxy(0, "/totalplace", host="hub.example.org")),
}


@contextmanager
def shown(way: str) -> Iterator[tuple[int, str]]:
    """The port of a proxy that shows the app in one of WAYS, and the path."""
    allowed, proxy = WAYS[way]
    with serving(allowed) as port, running(replace(proxy, port=port)) as front:
        yield front, proxy.path


@pytest.mark.parametrize("way", ["path taken away and told", "path passed on"])
def test_links_reload_websocket_and_assets_work_below_a_path(new_page: Any, way: str) -> None:
    with shown(way) as (port, path):
        page = new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
        start = f"http://127.0.0.1:{port}{path}"
        page.goto(f"{start}/place?place=Kent&seed=3")
        page.locator("[data-testid=shown]").wait_for(state="attached", timeout=60_000)
        step(page)
        for name in ("Guide", "Place"):
            link = page.get_by_role("link", name=name, exact=True)
            expect(link).to_have_attribute("href", f"{path}/{name.lower()}")
            link.click()
            page.wait_for_url(f"{start}/{name.lower()}**")
        page.go_back()
        page.wait_for_url(f"{start}/guide")
        page.locator("h1", has_text="Guide").wait_for()
        page.goto(f"{start}/place?place=Kent&seed=3")
        page.locator("h1", has_text="Kent").wait_for()
        page.reload()
        page.locator("[data-testid=shown]").wait_for(state="attached")
        step(page)
        wait_for_quarter(page, 1)
        assert [url for url in asked if not url.startswith(start) and not url.startswith(("data:", "blob:"))] == []
        assert any("/jupyter/api/kernels/" in url for url in asked)
        assert any("/_solara/cdn/" in url for url in asked)
        page.context.close()


@pytest.mark.parametrize("way", [way for way in WAYS if way != "another name"])
def test_assets_and_websocket_are_below_the_path_and_what_is_not_there_is_not_found(way: str) -> None:
    with shown(way) as (port, path):
        _, _, text = ask(port, f"{path}/guide")
        assets = [url for url in re.findall(r'(?:src|href)="([^"#]+)"', text) if not url.startswith("data:")]
        assert len(assets) > 5
        assert [url for url in assets if not url.startswith(f"{path}/") or ask(port, url)[0] != 200] == []
        with Socket(port, path=path) as mine:
            assert mine.lives()
        status, _, text = ask(port, f"{path}/nothing")
        assert status == 404
        assert f'href="{path}/guide"' in text
        assert ask(port, path)[0] == ask(port, f"{path}/")[0] == 200
        assert ask(port, f"{path}/static/../../pyproject.toml")[0] == 404


def test_a_proxy_that_gives_another_name_is_let_in_where_the_name_is_given() -> None:
    with shown("another name") as (port, path):
        assert ask(port, f"{path}/guide")[0] == 200
        with Socket(port, path=path, origin="https://hub.example.org") as mine:
            assert mine.lives()
        for origin in ("https://evil.example", "https://hub.example.org:9999", "http://127.0.0.1:1"):
            with pytest.raises(Exception, match="403"):
                Socket(port, path=path, origin=origin)
    strict = Access(path="/totalplace")
    with serving(strict) as port, running(Proxy(port, "/totalplace", host="hub.example.org")) as front:
        status, _, text = ask(front, "/totalplace/guide")
        assert status == 400
        assert "--allow-host" in text


def test_a_token_goes_through_a_proxy(new_page: Any) -> None:
    token = "sixteen-letters-and-more"
    with serving(Access(token=token)) as port, running(Proxy(port, "/hub", tell=True)) as front:
        status, headers, _ = ask(front, f"/hub/guide?token={token}")
        assert status == 303
        assert headers["location"] == "/hub/guide"
        assert "Path=/hub" in headers["set-cookie"]
        page = new_page()
        page.goto(f"http://127.0.0.1:{front}/hub/guide?token={token}")
        page.wait_for_url(f"http://127.0.0.1:{front}/hub/guide")
        page.locator("h1", has_text="Guide").wait_for()
        page.reload()
        page.locator("h1", has_text="Guide").wait_for()
        page.context.close()


def test_the_page_that_asks_for_the_token_goes_on_to_what_was_asked_for(chrome: Any) -> None:
    token = "sixteen-letters-and-more"
    with serving(Access(token=token)) as port:
        context = chrome.new_context()
        page = context.new_page()
        assert page.goto(f"http://127.0.0.1:{port}/place?place=Kent&seed=3").status == 403
        page.get_by_label("Token").fill("wrong")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("This is not the token of this server").wait_for()
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(f"http://127.0.0.1:{port}/place?place=Kent&seed=3")
        page.locator("h1", has_text="Kent").wait_for()
        context.close()
