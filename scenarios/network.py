"""A partnership network of one's own: the ties between agencies at the start, from a text file with two names on each line.

A scenario holds the ties in full, so that it needs the file no more once it is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import checked
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import MOST_BYTES, Marked, marked

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
    """The ties in a file, as a scenario writes them in full. Raises InputError for a file that cannot be read."""
    import networkx as nx  # late: few scenarios have a network of their own

    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("The network file is too large", file=str(path), allowed=f"at most {MOST_BYTES:,} bytes")
        graph = nx.read_edgelist(path, data=False)
    except (OSError, UnicodeDecodeError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"the network file cannot be read ({error})", file=str(path)) from error
    return marked({"ties": sorted(sorted(pair) for pair in graph.edges)}, str(path))


def read_ties(written: Marked) -> Ties:
    """The ties that a scenario holds in full. Raises InputError for what is no pair of names."""
    fields = written.mapping("A network")
    for pair in fields["ties"].items("'ties'"):
        if len(pair.items("A tie")) != 2:
            raise pair.error(f"A tie has {len(pair.items('A tie'))} agencies", "two, such as [council, nhs]")
        for name in pair.items("A tie"):
            name.text("The agency of a tie")
    given = checked(Ties, written, "a network").ties
    return Ties(ties=tuple(sorted({(min(pair), max(pair)) for pair in given})))


def positions(ties: Ties, agencies: Sequence[str], written: Marked) -> tuple[tuple[int, int], ...]:
    """The ties as pairs of positions in ``agencies``, without those of an agency with itself.

    Raises UnknownName, at the place where the network is ``written``, for an agency that the place does not have.
    """
    where = {name: number for number, name in enumerate(agencies)}
    for name in (name for pair in ties.ties for name in pair):
        if name not in where:
            raise written.unknown("agency", name, agencies, "in the network")
    return tuple((where[one], where[other]) for one, other in ties.ties if one != other)
