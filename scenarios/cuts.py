"""Budget paths: how much money each kind of agency has in real terms, by financial year.

A path is stepped: its index is the same in all quarters of a financial year. Years between two rows of a file lie on
the straight line between them; after the last row, and for kinds of agency without rows, the path is level.

A scenario names a path that is shipped, and holds one of its own in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.calendar import financial_year_starts, parse_financial_year
from totalplace.scenarios.checking import checked, locate, readable, shipped_names
from totalplace.scenarios.read_only import read_only
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
    quality: Literal["", "official", "derived", "interpolated", "judgement"] = Field("", description="What the index rests on")


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
    paths: Annotated[dict[str, tuple[BudgetYear, ...]], AfterValidator(read_only)]

    @property
    def points(self) -> dict[str, tuple[tuple[int, float], ...]]:
        """The calendar year in which a financial year starts with its index, by agency kind; first the base year with 1."""
        return self.points_of("index")

    def points_of(self, what: str) -> dict[str, tuple[tuple[int, float], ...]]:
        """The same of ``index``, ``low`` or ``high``."""
        return self._every_point[what]

    @cached_property
    def _every_point(self) -> dict[str, dict[str, tuple[tuple[int, float], ...]]]:
        base = (parse_financial_year(self.base_year), 1.0)
        years = {kind: [parse_financial_year(row.year) for row in rows] for kind, rows in self.paths.items()}
        found: dict[str, dict[str, tuple[tuple[int, float], ...]]] = read_only({
            what: {kind: (base, *zip(years[kind], (float(getattr(row, what)) for row in rows), strict=True))
                   for kind, rows in self.paths.items()}
            for what in ("index", "low", "high")
        })
        return found

    def __hash__(self) -> int:
        return hash((self.title, self.base_year, *self.paths))

    def __str__(self) -> str:
        return self.title


def written(paths: BudgetPaths) -> dict[str, Any]:
    """Budget paths in the form in which a file gives them; a row without a quality says none."""
    content: dict[str, Any] = paths.model_dump()
    for row in (row for rows in content["paths"].values() for row in rows):
        if not row["quality"]:
            del row["quality"]
    return content


#: The budget path of a scenario: ``none``, the name of one that is shipped, or one of its own.
type Cuts = str | BudgetPaths


def names() -> list[str]:
    """The names of the budget paths that are shipped, and ``none``."""
    return [NONE, *shipped_names(FOLDER)]


def find(name_or_path: str, near: Path | None = None) -> Path:
    """The file of budget paths by shipped name, or by a path from the folder of ``near``. Raises UnknownName."""
    return locate("budget path", FOLDER, name_or_path, near)


def load_cuts(name_or_path: str) -> BudgetPaths:
    """The budget paths of a file. Raises InputError."""
    return read_cuts(read_file(find(name_or_path)))


@lru_cache(maxsize=32)
def read_cuts(content: Marked) -> BudgetPaths:
    """The budget paths in the content of a file, or in a scenario that holds them in full. Raises InputError."""
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


def yearly_index(paths: BudgetPaths, kind: str, first_year: int, what: str = "index") -> float:
    """Real-terms index (base year of the file = 1) of an agency kind in the year that starts in ``first_year``.

    ``what`` may be ``low`` or ``high``, an end of its range.
    """
    given = paths.points if what == "index" else paths.points_of(what)
    points = given.get(kind, ((0, 1.0),))
    for (year, index), (next_year, next_index) in pairwise(points):
        if first_year < next_year:
            share = max(0.0, (first_year - year) / (next_year - year))
            return index + share * (next_index - index)
    return points[-1][1]


def _paths(cuts: Cuts) -> BudgetPaths:
    return cuts if isinstance(cuts, BudgetPaths) else load_cuts(cuts)


def level(cuts: Cuts, years: Iterable[int]) -> bool:
    """Whether budgets are the same in all these financial years (by the calendar year in which they start) on a path.

    ``cuts`` is ``none``, a shipped name, a path of a file or what is in it. Raises InputError for an unknown or faulty file.
    """
    wanted = set(years)
    if cuts == NONE or len(wanted) < 2:
        return True
    paths = _paths(cuts)
    return all(len({yearly_index(paths, kind, year) for year in wanted}) == 1 for kind in paths.paths)


def budget_path(
    cuts: Cuts, start: str, quarters: int, agency_kinds: Iterable[int | str], base_year: str | None = None
) -> NDArray[np.float64]:
    """Real-terms budget index of each agency in each quarter, relative to the base year of the budgets (= 1.0).

    ``cuts`` is ``none``, a shipped name, a path of a file or what is in it; ``agency_kinds`` are A indices in AGENCY_KINDS, or
    keys. ``base_year`` is the year of the place's spending; if not given, or if the run starts before it, budgets are
    those of the financial year of ``start`` (``YYYY-MM``).
    Returns float64 of shape (A, quarters). A year before the file's base year counts as that base year.
    Raises InputError for an unknown or faulty file.
    """
    kinds = [AGENCY_KINDS.index(kind) if isinstance(kind, str) else int(kind) for kind in agency_kinds]
    return budgets_by_kind(cuts, start, quarters, base_year)[kinds]


def budgets_by_kind(cuts: Cuts, start: str, quarters: int, base_year: str | None = None, end: str = "index") -> NDArray[np.float64]:
    """What :func:`budget_path` gives for every kind of agency (kinds, quarters), worked out once. Not to be written to.

    ``end`` asks for an end of the range: ``low`` or ``high``.
    """
    return _budget_path(None if cuts == NONE else _paths(cuts), start, quarters, base_year, end)


@lru_cache(maxsize=64)
def _budget_path(paths: BudgetPaths | None, start: str, quarters: int, base_year: str | None, what: str) -> NDArray[np.float64]:
    """The index of each kind of agency (kinds, quarters); 1 where there are no paths. Not to be written to."""
    import numpy as np

    years = financial_year_starts(start, quarters)
    found = np.ones((len(AGENCY_KINDS), quarters))
    if paths is not None:
        base = years[0] if base_year is None else min(years[0], parse_financial_year(base_year))
        for row, kind in enumerate(AGENCY_KINDS):
            at_base = yearly_index(paths, kind, base)
            index = {year: yearly_index(paths, kind, year, what) if year != base else at_base for year in years}
            found[row] = [index[year] / at_base if at_base > 0 else 0.0 for year in years]
    found.setflags(write=False)
    return found
