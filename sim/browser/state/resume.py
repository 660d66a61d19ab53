"""How far a run has come and which levers were moved on the way, as the address of its page holds them.

``at=12&moves=3:cuts:1.5,8:encouragement.health:0.25`` says: after three quarters cuts were set to 1.5, after eight the
encouragement of health to 0.25, and twelve quarters have passed. With scenario and seed that is the whole run, to the bit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import LEVERS

if TYPE_CHECKING:
    from totalplace.sim.browser.state.address import Query

#: Technical: longest text of moves that an address holds; web servers and mail programs cut longer ones.
MOST_WRITTEN: Final = 4000
_FORM: Final = "moves such as 3:cuts:1.5,8:encouragement.health:0.25"
_MOVE: Final = re.compile(r"([0-9]{1,4}):([a-z_]{1,60})(?:\.([a-z_]{1,60}))?:(-?[0-9.e-]{1,24})")


@dataclass(frozen=True, slots=True)
class Move:
    """A lever's value ``index`` set to ``value`` from quarter ``quarter`` of the run on."""

    quarter: int
    lever: str
    index: int
    value: float

    def written(self) -> str:
        """The move as an address has it."""
        targets = LEVERS[self.lever].targets
        target = f".{targets[self.index]}" if targets else ""
        return f"{self.quarter}:{self.lever}{target}:{self.value!r}"


@dataclass(frozen=True, slots=True)
class Course:
    """``quarter`` quarters have passed; ``moves`` were made in them, or count from the quarter that opens next."""

    quarter: int = 0
    moves: tuple[Move, ...] = ()

    @classmethod
    def of(cls, query: Query) -> Course:
        """The course in an address. Raises InputError for what cannot be read."""
        at = query.get("at", ["0"])[-1].strip()
        if not (at.isascii() and at.isdigit() and len(at) <= 4):
            raise InputError(f"The quarter in the address cannot be '{at[:40]}'", allowed="at=12 for twelve that have passed")
        text = query.get("moves", [""])[-1]
        if len(text) > 2 * MOST_WRITTEN:
            raise InputError("The address has too many moves of levers", allowed=f"at most {MOST_WRITTEN:,} characters of them")
        *parts, last = text.split(",")
        parts += [last] if last.strip() else []  # a comma may end the list
        course = cls(int(at), tuple(map(_read, parts)))
        late = next((move for move in course.moves if move.quarter > course.quarter), None)
        if late is not None:
            raise InputError(f"The address moves a lever after {late.quarter} quarters, of which {course.quarter} have passed",
                             allowed=f"moves after 0 to {course.quarter} quarters")
        return course

    def query(self) -> dict[str, Any]:
        """The course as values of an address."""
        return {"at": self.quarter or None, "moves": ",".join(move.written() for move in self.moves)}

    @property
    def fits(self) -> bool:
        """Whether an address can hold it."""
        return len(str(self.query()["moves"])) <= MOST_WRITTEN

    def leads_to(self, other: Course) -> bool:
        """Whether ``other`` is this course, or goes on from it."""
        own, others = ([move for move in course.moves if move.quarter < self.quarter] for course in (self, other))
        return self.quarter <= other.quarter and own == others


def _read(text: str) -> Move:
    found = _MOVE.fullmatch(text.strip())
    if not found:
        raise InputError(f"The move '{text[:60]}' in the address cannot be read", allowed=_FORM)
    quarter, lever, target, number = found.groups()
    if lever not in LEVERS:
        raise UnknownName("lever", lever, LEVERS)
    targets = LEVERS[lever].targets
    if bool(targets) != bool(target):
        words = "needs a" if targets else "takes no"
        raise InputError(f"The lever '{lever}' in the address {words} department or theme", allowed=_FORM)
    if target and target not in targets:
        raise UnknownName(LEVERS[lever].per, target, targets)
    try:
        value = float(number)
    except ValueError:
        raise InputError(f"The move '{text[:60]}' in the address has no number", allowed=_FORM) from None
    return Move(int(quarter), lever, targets.index(target) if target else 0, value)
