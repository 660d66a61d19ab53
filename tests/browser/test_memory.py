"""A storm of frames and requests, and many sessions: the server stays small, and others are served."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.reading import wait_for_quarter
from tests.browser.serving import Socket, wait_until
from tests.browser.storm import Witness, held, storm
from tests.browser.working import wait_for
from totalplace.sim.browser.server.background import DONE


@pytest.fixture(scope="module")
def apart(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """Port and process of a server of its own, so that its memory is its own; a parameter adds to its environment."""
    command = [sys.executable, "-m", "totalplace", "browser", "--no-open", "--port", "0"]
    root = Path(__file__).parents[2]
    environment = os.environ | getattr(request, "param", {})
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r":([0-9]+)/", said)
        assert found, said + process.stdout.read()
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield int(found[1]), process.pid
        process.kill()


def weathered(port: int, process: int, frames: int, requests: int) -> tuple[Witness, Witness, float]:
    """A witness before a storm and one of the storm, and by how much the server has grown after it, MB."""
    with Socket(port) as first:
        first.show("/place")
    storm(port, 80, 40, seed=1)  # what is loaded once is there
    calm = Witness(port)
    calm.watch(threading.Event(), 60)
    before = held(process)
    witness = storm(port, frames, requests, seed=2)
    grown = (held(process) - before) / 1e6
    waited = f"longest wait {witness.longest:.2f} s of {witness.served:,}, {calm.longest:.2f} s before"
    print(f"{frames:,} frames, {requests:,} requests: {grown:.0f} MB more, {waited}")
    return calm, witness, grown


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_a_storm_of_frames_and_requests_takes_no_memory_and_others_are_served(apart: tuple[int, int]) -> None:
    _, witness, grown = weathered(*apart, 200, 60)
    assert grown < 100
    assert witness.served > 3


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_a_long_storm_takes_no_memory_and_others_are_served_within_a_second(apart: tuple[int, int]) -> None:
    _, witness, grown = weathered(*apart, 20_000, 2_000)
    assert grown < 100
    assert witness.longest < 1.0


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
@pytest.mark.parametrize("apart", [{"TOTALPLACE_BROWSER_KEEP": "5"}], indirect=True)
def test_memory_comes_back_after_ten_sessions_have_closed(apart: tuple[int, int], chrome: Any) -> None:
    port, process = apart
    with Socket(port) as first:
        first.show("/place")
    before = held(process)
    address = f"http://127.0.0.1:{port}"
    pages = []
    for i in range(10):
        page = chrome.new_context().new_page()
        page.set_default_timeout(120_000)
        pages.append(page)
        page.goto(f"{address}/place?seed={i + 1}" + ("&solara-no-close-beacon=1" if i % 2 else ""))
        page.locator("[data-testid=shown]").wait_for(state="attached")
        page.get_by_role("button", name="Play").click()
    for page in pages:
        wait_for_quarter(page, 40)
    for page in pages[:4]:
        page.goto(f"{address}/compare?scenario=silo&scenario=lsp&runs=40")
        wait_for(page, DONE)
    most = held(process)
    for page in pages:
        page.context.close()
    wait_until(lambda: held(process) - before < 60e6, "memory does not come back")
    print(f"ten sessions: {before / 1e6:.0f} MB before, {most / 1e6:.0f} with them, {held(process) / 1e6:.0f} after")
