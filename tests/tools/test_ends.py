"""Ends of lines and files are mended, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.ends import main, tidy


@pytest.mark.parametrize(("before", "after"), [
    (b"a \nb\t\n", b"a\nb\n"), (b"a", b"a\n"), (b"a\n\n\n", b"a\n"), (b"a\r\nb\r\n", b"a\nb\n"), (b"  a\n\n  b\n", b"  a\n\n  b\n"),
    ("£ −1 \n".encode(), "£ −1\n".encode()), (b"", b""), (b"\n", b"\n"), (b"\x89PNG \n\n", b"\x89PNG \n\n"),
    (b"a\0 \n\n", b"a\0 \n\n"),
])
def test_ends_are_plain(before: bytes, after: bytes) -> None:
    assert tidy(before) == after
    assert tidy(after) == after


def test_files_are_named_and_mended_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_bytes(b"a\n")
    bad.write_bytes(b"a  \n\n")
    assert main([str(good), str(tmp_path / "gone.py")]) == 0
    assert main([str(good), str(bad)]) == 1
    assert (bad.read_bytes(), capsys.readouterr().out) == (b"a  \n\n", f"{bad}\n")
    assert main(["--fix", str(good), str(bad)]) == 1
    assert bad.read_bytes() == b"a\n"
    assert main(["--fix", str(good), str(bad)]) == 0
