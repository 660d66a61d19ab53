"""A place of one's own as Python has it: the sheet to fill in, and what is to be known of one that is filled in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError
from totalplace.sim.results.answers import Answer

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.own_places.plausible import Compared, Finding


def place_template(
    out: str | Path, like: str | None = None, *, year: str = "2024-25", unit: str = "£m", force: bool = False
) -> Path:
    """Write a sheet to fill in for a place of one's own, with the figures of a place like it; gives its path.

    ``out`` ends in .xlsx or .csv; ``unit`` is that of the amounts: £m, £ thousand or £. Raises InputError, also where ``out`` is
    there already and ``force`` is not given.
    """
    from totalplace.scenarios.own_places.template import template
    from totalplace.sim.system.disk import write_whole

    path = path_of(out, "sheet")
    content = template(path.suffix.casefold(), year, like, unit)
    if path.exists() and not force:
        raise InputError(f"'{path}' is there already", allowed="another name, or force=True, which replaces it")
    write_whole(path, content)
    return path


def own_place(file: str | Path) -> Answer:
    """What a filled-in sheet says of a place, beside every real place of its year, and what in it is implausible.

    The table ``beside`` has a row for each line of money: label, amount (£m), mine, least, middle and most (£ a head, the last
    three of real places), quality and where it comes from. The figure draws the place beside three like it. Scenarios take the file
    as their place: ``totalplace.load("silo", place=file)``. Raises InputError for a sheet that cannot be read.
    """
    from totalplace.scenarios.own_places.book import read_book
    from totalplace.scenarios.own_places.filling import own_place_of
    from totalplace.scenarios.own_places.plausible import NOTE, compared, findings
    from totalplace.scenarios.own_places.sheet import given_in
    from totalplace.scenarios.places.quality import own_note
    from totalplace.sim.figures.own_place import beside_real

    given = given_in(read_book(path_of(file, "sheet")))
    place = own_place_of(given)
    found = findings(given, place)
    said = [f"{place.name} has {place.people:,.0f} people. Its money is of {place.year}, in {given.unit}.", f"{own_note(place)}."]
    return Answer(
        title=place.name, source=f"beside every place of {place.year}", tables={"beside": _beside(compared(place))},
        sentences=(*said, *([] if any(one.gravity != NOTE for one in found) else ["Nothing that is given is implausible."])),
        warnings=tuple(_warning(one) for one in found),
        drawings={"beside-real": partial(beside_real, place)},
    )


def _warning(one: Finding) -> str:
    """A finding in a line; what is only good to know needs no word before it."""
    from totalplace.scenarios.own_places.plausible import NOTE

    told = f"{one.about}{f' ({one.cell})' if one.cell else ''}: {one.words}"
    return told if one.gravity == NOTE else f"{one.gravity}, {told}"


def _beside(rows: list[Compared]) -> pd.DataFrame:
    import pandas as pd

    columns = ("label", "amount", "mine", "least", "middle", "most", "quality", "how")
    return pd.DataFrame([[getattr(row, column) for column in columns] for row in rows], columns=list(columns))


__all__ = ["own_place", "place_template"]
