"""Without Chromium the tests of the web app fail in continuous integration and are skipped, with a reason, elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chrome import chromium

ROOT = Path(__file__).resolve().parents[2]


def test_without_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium()


@pytest.mark.parametrize("several", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_what_was_skipped_is_said_in_one_line_at_the_end(tmp_path: Path, several: list[str]) -> None:
    (tmp_path / "test_pages.py").write_text(
        "import pytest\nfrom tests.chrome import chromium\n"
        "@pytest.mark.parametrize('page', range(3))\ndef test_page(page): chromium()\ndef test_other(): pass\n"
        "def test_elsewhere(): pytest.skip('not on this system')\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "tests.conftest", f"--rootdir={tmp_path}", *several, str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), "PATH": str(tmp_path)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, said, end = done.stdout.splitlines()
    assert said == (
        "There is no Chromium: 3 tests of the web app and of reports did not run. To run them too: apt-get install chromium"
    )
    assert end.startswith("1 passed, 4 skipped")
    assert done.stdout.count("did not run") == 1
