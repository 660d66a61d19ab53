"""What the model has been seen to reproduce: verdicts on published facts, and which facts stand behind which kind of answer.

The verdicts are read from the page that ``totalplace validate`` writes, so that no answer says more than that page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.results.wording import listing

VALIDATION: Final = ROOT / "docs" / "validation.md"
_TABLE: Final = re.compile(r"^## Verdicts\n\n(\|.*?)\n\n", re.MULTILINE | re.DOTALL)
#: The first of the columns that hold verdicts; the one before it says how a fact was used.
_FIRST: Final = "verdict"
#: What stands there for a fact without a verdict, which counts neither way.
LISTED_WORD: Final = "listed"
#: Verdicts in a sentence, the best first; any other stands as it is.
_SAID: Final[Mapping[str, str]] = MappingProxyType({
    "reproduced": "reproduced", "inside, not narrow": "inside a band that is too wide to tell", "partly": "reproduced in part",
    "missed": "missed",
})
#: The facts that an answer rests on, by number, for each kind of answer. Judgement: what each fact is about, in facts.yaml.
BEHIND: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType({
    "money freed": (3, 4, 5, 6), "who agrees": (8, 9, 11), "money pooled": (1, 2, 13), "outcomes": (6, 12, 14),
})


class Verdicts(NamedTuple):
    """Verdicts by number of the fact, in the columns ``heads``: at the default parameters first, then over wider draws."""

    heads: tuple[str, ...]
    of: dict[int, tuple[str, ...]]


def verdicts(path: Path = VALIDATION) -> Verdicts:
    """The verdicts on the published facts, from the page that ``totalplace validate`` writes; none where it is not installed."""
    try:
        found = _TABLE.search(path.read_text("utf-8"))
    except OSError:
        found = None
    if found is None:
        return Verdicts((_FIRST,), {})
    rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in found.group(1).splitlines()]
    head = rows[0]
    first = head.index(_FIRST)
    return Verdicts(tuple(head[first:]), {int(row[0]): tuple(row[first:]) for row in rows[2:]})


@cache
def _shipped() -> Verdicts:
    return verdicts()


def behind_words(kinds: Sequence[str] = ("money freed", "outcomes"), found: Verdicts | None = None) -> str:
    """A sentence on the verdicts of the facts that kinds of answer rest on; empty where the page is not installed."""
    known = (_shipped() if found is None else found).of
    said = [words for kind in kinds if (words := _of_a_kind(kind, known))]
    if not said:
        return ""
    return f"Of the published facts behind it (docs/validation.md), {'; '.join(said)}."


def _of_a_kind(kind: str, known: Mapping[int, tuple[str, ...]]) -> str:
    numbers = [number for number in BEHIND[kind] if known.get(number, (LISTED_WORD,))[0] != LISTED_WORD]
    counted = Counter(known[number][0] for number in numbers)
    if not counted:
        return ""
    order = [*_SAID, *(word for word in counted if word not in _SAID)]
    none = [] if counted["reproduced"] else ["none is reproduced"]
    told = [f"{counted[word]} {'is' if counted[word] == 1 else 'are'} {_SAID.get(word, word)}" for word in order if counted[word]]
    return f"on {kind} (facts {listing([str(number) for number in numbers])}) {listing([*none, *told])}"


__all__ = ["BEHIND", "LISTED_WORD", "VALIDATION", "Verdicts", "behind_words", "verdicts"]
