"""Scenario files that leave and enter the page."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import expect

from tests.browser.reading import headline, move, open_place, play_to_the_end, step, wait_for_problem, wait_for_quarter
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.parts.headline_cards import HEADLINE, card
from totalplace.sim.browser.parts.upload import read_upload
from totalplace.sim.browser.server.settings import MOST_UPLOADED


def send(page: Any, content: bytes, name: str = "mine.yaml") -> None:
    page.get_by_test_id("upload").set_input_files({"name": name, "mimeType": "text/yaml", "buffer": content})


def test_a_saved_scenario_gives_the_same_numbers_on_the_command_line(page: Any, server: str, tmp_path: Path) -> None:
    open_place(page, server, "?place=Kent&seed=3")
    step(page, 3)
    move(page, "cuts", 6)
    step(page, 3)
    move(page, "reinvested share", 7, "ArrowLeft")
    play_to_the_end(page)
    shown = headline(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario").click()
    file = tmp_path / "played.yaml"
    download.value.save_as(file)
    command = [sys.executable, "-m", "totalplace", "run", str(file), "--out", str(tmp_path / "out")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=Path(__file__).parents[2])
    metrics = pd.read_parquet(tmp_path / "out" / "metrics.parquet")
    assert metrics["seed"].unique().tolist() == [3]
    last = metrics.iloc[-1]
    for name in HEADLINE:
        assert card(name, float(last[name]), None)["value"] in shown[name]
    assert "same as baseline" not in shown["funding_gap"]


def test_a_scenario_file_is_opened_and_played(page: Any, server: str) -> None:
    open_place(page, server)
    send(page, b"extends: lsp\nplace: Leeds\nquarters: 3\nname: three quarters\n")
    page.locator(".tp-heading h1", has_text="Leeds").wait_for()
    step(page, 3)
    expect(page.get_by_role("button", name="Step")).to_be_disabled()


def test_a_bad_file_gives_a_message_and_the_page_lives(page: Any, server: str) -> None:
    open_place(page, server)
    step(page, 2)
    send(page, b"place: Birmigham\narrangement: lsp\n")
    assert "mine.yaml:1:8" in wait_for_problem(page, "Did you mean 'Birmingham'?")
    send(page, b"extends: /etc/passwd.yaml\n")
    wait_for_problem(page, "may not refer to a file")
    send(page, b"\xff\xfe\x00 not text")
    wait_for_problem(page, "not text in UTF-8")
    send(page, b"#" * (MOST_UPLOADED + 1))
    wait_for_problem(page, "too large")
    wait_for_quarter(page, 2)
    step(page)
    expect(page.get_by_test_id("problem")).to_have_text("")


@pytest.mark.parametrize("data", [
    None, [], "text", {}, {"name": 3, "size": "x", "content": "aaaa"}, {"name": "a",
    "size": 3}, {"name": "a", "size": None, "content": "aaaa"},
    {"name": "a", "size": 3, "content": ["aaaa"]}, {"name": "a",
    "size": 3, "content": "a"}, {"name": "a", "size": 3, "content": "é" * 8},
    {"name": "a", "size": 10**400, "content": ""}, {"name": "a", "size": 3, "content": "A" * (2 * MOST_UPLOADED + 1)},
    {"name": "\x1b[31m/../x", "size": 3, "content": base64.b64encode(b"\x00\x01").decode()},
])
def test_an_upload_that_is_damaged_is_bad_input(data: Any) -> None:
    with pytest.raises(InputError) as refused:
        read_upload(data)
    assert "\x1b" not in str(refused.value)
