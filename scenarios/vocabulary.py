"""The words of the model: kinds, themes and domains, in the order in which every array holds them.

The lists are described in ``docs/odd.md``, section 2.
"""

from __future__ import annotations

from typing import Final

AGENCY_KINDS: Final = (
    "council",
    "nhs",
    "police",
    "fire",
    "probation_justice",
    "jobcentre_plus",
    "schools",
    "further_education",
    "housing_regeneration",
    "transport",
    "voluntary_sector",
)
THEMES: Final = (
    "health_and_care",
    "complex_families",
    "crime_and_justice",
    "education_and_early_years",
    "work_and_benefits",
    "housing_and_neighbourhoods",
    "transport_and_economy",
    "corporate",
)
OUTCOMES: Final = ("health", "independence", "safety", "learning", "work", "community")
COHORT_KINDS: Final = (
    "older_people",
    "complex_families",
    "children_and_young_people",
    "out_of_work",
    "offenders_and_victims",
    "everyone_else",
)
DEPARTMENTS: Final = (
    "communities",
    "health",
    "work_and_pensions",
    "home",
    "justice",
    "education",
    "transport",
    "business",
    "treasury",
)
#: Money that goes to people as of right. It counts in the place total and is pooled only where a scenario says so.
ENTITLEMENTS: Final = ("pensions", "sickness_and_disability", "unemployment_and_family", "housing_benefit", "tax_credits")

DECISION_RULES: Final = ("none", "unanimity", "majority", "business_case", "parties", "clusters", "place_board")
SAVINGS_RULES: Final = ("proportional", "equal", "nash", "shapley")
TOPOLOGIES: Final = ("star", "core_periphery", "small_world", "complete")


#: Short and other names of departments, agency kinds and themes, with the words of the model that they may stand for.
SHORT_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "dclg": ("communities",), "clg": ("communities",), "mhclg": ("communities",), "dluhc": ("communities",),
    "housing and communities": ("communities",), "local government": ("communities", "council"),
    "dh": ("health", "nhs"), "doh": ("health", "nhs"), "dhsc": ("health", "nhs"), "department of health": ("health",),
    "dwp": ("work_and_pensions", "jobcentre_plus", "work_and_benefits"),
    "home office": ("home",), "ho": ("home",), "moj": ("justice", "probation_justice", "crime_and_justice"),
    "dfe": ("education", "schools", "education_and_early_years"), "dcsf": ("education", "schools", "education_and_early_years"),
    "dft": ("transport", "transport_and_economy"), "bis": ("business",), "berr": ("business",), "beis": ("business",),
    "dbt": ("business",), "hmt": ("treasury",), "hm treasury": ("treasury",),
    "la": ("council",), "local authority": ("council",), "authority": ("council",), "councils": ("council",),
    "pct": ("nhs",), "ccg": ("nhs",), "icb": ("nhs",), "gp": ("nhs",), "gps": ("nhs",), "hospital": ("nhs",), "hospitals": ("nhs",),
    "jcp": ("jobcentre_plus",), "jobcentre": ("jobcentre_plus",), "job centre": ("jobcentre_plus",),
    "probation": ("probation_justice",), "prisons": ("probation_justice",), "courts": ("probation_justice",),
    "fe": ("further_education",), "college": ("further_education",), "colleges": ("further_education",),
    "skills": ("further_education",), "hca": ("housing_regeneration",), "regeneration": ("housing_regeneration",),
    "vcs": ("voluntary_sector",), "charities": ("voluntary_sector",), "third sector": ("voluntary_sector",),
    "social care": ("health_and_care",), "care": ("health_and_care",), "health": ("health_and_care",),
    "troubled families": ("complex_families",), "families": ("complex_families",), "crime": ("crime_and_justice",),
    "early years": ("education_and_early_years",), "benefits": ("work_and_benefits",), "work": ("work_and_benefits",),
    "worklessness": ("work_and_benefits",), "neighbourhoods": ("housing_and_neighbourhoods",),
    "housing": ("housing_and_neighbourhoods", "housing_regeneration"), "economy": ("transport_and_economy",),
    "back office": ("corporate",), "back offices": ("corporate",),
}


def label(key: str) -> str:
    """The words a reader sees for a key: ``health_and_care`` becomes ``health and care``."""
    special = {"nhs": "NHS", "jobcentre_plus": "Jobcentre Plus", "probation_justice": "probation and justice",
               "housing_regeneration": "housing and regeneration", "further_education": "further education and skills"}
    return special.get(key, key.replace("_", " "))
