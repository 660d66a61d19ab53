"""Budget paths: how much money each kind of agency has in real terms, by financial year.

A path is stepped: its index is the same in all quarters of a financial year. Years between two rows of a file lie on
the straight line between them; after the last row, and for kinds of agency without rows, the path is level.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.calendar import financial_year_starts, parse_financial_year
from totalplace.scenarios.checking import checked, is_path, locate, readable, shipped_names
from totalplace.scenarios.reading import Marked, read_file
from totalplace.scenarios.vocabulary import AGENCY_KINDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER: Final = Path(__file__).parent / "cuts"
NONE: Final = "none"
STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True)
FinancialYear = Annotated[str, AfterValidator(readable(parse_financial_year))]


class BudgetYear(BaseModel):
    """The real-terms index of a budget in a financial year, its plausible range and its source."""

    model_config = STRICT

    year: FinancialYear = Field(description="Financial year")
    index: float = Field(ge=0, le=5, description="Real-terms budget, base year = 1")
    low: float = Field(ge=0, le=5, description="Low end of the plausible range")
    high: float = Field(ge=0, le=5, description="High end of the plausible range")
    source: str = Field(min_length=1, description="Publication, or 'judgement: why'")


class CutsFile(BaseModel):
    """The top level of a file of budget paths; ``paths`` maps agency kinds to rows in rising order of year."""

    model_config = STRICT

    title: str = Field(min_length=1, description="Name for a reader")
    description: str = Field("", description="What the paths are")
    base_year: FinancialYear = Field(description="The financial year whose index is 1")
    paths: dict[str, Any] = Field(description="Rows by agency kind")


class BudgetPaths(BaseModel):
    """Budget paths of a file: rows by agency kind, in rising order of year, the base year left out."""

    model_config = ConfigDict(frozen=True)

    title: str
    description: str
    base_year: str
    paths: dict[str, tuple[BudgetYear, ...]]


def names() -> list[str]:
    """The names of the budget paths that are shipped, and ``none``."""
    return [NONE, *shipped_names(FOLDER)]


def find(name_or_path: str, near: Path | None = None) -> Path:
    """The file of budget paths by shipped name, or by a path from the folder of ``near``. Raises UnknownName."""
    return locate("budget path", FOLDER, name_or_path, near)


def load_cuts(name_or_path: str) -> BudgetPaths:
    """The budget paths of a file. Raises InputError."""
    return _read(find(name_or_path)) if is_path(name_or_path) else _shipped(name_or_path)


@lru_cache(maxsize=32)
def _shipped(name: str) -> BudgetPaths:
    return _read(find(name))


def _read(path: Path) -> BudgetPaths:
    content = read_file(path)
    written = checked(CutsFile, content, "a file of budget paths")
    paths = content.mapping("A file of budget paths")["paths"]
    rows: dict[str, tuple[BudgetYear, ...]] = {}
    for kind, items in paths.mapping("'paths'").items():
        if kind not in AGENCY_KINDS:
            raise paths.unknown_key("agency kind", kind, AGENCY_KINDS)
        rows[kind] = _rows(items, parse_financial_year(written.base_year))
    return BudgetPaths(title=written.title, description=written.description, base_year=written.base_year, paths=rows)


def _rows(items: Marked, before: int) -> tuple[BudgetYear, ...]:
    """The rows of one agency kind, each later than the one before it and with its index inside its range."""
    rows = []
    for item in items.items("A budget path"):
        row = checked(BudgetYear, item, "a row of a budget path")
        fields = item.mapping("A row")
        year = parse_financial_year(row.year)
        if year <= before:
            raise fields["year"].error(f"The year {row.year} is not after the base year and the row before it")
        if not row.low <= row.index <= row.high:
            own = f"{row.low:g} to {row.high:g}"
            raise fields["index"].error(f"The index {row.index:g} lies outside its own range", own)
        before = year
        rows.append(row)
    return tuple(rows)


def yearly_index(paths: BudgetPaths, kind: str, first_year: int) -> float:
    """Real-terms index (base year of the file = 1) of an agency kind in the year that starts in ``first_year``."""
    points = [(parse_financial_year(paths.base_year), 1.0)]
    points += [(parse_financial_year(row.year), row.index) for row in paths.paths.get(kind, ())]
    for (year, index), (next_year, next_index) in pairwise(points):
        if first_year < next_year:
            share = max(0.0, (first_year - year) / (next_year - year))
            return index + share * (next_index - index)
    return points[-1][1]


def level(cuts: str, years: Iterable[int]) -> bool:
    """Whether budgets are the same in all these financial years (by the calendar year in which they start) on a path.

    ``cuts`` is ``none``, a shipped name or a path. Raises InputError for an unknown or faulty file.
    """
    wanted = set(years)
    if cuts == NONE or len(wanted) < 2:
        return True
    paths = load_cuts(cuts)
    return all(len({yearly_index(paths, kind, year) for year in wanted}) == 1 for kind in paths.paths)


def budget_path(
    cuts: str, start: str, quarters: int, agency_kinds: Iterable[int | str], base_year: str | None = None
) -> NDArray[np.float64]:
    """Real-terms budget index of each agency in each quarter, relative to the base year of the budgets (= 1.0).

    ``cuts`` is ``none``, a shipped name or a path; ``agency_kinds`` are A indices in AGENCY_KINDS, or keys.
    ``base_year`` is the year of the place's spending; if not given, or if the run starts before it, budgets are
    those of the financial year of ``start`` (``YYYY-MM``).
    Returns float64 of shape (A, quarters). A year before the file's base year counts as that base year.
    Raises InputError for an unknown or faulty file.
    """
    import numpy as np

    years = financial_year_starts(start, quarters)
    kinds = [kind if isinstance(kind, str) else AGENCY_KINDS[int(kind)] for kind in agency_kinds]
    path = np.ones((len(kinds), quarters))
    if cuts == NONE:
        return path
    paths = load_cuts(cuts)
    base = years[0] if base_year is None else min(years[0], parse_financial_year(base_year))
    for row, kind in enumerate(kinds):
        index = {year: yearly_index(paths, kind, year) for year in {base, *years}}
        path[row] = [index[year] / index[base] if index[base] > 0 else 0.0 for year in years]
    return path
