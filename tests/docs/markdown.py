"""Markdown as a reader sees it: links, headings with their anchors, blocks of code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]


def documents() -> list[Path]:
    """Every Markdown file that a reader is meant to read."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


class Link(NamedTuple):
    """A link or a picture: where it leads, and the line it stands in."""

    target: str
    line: int


class Document:
    """A parsed file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text("utf-8")
        self.tokens = MarkdownIt("commonmark").enable("table").parse(self.text)

    @property
    def links(self) -> list[Link]:
        """Links and pictures that lead to this project, not to the web."""
        found = [link for token in self.tokens for link in _links(token)]
        return [link for link in found if not re.match(r"[a-z]+:", link.target)]

    @property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub and MyST make them."""
        made: set[str] = set()
        for before, token in zip(self.tokens, self.tokens[1:], strict=False):
            if before.type == "heading_open":
                plain = "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
                slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
                number = 0
                while (name := slug if not number else f"{slug}-{number}") in made:
                    number += 1
                made.add(name)
        return made

    def blocks(self, language: str) -> list[str]:
        """The fenced blocks of a language; an empty one stands for blocks that name none."""
        return [token.content for token in self.tokens if token.type == "fence" and token.info.strip() == language]


def _links(token: Token) -> list[Link]:
    line = token.map[0] + 1 if token.map else 0
    found = []
    for child in token.children or ():
        for attribute in ("href", "src"):
            if target := child.attrGet(attribute):
                found.append(Link(str(target), line))
    return found
