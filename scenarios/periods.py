"""The periods that words and places belong to, each with its years of spending (``words/periods.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from totalplace.scenarios.reading import Marked, read_file


@dataclass(frozen=True, slots=True)
class Period:
    """A time with words of its own: key, label, years of spending, folder of its places, budget path that goes with it."""

    name: str
    label: str
    years: tuple[str, ...]
    places: str = ""
    cuts: str = ""


def read_periods(path: Path) -> dict[str, Period]:
    """The periods of a file by name. Raises InputError; a year belongs to one period."""
    found: dict[str, Period] = {}
    years: dict[str, str] = {}
    for name, item in read_file(path).mapping("A list of periods").items():
        fields = fields_of(item, ("label", "years"), ("places", "cuts"))
        own = tuple(year.text("A year") for year in fields["years"].items("'years'"))
        for year, given in zip(own, fields["years"].items("'years'"), strict=True):
            if year in years:
                raise given.error(f"The year {year} belongs to the period '{years[year]}'", "each year in one period")
            years[year] = name
        others = {key: fields[key].text(f"'{key}'") for key in ("places", "cuts") if key in fields}
        found[name] = Period(name, fields["label"].text("'label'"), own, **others)
    return found


def fields_of(item: Marked, needed: tuple[str, ...], others: tuple[str, ...]) -> dict[str, Marked]:
    """The fields of a row. Raises InputError for a key that is unknown or missing."""
    fields, known = item.mapping("A row"), (*needed, *(key for key in others if key not in needed))
    for key in fields:
        if key not in known:
            raise item.unknown_key("key", key, known, "in a row of the words")
    for key in needed:
        if key not in fields:
            raise item.error(f"The row lacks the key '{key}'", needed)
    return fields
