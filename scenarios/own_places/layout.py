"""Where things stand in a sheet: labels wherever they are, the column of the place's own amounts; and what is refused there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest
from typing import Final

from totalplace.scenarios.errors import InputError, nearest_name
from totalplace.scenarios.own_places.amounts import read_amount, tidy
from totalplace.scenarios.own_places.grids import MOST_COLUMNS, Book, Cell, Grid, name_of
from totalplace.scenarios.own_places.rows import MONEY, ROWS, TOTAL, WORD, key_of, label_names
from totalplace.scenarios.own_places.years import year_in, years_in
from totalplace.scenarios.places.shapes import YEARS

#: Headings of columns that do not hold the amounts of the place.
_BESIDE: Final = re.compile(
    r"\bhead\b|capita|%|per ?cent|share|change|varian|note|comment|like\b|similar|compar|last year|prior|previous|how good|quality|"
    r"source|\bcode\b|\bid\b|\bref\b|what it is|\bunit\b|\bhas\b"
)
#: Rows that are not known are named up to so many.
_NAMED: Final = 6
_HEADS: Final = re.compile(
    r"what|(?:service|area|body|item|line|description|heading|category|budget)s?( area| line| head)?", re.IGNORECASE
)
_LIKE: Final = re.compile(r"(?:as in|like|same as)\s", re.IGNORECASE)
_THEIRS: Final = re.compile(r"\bhas$")
_OURS: Final = re.compile(r"\byours?\b|\bours?\b|\bmine\b")


@dataclass(frozen=True)
class Found:
    """A row with a label that is known: its key, label and the other cells of the row by column."""

    key: str
    label: Cell
    cells: Mapping[int, Cell]


def sheet_of(book: Book) -> tuple[Grid, tuple[str, ...]]:
    """The sheet with most of the rows that are known, and the names of the others. Raises InputError for none, and for several."""
    known = {grid.name: sum(len(found.cells) > 0 for found in _known_rows(grid)[0]) for grid in book.grids}
    ranked = sorted(book.grids, key=lambda grid: -known[grid.name])
    if not ranked or known[ranked[0].name] == 0:
        allowed = f"a sheet as 'totalplace places template' writes it, with rows such as {label_names()[0]}, NHS, Police"
        raise InputError("No sheet has a row that is known", file=book.file, allowed=allowed)
    first, *rest = ranked
    if rest and known[rest[0].name] > max(3, known[first.name] // 2) and tidy(first.name).casefold() != "my place":
        alike = [grid.name for grid in ranked if known[grid.name] > max(3, known[first.name] // 2)]
        mine = next((grid for grid in ranked if tidy(grid.name).casefold() == "my place"), None)
        if mine is None:
            told = f"Several sheets look like that of the place: {', '.join(alike)}"
            raise InputError(told, file=book.file, allowed="one such sheet, or the right one called 'My place'")
        first = mine
    return first, tuple(grid.name for grid in book.grids if grid is not first)


def _known_rows(grid: Grid) -> tuple[list[Found], int]:
    """Rows whose label is known, and the column of labels: that in which most of them stand."""
    keys: dict[int, set[str]] = {}
    for row in grid.rows:
        for cell in row[:8]:
            key = key_of(cell.text) if cell.text else None
            if key is not None:
                keys.setdefault(cell.column, set()).add(key)
    if not keys:
        return [], 0
    column = min(keys, key=lambda one: (-len(keys[one]), one))
    found = []
    for row in grid.rows:
        label = next((cell for cell in row if cell.column == column and cell.text), None)
        key = key_of(label.text) if label is not None else None
        if label is not None and key is not None:
            found.append(Found(key, label, {cell.column: cell for cell in row if cell.column > column}))
    return found, column


@dataclass(frozen=True)
class Layout:
    """Where things stand in a sheet."""

    grid: Grid

    @cached_property
    def _known(self) -> tuple[tuple[Found, ...], int]:
        found, column = _known_rows(self.grid)
        return tuple(found), column

    @property
    def found(self) -> tuple[Found, ...]:
        """The rows whose label is known, from the top."""
        return self._known[0]

    @cached_property
    def first_money(self) -> int:
        """The first row of money, or of a total, counted from 0; beyond the sheet where there is none."""
        return min((one.label.row for one in self.found if ROWS[one.key].kind in (MONEY, TOTAL)), default=10**9)

    @cached_property
    def headings(self) -> dict[int, str]:
        """What stands above the first row of money in each column, of rows that are not known, in small letters."""
        known = {f.label.row for f in self.found}
        heads = [[cell for cell in row if cell.row < self.first_money and cell.row not in known and _may_head(cell)]
                 for row in self.grid.rows]
        found: dict[int, list[str]] = {}
        for number, row in enumerate(heads):
            below = {cell.column for later in heads[number + 1 :] for cell in later}
            for cell, after in zip_longest(row, row[1:]):
                end = after.column if after is not None else MOST_COLUMNS
                beyond = [column for column in below if cell.column < column < end] if cell.column > self._known[1] else []
                for column in (cell.column, *beyond):  # a merged heading stands over all columns to the next one
                    found.setdefault(column, []).append(tidy(str(cell.value)).casefold())
        return {column: " ".join(texts) for column, texts in found.items()}

    def own_columns(self, found: Found) -> list[int]:
        """The columns with something in a row that may be about the place: those headed as ours, else those not about others."""
        if self._ours:
            return [column for column in self._ours if column in found.cells]
        return [column for column in sorted(found.cells) if not self._is_beside(column)]

    @cached_property
    def _ours(self) -> list[int]:
        """The columns beside the labels that are headed as those of the place itself."""
        return [column for column in sorted(self.headings) if _OURS.search(self.headings[column]) and column > self._known[1]]

    def _is_beside(self, column: int) -> bool:
        heading = self.headings.get(column, "")
        return _BESIDE.search(heading) is not None and _OURS.search(heading) is None

    def theirs(self, found: Found) -> float | None:
        """What a template of before says beside a row that the place like it has, in its unit; None where nothing says it."""
        columns = [column for column, text in self.headings.items() if _THEIRS.search(text)]
        cell = found.cells.get(columns[0]) if len(columns) == 1 else None
        if cell is None or isinstance(cell.value, bool):
            return None
        if isinstance(cell.value, int | float):
            return float(cell.value)
        try:
            return read_amount(cell.text, "." if re.search(r"\.\d+$", cell.text) else ",").value
        except InputError:
            return None

    def value_column(self, year: str) -> int:
        """The column of the place's own amounts. Raises InputError for none, and for several."""
        counted: dict[int, Cell] = {}
        rows = [f for f in self.found if ROWS[f.key].kind != WORD]
        for found in rows:
            for column, cell in found.cells.items():
                if _numeric(cell) or cell.formula:
                    counted.setdefault(column, cell)
        own = [column for column in sorted(counted) if not self._is_beside(column)]
        of_year = [column for column in own if year_in(self.headings.get(column, "")) == year]
        for chosen in (self._ours, own, of_year):
            if len(chosen) == 1:
                return chosen[0]
        if len(own) > 1:
            one, other = counted[own[0]], counted[own[1]]
            heads = " and ".join(f"'{self.headings.get(c.column, '')[:40]}' ({c.name})" for c in (one, other))
            told = f"There are several columns of amounts: {heads}"
            raise self.grid.error(told, None, f"one, or the right one headed {'' if of_year else f'{year} or '}Yours")
        if rows and any(f.cells for f in rows):
            raise self.grid.error("No column has amounts of the place", None, "a column of numbers beside the labels, headed Yours")
        return self._known[1] + 1

    def refuse_other_year(self, values: int, year: str, said: Cell) -> None:
        """Raise InputError where the heading of the column ``values``, or a title, names other years and not that of the row."""
        known = {f.label.row for f in self.found}
        titles = [(years, f"the title in {cell.name}") for row in self.grid.rows for cell in row
                  if cell.row < self.first_money and cell.row not in known and cell.column <= self._known[1]
                  and (years := set(years_in(cell.text)) & set(YEARS))]  # of other years a title may say when it was written
        heading = self.headings.get(values, "")
        for years, where in ((set(years_in(heading)), f"the heading '{heading[:60]}'"), *titles):
            if years and year not in years:
                raise self.grid.error(f"The year is {year} here, and {min(years)} by {where}", said, "the same year in both")

    def clues(self, values: int) -> tuple[str, ...]:
        """Which column is read where there are several and none is headed *Yours*; rows with a text there that are not known."""
        told = []
        numeric = {column for f in self.found for column, cell in f.cells.items() if ROWS[f.key].kind != WORD and _numeric(cell)}
        if len(numeric) > 1 and _OURS.search(self.headings.get(values, "")) is None:
            others = ", ".join(self._column(column) for column in sorted(numeric - {values}))
            told.append(f"amounts are read from column {self._column(values)}, not from {others}")
        known = {f.label.row for f in self.found}
        texts = [label for row in self.grid.rows if row and row[0].row not in known
                 and any(cell.column == values and cell.text for cell in row) and (label := self.label_of(row, values)) is not None
                 and not (label.row < self.first_money and _is_head(row, label))]
        if texts:
            told.append(f"rows that are not known: {', '.join(f"'{label.text[:40]}' ({label.name})" for label in texts[:_NAMED])}"
                        f"{f' and {len(texts) - _NAMED} more' if len(texts) > _NAMED else ''}")
        return (*told, *self._astray(values))

    def _astray(self, values: int) -> list[str]:
        """Rows about the place that have something, but not in the column that is read, and so say nothing.

        Beside a column that is headed as ours, as in the template, those with headings of their own hold something else.
        """
        told, headed = [], self.headings if _OURS.search(self.headings.get(values, "")) else {}
        for found in self.found:
            kind, own = ROWS[found.key].kind, self.own_columns(found)
            elsewhere = [found.cells[column] for column in sorted(found.cells) if found.cells[column].text and column not in headed]
            if kind not in (MONEY, TOTAL) and values not in found.cells and elsewhere and (kind != WORD or not own):
                told.append(f"'{found.label.text[:40]}' ({found.label.name}) has '{tidy(elsewhere[0].text)[:40]}' in "
                            f"{elsewhere[0].name}, but values are read from column {self._column(values)}")
        return told

    def label_of(self, row: Sequence[Cell], values: int) -> Cell | None:
        """What stands in the column of labels, else the first text before the amounts, as references and codes are."""
        texts = [cell for cell in row if cell.column < values and cell.text]
        return min(texts, key=lambda cell: cell.column != self._known[1], default=None)

    def _column(self, column: int) -> str:
        letters = name_of(0, column).rstrip("1")
        return f"{letters} '{heading[:40]}'" if (heading := self.headings.get(column, "")) else letters

    @cached_property
    def _counts(self) -> Mapping[int, int]:
        """How many rows have a number in a column."""
        return Counter(column for f in self.found for column, cell in f.cells.items() if _numeric(cell))

    def refuse_split_numbers(self) -> None:
        """Raise InputError where commas part the cells of a text table and a number has a comma too, which parts it in two."""
        if self.grid.name or self.grid.usual_mark != ".":
            return
        for found in self.found:
            cells = [found.cells[column] for column in sorted(found.cells)]
            for one, other in pairwise(cells):
                beside = self.headings.get(other.column, "")
                usual = self._counts.get(other.column, 0) > len(self.found) // 2
                if usual and not re.fullmatch(r"\d{3}(\.\d+)?\)?", other.text):
                    continue  # a column of numbers of its own: 96 is no part of -417,96 where every row has a number beside it
                if (other.column == one.column + 1 and re.fullmatch(r"£?-?\(?\d{1,3}", one.text)
                        and re.fullmatch(r"\d{1,3}(\.\d+)?\)?", other.text) and (not beside or not _is_numeric_heading(beside))):
                    told = f"'{one.text},{other.text}' may be one number that its comma parts in two"
                    raise self.grid.error(told, one, f"\"{one.text},{other.text}\" in quotes, or a number without a comma")

    def refuse_unknown(self, values: int) -> None:
        """Raise InputError for an amount beside a label that is not known, and for one without one, in the column ``values``."""
        known = {f.label.row for f in self.found}
        for row in self.grid.rows:
            if not row or row[0].row in known:
                continue
            cell = next((one for one in row if one.column == values), None)
            label = self.label_of(row, values)
            if cell is None or not _numeric(cell):
                continue
            if cell.row < self.first_money and (label is None or year_in(str(cell.value))):
                continue
            if label is None:
                raise self.grid.error(f"The amount {tidy(str(cell.value))[:40]} has no label", cell, "a label beside each amount")
            nearest = nearest_name(label.text, label_names())
            raise self.grid.error(f"The row '{label.text[:60]}' is not known", label, label_names(), nearest)


def _may_head(cell: Cell) -> bool:
    """Whether a cell may be the heading of a column: no number but a year, and no place that something is like."""
    if isinstance(cell.value, str):
        return _LIKE.match(cell.text) is None and (year_in(cell.text) is not None or not _numeric(cell))
    return isinstance(cell.value, int) and not isinstance(cell.value, bool) and 1990 <= cell.value <= 2100


def _is_head(row: Sequence[Cell], label: Cell) -> bool:
    """Whether a row above the amounts heads columns: by its label, or by several texts beside it."""
    beside = [cell for cell in row if cell.column > label.column and _may_head(cell)]
    return _HEADS.fullmatch(tidy(label.text)) is not None or len(beside) > 1 or any(
        _OURS.search(cell.text.casefold()) or year_in(cell.text) or _is_numeric_heading(cell.text.casefold()) for cell in beside)


def _numeric(cell: Cell) -> bool:
    if isinstance(cell.value, bool) or cell.value is None:
        return False
    if isinstance(cell.value, int | float):
        return True
    try:
        read_amount(cell.text, ".")
    except InputError:
        return False
    return True


def _is_numeric_heading(text: str) -> bool:
    return bool(re.search(r"\d{4}|£|head|capita|has\b|value|amount|budget|actual|%", text))
