"""What is judged, and which parameters say how far it may be out: tables of places, fields of arrangements, numbers in the code.

Nothing that decides a result lies outside the registry of parameters: what is judged is a parameter itself, or one scales it,
shifts it or raises it to a power. A test holds these lists against the files.
"""

from __future__ import annotations

from typing import Final

#: The parameters of each table in ``scenarios/places/judgement``. A multiplier of the whole table that would only act as a product
#: with a parameter that is there already is that parameter.
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "agencies": ("control_aversion", "lean_control", "accountability", "vertical_value", "agency_leadership", "property"),
    "commonality": ("kappa", "common_share"),
    "effect": ("epsilon", "effect_focus"),
    "incidence": ("incidence_focus",),
    "indicators": ("outcome_level",),
    "lines": ("national_part", "voluntary_part"),
    "need": ("need_between_kinds",),
    "need_gradient": ("need_between_areas",),
    "outcome_mean": ("outcome_level",),
    "outcome_slope": ("outcome_gap",),
    "people": ("small_groups", "capacity_level", "capacity_gap", "property"),
    "reactive": ("reactive_share",),
    "remit": ("remit_focus",),
    "speed": ("rho",),
    "themes": ("theme_focus",),
    "unit_cost": ("unit_cost_drift", "looked_after_part", "drift_elsewhere"),
}
#: The parameters of each number of an arrangement.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "rounds": ("arrangement_rounds",),
    "ambition": ("arrangement_ambition",),
    "themes_a_quarter": ("arrangement_agenda",),
    "largest_coalition": ("arrangement_coalition",),
    "approval_threshold": ("arrangement_approval",),
    "benefit_cost_threshold": ("arrangement_case",),
    "formal_agreement": ("arrangement_formality",),
    "transaction_cost": ("transaction_cost", "arrangement_cost"),
    "set_up": ("setup_lag", "arrangement_setup"),
    "political": ("arrangement_politics",),
    "officer_support": ("arrangement_support",),
    "leader_turnover": ("turnover", "arrangement_turnover"),
    "outcome_payment": ("arrangement_outcome_pay",),
    "time_limit": ("arrangement_time_limit",),
    "extra_freedom": ("arrangement_freedom",),
    "leadership": ("arrangement_leadership",),
}
#: What an arrangement is, as distinct from how much: no number that could be out.
WHAT_IT_IS: Final[dict[str, str]] = {
    "name": "words", "title": "words", "description": "words",
    "decision_rule": "another rule is another arrangement",
    "bargaining": "without it there is no bargaining: an ablation",
    "annual_plan": "as the Better Care Fund is planned",
    "cluster_boards": "who decides",
    "mandated_agencies": "whom statute names",
    "single_pot_agencies": "whose money a single pot takes",
    "open_to": "where there can be one: it marks a what-if",
    "election_cycle": "set by law: four years, or none",
    "commissioners": "who leads which themes; their leadership may be out (arrangement_leadership)",
    "levers": "levers: what a policy maker sets; stances of departments may be out (department_stance)",
}
#: Numbers in the code that stand for a quantity of the world, and what scales them.
CONSTANTS: Final[dict[str, str]] = {
    "LOCAL_TAX": "local_tax",
    "COMMISSIONED": "commissioned_money",
    "CORE_TO_PERIPHERY": "tie_sparseness",
    "WITHIN_PERIPHERY": "tie_sparseness",
    "SHORTCUT": "tie_sparseness",
    "INFLATION": "inflation_beyond",
}
#: Inputs of scenarios and other files that are estimates, and what says how far they may be out.
INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "stances of departments (lever encouragement of scenarios)": ("department_stance",),
    "mandated money that an event says is interpolated, estimated or judged": ("mandate_unpublished",),
    "ranges of budget paths (scenarios/cuts)": ("budget_error",),
    "prices after the last year published (scenarios/places/gdp_deflator.csv)": ("inflation_beyond",),
    "slopes of indicators in natural units (scenarios/indicators.yaml)": ("indicator_slope",),
}
