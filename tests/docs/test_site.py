"""The site builds without a warning, from what the registries say, and asks the web for nothing."""

from __future__ import annotations

import re
import warnings
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.site import reference
from docs.site.build import CONTENTS, build
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.sim.model.metrics import METRICS


class Names(HTMLParser):
    """The identifiers of a page, where it leads, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loads += [given["src"]] if "src" in given else []
        self.loads += [given["href"]] if tag == "link" and "href" in given else []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; Sphinx takes every warning for an error."""
    out = tmp_path_factory.mktemp("site")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # between Sphinx and its extensions
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        assert build(out) == 0
    return out


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Names]:
    return {path: Names(path.read_text("utf-8")) for path in site.rglob("*.html")}


def test_every_link_of_the_site_leads_somewhere(read: dict[Path, Names]) -> None:
    broken = []
    for path, page in read.items():
        for link in page.links:
            name, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:", link) or (not name and not anchor):
                continue
            where = (path.parent / name).resolve() if name else path
            if not where.exists() or (anchor and where in read and anchor not in read[where].names):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(site: Path, read: dict[Path, Names]) -> None:
    outside = [f"{path.name}: {load}" for path, page in read.items() for load in page.loads if re.match(r"(https?:)?//", load)]
    assert outside == []
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text("utf-8")) == [], style.name


def test_what_is_loaded_is_there(read: dict[Path, Names]) -> None:
    missing = [
        f"{path.name}: {load}" for path, page in read.items() for load in page.loads
        if not load.startswith("data:") and not (path.parent / unquote(load.partition("?")[0].partition("#")[0])).exists()
    ]
    assert missing == []


def test_every_listed_page_is_built(site: Path) -> None:
    assert [page for pages in CONTENTS.values() for page in pages if not (site / f"{page}.html").is_file()] == []


def test_reference_pages_name_everything_that_is_declared() -> None:
    for text, names in ((reference.levers(), LEVERS), (reference.parameters(), PARAMETERS), (reference.metrics(), METRICS)):
        assert [name for name in names if f"`{name}`" not in text] == []


def test_the_page_of_commands_has_every_command_and_its_help() -> None:
    text = reference.commands()
    names = list(reference.leaves())
    assert {"totalplace run", "totalplace report", "totalplace sweep run", "totalplace analyse discover"} <= set(names)
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [part.partition("\n")[0] for part in parts] == names
    assert all(f"Usage: {name}" in part and "--help" in part for name, part in zip(names, parts, strict=True))


def test_a_notebook_becomes_a_page_with_its_text_and_code(site: Path) -> None:
    path = next((reference.ROOT / "notebooks").glob("05-*.ipynb"))
    page = reference.notebook(path)
    assert page.startswith("# 5. Change a rule")
    assert "class NobodyGoesFirst(Agency):" in page
    assert ".ipynb" not in page
    assert (site / "notebooks" / "05-change-a-rule.html").is_file()


def test_no_path_of_a_machine_is_on_the_site(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert re.findall(r"/(?:home/\w|root/|Users/\w|tmp/\w)", path.read_text("utf-8")) == [], path.name
