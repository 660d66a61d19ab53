"""What a report is made of, before it becomes a page: sections of paragraphs, tables and figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_high
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from totalplace.sim.report.few_figures import FINEST, places_of
from totalplace.sim.results.labels import PLAIN, Labels
from totalplace.sim.results.spreadsheets import FACTORS, PLACE
from totalplace.sim.results.wording import MORE

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.figures.style import Chart
    from totalplace.sim.report.columns import Column


class Sheet(NamedTuple):
    """A table as a spreadsheet alone has it: full numbers under columns, some of which share a heading ``over`` them.

    ``over`` has the first and the last column of each heading, counted from 1, and its words; the first ``names`` columns say
    what a row is of and stay in view, the last ``beside`` stand beside the table in one line and are not printed; ``note`` says
    how to read it.
    """

    columns: tuple[Column, ...]
    values: tuple[tuple[Any, ...], ...]
    over: tuple[tuple[int, int, str], ...]
    names: int
    note: str
    beside: int = 0


@dataclass(frozen=True, eq=False)
class Listing:
    """A table: ``rows`` as a reader sees them under ``head``, ``frame`` with full numbers for the CSV file ``name``.

    The first ``words`` columns hold words, the others numbers. Without ``frame`` there is no file. ``sheet`` has full numbers for
    a spreadsheet where the file holds something else than the table, there is none, or it is too long to read. ``bands`` says what
    its numbers and their brackets are, ``setting`` of where and of how many runs they are: of the whole report's if None, of
    nobody's if empty.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    note: str = ""
    frame: pd.DataFrame | None = None
    sheet: pd.DataFrame | Sheet | None = None
    bands: str = ""
    setting: str | None = None

    @property
    def numbers(self) -> pd.DataFrame | Sheet | None:
        """What a spreadsheet has of the table, with full numbers; None where the rows are all there is."""
        return self.frame if self.sheet is None else self.sheet


class Caption(NamedTuple):
    """What stands at a table or figure and needs nothing around it: ``Table 3``, its title, then where, when, how many runs, and
    what the band is.
    """

    label: str
    title: str
    rest: str

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.label}.", ended(self.title), self.rest)))

    @property
    def of_numbers(self) -> str:
        """The caption of a table whose numbers have columns of their own, with nothing in brackets."""
        return without_brackets(str(self))


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure: the name of its files, what it shows for those who cannot see it, and the function that draws it."""

    name: str
    says: str
    draw: Callable[[], Chart]


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a report. ``notes`` are what a reader has to know before believing it; ``texts`` are shown folded, by title."""

    name: str
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Listing, ...] = ()
    pictures: tuple[Picture, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Report:
    """A whole report. ``facts`` are pairs of a word and a value for its head, ``summary`` what came out in a few sentences.

    ``setting`` is a sentence for captions: where, when, how many runs, over what their bands are. ``made`` is when the results
    were, as an ISO date and time, empty where that is not known.
    """

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    setting: str = ""
    made: str = ""

    @property
    def pictures(self) -> dict[str, Picture]:
        """The figures by name, in the order of the page."""
        return {picture.name: picture for section in self.sections for picture in section.pictures}

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables that become CSV files, by name."""
        tables = (listing for section in self.sections for listing in section.tables)
        return {listing.name: listing.frame for listing in tables if listing.frame is not None}

    def caption(self, one: Listing | Picture) -> Caption:
        """The caption of a table or a figure of this report, with its number in the order of the page. Raises ValueError."""
        if isinstance(one, Picture):
            names = list(self.pictures)
            return Caption(f"Figure {names.index(one.name) + 1}", one.says, self.setting)
        tables = [listing for section in self.sections for listing in section.tables]
        number = next((number for number, listing in enumerate(tables, start=1) if listing is one), 0)
        if not number:
            raise ValueError(f"the table {one.name} is not in the report")
        setting = self.setting if one.setting is None else one.setting
        return Caption(f"Table {number}", one.title, " ".join(filter(None, (setting, one.bands))))


#: How a text says what stands in brackets, and how it says so where that has columns of its own.
_BRACKETS: Final = (
    (" and, in brackets,", " and"), ("In brackets, the", "Lower and upper end: the"),
)


def without_brackets(text: str) -> str:
    """What a text says of numbers and of those in brackets beside them, where the latter have columns of their own."""
    for shown, apart in _BRACKETS:
        text = text.replace(shown, apart)
    return text


def ended(text: str) -> str:
    """A text with a full stop at its end, unless it ends a sentence already."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def upper(text: str) -> str:
    """A text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(
    name: str, title: str, table: pd.DataFrame, note: str = "", most: int = 30, *, bands: str = "", setting: str | None = None,
    labels: Labels = PLAIN, alike: bool = False,
) -> Listing:
    """A table of an analysis: an estimate shares its column with its interval; at most ``most`` rows are shown.

    ``bands`` says what an interval is, ``setting`` of where and of how many runs the table is, if not of what the report is;
    ``alike``: as in :func:`cells_of`.
    """
    ends = {f"{column}{end}" for column in table for end in ("_low", "_high")}
    columns = [str(column) for column in table if str(column) not in ends]
    numbers = set(table.select_dtypes("number").columns)
    columns.sort(key=lambda column: column in numbers)
    cells = [cells_of(column, table.head(most), labels, alike=alike) for column in columns]
    more = f" The first {most} of {len(table):,} rows; the CSV file has all." if len(table) > most else ""
    head = tuple(upper(column.replace("_", " ")) for column in columns)
    words = sum(column not in numbers for column in columns)
    return Listing(
        name, title, head, tuple(zip(*cells, strict=True)), words, (note + more).strip(), table, bands=bands, setting=setting,
    )


def cells_of(column: str, table: pd.DataFrame, labels: Labels = PLAIN, *, alike: bool = False) -> list[str]:
    """A column as text; an estimate with its interval, from ``COLUMN_low`` and ``COLUMN_high``, where the table has them.

    Names of levers and parameters come with what they stand for, places with their mark. Rows may be of different metrics: an
    estimate and its interval have the places that the three of them need. Where rows are ``alike``, of one metric, all have those
    that the middle one of the rows needs.
    """
    if column in FACTORS:
        return [labels.factor(str(value)) for value in table[column]]
    if column == PLACE:
        return [labels.place(str(value)) for value in table[column]]
    if f"{column}_low" not in table or f"{column}_high" not in table:
        return column_of(table[column].tolist())
    rows = list(zip(*(table[f"{column}{end}"].tolist() for end in ("", "_low", "_high")), strict=True))
    places = [places_of(row) for row in rows]
    told = ([_cell(value, median_high(places) if alike else own) for value in row] for row, own in zip(rows, places, strict=True))
    return [f"{middle} ({low} to {high})" if middle else "" for middle, low, high in told]


def column_of(values: Sequence[Any]) -> list[str]:
    """Values as text; real numbers with as many places as three figures of the greatest need, those missing as a dash.

    Four places are the most, but for what would be nothing with them: that has one figure, as in sentences.
    """
    return [_cell(value, places_of(values)) for value in values]


def _cell(value: Any, places: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if not math.isfinite(value):
        return "–"
    if places == FINEST and 10.0 ** -(FINEST + MORE) <= abs(value) <= 0.5 * 10.0**-FINEST:
        places = -math.floor(math.log10(abs(value)))  # one figure: what a sentence tells of is not shown as nothing
    return f"{round(value, places) + 0.0:,.{places}f}".replace("-", "\u2212")
