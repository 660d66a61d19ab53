"""How readable pages are: length of sentences, share of passive ones, and school grade.

``python -m tools.readability [--at COMMIT] [FILE...]`` prints a table of the README, the tutorial and the guides, or of the files
that are named; with ``--at`` as they were in a commit. It needs textstat for the grade, which is no dependency of ours: install it
into an environment of its own (``pip install 'textstat==0.7.3' 'setuptools<80' markdown-it-py``; later versions fetch word lists
from the web). What is counted is prose: blocks of code, tables, headings, pictures and generated parts are left out, a bullet is a
paragraph, and code within a line counts as a word.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).resolve().parents[1]
#: Most words that the median sentence of a page may have.
MOST_WORDS: Final = 18
_GENERATED: Final = re.compile(r"<!-- generated: [\w-]+ -->.*?<!-- end -->", re.DOTALL)
#: Where a sentence ends: a full stop, question mark or exclamation mark, or the colon before a list or a block, and then a capital.
_END: Final = re.compile(r"(?<=[.?!])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9£`-])")
#: Points that end no sentence.
_ABBREVIATED: Final = re.compile(r"\b(e\.g|i\.e|etc|vs|cf|al|approx|Dr|St)\.")
#: The number that a step begins with.
_NUMBERED: Final = re.compile(r"^\d+\. ")
_BE: Final = r"(?:am|is|are|was|were|be|been|being|gets?|got)"
_IRREGULAR: Final = (
    "become|begun|bent|bound|bought|broken|brought|built|caught|chosen|cut|dealt|done|drawn|driven|fallen|felt|found|forgotten|given|"
    "gone|got|grown|held|hidden|kept|known|laid|led|left|lent|let|lost|made|meant|met|paid|put|read|run|said|seen|sent|set|shared|"
    "shown|shut|sold|spent|split|stood|taken|taught|told|thought|thrown|understood|won|worn|written"
)
_PASSIVE: Final = re.compile(rf"\b{_BE}\s+(?:\w+ly\s+|not\s+|never\s+|also\s+|only\s+|then\s+)?(?:\w{{2,}}ed|{_IRREGULAR})\b",
                             re.IGNORECASE)


class Readability(NamedTuple):
    """What is measured of a page: sentences, words of the median one, share of passive ones in %, Flesch-Kincaid school grade."""

    sentences: int
    words: float
    passive: float
    grade: float


def paragraphs(text: str) -> Iterator[str]:
    """The prose of a page of Markdown, paragraph by paragraph."""
    depth = 0
    tokens = MarkdownIt("commonmark").enable("table").parse(_GENERATED.sub("", text))
    for before, token in zip([None, *tokens], tokens, strict=False):
        depth += {"table_open": 1, "table_close": -1}.get(token.type, 0)
        if token.type == "inline" and not depth and before is not None and before.type != "heading_open":
            prose = _NUMBERED.sub("", " ".join(_plain(token).split()))
            if re.search(r"[A-Za-z]{2}", prose):
                yield prose


def _plain(token: Token) -> str:
    """What a paragraph says: text of links and code, no pictures."""
    shown = {"code_inline": "code", "softbreak": " ", "hardbreak": " "}
    return "".join(child.content if child.type == "text" else shown.get(child.type, "") for child in token.children or ())


def sentences(text: str) -> list[str]:
    """The sentences of a page. One that a list or a block of code completes ends with its colon."""
    found = []
    for paragraph in paragraphs(text):
        safe = _ABBREVIATED.sub(lambda match: match[0].replace(".", "\0"), paragraph)
        found += [part.replace("\0", ".").strip() for part in _END.split(safe) if re.search(r"\w", part)]
    return found


def words(sentence: str) -> int:
    """How many words a sentence has; a number is one."""
    return len(re.findall(r"[\w£%](?:[\w'’.,/%-]*[\w%])?", sentence))


def passive(sentence: str) -> bool:
    """Whether a sentence has a form of *to be* before a participle: a rule of thumb, which takes *is tired* for one too."""
    return _PASSIVE.search(sentence) is not None


def measured(text: str) -> Readability:
    """The measures of a page. Raises ImportError without textstat, ValueError for a page without a sentence."""
    own = sentences(text)
    if not own:
        raise ValueError("there is no sentence on this page")
    grade = importlib.import_module("textstat").flesch_kincaid_grade(" ".join(own))
    return Readability(len(own), float(median(map(words, own))), 100.0 * sum(map(passive, own)) / len(own), float(grade))


def pages() -> list[str]:
    """The pages that are measured when none is named: README, tutorial, guides and the pages that the list of guides leads to."""
    guides = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "how-to").glob("*.md"))
    return ["README.md", "docs/tutorial.md", "docs/scenarios.md", "docs/sweeps.md", "docs/analysis.md", "docs/browser.md", *guides]


def text_of(page: str, commit: str | None) -> str | None:
    """A page as it is, or as it was in a commit; None where it was not there."""
    if commit is None:
        return (ROOT / page).read_text("utf-8")
    shown = subprocess.run(["git", "show", f"{commit}:{page}"], cwd=ROOT, capture_output=True, text=True, check=False)
    return shown.stdout if shown.returncode == 0 else None


def main(given: Sequence[str]) -> int:
    """Print the table; 1 if a page's median sentence is too long."""
    parser = argparse.ArgumentParser(prog="python -m tools.readability", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="pages, from the root of the tree; all by default")
    parser.add_argument("--at", metavar="COMMIT", help="as they were then")
    asked = parser.parse_args(given)
    if importlib.util.find_spec("textstat") is None:
        parser.error("the grade needs textstat, which is no dependency: "
                     "pip install 'textstat==0.7.3' 'setuptools<80' markdown-it-py")
    print("| page | sentences | words in the median sentence | passive, % of sentences | grade |\n|---|---|---|---|---|")
    too_long = False
    for page in asked.files or pages():
        text = text_of(page, asked.at)
        if text is not None:
            found = measured(text)
            too_long = too_long or found.words >= MOST_WORDS
            print(f"| {page} | {found.sentences} | {found.words:g} | {found.passive:.0f} | {found.grade:.1f} |")
    return int(too_long)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
