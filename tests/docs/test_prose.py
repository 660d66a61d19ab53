"""Prose quotes no number that follows from rules or defaults: such numbers stand between the markers that ``make renew`` fills."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import documentation

ROOT = Path(__file__).resolve().parents[2]
#: Pages that are written whole, pages about the world, the machine or the tests, whose numbers do not follow from the model, and
#: pages of a date, which hold one version against another.
APART = {
    "what-survives.md",
    "validation.md", "ablations.md", "trade-off.md", "levers.md", "calibration.md", "structure.md", "licences.md", "data.md",
    "panel.md", "performance.md", "reliability.md", "review.md", "then-and-now.md",
}
#: What results look like: sums of money, counts of verdicts, values to three decimals, shares of runs.
RESULT = re.compile(
    r"£\d+(?:[.,]\d+)*\s?(?:m|bn|million)?\b|\b\d+ of (?:the )?(?:12|twelve)\b|\breproduced? (?:\d+|[a-z]+ of)\b"
    r"|\breproduces (?:\d+|[a-z]+ of)\b"
    r"|\b(?:four|five|six|seven|eight|nine|ten|eleven) (?:of (?:the )?twelve|hold)\b"
    r"|\b0\.\d{3}\b|\b\d+% of (?:the )?(?:runs|seeds)\b"
)
#: Numbers that are no results, by page, each with what it is.
NO_RESULTS = {
    "analysis.md": {"90% of the runs": "the band", "£0.83m": "how a table is read", "£0.5m": "a precision that is asked for"},
    "browser.md": {"90% of the runs": "a rule of colours"},
    "gallery.md": {"£170m": "what a made-up council spends"},
    "scenarios.md": {"0.034": "two ways to write a share"} | dict.fromkeys(("£8,965m", "£115m", "£2.4bn"), "published sums"),
    "tutorial.md": {"90% of the runs": "width of the band", "£0.5m": "a precision that is asked for"},
    "place.md": dict.fromkeys(("£461", "£1,171", "£1,202", "£3,085", "£144", "£352", "£662", "£1,243", "£3"), "data of 2010-11"),
    "odd.md": {"90% of the runs": "width of the band"},
}


def pages() -> Iterator[tuple[str, str]]:
    """Name and prose of every page of Markdown and of the Markdown of every notebook, without code and generated parts."""
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        if path.name not in APART:
            yield path.name, documentation.prose(path.read_text("utf-8"))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        yield path.name, "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def results(text: str) -> list[str]:
    """What looks like a result in prose; code, in line and in blocks, is none."""
    plain = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return [match[0].strip() for match in RESULT.finditer(" ".join(plain.split()))]


@pytest.mark.parametrize(("name", "text"), list(pages()), ids=[name for name, _ in pages()])
def test_prose_quotes_no_result(name: str, text: str) -> None:
    assert [found for found in results(text) if found not in NO_RESULTS.get(name, {})] == []


def test_results_are_known_by_their_looks() -> None:
    assert results("It saves £22.4m a year in 68% of runs.") == ["£22.4m", "68% of runs"]
    assert results("wellbeing falls from 0.625; 10 of 12 facts; reproduces ten of them; only five hold") == [
        "0.625", "10 of 12", "reproduces ten of", "five hold",
    ]
    assert results("`£5m` and ```\n£6m\n``` say nothing; 2010-11, 40 quarters, 100 runs, 0.5") == []


def test_what_is_quoted_is_generated() -> None:
    pages = {"odd.md", "README.md", "tutorial.md", "then-and-now.md", "questions-of-today.md", "gallery.md"}
    assert {path.name for path in documentation.DOCUMENTS} == pages
    for path, tables in documentation.DOCUMENTS.items():
        text = path.read_text("utf-8")
        assert all(f"<!-- generated: {name} -->" in text for name in tables)
