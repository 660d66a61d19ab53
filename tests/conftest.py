"""What all tests share: property-based tests repeat to the example, whatever the speed of the machine; one Chromium."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.chrome import ARGUMENTS, INSTALL, MISSING, chromium

settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

# Whoever starts the tests in the background lets them ignore signals, and with them every command that they start.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

#: Files that take longest by the clock, as measured, come first, so that no worker is left with one of them at the end.
LONGEST = (
    "browser/test_accessibility.py", "sweep/test_run.py", "browser/test_files.py", "browser/test_pages.py",
    "faults/test_results.py", "cli/test_processes.py", "sweep/test_dask.py", "browser/test_compare.py",
    "browser/test_sweep.py", "model/test_faces.py", "browser/test_session.py", "browser/test_command.py",
    "cli/test_printing.py", "notebooks/test_notebooks.py", "evidence/calibration/test_model.py", "scenarios/test_words_by_data.py",
    "browser/test_keyboard.py", "report/test_writing.py", "browser/test_network.py", "browser/test_typing.py",
    "system/test_processes.py", "browser/test_course.py", "browser/test_mesa_page.py", "test_public_face.py",
    "browser/test_england.py", "patterns/test_facts.py", "faults/test_killed.py", "sweep/test_faults.py",
    "agents/test_compiled.py", "docs/test_site.py", "report/test_content.py", "browser/test_playing.py",
    "cli/test_simulations.py", "agents/test_appraisal.py", "browser/test_memory.py", "figures/test_figures.py",
    "browser/test_storm.py", "fuzz/test_files.py",
)


#: Plays a run and a quarter of a Mesa model, and so compiles what nearly all tests need.
_PLAY = """
import totalplace as tp
scenario = tp.load("joint-commissioning", place="Rutland", quarters=2, clusters=1)
tp.run(scenario)
tp.PlaceModel(scenario, rng=1).step()
"""


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the rules once where several processes are to test, before these start: each would compile them for itself."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        subprocess.run([sys.executable, "-c", _PLAY], check=False, stdin=subprocess.DEVNULL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; the order within a file stays."""
    here = Path(__file__).parent
    rank = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Say in one line, after all others, what was skipped for want of Chromium, and how to get it."""
    yield
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if MISSING in str(report.longrepr)]
    if skipped:
        tests = f"{len(skipped)} test{'s' * (len(skipped) != 1)} of the web app and of reports"
        terminalreporter.write_line(f"There is no Chromium: {tests} did not run. To run them too: {INSTALL}")


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """One Chromium for all tests of a process: Playwright cannot be started twice."""
    path = chromium()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # states are waited for: a busy machine shows them later

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB of its own; skipped where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)
