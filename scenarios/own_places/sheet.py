"""From a grid of cells to what a user gives of a place: labels are found wherever they stand, numbers read, totals checked.

Nothing with an amount is passed over: a row that is not known, a number that is none and a total that does not add up are refused,
with sheet and cell. Other columns, other sheets and text without amounts do not count.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from totalplace.scenarios.errors import InputError, nearest_name
from totalplace.scenarios.own_places.amounts import UNITS, Amount, decimal_mark, is_nothing, read_amount, tidy, unit_of
from totalplace.scenarios.own_places.grids import Book, Cell, Grid
from totalplace.scenarios.own_places.rows import AGES, ALL_TOTAL, MONEY, PEOPLE, ROWS, TOTAL, WORD, key_of, label_names
from totalplace.scenarios.places.quality import ACTUAL, QUALITIES
from totalplace.scenarios.places.shapes import YEARS

#: A total may differ from its sum by this share of it, or by what rounding each row gives: people round.
TOLERANCE: Final = 0.005
#: Headings of columns that do not hold the amounts of the place.
_BESIDE: Final = re.compile(
    r"\bhead\b|capita|%|per ?cent|share|change|varian|note|comment|like\b|similar|compar|last year|prior|previous|how good|quality|"
    r"source|\bcode\b|\bid\b|\bref\b|what it is|\bunit\b|\bhas\b"
)
_OURS: Final = re.compile(r"\byours?\b|\bours?\b|\bmine\b")
_QUALITY: Final = re.compile(r"how good|quality")


@dataclass(frozen=True)
class GivenAmount:
    """An amount of a sheet, £m a year, with its cell and how good its author says it is."""

    amount: float
    cell: Cell
    quality: str = ACTUAL


@dataclass(frozen=True)
class Given:
    """What a sheet gives of a place. None and what is missing: not given. ``unit`` is that of the amounts as written."""

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


@dataclass(frozen=True)
class _Found:
    """A row with a label that is known: its key, label and the other cells of the row by column."""

    key: str
    label: Cell
    cells: Mapping[int, Cell]


def given_in(book: Book) -> Given:
    """What a file gives of a place, from that of its sheets that holds it. Raises InputError, at sheet and cell."""
    grid, others = _sheet(book)
    return _Reader(book, grid).given(others)


def _sheet(book: Book) -> tuple[Grid, tuple[str, ...]]:
    """The sheet with most of the rows that are known, and the names of the others. Raises InputError for none, and for several."""
    known = {grid.name: sum(len(found.cells) > 0 for found in _known_rows(grid)[0]) for grid in book.grids}
    ranked = sorted(book.grids, key=lambda grid: -known[grid.name])
    if not ranked or known[ranked[0].name] == 0:
        allowed = f"a sheet as 'totalplace places template' writes it, with rows such as {', '.join(label_names()[:1])}, NHS, Police"
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


def _known_rows(grid: Grid) -> tuple[list[_Found], int]:
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
            found.append(_Found(key, label, {cell.column: cell for cell in row if cell.column > column}))
    return found, column


@dataclass
class _Reader:
    """Reads a sheet."""

    book: Book
    grid: Grid
    notes: list[str] = field(default_factory=list)

    def given(self, others: Sequence[str]) -> Given:
        self.found, self.labels = _known_rows(self.grid)
        self.first_money = min((f.label.row for f in self.found if ROWS[f.key].kind in (MONEY, TOTAL)), default=10**9)
        self.headings = self._headings()
        self._refuse_split_numbers()
        words = {f.key: cell for f in self.found if ROWS[f.key].kind == WORD and (cell := self._word_cell(f)) is not None}
        year = self._year(words.get("year"))
        self.values = self._value_column(year)
        self.unit = self._unit(words.get("unit"))
        self.mark = self._mark()
        self._refuse_unknown()
        rows = self._once()
        money = {key: self._money(f) for key, f in rows.items() if ROWS[key].kind == MONEY and self._has(f)}
        totals = self._totals(money)
        people = {key: self._people(f) for key, f in rows.items() if ROWS[key].kind == PEOPLE and self._has(f)}
        ages, whole = self._ages(people)
        if others:
            self.notes.append(f"other sheets are not read: {', '.join(others)}")
        return Given(
            self.book, self.grid, self._text(words.get("name")) or self._plain_name(), year, self.unit,
            self._like(words.get("like")), self._text(words.get("region")), whole, ages, self._deprivation(rows.get("deprivation")),
            self._families(rows.get("complex_families")), money, totals,
            {f.key: f.cells.get(self.values, f.label) for f in self.found}, tuple(self.notes),
        )

    def _plain_name(self) -> str:
        return re.sub(r"[-_]+", " ", self.book.file.rpartition(".")[0]).strip() or "My place"

    # Where things stand

    def _headings(self) -> dict[int, str]:
        """What stands above the first row of money in each column, of rows that are not known, in small letters."""
        known = {f.label.row for f in self.found}
        found: dict[int, list[str]] = {}
        for row in self.grid.rows:
            for cell in row:
                if cell.row < self.first_money and cell.row not in known and isinstance(cell.value, str | int):
                    found.setdefault(cell.column, []).append(tidy(str(cell.value)).casefold())
        return {column: " ".join(texts) for column, texts in found.items()}

    def _word_cell(self, found: _Found) -> Cell | None:
        return found.cells[min(found.cells)] if found.cells else None

    def _numeric(self, cell: Cell) -> bool:
        if isinstance(cell.value, bool) or cell.value is None:
            return False
        if isinstance(cell.value, int | float):
            return True
        try:
            read_amount(cell.text, ".")
        except InputError:
            return False
        return True

    def _value_column(self, year: str) -> int:
        """The column of the place's own amounts. Raises InputError for none, and for several."""
        counted: dict[int, Cell] = {}
        rows = [f for f in self.found if ROWS[f.key].kind != WORD]
        for found in rows:
            for column, cell in found.cells.items():
                if self._numeric(cell) or cell.formula:
                    counted.setdefault(column, cell)
        own = [column for column in sorted(counted) if not _BESIDE.search(self.headings.get(column, ""))]
        ours = [column for column in sorted(self.headings) if _OURS.search(self.headings[column]) and column > self.labels]
        of_year = [column for column in own if _year_in(self.headings.get(column, "")) == year]
        for chosen in (ours, own, of_year):
            if len(chosen) == 1:
                return chosen[0]
        if len(own) > 1:
            one, other = counted[own[0]], counted[own[1]]
            heads = " and ".join(f"'{self.headings.get(c.column, '')[:40]}' ({c.name})" for c in (one, other))
            raise self.grid.error(f"There are several columns of amounts: {heads}", None, f"one, or the right one headed {year} or Yours")
        if rows and any(f.cells for f in rows):
            raise self.grid.error("No column has amounts of the place", None, "a column of numbers beside the labels, headed Yours")
        return self.labels + 1

    def _unit(self, cell: Cell | None) -> str:
        """The unit of the amounts: said in its row, or at the head of their column. Raises InputError for none, and for two."""
        heading = next((unit for text in [self.headings.get(self.values, "")] if (unit := unit_of(text))), None)
        if cell is None:
            if heading is None:
                allowed = f"a row '{ROWS['unit'].label}' with {', '.join(UNITS)}"
                raise self.grid.error("The sheet does not say in which unit its amounts are", None, allowed)
            return heading
        said = unit_of(str(cell.value))
        if said is None:
            raise self.grid.error(f"'{tidy(str(cell.value))[:40]}' is no unit of money", cell, tuple(UNITS),
                                  nearest_name(str(cell.value), UNITS))
        if heading is not None and heading != said:
            told = f"The amounts are in {said} here, and in {heading} by the head of their column"
            raise self.grid.error(told, cell, "the same unit in both")
        return said

    def _mark(self) -> str:
        texts = [cell.text for f in self.found if (cell := f.cells.get(self.values)) is not None and cell.text
                 and ROWS[f.key].kind != WORD]
        try:
            return decimal_mark(texts, self.grid.usual_mark)
        except InputError as problem:
            raise problem.at(self.grid.where()) from None

    # What is refused

    def _refuse_split_numbers(self) -> None:
        """Raise InputError where commas part the cells of a text table and a number has a comma too, which parts it in two."""
        if self.grid.name or self.grid.usual_mark != ".":
            return
        for found in self.found:
            cells = [found.cells[column] for column in sorted(found.cells)]
            for one, other in zip(cells, cells[1:], strict=False):
                beside = self.headings.get(other.column, "")
                if (other.column == one.column + 1 and re.fullmatch(r"£?-?\(?\d{1,3}", one.text)
                        and re.fullmatch(r"\d{1,3}(\.\d+)?\)?", other.text) and (not beside or not _is_numeric_heading(beside))):
                    told = f"'{one.text},{other.text}' may be one number that its comma parts in two"
                    raise self.grid.error(told, one, f"\"{one.text},{other.text}\" in quotes, or a number without a comma")

    def _refuse_unknown(self) -> None:
        """Raise InputError for an amount beside a label that is not known, and for one without a label."""
        known = {f.label.row for f in self.found}
        for row in self.grid.rows:
            if not row or row[0].row in known:
                continue
            cell = next((one for one in row if one.column == self.values), None)
            if cell is None or not self._numeric(cell) or cell.row < self.first_money and not self._label(row):
                continue
            label = self._label(row)
            if cell.row < self.first_money and (label is None or _year_in(str(cell.value))):
                continue
            if label is None:
                raise self.grid.error(f"The amount {tidy(str(cell.value))[:40]} has no label", cell, "a label beside each amount")
            nearest = nearest_name(label.text, label_names())
            raise self.grid.error(f"The row '{label.text[:60]}' is not known", label, label_names(), nearest)

    def _label(self, row: Sequence[Cell]) -> Cell | None:
        return next((cell for cell in row if cell.column < self.values and cell.text), None)

    def _once(self) -> dict[str, _Found]:
        """The rows by key, totals of everything apart. Raises InputError for a row with a value that is there twice."""
        rows: dict[str, _Found] = {}
        for found in self.found:
            if found.key == ALL_TOTAL:
                continue
            before = rows.get(found.key)
            if before is not None and self._has(before) and self._has(found):
                told = f"'{found.label.text[:60]}' is there twice; the other is in {before.label.name}"
                raise self.grid.error(told, found.label, "each row once")
            if before is None or self._has(found):
                rows[found.key] = found
        return rows

    # Values

    def _has(self, found: _Found) -> bool:
        cell = found.cells.get(self.values)
        if cell is None or (cell.value is None and ROWS[found.key].kind == TOTAL):
            return False  # a total is only checked: one that was never worked out, as in a new template, says nothing
        return not (isinstance(cell.value, str) and is_nothing(cell.value))

    def _amount(self, found: _Found) -> tuple[Amount, Cell]:
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

    def _money(self, found: _Found) -> GivenAmount:
        amount, cell = self._amount(found)
        if amount.percent:
            raise self.grid.error("A share in % is no amount of money", cell, f"an amount in {self.unit}")
        pounds = amount.value * (1.0 if amount.scaled else UNITS[self.unit])
        return GivenAmount(pounds / 1e6, cell, self._quality(found))

    def _quality(self, found: _Found) -> str:
        """How good the author says an amount is; actual where nothing is said. Raises UnknownName."""
        column = next((c for c, text in self.headings.items() if _QUALITY.search(text)), None)
        cell = found.cells.get(column) if column is not None else None
        said = tidy(cell.text).casefold() if cell is not None else ""
        if cell is None or not said:
            return ACTUAL
        if said not in QUALITIES:
            raise self.grid.error(f"There is no quality '{said[:40]}'", cell, QUALITIES, nearest_name(said, QUALITIES))
        return said

    def _totals(self, money: Mapping[str, GivenAmount]) -> dict[str, GivenAmount]:
        """Totals of groups by key; totals of everything are checked against the rows above them. Raises InputError."""
        totals: dict[str, GivenAmount] = {}
        for found in self.found:
            if ROWS[found.key].kind != TOTAL or not self._has(found):
                continue
            amount = self._money(found)
            if found.key == ALL_TOTAL:
                self._check_sum(found, amount, money, totals)
                continue
            totals[found.key] = amount
        return totals

    def _check_sum(
        self, found: _Found, total: GivenAmount, money: Mapping[str, GivenAmount], totals: Mapping[str, GivenAmount]
    ) -> None:
        """Raise InputError where a total is neither the sum of all rows above it nor that of those since the total before it."""
        above = [one for one in money.values() if one.cell.row < found.label.row]
        council_alone = [one.amount for key, one in totals.items() if not any(ROWS[k].group == ROWS[key].group for k in money)]
        before = max((f.label.row for f in self.found if ROWS[f.key].kind == TOTAL and f.label.row < found.label.row), default=-1)
        since = [one for one in above if one.cell.row > before]
        sums = [sum(one.amount for one in above) + sum(council_alone), sum(one.amount for one in since)]
        if not any(close(total.amount, each, len(above), self.unit) for each in sums):
            raise self.grid.error(
                f"The total is {in_unit(total.amount, self.unit)}, the rows above it add up to {in_unit(sums[0], self.unit)}",
                total.cell, "the sum of the rows, or no total",
            )

    def _people(self, found: _Found) -> tuple[Amount, Cell]:
        amount, cell = self._amount(found)
        if amount.value < 0.0 or (amount.percent and (found.key == "people" or amount.value > 100.0)):
            raise self.grid.error(f"There cannot be {tidy(str(cell.value))[:40]} people", cell, "a number of persons above 0")
        return amount, cell

    def _ages(self, people: Mapping[str, tuple[Amount, Cell]]) -> tuple[dict[str, float], float | None]:
        """Persons by age band as far as given, and all people. Raises InputError where bands do not add up to all."""
        whole = people["people"][0].value if "people" in people else None
        bands = {key: one for key, one in people.items() if key in AGES}
        shares = [key for key, (amount, _) in bands.items() if amount.percent]
        if shares and whole is None:
            raise self.grid.error("A share of the people is given, and not how many people there are", bands[shares[0]][1],
                                  f"a number beside '{ROWS['people'].label}'")
        ages = {key: amount.value / 100.0 * (whole or 0.0) if amount.percent else amount.value for key, (amount, _) in bands.items()}
        total = sum(ages.values())
        if whole is None and len(ages) == len(AGES):
            whole = total
        if whole is not None and ages and (total > 1.01 * whole or (len(ages) == len(AGES) and total < 0.99 * whole)):
            told = f"People by age add up to {total:,.0f}, all people are {whole:,.0f}"
            raise self.grid.error(told, next(iter(bands.values()))[1], "the same number, within 1%")
        if whole is not None and not whole > 0.0:
            raise self.grid.error("The place has no people", people["people"][1] if "people" in people else None, "more than 0")
        return ages, whole

    def _families(self, found: _Found | None) -> float | None:
        if found is None or not self._has(found):
            return None
        amount, cell = self._amount(found)
        if amount.value < 0.0 or amount.percent:
            raise self.grid.error("That is no number of families", cell, "0 or more")
        return amount.value

    def _deprivation(self, found: _Found | None) -> float | str | None:
        """A score, or the name of a place."""
        if found is None or not self._has(found):
            return None
        cell = found.cells[self.values]
        if isinstance(cell.value, str) and re.search(r"[A-Za-z]{3}", cell.value):
            return re.sub(r"^(?:as in|as|like|same as)\s+", "", tidy(cell.value), flags=re.IGNORECASE)
        amount, cell = self._amount(found)
        if amount.percent or not 0.0 < amount.value <= 100.0:
            raise self.grid.error(f"The score of deprivation is {tidy(str(cell.value))[:20]}", cell, "above 0 to 100, no share in %")
        return amount.value

    # Words

    def _text(self, cell: Cell | None) -> str | None:
        if cell is None or cell.value is None:
            return None
        text = tidy(str(cell.value))
        return None if is_nothing(text) else text[:100]

    def _like(self, cell: Cell | None) -> str | None:
        text = self._text(cell)
        return re.sub(r"^like\s+", "", text, flags=re.IGNORECASE) if text else None

    def _year(self, cell: Cell | None) -> str:
        """The year of spending. Raises InputError for none, and for one there is not."""
        if cell is None or self._text(cell) is None:
            years = {year for text in self.headings.values() if (year := _year_in(text)) in YEARS}
            if len(years) == 1:
                return years.pop()
            raise self.grid.error("The sheet does not say of which year its money is", cell, [f"a row '{ROWS['year'].label}' with one of"
                                  f" {', '.join(YEARS)}"])
        value = cell.value
        if isinstance(value, datetime | date) and value.day == 1 and value.month == (value.year + 1) % 100:
            return self._known_year(f"{value.year}-{value.month:02d}", cell)  # 2010-11 is November 2010 to a spreadsheet
        return self._known_year(_year_in(str(value)) or _month_taken(str(value)) or tidy(str(value))[:40], cell)

    def _known_year(self, year: str, cell: Cell) -> str:
        if year in YEARS:
            return year
        raise self.grid.error(f"There is no year of spending '{year}'", cell, YEARS, nearest_name(year, YEARS))


def _is_numeric_heading(text: str) -> bool:
    return bool(re.search(r"\d{4}|£|head|capita|has\b|value|amount|budget|actual|%", text))


def _year_in(text: str) -> str | None:
    """A financial year in a text as this program writes it: ``2024-25`` of ``FY2024/2025``; None for none."""
    found = re.search(r"(?<!\d)(20)?(\d\d) ?[-/] ?(?:20)?(\d\d)(?!\d)", tidy(text))
    if found is None or int(found[3]) != (int(found[2]) + 1) % 100:
        return None
    return f"20{found[2]}-{found[3]}"


def _month_taken(text: str) -> str | None:
    """The financial year that a spreadsheet took for a month: ``Nov-10`` and ``01/11/2010`` are 2010-11."""
    plain = tidy(text).casefold()
    found = re.fullmatch(r"nov[a-z]*[- ](?:20)?(\d\d)", plain) or re.fullmatch(r"0?1[/.]11[/.](?:20)?(\d\d)", plain)
    return "2010-11" if found is not None and found[1] == "10" else None


def close(total: float, summed: float, rows: int, unit: str) -> bool:
    """Whether a total (£m) is a sum but for rounding: within half a unit as shown of each row, or :data:`TOLERANCE`."""
    return abs(total - summed) <= max(TOLERANCE * abs(summed), 0.5 * (rows + 1) * min(UNITS[unit], 1e5) / 1e6)


def in_unit(amount: float, unit: str) -> str:
    """£m in a unit as a message shows it."""
    shown = amount * 1e6 / UNITS[unit]
    return f"£{shown:,.1f}m" if unit == "£m" else f"£{shown:,.0f}{'k' if unit == '£ thousand' else ''}"


