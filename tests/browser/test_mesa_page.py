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

import pytest

ROOT = Path(__file__).parents[2]
QUIET = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "SOLARA_THEME_SHOW_BANNER": "false"}
COMMAND = [
    sys.executable, "-m", "solara", "run", "tests/browser/mesa_page.py", "--no-open", "--production", "--host", "127.0.0.1",
    "--port", "0",
]


@pytest.fixture(scope="module")
def mesa_server() -> Iterator[str]:
    running = subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | QUIET | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
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


def test_mesa_s_page_steps_the_same_components(page: Any, mesa_server: str) -> None:
    for _ in range(40):
        try:
            page.goto(mesa_server)
            break
        except Exception:  # the address is said before the server answers
            page.wait_for_timeout(500)
    network = page.get_by_test_id("network")
    network.wait_for()
    assert network.get_attribute("data-step") == "0"
    for passed in (1, 2):
        page.get_by_role("button", name="Step", exact=True).click()
        page.wait_for_function("q => document.querySelector('[data-testid=network]')?.dataset.step === q", arg=str(passed))
    card = page.get_by_test_id("headline-wellbeing")
    card.get_by_text("0.6").first.wait_for()
    page.get_by_role("img", name=re.compile("Money from departments")).wait_for()
