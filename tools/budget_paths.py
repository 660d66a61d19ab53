"""Build the budget paths that follow what was published, from a folder of open source files.

    python -m tools.budget_paths SOURCE_FOLDER [SOURCE_FOLDER]

Writes ``outturn-2010.yaml`` (what each kind of agency had, 2010-11 to 2024-25), ``plans-2010.yaml`` (what the Spending Review of
2010 planned) and ``spending-review-2025.yaml`` (what that of 2025 plans to 2028-29, then judgement) in ``scenarios/cuts``, in real
terms by the GDP deflator of ``scenarios/places``. ``docs/data.md`` says what each row rests on. The folders hold, between them, the
panel of council service spend, the Country and Regional Analysis and the resource budgets of departments; nothing in the package
reads them.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from totalplace.scenarios.calendar import format_financial_year, parse_financial_year
from totalplace.scenarios.prices import INFLATION, deflator, deflators
from totalplace.scenarios.source_tree import ROOT

HERE: Final = ROOT / "scenarios" / "cuts"
BASE, LAST = 2010, 2024
#: The last year whose price level is published.
PRICED: Final = max(deflators())
#: The years of the Spending Review of 2025, and the last for which a budget is judged.
REVIEW, REVIEW_END, HORIZON = 2024, 2028, 2034
#: Growth a year in real terms after the review, its low and high end (judgement).
AFTER: Final = {"nhs": (0.02, 0.0, 0.035), "": (0.005, -0.015, 0.02)}
#: Rise of prices a year after the last published price, at which budgets are highest and lowest in real terms: the range of
#: ``INFLATION`` (judgement).
LOW_PRICES, HIGH_PRICES = 0.015, 0.03
PANEL, DEPARTMENTS = "la_service_spend_panel.csv", "hmt_resource_del_by_department_2006_07_to_2028_29.csv"
REGIONAL: Final = ("cra_england_region_department_function.csv", "cra_england_region_department_function_2018_2024.csv")
#: What a council spends itself: neither schools, police and fire, nor public health, which came to it from the NHS in 2013-14.
COUNCIL_LINES: Final = (
    "highways_transport", "social_care_all", "housing_gfra", "cultural", "environmental", "planning", "central", "other",
)
#: The year in which Sure Start moved from the line of education to that of children's social care.
SURE_START: Final = 2014
#: Years whose outturn holds emergency money of the pandemic, which no agency of a place could plan with.
PANDEMIC: Final = (2020, 2021)
#: How far a row can be from what it stands for, by quality (judgement).
MARGIN: Final = {"official": 0.02, "derived": 0.05, "interpolated": 0.05, "judgement": 0.15}
ATTRIBUTION: Final = (
    "Contains public sector information licensed under the Open Government Licence v3.0 (HM Treasury, MHCLG/DCLG).",
)
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Point:
    """A budget in the money of its year (any unit), by the year in which the financial year starts.

    ``margin``: how far it can be off besides prices, where that is not what its quality says. ``level``: it stands for the last
    budget before it in real terms, whatever prices do, growing by ``AFTER`` a year (``growing`` names the kind) or not at all.
    """

    year: int
    money: float
    quality: str
    source: str
    margin: float | None = None
    level: bool = False
    growing: str | None = None


class Row(NamedTuple):
    """A real-terms ``level`` (base year 1) with its quality, source and range."""

    level: float
    quality: str
    source: str
    low: float
    high: float


class Sources:
    """The source files, each found in one of the folders. Raises OSError for one that is in none."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self.panel = self._rows(PANEL)
        self.regional = [row for name in REGIONAL for row in self._rows(name)]
        self.departments = self._rows(DEPARTMENTS)

    def _rows(self, name: str) -> Rows:
        path = next((folder / name for folder in self._folders if (folder / name).is_file()), self._folders[0] / name)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def outturn(self, lines: tuple[str, ...], councils_only: bool) -> list[Point]:
        """Revenue Outturn of lines, chained from year to year over the bodies that filed in both."""
        filed: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
        for row in self.panel:
            if all(row[line] for line in lines) and not (councils_only and row["class"] == "O"):
                filed[parse_financial_year(row["year"])][row["ons_code"]] = row
        money, found = 1.0, [Point(BASE, 1.0, "official", "")]
        for before, year in pairwise(sorted(filed)):
            both = filed[before].keys() & filed[year].keys()
            moved = "social_care_all" in lines and year == SURE_START

            def spent(row: dict[str, str], without: bool = moved) -> float:
                return sum(float(row[line]) for line in lines) - (float(row["childrens_social_care"]) if without else 0.0)

            money *= sum(spent(filed[year][code]) for code in both) / sum(spent(filed[before][code]) for code in both)
            what = lines[0] if len(lines) == 1 else "council services"
            said = f"Revenue Outturn, England, {what}, {len(both)} bodies that filed both years"
            said += "; without children's social care, to which Sure Start moved from education" if moved else ""
            found.append(Point(year, money, "derived" if moved else "official", f"{said} (MHCLG)"))
        return found

    def analysis(self, wanted: Callable[[dict[str, str]], bool], words: str, quality: str = "derived") -> list[Point]:
        """Country and Regional Analysis, England, of the rows that are wanted."""
        money: dict[int, float] = defaultdict(float)
        for row in self.regional:
            if wanted(row):
                money[parse_financial_year(row["year"])] += float(row["value_gbp_thousand"])
        said = f"Country and Regional Analysis, England, {words} (HM Treasury)"
        return [Point(year, money[year], quality, said) for year in sorted(money) if BASE <= year <= LAST]

    def budget(self, names: tuple[str, str, str], last: int = LAST) -> list[Point]:
        """Outturn of a department's resource budget: three vintages, the levels of two neighbouring years linked between them."""
        found = []
        for vintage, name, first, end in zip(("PESA 2015", "PESA 2020", "PESA 2025"), names, (2010, 2015, 2020), (2014, 2019, last),
                                             strict=True):
            own = {parse_financial_year(row["year"]): row for row in self.departments
                   if (row["vintage"], row["department_as_named"]) == (vintage, name) and row["status"] == "outturn"}
            said = f"{vintage}, resource budget of {name}, outturn (HM Treasury)"
            for year in range(first, end + 1):
                linked = year == first and year > BASE
                note = "; the year before is of an earlier vintage" if linked else ""
                money = float(own[year]["resource_del_excluding_depreciation_gbp_m"])
                found.append(Point(year, money, "derived" if linked else "official", said + note))
        return found

    def plans(self, name: str) -> list[Point]:
        """What the Spending Review of 2010 planned for a department."""
        rows = [row for row in self.departments if (row["vintage"], row["department_as_named"]) == ("PESA 2011", name)]
        said = f"Spending Review 2010, resource budget of {name} (PESA 2011, table 1.3a, HM Treasury)"
        return [Point(parse_financial_year(row["year"]), float(row["resource_del_excluding_depreciation_gbp_m"]), "official", said)
                for row in rows if parse_financial_year(row["year"]) >= BASE]


    def reviewed(self, name: str) -> list[Point]:
        """A department's resource budget: outturn of 2024-25, then what the Spending Review of 2025 plans."""
        rows = [row for row in self.departments if (row["vintage"], row["department_as_named"]) == ("PESA 2025", name)]
        said = f"Spending Review 2025, resource budget of {name}, plans (PESA 2025, tables 1.5 and 1.16, HM Treasury)"
        found = {parse_financial_year(row["year"]): float(row["resource_del_excluding_depreciation_gbp_m"]) for row in rows}
        return [Point(year, found[year], "official", said if year > REVIEW else "") if year <= PRICED else
                Point(year, found[year], "derived", f"{said}; {_judged_prices()}", MARGIN["official"])
                for year in range(REVIEW, REVIEW_END + 1)]


def _of(department: str, function: str = "", **columns: str) -> Callable[[dict[str, str]], bool]:
    def wanted(row: dict[str, str]) -> bool:
        right = department in row["department"] and function.lower() in row["hmt_function"].lower()
        return right and all(row.get(name, value) == value for name, value in columns.items())

    return wanted


def _judged_prices() -> str:
    return f"prices after {format_financial_year(PRICED)} judged: {INFLATION:.0%} a year ({LOW_PRICES:.1%} to {HIGH_PRICES:.0%})"


def price(year: int, inflation: float = INFLATION) -> float:
    """The price level of a financial year (2024-25 = 1), with prices that rise by ``inflation`` after the last published one."""
    return deflator(min(year, PRICED)) * (1.0 + inflation) ** max(0, year - PRICED)


def levels(points: list[Point], inflation: float = INFLATION, end: int = 0) -> dict[int, float]:
    """Real-terms index by year under a rise of prices; years between two points lie on the line between them.

    ``end`` says which growth of ``AFTER`` is taken: 0 the usual one, 1 the low, 2 the high end.
    """
    base = points[0].money / price(points[0].year, inflation)
    found = {points[0].year: 1.0}
    for before, one in pairwise(points):
        rise = 0.0 if one.growing is None else AFTER.get(one.growing, AFTER[""])[end]
        level = found[before.year] * (1.0 + rise) ** (one.year - before.year)
        found[one.year] = level if one.level else one.money / price(one.year, inflation) / base
        for year in range(before.year + 1, one.year):
            share = (year - before.year) / (one.year - before.year)
            found[year] = found[before.year] + share * (found[one.year] - found[before.year])
    return dict(sorted(found.items()))


def indices(points: list[Point]) -> dict[int, Row]:
    """Index, quality, source and range by year. The range holds what prices and growth may be, and the margin of the quality.

    Judgement is its margin up or down, or further where prices and growth alone go further; all else is off by its margin on top
    of what prices do.
    """
    usual, low, high = levels(points), levels(points, HIGH_PRICES, 1), levels(points, LOW_PRICES, 2)
    said = _said(points)
    found = {}
    for year, index in usual.items():
        quality, source, own = said[year]
        margin = MARGIN[quality] if own is None else own
        if quality == "judgement":
            ends = min(index * (1.0 - margin), low[year]), max(index * (1.0 + margin), high[year])
        else:
            ends = low[year] * (1.0 - margin), high[year] * (1.0 + margin)
        found[year] = Row(index, quality, source, *ends)
    return found


def _said(points: list[Point]) -> dict[int, tuple[str, str, float | None]]:
    """Quality, source and margin by year, of points and of the years between them."""
    found = {one.year: (one.quality, one.source, one.margin) for one in points}
    for one, after in pairwise(points):
        for year in range(one.year + 1, after.year):
            between = f"between {format_financial_year(one.year)} and {format_financial_year(after.year)}"
            quality = "judgement" if after.quality == "judgement" else "interpolated"
            found[year] = (quality, f"on the line {between}: no figure at hand, or one with emergency money", None)
    return found


def _transport(sources: Sources) -> list[Point]:
    """Transport to 2014-15; then Network Rail and support of the railways came into the accounts: the level is carried on."""
    department = "Department for Transport"
    before = [p for p in sources.analysis(_of(department, "transport"), department) if p.year <= 2014]
    bridge = "judgement: level after 2014-15, when Network Rail, and later support of the railways, came into the accounts"
    level = before[-1].money / deflator(before[-1].year)
    return [*before, *(Point(year, level * deflator(year), "judgement", bridge) for year in range(2015, LAST + 1))]


def _colleges(sources: Sources) -> list[Point]:
    """Further education: the resource budget of its department to 2014-15, then that of all education, as a proxy."""
    names = ("Business, Innovation and Skills", "Business, Energy and Industrial Strategy", "Business and Trade")
    before = sources.budget(names)[:5]
    every = {p.year: p.money for p in sources.analysis(_of("", "Education"), "education")}
    proxy = "judgement: moves with all education, which took skills in; no figure of its own at hand"
    scale = before[-1].money / every[2014]
    return [*before, *(Point(year, scale * every[year], "judgement", proxy) for year in range(2015, LAST + 1))]


def outturn_paths(sources: Sources) -> dict[str, list[Point]]:
    """The points of each kind of agency, in the money of each year."""
    council = sources.outturn(COUNCIL_LINES, councils_only=True)
    follows = "judgement: public money for the sector moves with what councils spend"
    return {
        "council": council,
        "nhs": [p for p in sources.budget(("NHS (Health)", "Health and Social Care", "Health and Social Care"))
                if p.year not in PANDEMIC],
        "police": sources.outturn(("police",), councils_only=False),
        "fire": sources.outturn(("fire",), councils_only=False),
        "probation_justice": sources.budget(("Justice", "Justice", "Justice")),
        "jobcentre_plus": sources.analysis(
            _of("Work and Pensions", "employment policies"), "Work and Pensions, employment policies"
        ),
        "schools": sources.analysis(_of("", "Education"), "education, all departments and councils"),
        "further_education": _colleges(sources),
        "housing_regeneration": sources.budget(
            ("CLG Communities", "MHCLG - Housing and Communities", "MHCLG - Housing and Communities")
        ),
        "transport": _transport(sources),
        "voluntary_sector": [Point(p.year, p.money, "judgement", follows) for p in council],
    }


def plan_paths(sources: Sources) -> dict[str, list[Point]]:
    """What was planned for the department of each kind of agency."""
    departments = {
        "council": "CLG Local Government", "nhs": "NHS (Health)", "police": "Home Office", "fire": "CLG Local Government",
        "probation_justice": "Justice", "jobcentre_plus": "Work and Pensions", "schools": "Education",
        "further_education": "Business, Innovation and Skills", "housing_regeneration": "CLG Communities", "transport": "Transport",
        "voluntary_sector": "CLG Local Government",
    }
    return {kind: sources.plans(name) for kind, name in departments.items()}


def review_paths(sources: Sources) -> dict[str, list[Point]]:
    """What the Spending Review of 2025 plans for the department of each kind of agency, then judgement."""
    settlement = ("settlement 2026-27 to 2028-29: core spending power 23% above 2024-25 in 2028-29, local taxes included "
                  "(MHCLG, 17 December 2025)")
    settled = f"{settlement}; {_judged_prices()}"
    council = [Point(REVIEW, 100.0, "official", ""), Point(REVIEW_END, 123.0, "derived", settled)]
    forces = "police grants and precept up to £17.4bn, £986.9m more than in 2024-25 (Home Office, 17 December 2024)"
    level = "judgement: level in real terms; no split of the review by body is at hand"
    police = [Point(REVIEW, 17.4 - 0.9869, "official", ""), Point(REVIEW + 1, 17.4, "derived", forces)]
    follows = "judgement: moves with what councils spend"
    found = {
        "council": council,
        "nhs": sources.reviewed("Health and Social Care"),
        "police": [*police, Point(REVIEW_END, 0.0, "judgement", level, level=True)],
        "fire": [Point(REVIEW, 1.0, "official", ""), Point(REVIEW_END, 0.0, "judgement", level, level=True)],
        "probation_justice": sources.reviewed("Justice"),
        "jobcentre_plus": sources.reviewed("Work and Pensions"),
        "schools": sources.reviewed("Education"),
        "further_education": [Point(p.year, p.money, "derived", p.source and f"{p.source}; skills are in it", MARGIN["derived"])
                              for p in sources.reviewed("Education")],
        "housing_regeneration": sources.reviewed("MHCLG - Housing and Communities"),
        "transport": sources.reviewed("Transport"),
        "voluntary_sector": [Point(p.year, p.money, "judgement", p.source and follows) for p in council],
    }
    return {kind: [*points, _beyond(kind)] for kind, points in found.items()}


def _beyond(kind: str) -> Point:
    """What a budget is ten years on: no plan says."""
    rise = AFTER.get(kind, AFTER[""])[0]
    why = f"judgement: {rise:.1%} a year in real terms after the review, as no plan goes further"
    return Point(HORIZON, 0.0, "judgement", why, level=True, growing=kind)


def written(title: str, description: str, paths: dict[str, list[Point]], base: int = BASE) -> Iterator[str]:
    """The lines of a file of budget paths."""
    named = format_financial_year(base)
    yield f"# Written by tools/budget_paths.py: do not edit. Real-terms budgets by financial year, {named} = 1."
    yield from (f"# {line}" for line in ATTRIBUTION)
    yield "# quality: official (a published figure), derived (from such), interpolated (between two), judgement."
    yield f"title: {title}\ndescription: >-\n  {description}\nbase_year: {named}\npaths:"
    for kind, points in paths.items():
        yield f"  {kind}:"
        for year, one in indices(points).items():
            if year > base:
                yield (f"    - {{year: {format_financial_year(year)}, index: {one.level:.3f}, low: {one.low:.3f}, "
                       f"high: {one.high:.3f}, quality: {one.quality},\n       source: \"{one.source}\"}}")


def main(arguments: list[str]) -> int:
    """Write the files; the folders of source files are the arguments."""
    if not arguments:
        print("usage: python -m tools.budget_paths SOURCE_FOLDER [SOURCE_FOLDER]", file=sys.stderr)
        return 2
    sources = Sources([Path(folder) for folder in arguments])
    for name, title, description, paths, base in (
        ("outturn-2010", "Outturn from 2010", "What each kind of agency had from 2010-11 to 2024-25, by outturn where there is "
         "one: councils, police and fire by Revenue Outturn, others by their department or the Country and Regional Analysis.",
         outturn_paths(sources), BASE),
        ("plans-2010", "Plans of 2010", "What the Spending Review of 2010 planned for the department of each kind of agency, "
         "2011-12 to 2014-15; councils' own taxes are not in it.", plan_paths(sources), BASE),
        ("spending-review-2025", "Spending Review of 2025", "What the Spending Review of 2025 and the settlement plan for each "
         "kind of agency to 2028-29, prices rising by 2% a year after 2025-26 (judgement, 1.5 to 3%: ranges hold it); then "
         "judgement. Capital is not in it.",
         review_paths(sources), REVIEW),
    ):
        path = HERE / f"{name}.yaml"
        path.write_text("\n".join(written(title, description, paths, base)) + "\n", "utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
