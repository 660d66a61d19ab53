"""Which line of the accounts a department's money goes to in 2024-25, and what splits it over places, for ``tools.year_tables``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Split(NamedTuple):
    """How money of a region reaches its places: ``measure`` of ``tools.year_areas`` where it is one, quality, margin, in words.

    ``margin`` is how far the line of a place can be off, as a share of it.
    """

    measure: str
    quality: str
    margin: float
    how: str


class Benefit(NamedTuple):
    """Segments of a department whose names hold one of ``words``: the line they go to, and the measure that splits them."""

    line: str
    measure: str
    words: tuple[str, ...]


#: The first that fits counts.
BENEFITS: Final = (
    Benefit("dwp_pensions", "poor_older", ("PENSION CREDIT",)),
    Benefit("dwp_pensions", "pensioners", ("STATE PENSION", "WINTER FUEL", "RETIREMENT PENSION", "CHRISTMAS BONUS")),
    Benefit("dwp_sickness_disability", "aged_75", ("ATTENDANCE ALLOWANCE",)),
    Benefit("dwp_sickness_disability", "disabled", (
        "PERSONAL INDEPENDENCE", "EMPLOYMENT AND SUPPORT", "EMPLOYMENT SUPPORT", "DISABILITY LIVING", "CARER'S",
        "INDUSTRIAL INJURIES", "SEVERE DISABLEMENT", "INCAPACITY", "MESOTHELIOMA", "INDUSTRIAL DEATH",
    )),
    Benefit("dwp_unemployment_family_uc", "claims", (
        "UNIVERSAL CREDIT", "JOBSEEKER", "INCOME SUPPORT", "SOCIAL FUND", "SURE START",
    )),
    Benefit("dwp_unemployment_family_uc", "working_age", ("STATUTORY SICK PAY", "MATERNITY ALLOWANCE", "BEREAVEMENT")),
)

#: Lines of departments; margins are judgement, held against what is known of Birmingham (docs/data.md).
SPLITS: Final[Mapping[str, Split]] = {
    "nhs": Split("nhs", "formula", 0.25,
                 "health department in the region, split by residents and the need weights of the allocations to care boards; "
                 "regions differ from the allocations by up to a quarter, London most"),
    "dwp_pensions": Split("", "estimate", 0.10,
                          "region's pensions split by people of 65 and over, Pension Credit by income-deprived older people"),
    "dwp_sickness_disability": Split("", "estimate", 0.20,
                                     "region's benefits split half by employment-deprived people and half by residents, "
                                     "Attendance Allowance by people of 75 and over"),
    "dwp_unemployment_family_uc": Split("", "estimate", 0.15, "region's benefits split by households on Universal Credit"),
    "dwp_employment": Split("claims", "estimate", 0.25, "region's employment policies split by households on Universal Credit"),
    "dwp_administration_other": Split("claims", "estimate", 0.3, "region's administration split by households on Universal Credit"),
    "tax_credits_child_benefit": Split("children", "estimate", 0.15,
                                       "region's child benefit, tax credits and childcare top-ups split by children under 18"),
    "justice": Split("crime", "estimate", 0.35, "region's justice spending split by residents, half weighted by recorded violence"),
    "education_department": Split("", "estimate", 0.25,
                                  "region's academies split so that schools of council and academies have the same a pupil, "
                                  "weighted by free school meals; the rest by people of 16 to 24"),
    "central_enterprise": Split("residents", "estimate", 0.5, "region's enterprise spending split by residents"),
    "central_transport": Split("residents", "estimate", 0.5, "region's transport department split by residents"),
    "central_other": Split("residents", "estimate", 0.3, "region's other departments split by residents"),
    "central_communities": Split("residents", "estimate", 0.5, "region's communities department split by residents"),
}

#: Line, department, start of the function; the first that fits counts.
_DEPARTMENTS: Final = (
    ("nhs", "Department of Health and Social Care", ""),
    ("justice", "Ministry of Justice", ""),
    ("tax_credits_child_benefit", "HM Revenue and Customs", "10."),
    ("central_communities", "Ministry of Housing, Communities and Local Government", ""),
    ("central_transport", "Department for Transport", "4. of which: transport"),
    ("central_enterprise", "Department for Business and Trade", "4. of which: enterprise"),
    ("central_enterprise", "Department for Science, Innovation and Technology", "4. of which: enterprise"),
)

#: Functions of councils' current spending, and the lines of councils, forces and fire authorities that are in them.
LOCAL_FUNCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "1. of which: public": ("council_central", "council_other"),
    "10. ": ("council_childrens_social_care", "council_adult_social_care", "housing_benefit"),
    "2. ": (),
    "3. ": ("police", "fire", "council_fire"),
    "4. of which: agriculture": (),
    "4. of which: enterprise": (),
    "4. of which: transport": ("council_highways_transport",),
    "5. ": ("council_environmental",),
    "6. ": ("council_housing_gfra", "council_planning"),
    "7. ": ("council_public_health",),
    "8. ": ("council_cultural",),
    "9. ": ("council_education",),
}


def line_of(department: str, segment: str, function: str) -> tuple[str, str]:
    """The line and the measure of a segment of a department's spending."""
    if department == "Department for Work and Pensions":
        return _benefit_of(segment, function)
    if department == "Department for Education":
        return "education_department", "academies" if "ACADEMIES" in segment.upper() else "students"
    for line, of, starts in _DEPARTMENTS:
        if department == of and function.startswith(starts):
            return line, SPLITS[line].measure
    return "central_other", SPLITS["central_other"].measure


def _benefit_of(segment: str, function: str) -> tuple[str, str]:
    if function.startswith("4. of which: employment"):
        return "dwp_employment", SPLITS["dwp_employment"].measure
    for benefit in BENEFITS:
        if any(words in segment.upper() for words in benefit.words):
            return benefit.line, benefit.measure
    return "dwp_administration_other", SPLITS["dwp_administration_other"].measure
