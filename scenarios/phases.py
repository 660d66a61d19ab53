"""The phases of a run: which arrangement stands from when on, who commissions what in it, and on which budget path.

A run whose arrangement changes at no date has one phase. Commissioners of all phases are posts, told apart by name, host and mean
leadership: one that an arrangement shares with the one before goes on in its post.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from totalplace.scenarios.arrangement import Arrangement, Commissioner
from totalplace.scenarios.cuts import BudgetPaths, Cuts
from totalplace.scenarios.vocabulary import THEMES, label


@dataclass(frozen=True, slots=True)
class Change:
    """From quarter ``quarter`` of a run on another ``arrangement``, or the budget path ``cuts``; ``text`` says it in words."""

    quarter: int
    text: str
    arrangement: Arrangement | None = None
    cuts: Cuts | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A commissioner's post: its name, told apart from others, and the number of the phase in which it is made."""

    name: str
    commissioner: Commissioner
    phase: int


@dataclass(frozen=True, slots=True)
class Phase:
    """An arrangement in force from quarter ``quarter`` on; ``leads`` gives the number of the post for each theme, -1 for none."""

    quarter: int
    arrangement: Arrangement
    leads: tuple[int, ...]


def phases_of(arrangement: Arrangement, changes: Sequence[Change]) -> tuple[tuple[Post, ...], tuple[Phase, ...]]:
    """The posts and phases of a run that begins with an arrangement and changes it."""
    posts: list[Post] = []
    phases: list[Phase] = []
    wanted = [(0, arrangement), *((one.quarter, one.arrangement) for one in changes if one.arrangement is not None)]
    for number, (quarter, now) in enumerate(wanted):
        leads = [-1] * len(THEMES)
        before = set(phases[-1].leads) if phases else set()
        for commissioner in now.commissioners:
            post = next((i for i in before if i >= 0 and _goes_on(posts[i].commissioner, commissioner)), len(posts))
            if post == len(posts):
                posts.append(Post(_own_name(commissioner.name, posts), commissioner, number))
            for theme in commissioner.themes:
                leads[THEMES.index(theme)] = post
        phases.append(Phase(quarter, now, tuple(leads)))
    return tuple(posts), tuple(phases)


def _goes_on(one: Commissioner, other: Commissioner) -> bool:
    return (one.name, one.host, one.leadership) == (other.name, other.host, other.leadership)


def _own_name(name: str, posts: Sequence[Post]) -> str:
    """The name, with a number where a post of another phase has it already."""
    taken = {post.name for post in posts}
    return next(one for one in (name, *(f"{name} ({number})" for number in range(2, len(posts) + 3))) if one not in taken)


def changed_fields(before: Arrangement, now: Arrangement) -> list[str]:
    """What of an arrangement is another in the next, in words: ``decision rule unanimity to place board``."""
    told = []
    for name in Arrangement.model_fields:
        ours, theirs = getattr(before, name), getattr(now, name)
        if name not in ("name", "title", "description", "levers", "commissioners") and ours != theirs:
            told.append(f"{label(name)} {_shown(ours)} to {_shown(theirs)}")
    return told


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(label(str(one)) for one in value) or "none"
    return label(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value).lower()


def path_words(cuts: Cuts) -> str:
    """A budget path in words."""
    return cuts.title if isinstance(cuts, BudgetPaths) else "level" if cuts == "none" else cuts
