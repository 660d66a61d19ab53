"""Indicators: outcomes in units that people know, as rows that the account of a quarter reads."""

from __future__ import annotations

from typing import Final

from totalplace.agents.columns import number, table
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES

INDICATORS: Final = table(
    "indicators",
    "an outcome in a unit that people know",
    number("at_start", "its unit", "what it stands at in the base year"),
    number("best", "its unit", "what it nears as the shortfall goes to nothing"),
    number("least", "its unit", "the least that it can be"),
    number("most", "its unit", "the most that it can be"),
    number("slope", "exponent", "how it follows the shortfall of outcomes"),
    number("of_kind", "share", "kinds of people that it counts", len(COHORT_KINDS)),
    number("of_outcome", "share", "outcomes whose shortfall moves it", len(OUTCOMES)),
)
