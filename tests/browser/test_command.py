"""``totalplace browser`` as a process: where it listens, what it sends, how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "sim.cli", "browser", "--no-open", "--port", "0"]


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


def test_a_signal_ends_it(running: tuple[subprocess.Popen[str], int]) -> None:
    process, port = running
    assert ask(port, "/")[0] == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert process.stdout.read() == ""


def test_an_interrupt_that_it_was_told_to_ignore_does_not_stop_it() -> None:
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    options: dict = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "preexec_fn": ignore}
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
