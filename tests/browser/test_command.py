"""``totalplace browser`` as a process: where it listens, what it sends, how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "totalplace", "browser", "--no-open", "--port", "0"]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.fullmatch(r"totalplace browser: http://127\.0\.0\.1:([0-9]+)/ .*\n", said)
        assert found, said + process.stdout.read()
        yield process, int(found[1])
        process.kill()


def ask(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


def test_pages_answer_and_ask_nothing_of_others(running: tuple[subprocess.Popen[str], int]) -> None:
    for page in ("/", "/place?seed=3", "/guide"):
        status, headers, text = ask(running[1], page)
        assert status == 200
        assert "default-src 'self'" in headers["content-security-policy"]
        others = re.findall(r'(?:src|href)="(?:https?:)?//([^"/]+)', text)
        assert [address for address in others if "127.0.0.1" not in address] == []


@pytest.mark.parametrize("path", [
    "/nothing", "/place/more", "/resourcez", "/static/public/../../pyproject.toml", "/static/../app.py", "/%2e%2e/pyproject.toml",
])
def test_what_is_not_a_page_is_not_found(running: tuple[subprocess.Popen[str], int], path: str) -> None:
    status, _, text = ask(running[1], path)
    assert status == 404
    assert "requires-python" not in text


def test_another_host_s_name_does_not_reach_it(running: tuple[subprocess.Popen[str], int]) -> None:
    assert ask(running[1], "/", host="evil.example")[0] == 400
    assert ask(running[1], "/", host="localhost")[0] == 200


def test_a_port_that_is_taken_is_bad_input(running: tuple[subprocess.Popen[str], int]) -> None:
    taken = subprocess.run([*COMMAND[:-1], str(running[1])], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert taken.returncode == 2
    assert "cannot be used" in taken.stderr
    assert "Traceback" not in taken.stderr


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1"])
def test_a_host_that_is_none_is_bad_input(host: str) -> None:
    tried = subprocess.run([*COMMAND, "--host", host], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "Traceback" not in tried.stderr


def start(*options: str, port: int = 0, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """The command in a process, and the address that it printed."""
    command = [*COMMAND[:-1], str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=os.environ | environment)
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.fullmatch(r"totalplace browser: (http://\S+) \(Ctrl\+C stops it\)\n", said)
    if not found:
        process.kill()
        raise AssertionError(said + process.stdout.read())
    return process, found[1]


def test_the_address_is_printed_with_path_and_token_and_hosts_are_named() -> None:
    process, address = start("--token", "--root-path", "/totalplace", "--allow-host", "hub.example.org", "--allow-frame",
                             "https://frame.example.org")
    with process:
        try:
            found = re.fullmatch(r"http://127\.0\.0\.1:([0-9]+)/totalplace/\?token=([\w-]{32,})", address)
            assert found, address
            port = int(found[1])
            assert ask(port, "/totalplace/guide")[0] == 403
            assert ask(port, f"/totalplace/guide?token={found[2]}")[0] == 303
            assert ask(port, "/totalplace/guide", host="hub.example.org")[0] == 403
            assert ask(port, "/totalplace/guide", host="evil.example")[0] == 400
            assert "https://frame.example.org" in ask(port, "/totalplace/guide")[1]["content-security-policy"]
        finally:
            process.kill()


@pytest.mark.parametrize("options", [
    ["--allow-host", "http://hub"], ["--root-path", "/a b"], ["--allow-frame", "hub.example.org"],
])
def test_a_name_that_is_none_is_bad_input(options: list[str]) -> None:
    tried = subprocess.run([*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2
    assert "cannot be" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_page_says_in_one_message_that_its_server_has_gone_and_was_restarted(chrome: Any) -> None:
    process, address = start()
    context = chrome.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}guide")
    page.locator("h1", has_text="Guide").wait_for()
    process.kill()
    process.communicate()
    gone = page.get_by_test_id("gone")
    gone.get_by_text("The server does not answer.").wait_for()
    process, _ = start(port=int(address.rsplit(":", 1)[1].strip("/")))
    with process:
        try:
            gone.get_by_text("The server was restarted: reload the page to go on.").wait_for()
            page.wait_for_load_state("networkidle")
            shown = page.locator(".v-overlay--active, .v-dialog--active, .v-alert, [data-testid=gone]").all()
            assert [one.get_attribute("data-testid") for one in shown if one.is_visible()] == ["gone"]
            page.get_by_role("button", name="Reload").click()
            gone.wait_for(state="detached")
            page.locator("h1", has_text="Guide").wait_for()
        finally:
            process.kill()
    context.close()


def test_a_signal_ends_it(running: tuple[subprocess.Popen[str], int]) -> None:
    process, port = running
    assert ask(port, "/")[0] == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 0
    assert process.stdout is not None
    assert process.stdout.read() == ""


def test_an_interrupt_that_it_was_told_to_ignore_does_not_stop_it() -> None:
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "preexec_fn": ignore}
    with subprocess.Popen(COMMAND, cwd=ROOT, **options) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":([0-9]+)/", process.stdout.readline())
            assert found
            assert ask(int(found[1]), "/")[0] == 200
            process.send_signal(signal.SIGINT)
            assert ask(int(found[1]), "/guide")[0] == 200
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
