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


def label(key: str) -> str:
    """The words a reader sees for a key: ``health_and_care`` becomes ``health and care``."""
    special = {"nhs": "NHS", "jobcentre_plus": "Jobcentre Plus", "probation_justice": "probation and justice",
               "housing_regeneration": "housing and regeneration", "further_education": "further education and skills"}
    return special.get(key, key.replace("_", " "))
