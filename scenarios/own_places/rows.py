"""The rows of a place's sheet: what each is called, how people call it, and which lines of the accounts it stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from totalplace.scenarios.places import tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.shapes import GEOGRAPHIES, LINES, geography_of

#: Kinds of rows by what may stand in them.
MONEY, TOTAL, PEOPLE, WORD, NUMBER = KINDS = ("money", "total", "people", "word", "number")


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet: its ``key``, what the template calls it, what it is, and other names for it.

    ``group`` is the group of a row of money or of a total; the total of a group has the key ``total_GROUP``.
    """

    key: str
    label: str
    kind: str
    group: str
    what: str
    also: tuple[str, ...] = ()


#: Groups of lines, in the order of the sheet, with their headings.
GROUPS: Final[Mapping[str, str]] = {
    "council": "The council", "local": "Other local bodies", "central": "Government departments in the place",
    "benefits": "Benefits and pensions",
}
#: What the council's total is called.
COUNCIL_TOTAL: Final = "total_council"
ALL_TOTAL: Final = "total_all"

_ABOUT: Final = (
    SheetRow("name", "Name of the place", WORD, "", "As it shall stand in reports", ("name", "place", "council name", "authority",
             "local authority", "area", "name of council", "name of the council")),
    SheetRow("year", "Year of spending", WORD, "", "2010-11, 2017-18 or 2024-25", ("year", "financial year", "year of accounts")),
    SheetRow("unit", "Amounts are in", WORD, "", "£m, £ thousand or £; it holds for all amounts below", ("unit", "units", "amounts in",
             "currency", "all figures in", "figures in", "figures are in", "money in")),
    SheetRow("like", "Like", WORD, "", "A place of England like yours: what you leave open is taken from it, a head",
             ("similar place", "similar to", "like place", "a place like it", "nearest place", "comparator")),
    SheetRow("region", "Region", WORD, "", "Region of England; that of the place like yours if you leave it", ()),
    SheetRow("people", "People, all ages", PEOPLE, "", "Residents, mid-year estimate", ("people", "population", "residents",
             "total population", "number of people", "all people", "all ages", "inhabitants")),
    SheetRow("0_to_15", "People aged 0 to 15", PEOPLE, "", "A number, or a share in %", ("aged 0 to 15", "0 to 15", "children",
             "age 0 to 15", "ages 0 to 15", "children aged 0 to 15", "0 15", "aged 0 15", "people aged 0 15", "under 16", "under 16s")),
    SheetRow("16_to_24", "People aged 16 to 24", PEOPLE, "", "A number, or a share in %", ("aged 16 to 24", "16 to 24", "16 24",
             "age 16 to 24", "ages 16 to 24", "aged 16 24", "people aged 16 24", "young adults")),
    SheetRow("25_to_64", "People aged 25 to 64", PEOPLE, "", "A number, or a share in %", ("aged 25 to 64", "25 to 64", "25 64",
             "age 25 to 64", "ages 25 to 64", "aged 25 64", "people aged 25 64")),
    SheetRow("65_and_over", "People aged 65 and over", PEOPLE, "", "A number, or a share in %", ("aged 65 and over", "65 and over",
             "65+", "aged 65+", "people aged 65+", "over 65", "over 65s", "older people", "65 plus", "aged 65 plus")),
    SheetRow("deprivation", "Deprivation", NUMBER, "", "Mean score of the Index of Multiple Deprivation over small areas (0 to 100), or "
             "such as: like Bristol", ("deprivation score", "imd", "imd score", "imd average score", "average imd score",
             "index of multiple deprivation")),
    SheetRow("complex_families", "Families with complex needs", NUMBER, "", "A number; in proportion to people if you leave it",
             ("complex families", "troubled families", "families with multiple needs")),
)

_MONEY: Final = (
    SheetRow("council_adult_social_care", "Adult social care", MONEY, "council", "Net current expenditure on adults",
             ("adults social care", "adults services", "asc", "adult services", "social care adults", "adult care")),
    SheetRow("council_childrens_social_care", "Children's social care", MONEY, "council", "Net current expenditure on children, schools "
             "apart", ("childrens services", "childrens social care", "csc", "social care children", "children and families",
             "children s social care", "children s services")),
    SheetRow("council_social_care_all", "Social care, adults and children", MONEY, "council", "Net current expenditure on adults and "
             "children, one line in these accounts", ("social care", "social care all", "adults and childrens social care")),
    SheetRow("council_public_health", "Public health", MONEY, "council", "Spending of the public health grant", ()),
    SheetRow("council_highways_transport", "Highways and transport", MONEY, "council", "Net of income from parking; may be below zero",
             ("highways", "highways and transport services", "roads", "highways transport", "roads and transport")),
    SheetRow("council_housing_gfra", "Housing (general fund)", MONEY, "council", "Homelessness and housing, council rents apart",
             ("housing", "housing services", "housing gfra", "housing general fund", "homelessness", "housing services gfra only")),
    SheetRow("council_cultural", "Culture, libraries, leisure", MONEY, "council", "Cultural and related services",
             ("cultural and related services", "culture", "leisure", "libraries", "culture and leisure", "cultural services")),
    SheetRow("council_environmental", "Environment, waste, regulation", MONEY, "council", "Environmental and regulatory services",
             ("environmental and regulatory services", "environment", "waste", "environmental services", "environment and waste")),
    SheetRow("council_planning", "Planning and development", MONEY, "council", "Planning and development services",
             ("planning and development services", "planning", "development", "regeneration and planning")),
    SheetRow("council_central", "Central services", MONEY, "council", "Corporate costs, registration, council tax collection",
             ("corporate services", "corporate", "central", "support services", "central costs")),
    SheetRow("council_other", "Other services of the council", MONEY, "council", "What fits nowhere else",
             ("other services", "other", "other council services")),
    SheetRow(COUNCIL_TOTAL, "The council, all services above", TOTAL, "council", "The sum of the rows above; if you know no more, only "
             "this", ("council", "the council", "council total", "total council", "net council budget", "council services",
             "total council services", "council all services", "net revenue budget", "net budget", "total net expenditure",
             "net cost of services", "total service expenditure")),
    SheetRow("council_education", "Schools and education through the council", MONEY, "local", "Dedicated schools grant and other "
             "education, academies apart", ("schools", "education", "education services", "schools and education", "school budgets",
             "dedicated schools grant", "dsg")),
    SheetRow("nhs", "NHS", MONEY, "local", "Health services for residents", ("health", "icb", "nhs icb", "integrated care board", "pct",
             "ccg", "primary care trust", "nhs commissioning", "nhs spending", "health services", "national health service")),
    SheetRow("police", "Police", MONEY, "local", "What the force spends on the place; a part of a larger force by residents",
             ("police service", "police services", "pcc", "police and crime commissioner", "policing")),
    SheetRow("fire", "Fire and rescue", MONEY, "local", "What the fire authority spends on the place", ("fire and rescue service",
             "fire", "fire service", "fire authority", "fire and rescue authority")),
    SheetRow("council_fire", "Fire and rescue run by the council", MONEY, "local", "Only where the council is the fire authority",
             ("council fire", "fire run by the council")),
    SheetRow("education_department", "Academies, colleges, skills (Department for Education)", MONEY, "central", "Spending of the "
             "department in the place", ("academies", "academies and colleges", "department for education", "dfe", "further education",
             "colleges")),
    SheetRow("justice", "Probation, courts, prisons", MONEY, "central", "Ministry of Justice in the place", ("probation", "justice",
             "probation and justice", "ministry of justice", "courts", "probation and courts")),
    SheetRow("dwp_employment", "Jobcentres and employment support", MONEY, "central", "Department for Work and Pensions, employment",
             ("jobcentre plus", "jobcentres", "employment support", "jobcentre", "employment")),
    SheetRow("central_communities", "Homes and communities programmes", MONEY, "central", "Communities department in the place",
             ("homes england", "homes and communities", "communities", "housing and regeneration")),
    SheetRow("central_enterprise", "Enterprise and local growth", MONEY, "central", "Business support, regional growth",
             ("enterprise", "local growth", "business support", "regeneration")),
    SheetRow("central_skills", "Adult skills and universities", MONEY, "central", "Business department, skills", ("skills",
             "adult skills")),
    SheetRow("central_transport", "National transport", MONEY, "central", "Department for Transport in the place", ("national roads "
             "and rail", "transport department", "department for transport", "rail")),
    SheetRow("central_other", "Other departments", MONEY, "central", "Environment, research, immigration and others", ("other central",
             "other government departments", "other central government")),
    SheetRow("dwp_administration_other", "Administration of benefits", MONEY, "central", "Department for Work and Pensions, the rest",
             ("benefits administration", "dwp administration")),
    SheetRow("housing_benefit", "Housing benefit", MONEY, "benefits", "Paid by the council for the department", ()),
    SheetRow("dwp_pensions", "State pensions", MONEY, "benefits", "", ("pensions", "state pension")),
    SheetRow("dwp_sickness_disability", "Sickness and disability benefits", MONEY, "benefits", "", ("disability benefits",
             "sickness and disability")),
    SheetRow("dwp_unemployment_family_uc", "Unemployment and family benefits, Universal Credit", MONEY, "benefits", "",
             ("universal credit", "unemployment benefits", "unemployment and family")),
    SheetRow("tax_credits_child_benefit", "Tax credits and child benefit", MONEY, "benefits", "", ("tax credits", "child benefit")),
)
_TOTALS: Final = (
    SheetRow("total_local", "Other local bodies, all above", TOTAL, "local", "", ("total other local bodies",)),
    SheetRow("total_central", "Government departments, all above", TOTAL, "central", "", ("total government departments",)),
    SheetRow("total_benefits", "Benefits and pensions, all above", TOTAL, "benefits", "", ("total benefits", "total benefits and pensions")),
    SheetRow(ALL_TOTAL, "All public money in the place", TOTAL, "", "The sum of everything above", ("total", "grand total", "all", "sum",
             "total spending", "total expenditure", "total public spending", "overall total", "totals", "total all", "subtotal",
             "sub total")),
)
#: Every row by its key, in the order of the sheet.
ROWS: Final[Mapping[str, SheetRow]] = {row.key: row for row in (*_ABOUT, *_MONEY, *_TOTALS)}
#: Age bands.
AGES: Final = ("0_to_15", "16_to_24", "25_to_64", "65_and_over")


def plain_label(text: str) -> str:
    """A label without what people write one way or another: capitals, accents, marks, units in brackets, a number before it."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ").replace("’", "'").replace("_", " ")
    text = re.sub(r"\((?:£|gbp|net|gross|000|m\b|'000|k\b|in )[^)]*\)", " ", text)
    text = re.sub(r"^\s*(?:\d{1,3}(?:\.\d+)*[.)]|[a-z][.)])\s+", "", text)
    text = text.replace("'s", "s").replace("'", " ").replace("£m", " ").replace("£000", " ")
    return " ".join(re.sub(r"[^\w+ ]", " ", text).split())


@cache
def _by_label() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in ROWS.values():
        for name in (row.key, row.label, *row.also):
            found.setdefault(plain_label(name), row.key)
    return found


def key_of(label: str) -> str | None:
    """The key of the row that a label stands for; None where it stands for none."""
    plain = plain_label(label)
    for tail in ("", " net current expenditure", " net", " total"):
        found = _by_label().get(plain.removesuffix(tail))
        if found is not None:
            return found
    return None


def label_names() -> tuple[str, ...]:
    """What the template calls its rows."""
    return tuple(row.label for row in ROWS.values())


@kept(maxsize=8)
def _used(year: str) -> tuple[str, ...]:
    rows = [lines for (_, of), lines in tables.spending(geography_of(year)).items() if of == year]
    return tuple(line for line in LINES if any(row[line] != 0.0 for row in rows))


def lines_of(year: str) -> tuple[str, ...]:
    """Lines of the accounts in use in a year, in the order of the sheet."""
    used = _used(year)
    return tuple(key for key, row in ROWS.items() if row.kind == MONEY and key in used)


def by_group(year: str) -> dict[str, tuple[str, ...]]:
    """Lines in use in a year by group."""
    return {group: tuple(line for line in lines_of(year) if ROWS[line].group == group) for group in GROUPS}


def mean_deprivation(code: str, year: str) -> float:
    """Mean score of deprivation over the small areas of a real place, weighted by people, 0-100."""
    folder = geography_of(year)
    area, _ = tables.small_areas(code, folder)
    people = np.sum([area[name] for name in tables.AGES.values()], axis=0)
    return float(np.average(area[GEOGRAPHIES[folder].deprivation[year]], weights=people))


def ages_of(code: str, year: str) -> dict[str, float]:
    """Persons of a real place by age band, scaled to its population (small areas may be of another year)."""
    folder = geography_of(year)
    area, _ = tables.small_areas(code, folder)
    counts = {band: float(area[name].sum()) for band, name in tables.AGES.items()}
    total = sum(counts.values())
    return {band: count / total * tables.indicators(folder)[code].population for band, count in counts.items()}
