"""A page as a reader of the source sees it: its tables, its text, and every address in it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = ("meta", "link", "img", "br", "hr", "input")

#: Longest that a page may take to be there, milliseconds, on a busy machine.
PATIENCE = 120_000


class Page(HTMLParser):
    """The elements of a page. ``tables`` are rows of cells by title, ``captions`` all that stands above them, ``addresses`` what
    it refers to.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.captions: list[str] = []
        self.words: list[str] = []
        self.sections: list[str] = []
        self._open: list[str] = []
        self._caption = self._title = ""
        self._rows: list[list[str]] = []
        self._titled = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset", "poster")]
        self.sections += [value or "" for name, value in attrs if tag == "section" and name == "id"]
        if tag not in VOID:
            self._open.append(tag)
        self._titled = tag == "span" and ("class", "title") in attrs
        if tag == "table":
            self._caption, self._title, self._rows = "", "", []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} closes something else"
        self._titled = False
        if tag == "table":
            self.tables[self._title.strip()] = self._rows
            self.captions.append(" ".join(self._caption.split()))

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if "caption" in self._open:
            self._caption += data
            self._title += data if self._titled else ""
        elif self._rows and self._rows[-1] and ("td" in self._open or "th" in self._open):
            self._rows[-1][-1] += data

    @property
    def text(self) -> str:
        """All text, blanks as one."""
        return " ".join("".join(self.words).split())


def cell(text: str) -> str:
    """A cell as it was before it became HTML."""
    return " ".join(text.replace("\u2060", "").split())
