"""From a grid of cells to what a user gives of a place: labels are found wherever they stand, numbers read, totals checked.

Nothing with an amount is passed over: a row that is not known, a number that is none and a total that does not add up are refused,
with sheet and cell. Other columns, other sheets and text without amounts do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from totalplace.scenarios.errors import InputError, UnknownName, nearest_name
from totalplace.scenarios.own_places.amounts import (
    UNITS,
    Amount,
    close,
    decimal_mark,
    in_unit,
    is_nothing,
    tidy,
    unit_of,
)
from totalplace.scenarios.own_places.given import Given, GivenAmount, Values
from totalplace.scenarios.own_places.grids import Book, Cell
from totalplace.scenarios.own_places.layout import Found, Layout, sheet_of
from totalplace.scenarios.own_places.likes import place_called
from totalplace.scenarios.own_places.merged import refuse_shared
from totalplace.scenarios.own_places.origin import Origin, is_of_template, origin_of
from totalplace.scenarios.own_places.rows import AGES, ALL_TOTAL, MONEY, PEOPLE, ROWS, TOTAL, WORD
from totalplace.scenarios.own_places.template_rows import BESIDE
from totalplace.scenarios.own_places.years import month_taken, year_in, year_of_date
from totalplace.scenarios.places import tables
from totalplace.scenarios.places.shapes import ACTUAL, QUALITIES, YEARS

_TITLE_UNIT: Final = re.compile(r"\b(?:figures|amounts|values|numbers|money)\b.{0,20}?\bin (.*)", re.IGNORECASE)
_QUALITY: Final = re.compile(r"how good|quality")
#: How far the column of what the place like it has may round an amount of the template, as text tables do.
THEIRS_ROUNDED: Final = 0.0051


def given_in(book: Book) -> Given:
    """What a file gives of a place, from that of its sheets that holds it. Raises InputError, at sheet and cell."""
    grid, others = sheet_of(book)
    with tables.as_they_are():
        return _Reader(book, grid).given(others)


@dataclass
class _Reader(Values):
    """Reads a sheet."""

    notes: list[str] = field(default_factory=list)

    def given(self, others: Sequence[str]) -> Given:
        """What the sheet gives. Raises InputError."""
        self.layout = Layout(self.grid)
        self.found, self.headings = self.layout.found, self.layout.headings
        self.layout.refuse_split_numbers()
        words = {f.key: f.cells[own[0]] for f in self.found if ROWS[f.key].kind == WORD and (own := self.layout.own_columns(f))}
        self.year = year = self._year(words.get("year"))
        self.values = self.layout.value_column(year)
        refuse_shared(self.layout, self.values)
        if "year" in words and self.text(words["year"]) is not None:
            self.layout.refuse_other_year(self.values, year, words["year"])
        self.unit = self._unit(words.get("unit"))
        self.mark = self._mark()
        self.layout.refuse_unknown(self.values)
        self.origin = origin_of(self.text(words.get("made_from")) or "")
        self.like = self._like(words.get("like"))
        rows = self._once()
        money = {key: self._money(f) for key, f in rows.items() if ROWS[key].kind == MONEY and self.has(f)}
        totals = self._totals(money)
        people = {key: self._people(f) for key, f in rows.items() if ROWS[key].kind == PEOPLE and self.has(f)}
        ages, whole = self._ages(people)
        clues = self.layout.clues(self.values)
        self.notes += self._without_number()
        if others := [name for name in others if name not in BESIDE]:
            self.notes.append(f"other sheets are not read: {', '.join(others)}")
        return Given(
            self.book, self.grid, self.text(words.get("name")) or self._plain_name(), year, self.unit,
            self.like, self._region(words.get("region")), whole, ages, self._deprivation(rows.get("deprivation")),
            self._families(rows.get("complex_families")), money, totals,
            {f.key: f.cells.get(self.values, f.label) for f in self.found}, (*clues, *self.notes), self.origin, clues,
        )

    def _without_number(self) -> list[str]:
        """Rows whose cell has a text that is no number, and totals whose formula has no result: both say nothing."""
        cells = [(f, cell) for f in self.found if (cell := f.cells.get(self.values)) is not None and ROWS[f.key].kind != WORD]
        texts = [f"{f.label.text[:40]} ({cell.name}: '{tidy(cell.text)[:20]}')" for f, cell in cells
                 if cell.text and is_nothing(cell.text)]
        totals = [cell.name for f, cell in cells if cell.value is None and ROWS[f.key].kind == TOTAL]
        return [*([f"no number, so not given: {', '.join(texts)}"] if texts else []),
                *([f"totals without a saved result are not checked: {', '.join(totals)}"] if totals else [])]

    def _plain_name(self) -> str:
        return re.sub(r"[-_]+", " ", self.book.file.rpartition(".")[0]).strip() or "My place"

    def _unit(self, cell: Cell | None) -> str:
        """The unit of the amounts: said in its row, or at the head of their column. Raises InputError for none, and for two."""
        heading = unit_of(self.headings.get(self.values, "")) or self._unit_of_title()
        if cell is None:
            if heading is None:
                allowed = f"a row '{ROWS['unit'].label}' with {', '.join(UNITS)}"
                clues = "".join(f"; {one}" for one in self.layout.clues(self.values))
                raise self.grid.error(f"The sheet does not say in which unit its amounts are{clues}", None, allowed)
            return heading
        said = unit_of(str(cell.value))
        if said is None:
            raise self.grid.error(f"'{tidy(str(cell.value))[:40]}' is no unit of money", cell, tuple(UNITS),
                                  nearest_name(str(cell.value), UNITS))
        if heading is not None and heading != said:
            told = f"The amounts are in {said} here, and in {heading} by a heading or title"
            raise self.grid.error(told, cell, "the same unit in both")
        return said

    def _unit_of_title(self) -> str | None:
        """The unit that a title says of all amounts, as *All figures in £ thousand* does. None for none, and for several."""
        texts = [cell.text for row in self.grid.rows for cell in row if cell.text and cell.row < self.layout.first_money]
        found = {unit for text in texts if (title := _TITLE_UNIT.search(text)) and (unit := unit_of(title[1]))}
        return found.pop() if len(found) == 1 else None

    def _mark(self) -> str:
        """The decimal mark of the numbers. Raises InputError where they show both, and first for what is none with either."""
        rows = [f for f in self.found if (cell := f.cells.get(self.values)) is not None and cell.text and ROWS[f.key].kind != WORD]
        people = [f.cells[self.values].text for f in rows if ROWS[f.key].kind == PEOPLE]
        try:
            mark = decimal_mark([f.cells[self.values].text for f in rows], self.grid.usual_mark, people)
        except InputError as problem:
            raise problem.at(self.grid.where()) from None
        for found in rows if mark == "?" else ():
            if ROWS[found.key].kind in (MONEY, TOTAL, PEOPLE) and self.has(found):
                self.amount(found)  # what is no number either way is the fault, not that a mark is open
        return mark

    def _once(self) -> dict[str, Found]:
        """The rows by key, totals of everything apart. Raises InputError for a row with a value that is there twice."""
        rows: dict[str, Found] = {}
        for found in self.found:
            if found.key == ALL_TOTAL:
                continue
            before = rows.get(found.key)
            if before is not None and self.has(before) and self.has(found):
                told = f"'{found.label.text[:60]}' is there twice; the other is in {before.label.name}"
                raise self.grid.error(told, found.label, "each row once")
            if before is None or self.has(found):
                rows[found.key] = found
        return rows

    # Values

    def _money(self, found: Found) -> GivenAmount:
        amount, cell = self.amount(found)
        if amount.percent:
            raise self.grid.error("A share in % is no amount of money", cell, f"an amount in {self.unit}")
        pounds = amount.value * (1.0 if amount.scaled else UNITS[self.unit])
        left = not amount.scaled and self._is_left(found, amount.value)
        return GivenAmount(pounds / 1e6, cell, ACTUAL if left else self._quality(found), left)

    def _is_left(self, found: Found, number: float) -> bool:
        """Whether a number beside a row of money is what the template was filled with.

        A template of before said so in the column *... has* alone. What has neither is held against the place that it is like.
        """
        if ROWS[found.key].kind != MONEY:
            return False
        if self.origin is not None:
            return is_of_template(self.origin, found.key, number)
        if (theirs := self.layout.theirs(found)) is not None:
            return abs(number - theirs) <= THEIRS_ROUNDED
        try:
            like = Origin(place_called(self.like, self.year), self.year, self.unit) if self.like is not None else None
        except UnknownName:
            return False
        return like is not None and is_of_template(like, found.key, number)

    def _quality(self, found: Found) -> str:
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
            if ROWS[found.key].kind != TOTAL or not self.has(found):
                continue
            amount = self._money(found)
            if found.key == ALL_TOTAL:
                self._check_sum(found, amount, money, totals)
            else:
                totals[found.key] = amount
        return totals

    def _check_sum(
        self, found: Found, total: GivenAmount, money: Mapping[str, GivenAmount], totals: Mapping[str, GivenAmount]
    ) -> None:
        """Raise InputError where a total is neither the sum of all rows above it nor that of those since the total before it."""
        above = [one for one in money.values() if one.cell.row < found.label.row]
        by_group = {ROWS[key].group: one.amount for key, one in totals.items() if one.cell.row < found.label.row}
        others = sum(one.amount for key, one in money.items() if one in above and ROWS[key].group not in by_group)
        before = max((f.label.row for f in self.found if ROWS[f.key].kind == TOTAL and f.label.row < found.label.row), default=-1)
        since = [one for one in above if one.cell.row > before]
        sums = [sum(one.amount for one in above), others + sum(by_group.values()), sum(one.amount for one in since)]
        if not any(close(total.amount, each, len(above), self.unit) for each in sums):
            told = f"The total is {in_unit(total.amount, self.unit)}, the rows above it add up to {in_unit(sums[1], self.unit)}"
            raise self.grid.error(told, total.cell, "the sum of the rows, or no total")

    def _people(self, found: Found) -> tuple[Amount, Cell]:
        amount, cell = self.amount(found)
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
        of = (whole or 0.0) / 100.0
        ages = {key: amount.value * (of if amount.percent else 1.0) for key, (amount, _) in bands.items()}
        total = sum(ages.values())
        if whole is None and len(ages) == len(AGES):
            whole = total
        if whole is not None and ages and (total > 1.01 * whole or (len(ages) == len(AGES) and total < 0.99 * whole)):
            told = f"People by age add up to {total:,.0f}, all people are {whole:,.0f}"
            raise self.grid.error(told, next(iter(bands.values()))[1], "the same number, within 1%")
        if whole is not None and not whole > 0.0:
            raise self.grid.error("The place has no people", people["people"][1] if "people" in people else None, "more than 0")
        return ages, whole

    def _families(self, found: Found | None) -> float | None:
        if found is None or not self.has(found):
            return None
        amount, cell = self.amount(found)
        if amount.value < 0.0 or amount.percent:
            raise self.grid.error("That is no number of families", cell, "0 or more")
        return amount.value

    def _deprivation(self, found: Found | None) -> float | str | None:
        """A score, or the name of a place."""
        if found is None or not self.has(found):
            return None
        cell = found.cells[self.values]
        if isinstance(cell.value, str) and re.search(r"[A-Za-z]{3}", cell.value):
            name = re.sub(r"^(?:as in|as|like|same as)\s+", "", tidy(cell.value), flags=re.IGNORECASE)
            left = self.origin is not None and name == self.origin.place.name and self.like is not None
            return None if left else name  # what the template says of deprivation goes with the place that it is like
        amount, cell = self.amount(found)
        if amount.percent or not 0.0 < amount.value <= 100.0:
            told = f"The score of deprivation is {tidy(str(cell.value))[:20]}"
            raise self.grid.error(told, cell, "above 0 to 100, no share in %")
        return amount.value

    # Words

    def _like(self, cell: Cell | None) -> str | None:
        text = self.text(cell)
        return re.sub(r"^like\s+", "", text, flags=re.IGNORECASE) if text else None

    def _region(self, cell: Cell | None) -> str | None:
        text = self.text(cell)
        return None if self.origin is not None and text == self.origin.place.region and self.like is not None else text

    def _year(self, cell: Cell | None) -> str:
        """The year of spending. Raises InputError for none, and for one there is not."""
        if cell is None or self.text(cell) is None:
            years = {year for text in self.headings.values() if (year := year_in(text)) in YEARS}
            if len(years) == 1:
                return years.pop()
            allowed = f"a row '{ROWS['year'].label}' with {', '.join(YEARS[:-1])} or {YEARS[-1]}"
            raise self.grid.error("The sheet does not say of which year its money is", cell, allowed)
        value = cell.value
        if isinstance(value, datetime | date) and value.day == 1 and value.month == (value.year + 1) % 100:
            return self._known_year(f"{value.year}-{value.month:02d}", cell)  # 2010-11 is November 2010 to a spreadsheet
        if isinstance(value, datetime | date):
            return self._known_year(year_of_date(value) or f"{value:%d %B %Y}", cell)
        return self._known_year(year_in(str(value)) or month_taken(str(value)) or tidy(str(value))[:40], cell)

    def _known_year(self, year: str, cell: Cell) -> str:
        if year in YEARS:
            return year
        raise self.grid.error(f"There is no year of spending '{year}'", cell, YEARS, nearest_name(year, YEARS))
