"""Codes and names of another time: which place here they belong to, or became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.rows import read_rows
from totalplace.scenarios.places.shapes import GEOGRAPHIES


@dataclass(frozen=True)
class FormerCode:
    """A code or name that no place here has: the codes of the place it belongs to, or of those that it became, and a sentence."""

    codes: tuple[str, ...]
    words: str

    @property
    def code(self) -> str:
        """The place that it belongs to, the first of several."""
        return self.codes[0]


@kept(maxsize=len(GEOGRAPHIES))
def former_codes(folder: str = "") -> Mapping[str, FormerCode]:
    """Codes and names of councils before and after the boundaries of a folder, as they are written. Raises InputError."""
    found: dict[str, FormerCode] = {}
    here = tables.indicators(folder)
    for row in read_rows(tables.HERE / folder / "codes.csv", ("former", "code", "words")):
        former, codes = row.word("former"), tuple(row.word("code").split())
        if not codes:
            raise row.error(f"'{former}' leads to no place", "one code, or several parted by blanks")
        if former in found or former in here:
            raise row.error(f"There are two rows of the code '{former}'", "each code once, and none of indicators.csv")
        if all(code in here for code in codes):  # a table of own places may lack some
            found[former] = FormerCode(codes, row.cells["words"])
    return MappingProxyType(found)
