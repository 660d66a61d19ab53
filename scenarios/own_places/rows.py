"""The rows of a place's sheet: what each is called, how people call it, and which lines of the accounts it stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.quality import listed
from totalplace.scenarios.places.shapes import GEOGRAPHIES, LINES, geography_of
from totalplace.scenarios.reading import read_file

#: Kinds of rows by what may stand in them.
MONEY, TOTAL, PEOPLE, WORD, NUMBER = KINDS = ("money", "total", "people", "word", "number")


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet: its ``key``, what the template calls it, what it is, and other names for it.

    ``group`` is the group of a row of money or of a total; the total of a group has the key ``total_GROUP``.
    """

    key: str
    label: str
    kind: str
    group: str
    what: str
    also: tuple[str, ...] = ()


#: Groups of lines, in the order of the sheet, with their headings.
GROUPS: Final[Mapping[str, str]] = {
    "council": "The council", "local": "Other local bodies", "central": "Government departments in the place",
    "benefits": "Benefits and pensions",
}
#: What the council's total is called.
COUNCIL_TOTAL: Final = "total_council"
ALL_TOTAL: Final = "total_all"


def _read() -> dict[str, SheetRow]:
    found = {}
    for key, item in read_file(Path(__file__).with_name("rows.yaml")).mapping("The rows").items():
        row = item.plain()
        found[key] = SheetRow(key, row["label"], row["kind"], row.get("group", ""), row["what"], tuple(row.get("also", ())))
    return found


#: Every row by its key, in the order of the sheet.
ROWS: Final[Mapping[str, SheetRow]] = _read()
#: Age bands.
AGES: Final = ("0_to_15", "16_to_24", "25_to_64", "65_and_over")


#: A total of rows that nothing more is known of: it is checked.
_A_TOTAL: Final = re.compile(r"(?:grand |overall |sub ?)?totals?\b|subtotal|sum of\b")


#: What stands after a label and says nothing of what it is: marks of notes, years, sources of people and scores.
_REMARK: Final = re.compile(
    r"[\[(]\s*(?:notes?\s*)?(?:\d{1,2}|[a-z*†‡])\s*[\])]|[¹²³⁰⁴-⁹*†‡]+\s*$"
    r"|[\[(][^\])]*"
    r"\b(?:20\d\d|ons|mid[- ]year|imd|icb|ccg|pct|pcc|dfe|dwp|estimate|provisional|outturn)\b[^\])]*[\])]", re.IGNORECASE)


def plain_label(text: str) -> str:
    """A label without what people write one way or another: capitals, accents, marks, units in brackets, a number before it, GF."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ").replace("’", "'").replace("_", " ")
    text = re.sub(r"\((?:£|gbp|net|gross|000|m\b|'000|k\b|in )[^)]*\)", " ", text)
    text = re.sub(r"^\s*(?:\d{1,3}(?:\.\d+)*[.)]|[a-z][.)])\s+", "", text)
    text = re.sub(r"\bgf\b", "general fund", text)
    text = text.replace("'s", "s").replace("'", " ").replace("£m", " ").replace("£000", " ")
    return " ".join(re.sub(r"[^\w+ ]", " ", text).split())


@cache
def _by_label() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in ROWS.values():
        for name in (row.key, row.label, *row.also):
            found.setdefault(plain_label(name), row.key)
    return found


def key_of(label: str) -> str | None:
    """The key of the row that a label stands for; None where it stands for none."""
    bare = _REMARK.sub(" ", label)
    if bare != label and bare.strip() and (found := key_of(bare)) is not None:
        return found
    plain = plain_label(label)
    for tail in ("", " net current expenditure", " net", " total"):
        found = _by_label().get(plain.removesuffix(tail))
        if found is not None:
            return found
    return ALL_TOTAL if _A_TOTAL.match(plain) else None


def label_names() -> tuple[str, ...]:
    """What the template calls its rows."""
    return tuple(row.label for row in ROWS.values())


@kept(maxsize=8)
def _used(year: str) -> tuple[str, ...]:
    rows = [lines for (_, of), lines in tables.spending(geography_of(year)).items() if of == year]
    return tuple(line for line in LINES if any(row[line] != 0.0 for row in rows))


def lines_of(year: str) -> tuple[str, ...]:
    """Lines of the accounts in use in a year, in the order of the sheet."""
    used = _used(year)
    return tuple(key for key, row in ROWS.items() if row.kind == MONEY and key in used)


def by_group(year: str) -> dict[str, tuple[str, ...]]:
    """Lines in use in a year by group."""
    return {group: tuple(line for line in lines_of(year) if ROWS[line].group == group) for group in GROUPS}


def instead_of(line: str, given: Collection[str]) -> str:
    """What to do with the money of a line that is parted or joined in other accounts; empty for any other line.

    ``given`` are the lines with an amount.
    """
    whole, parts = "council_social_care_all", ("council_adult_social_care", "council_childrens_social_care")
    labels = listed(tuple(f"'{ROWS[part].label}'" for part in parts))
    if line in parts:
        return f"the sum of {labels} beside '{ROWS[whole].label}'"
    if line != whole:
        return ""
    return f"no amount there, beside {labels}" if set(parts) <= set(given) else (
        f"its amount split over {labels}; if you do not know the parts, leave all three empty and give the council's total")


def mean_deprivation(code: str, year: str) -> float:
    """Mean score of deprivation over the small areas of a real place, weighted by people, 0-100."""
    folder = geography_of(year)
    area, _ = records.small_areas(code, folder)
    people = np.sum([area[name] for name in records.AGES.values()], axis=0)
    return float(np.average(area[GEOGRAPHIES[folder].deprivation[year]], weights=people))


def ages_of(code: str, year: str) -> dict[str, float]:
    """Persons of a real place by age band, scaled to its population (small areas may be of another year)."""
    folder = geography_of(year)
    area, _ = records.small_areas(code, folder)
    counts = {band: float(area[name].sum()) for band, name in records.AGES.items()}
    total = sum(counts.values())
    return {band: count / total * tables.indicators(folder)[code].population for band, count in counts.items()}
