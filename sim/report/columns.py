"""The columns of a table in full numbers as a spreadsheet shows them: a heading in words with its unit, a format for numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.vocabulary import label
from totalplace.sim.report.few_figures import places_of
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.wording import is_share, unit_name

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.report.content import Listing, Sheet

#: What the beginnings of names of columns stand for, where the name does not say it.
_STEMS: Final = {
    "level": "last year", "last_year": "last year", "difference": "difference from baseline", "first_quarter": "first quarter",
    "share_better": "share of runs that are better", "reason_share": "share of refusals for that reason",
    "agreed": "share agreed", "refused": "share refused", "blocked": "share blocked", "no_coalition": "share without a coalition",
    "share": "share ceded, mean", "requests": "requests a run", "net_gain": "net gain", "gain": "gain",
}
#: What their ends stand for, the longest first.
_ENDS: Final = {
    "_unknown_from": "part not known, from", "_unknown_to": "part not known, to", "_unknown": "part not known",
    "_p05": "5% of runs below", "_p95": "5% of runs above", "_from": "95% interval from", "_to": "95% interval to",
    "_mean": "mean", "_low": "lower end", "_high": "upper end",
}
_BAND: Final = ("_low", "_high")
#: Of these the column without an ending is the median.
_MEDIANS: Final = ("level", "last_year", "difference", "first_quarter")
#: Columns of shares of one, whatever the unit of the row is.
_SHARES: Final = ("share", "share_better", "reason_share", "agreed", "refused", "blocked", "no_coalition")
#: Number formats of a spreadsheet.
PERCENT, WHOLE, PLAIN, INDEX, MONEY, GENERAL = "0.0%", "#,##0", "#,##0.00", "0.000", "#,##0.00", "General"


class Column(NamedTuple):
    """A column: its name in the table, its heading, and the format of each of its numbers."""

    name: str
    heading: str
    formats: tuple[str, ...]

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return not any(self.formats)


#: Columns of keys that a reader sees in words, and those of agencies among them.
_KEYS: Final = ("theme", "reason", "indicator")
_AGENCIES: Final = ("agency", "pays", "gains")


def in_words(table: pd.DataFrame, period: str) -> pd.DataFrame:
    """A table with agencies, themes, reasons and indicators in the words of a period in place of their keys, for a spreadsheet."""

    def word(name: str, key: object) -> object:
        if not isinstance(key, str):
            return key
        if name in _AGENCIES:
            return agency_label(key, period)
        return INDICATORS[key].label if key in INDICATORS else label(key)

    told = {name: [word(name, key) for key in table[name]] for name in (*_AGENCIES, *_KEYS) if name in table}
    return table.assign(**told)


def columns_of(table: pd.DataFrame) -> list[Column]:
    """The columns of a table. Where all rows are of one unit, headings have it; else the table has a column for it."""
    units = [str(unit) for unit in table["unit"]] if "unit" in table else []
    return [_column(str(name), table.iloc[:, number], units, table) for number, name in enumerate(table.columns)]


def _column(name: str, values: pd.Series[Any], units: list[str], table: pd.DataFrame) -> Column:
    stem, end = _parts(name, table)
    words = _STEMS.get(stem, stem.replace("_", " "))
    words += f": {_ENDS[end]}" if end else ", median" if stem in _MEDIANS else ""
    kind = values.dtype.kind
    if kind in "iu":
        return Column(name, words, (GENERAL if name == "seed" else WHOLE,) * len(values))
    if kind != "f":
        return Column(name, words, ("",) * len(values))
    if end.startswith("_unknown") or stem in _SHARES:
        return Column(name, f"{words} (%)", (PERCENT,) * len(values))
    if not units:
        return Column(name, words, (_few(name, table),) * len(values))
    shared = unit_name(units[0]) if len(set(units)) == 1 else ""
    return Column(name, f"{words} ({shared})" if shared else words, tuple(map(number_format, units)))


def _few(name: str, table: pd.DataFrame) -> str:
    """The format of numbers of no unit: as many places as the page shows of them, the same for an estimate and its ends."""
    stem, _ = _parts(name, table)
    alike = [column for column in (stem, f"{stem}_low", f"{stem}_high") if column in table] if f"{stem}_low" in table else [name]
    places = places_of([value for column in alike for value in table[column].tolist()])
    return f"{WHOLE}.{'0' * places}" if places else WHOLE


def _parts(name: str, table: pd.DataFrame) -> tuple[str, str]:
    """The beginning and the end of the name of a column; one that is high with none that is low is no end of a band."""
    end = next((end for end in _ENDS if name.endswith(end)), "")
    if end in _BAND and not all(f"{name.removesuffix(end)}{one}" in table for one in _BAND):
        end = ""
    return name.removesuffix(end), end


def number_format(unit: str) -> str:
    """How a spreadsheet shows a number of a unit: the number itself stays whole."""
    if is_share(unit):
        return PERCENT
    if unit.startswith("£"):
        return MONEY
    if unit.startswith("%"):
        return PLAIN
    if unit == "count":
        return WHOLE
    return INDEX if unit in ("0-1", "index", "ratio") or " to 1" in unit else PLAIN


def values_of(table: pd.DataFrame) -> list[list[Any]]:
    """The cells of a table, row by row, as Python has them: missing text is nothing."""
    columns = [table.iloc[:, number] for number in range(len(table.columns))]
    lists = [one.astype(object).where(one.notna(), None).tolist() for one in columns]
    return [list(row) for row in zip(*lists, strict=True)]


def sheet_of(table: Listing) -> Sheet:
    """What a spreadsheet has of a table: full numbers where it has them, else what is shown."""
    from totalplace.sim.report.content import Sheet, without_brackets

    numbers = table.numbers
    if isinstance(numbers, Sheet):
        return numbers
    columns = shown_columns(table) if numbers is None else columns_of(numbers)
    values = table.rows if numbers is None else tuple(map(tuple, values_of(numbers)))
    note = table.note if numbers is None else without_brackets(table.note)
    return Sheet(tuple(columns), values, (), _leading(columns), note)


def _leading(columns: Sequence[Column]) -> int:
    """How many columns at the left say what a row is of: those with words before the first number, three at most."""
    words = next((number for number, column in enumerate(columns) if not column.is_text), len(columns))
    return max(1, min(3, words))


def shown_columns(table: Listing) -> list[Column]:
    """The columns of a table that has no full numbers: what is shown is all there is."""
    formats = [(WHOLE if number >= table.words else "",) * len(table.rows) for number in range(len(table.head))]
    return [Column(head, head, shown) for head, shown in zip(table.head, formats, strict=True)]


__all__ = ["Column", "columns_of", "in_words", "number_format", "sheet_of", "shown_columns", "values_of"]
