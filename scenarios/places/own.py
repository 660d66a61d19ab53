"""Places of a user's own: what stands in for the rows that a real place has in the tables.

A place of one's own has a code made from what it holds, so that the same content has the same code everywhere. Whoever asks a table
for a row of such a code gets what the place holds. It is known as long as something in the process holds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakValueDictionary

from totalplace.scenarios.errors import InputError

#: How the code of a place of one's own begins.
PREFIX: Final = "own-"
#: Length of a code after the prefix, hexadecimal digits of a SHA-256: 48 bits.
_DIGITS: Final = 12


@dataclass(frozen=True)
class Line:
    """Money of a line of the accounts: ``amount`` £m a year, and how good it is.

    ``quality`` is one of :data:`totalplace.scenarios.places.shapes.QUALITIES`, ``margin`` how far it can be off as a share of it
    (0-1), ``how`` where it comes from, in words.
    """

    amount: float
    quality: str
    margin: float
    how: str


@dataclass(frozen=True, eq=False)
class OwnPlace:
    """A place that a user describes, complete: what the user did not give is taken from places like it and marked.

    - ``people`` persons; ``ages`` persons by age band, adding up to ``people``
    - ``deprivation`` mean score of the small areas (0-100, weighted by people)
    - ``like`` code of the real place whose small areas, health and outcomes it has; ``complex_families`` such families
    - ``estimated`` what beside money is an estimate, in words
    - ``lines`` money by line of the accounts, all of them
    - ``file`` name of the file that it was read from, ``sha256`` the hash of its bytes; both empty for one that came from none
    """

    name: str
    year: str
    region: str
    people: float
    ages: Mapping[str, float]
    deprivation: float
    like: str
    complex_families: float
    lines: Mapping[str, Line]
    estimated: tuple[str, ...] = ()
    file: str = ""
    sha256: str = ""
    code: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Make the code from the content."""
        text = json.dumps(self.written(), sort_keys=True)
        object.__setattr__(self, "code", PREFIX + hashlib.sha256(text.encode()).hexdigest()[:_DIGITS])

    def written(self) -> dict[str, Any]:
        """The place as the text of a scenario gives it, under the key ``place``."""
        return {
            "name": self.name, "year": self.year, "region": self.region, "people": self.people, "ages": dict(self.ages),
            "deprivation": self.deprivation, "like": self.like, "complex_families": self.complex_families,
            "spending": {
                line: {"amount": one.amount, "quality": one.quality, "margin": one.margin, "how": one.how}
                for line, one in self.lines.items()
            },
            "estimated": list(self.estimated), "file": self.file, "sha256": self.sha256,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        content = (self.name, self.year, self.region, self.people, dict(self.ages), self.deprivation, self.like,
                   self.complex_families, dict(self.lines), self.estimated, self.file, self.sha256)
        return _restored, (content,)


def _restored(content: tuple[Any, ...]) -> OwnPlace:
    return known(OwnPlace(*content))


_KNOWN: Final[WeakValueDictionary[str, OwnPlace]] = WeakValueDictionary()


def known(place: OwnPlace) -> OwnPlace:
    """Let a place be found by its code from now on; the one of the same content that is known already, if there is one."""
    return _KNOWN.setdefault(place.code, place)


def own_place(code: str, year: str = "") -> OwnPlace | None:
    """The place of one's own with a code; None for any other code. Raises InputError for one that nothing holds any more, and for a
    ``year`` that is not its own.
    """
    if not code.startswith(PREFIX):
        return None
    found = _KNOWN.get(code)
    if found is None:
        raise InputError(f"The place '{code}' is not loaded", allowed="the file that it was read from")
    if year and year != found.year:
        raise InputError(f"{found.name} has money of {found.year}, not of {year}", allowed=f"the year {found.year}")
    return found
