"""Put the measurements of ``make bench`` into the table of ``docs/performance.md``: ``python -m benchmarks.table FILE``."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
START, END = "<!-- measured -->", "<!-- end -->"


def table(lines: list[str]) -> str:
    """A Markdown table of measurements given as JSON lines."""
    rows = ["| what | median | unit | aim | timings |", "|---|---:|---|---:|---:|"]
    for line in lines:
        one = json.loads(line)
        aim = "" if one["target"] is None else f"{one['target']:g}"
        rows.append(f"| {one['name']} | {one['value']:,.4g} | {one['unit']} | {aim} | {one['n']} |")
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors."
    return f"{where}\n\n" + "\n".join(rows)


def main(file: str) -> None:
    """Replace the table of the page."""
    lines = [line for line in Path(file).read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{START}\n\n{table(lines)}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
