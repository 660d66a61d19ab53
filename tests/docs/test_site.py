"""The site is made from what the registries say and its links lead somewhere; in the soak it builds without a warning."""

from __future__ import annotations

import re
import warnings
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.site import reference
from docs.site.build import CONTENTS, build, stage
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.sim.model.metrics import METRICS

#: A path of somebody's machine.
MACHINE = r"/(?:home/\w|root/|Users/\w|tmp/\w)"


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


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages from which the site is built."""
    folder = tmp_path_factory.mktemp("staged")
    stage(folder)
    return folder


def test_every_link_of_the_pages_leads_to_a_page(staged: Path) -> None:
    broken, leading = [], 0
    for path in staged.rglob("*.md"):
        text = re.sub(r"^(```+|~~~+).*?^\1|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            name = unquote(target.partition("#")[0])
            if not name or re.match(r"[a-z]+:", name):
                continue
            leading += 1
            if not (path.parent / name).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []
    assert leading > 100


def test_every_page_that_is_listed_is_made(staged: Path) -> None:
    assert [page for pages in CONTENTS.values() for page in pages if not (staged / f"{page}.md").is_file()] == []
    assert (staged / "notebooks" / "05-change-a-rule.md").is_file()


def test_no_path_of_a_machine_is_on_a_page(staged: Path) -> None:
    for path in staged.rglob("*.md"):
        assert re.findall(MACHINE, path.read_text("utf-8")) == [], path.name


@pytest.mark.soak
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


@pytest.mark.soak
def test_nothing_is_loaded_from_elsewhere(site: Path, read: dict[Path, Names]) -> None:
    outside = [f"{path.name}: {load}" for path, page in read.items() for load in page.loads if re.match(r"(https?:)?//", load)]
    assert outside == []
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text("utf-8")) == [], style.name


@pytest.mark.soak
def test_what_is_loaded_is_there(read: dict[Path, Names]) -> None:
    missing = [
        f"{path.name}: {load}" for path, page in read.items() for load in page.loads
        if not load.startswith("data:") and not (path.parent / unquote(load.partition("?")[0].partition("#")[0])).exists()
    ]
    assert missing == []


@pytest.mark.soak
def test_every_listed_page_is_built(site: Path) -> None:
    assert [page for pages in CONTENTS.values() for page in pages if not (site / f"{page}.html").is_file()] == []
    assert (site / "notebooks" / "05-change-a-rule.html").is_file()


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


def test_a_notebook_becomes_a_page_with_its_text_and_code() -> None:
    path = next((reference.ROOT / "notebooks").glob("05-*.ipynb"))
    page = reference.notebook(path)
    assert page.startswith("# 5. Change a rule")
    assert "class NobodyGoesFirst(Agency):" in page
    assert ".ipynb" not in page


@pytest.mark.soak
def test_no_path_of_a_machine_is_on_the_site(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert re.findall(MACHINE, path.read_text("utf-8")) == [], path.name
