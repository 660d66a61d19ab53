"""A partnership network of one's own: the ties between agencies at the start, from a text file with two names on each line.

A scenario holds the ties in full, so that it needs the file no more once it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import checked
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import MOST_BYTES, Marked, decoded

#: What parts the names on a line of a network file, and what such a line is.
_PARTED: Final = re.compile(r"\s*[,;]\s*|\s+")
_A_LINE: Final = "two agencies on a line, parted by a blank or a comma, such as 'council nhs'"
_STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True)


class NetworkFile(BaseModel):
    """A partnership network that is read from a file."""

    model_config = _STRICT

    file: str = Field(min_length=1, max_length=200, description="Path, from the folder of the scenario file")


class Ties(BaseModel):
    """A partnership network in full: pairs of agencies that have a tie at the start, each once, in alphabetical order."""

    model_config = _STRICT

    ties: tuple[Annotated[tuple[str, str], Field(strict=False)], ...] = Field(
        strict=False, description="Pairs of agencies that have a tie at the start"
    )

    def __str__(self) -> str:
        return f"{len(self.ties)} ties of its own"


#: JSON Schema of a network that is no topology, as files give it.
NETWORK_JSON_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "object", "additionalProperties": False, "required": ["file"], "properties": {"file": {"type": "string"}}},
        {"type": "object", "additionalProperties": False, "required": ["ties"], "properties": {
            "ties": {"type": "array", "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}}}},
    ]
}


def read_network(path: Path) -> Marked:
    """The ties in a file, as a scenario writes them in full.

    A line names two agencies, parted by blanks, a comma or a semicolon; what follows a ``#`` is a comment. Raises InputError for a
    file that cannot be read, that has no tie, or that has a line of anything else.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("The network file is too large", file=str(path), allowed=f"at most {MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"The network file cannot be read: {error.strerror or error}", file=str(path)) from error
    lines = decoded(content, str(path)).splitlines()
    pairs: list[Marked] = []
    for number, line in enumerate(lines, start=1):
        names = _PARTED.split(line.partition("#")[0].strip())
        if names != [""]:
            pairs.append(_tie(names, str(path), number))
    if not pairs:
        raise InputError("The network file has no tie", file=str(path), allowed=_A_LINE)
    _by_agencies(pairs)
    return Marked({"ties": Marked(pairs, str(path))}, str(path))


def _by_agencies(pairs: Sequence[Marked]) -> dict[tuple[str, str], list[Marked]]:
    """Where each tie is given, by its agencies in alphabetical order. Raises InputError for one of an agency with itself."""
    found: dict[tuple[str, str], list[Marked]] = {}
    for pair in pairs:
        one, other = sorted(str(name.value) for name in pair.items("A tie"))
        if one == other:
            raise pair.error(f"A tie of '{one}' with itself is none", "two agencies, such as [council, nhs]")
        found.setdefault((one, other), []).append(pair)
    return found


def given_twice(written: Marked) -> tuple[str, ...]:
    """Notes on ties of a network in full that are given more than once, in whichever direction: each counts once."""
    found = _by_agencies(written.mapping("A network")["ties"].items("'ties'"))
    return tuple(
        f"the tie of '{one}' and '{other}' is given {len(pairs)} times"
        + (f" (lines {', '.join(str(pair.line) for pair in pairs)})" if pairs[0].line is not None else "") + " and counts once"
        for (one, other), pairs in found.items() if len(pairs) > 1
    )


def _tie(names: list[str], file: str, line: int) -> Marked:
    """The tie on a line of a file. Raises InputError unless the line names two agencies."""
    if len(names) != 2:
        count = "one agency" if len(names) == 1 else f"{len(names)} words"
        raise InputError(f"A line of a network file has {count}", file=file, line=line, allowed=_A_LINE)
    return Marked([Marked(name, file, line) for name in sorted(names)], file, line)


def read_ties(written: Marked) -> Ties:
    """The ties that a scenario holds in full. Raises InputError for what is no pair of two names, and where there is none."""
    fields = written.mapping("A network")
    for pair in fields["ties"].items("'ties'"):
        if len(pair.items("A tie")) != 2:
            raise pair.error(f"A tie has {len(pair.items('A tie'))} agencies", "two, such as [council, nhs]")
        for name in pair.items("A tie"):
            name.text("The agency of a tie")
    checked(Ties, written, "a network")
    if not fields["ties"].items("'ties'"):
        raise fields["ties"].error("The network has no tie", "pairs of agencies, such as [[council, nhs]]")
    return Ties(ties=tuple(sorted(_by_agencies(fields["ties"].items("'ties'")))))


def positions(ties: Ties, agencies: Sequence[str], written: Marked) -> tuple[tuple[int, int], ...]:
    """The ties as pairs of positions in ``agencies``.

    Raises UnknownName, at the place where the network ``written`` names it, for an agency that the place does not have.
    """
    where = {name: number for number, name in enumerate(agencies)}
    for pair in written.mapping("A network")["ties"].items("'ties'"):
        for name in pair.items("A tie"):
            if name.value not in where:
                raise name.unknown("agency", name.value, agencies, "in the network")
    return tuple((where[one], where[other]) for one, other in ties.ties)
