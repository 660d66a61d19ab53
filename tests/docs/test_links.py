"""Every link within the project leads to a file that is there, and to a heading that is in it. No network."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.site import reference
from docs.site.build import PAGES, on_site
from tests.docs.markdown import ROOT, Document, documents


@pytest.mark.parametrize("path", [*documents(), ROOT / "CONTRIBUTING.md"], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """In a clone, where no page of the site has been built."""
    broken = []
    for target, line in Document(path).links:
        name, _, anchor = unquote(target).partition("#")
        where = (path.parent / name).resolve() if name else path
        missing = not where.exists() or (anchor and where.suffix == ".md" and anchor not in Document(where).anchors)
        if missing:
            broken.append(f"line {line}: {target}")
    assert broken == []


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_tests_that_a_page_names_are_there(path: Path) -> None:
    """With their folder, or alone beside one that has it."""
    there = {file.relative_to(ROOT).as_posix() for file in (ROOT / "tests").rglob("test_*.py")}
    there |= {name.rpartition("/")[2] for name in there}
    named = re.findall(r"(?<![\w/])(?:tests/[\w/]*)?test_\w+\.py", path.read_text("utf-8"))
    assert [name for name in named if name not in there] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` (c)\n\n# A b c\n\n[there](other.md) ![picture](x.png) [web](https://example.org) [here](#a-b-c-1)\n")
    document = Document(page)
    assert [link.target for link in document.links] == ["other.md", "x.png", "#a-b-c-1"]
    assert document.anchors == {"a-b-c", "a-b-c-1"}


def test_the_site_has_pages_for_what_links_lead_to_in_a_clone() -> None:
    for page in ("notebooks", "reference"):
        targets = [link.target for link in Document(ROOT / "docs" / f"{page}.md").links]
        assert any(target.startswith("../") for target in targets), "a clone has no page of the site"
        mapped = on_site("".join(f"[x]({target})" for target in targets))
        assert "../" not in mapped
    assert on_site("[a](../notebooks/01-x.ipynb) [b](../agents/) [c](odd.md)") == (
        "[a](notebooks/01-x.md) [b](reference/agents.md) [c](odd.md)")
    assert set(PAGES.values()) == set(reference.pages())


def test_every_page_can_be_reached_from_the_first() -> None:
    first = ROOT / "docs" / "index.md"
    seen: set[Path] = set()
    waiting = [first]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file() or path.suffix != ".md":
            continue
        seen.add(path)
        waiting += [(path.parent / link.target.partition("#")[0]).resolve() for link in Document(path).links]
    assert {path for path in documents() if path.is_relative_to(ROOT / "docs")} <= seen
