"""What a sheet gives of a place, and the cells that it is read from: numbers and texts of the column with its values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.amounts import Amount, is_nothing, read_amount, tidy
from totalplace.scenarios.own_places.grids import Book, Cell, Grid
from totalplace.scenarios.own_places.layout import Found
from totalplace.scenarios.own_places.origin import Origin
from totalplace.scenarios.own_places.rows import ROWS, TOTAL
from totalplace.scenarios.places.shapes import ACTUAL


@dataclass(frozen=True)
class GivenAmount:
    """An amount of a sheet, £m a year, with its cell and how good its author says it is.

    ``left``: it is what the template was filled with, and so no amount of the place.
    """

    amount: float
    cell: Cell
    quality: str = ACTUAL
    left: bool = False


@dataclass(frozen=True)
class Given:
    """What a sheet gives of a place. None and what is missing: not given. ``unit`` is that of the amounts as written.

    ``origin`` is what a template was made from, as far as the sheet says it. ``clues`` say which column is read where there are
    several, and which rows with a text are not known: what to know where something is missing.
    """

    book: Book
    grid: Grid
    name: str
    year: str
    unit: str
    like: str | None
    region: str | None
    people: float | None
    ages: Mapping[str, float]
    deprivation: float | str | None
    complex_families: float | None
    money: Mapping[str, GivenAmount]
    totals: Mapping[str, GivenAmount]
    cells: Mapping[str, Cell]
    notes: tuple[str, ...] = ()
    origin: Origin | None = None
    clues: tuple[str, ...] = ()


@dataclass
class Values:
    """The column of a sheet that holds the values of the place (``values``), whose numbers have the decimal mark ``mark``."""

    book: Book
    grid: Grid
    values: int = field(default=-1, init=False)
    mark: str = field(default=".", init=False)

    def has(self, found: Found) -> bool:
        """Whether a row has a value."""
        cell = found.cells.get(self.values)
        if cell is None or (cell.value is None and ROWS[found.key].kind == TOTAL):
            return False  # a total is only checked: one that was never worked out, as in a new template, says nothing
        return not (isinstance(cell.value, str) and is_nothing(cell.value))

    def amount(self, found: Found) -> tuple[Amount, Cell]:
        """The number beside a label, with its suffix. Raises InputError, at the cell."""
        cell = found.cells[self.values]
        if cell.value is None:
            told = "The cell has a formula whose result is not in the file"
            raise self.grid.error(told, cell, "the file opened and saved by a spreadsheet, or the number itself")
        if isinstance(cell.value, bool):
            raise self.grid.error(f"The cell is {'TRUE' if cell.value else 'FALSE'}", cell, "a number")
        if isinstance(cell.value, datetime | date):
            raise self.grid.error(f"The cell is a date ({cell.value:%d %B %Y})", cell, "a number; a spreadsheet took it for a date")
        if isinstance(cell.value, int | float):
            if not math.isfinite(cell.value):
                raise self.grid.error("The cell is no finite number", cell, "a number")
            return Amount(100.0 * cell.value if cell.percent else float(cell.value), percent=cell.percent), cell
        text = str(cell.value)
        if text.startswith("#"):
            raise self.grid.error(f"The cell shows an error, {text[:20]}", cell, "a number")
        try:
            return read_amount(text, self.mark), cell
        except InputError as problem:
            raise problem.at(self.grid.where(cell)) from None

    def text(self, cell: Cell | None) -> str | None:
        """The text of a cell, if it says anything."""
        if cell is None or cell.value is None:
            return None
        text = tidy(str(cell.value))
        return None if is_nothing(text) else text[:100]
