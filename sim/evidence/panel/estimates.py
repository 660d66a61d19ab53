"""What is estimated: need on early help, spend on need, and outcomes on outturn, each within places and with checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from totalplace.sim.evidence.panel.regressions import Dynamic, Estimate, difference, dynamic, within
from totalplace.sim.evidence.panel.tables import (
    COUNCIL_OUTCOMES,
    FIRST,
    LAST,
    adjusted,
    children,
    children_logs,
    councils_logs,
    lagged,
    places,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

JUMPS: Final = ("jump_early_help",)
#: Years by which early help is moved: leads, which nothing should follow, and lags.
LEADS: Final = (-2, -1)
LAGS: Final = (0, 1, 2, 3, 4)
#: The last year of spending before the pandemic, and checks in words.
PANDEMIC: Final = 2020
HELD: Final = "children living there held"
BEFORE: Final = "to 2019-20"
#: Shares of the way that need goes in a year toward what early help asks for.
SPEEDS: Final = (0.15, 0.25, 0.5)
#: Other needs, by their column, that are held against early help.
OTHER_NEEDS: Final = {
    "plans_rate": "child protection plans", "in_need_rate": "children in need", "neet": "not in education or work, 16 and 17",
    "first_entrants_rate": "first entrants to youth justice", "absence": "absence from school",
}
#: Lines of outturn that are held against outcomes.
SERVICES: Final = {"adult_social_care": "adult social care", "all_services": "all council services"}
#: The long difference of the council panel: the first year with adult social care, or with the outcome, and the last.
COUNCIL_DIFFERENCE: Final = (2013, LAST)


@dataclass(frozen=True)
class Finding:
    """The elasticity of ``outcome`` to ``driver``; ``when`` says how they lie in time.

    ``main`` leaves out the places with a jump of reporting; ``check`` has them, or is none.
    """

    outcome: str
    driver: str
    when: str
    main: Estimate
    check: Estimate | None = None


def _samples() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Logs of places without jumps, and of all places that are whole and large enough, to :data:`LAST`."""
    logs, marks = children_logs(), children()["marks"]
    logs = logs[logs.index.get_level_values("year") <= LAST]
    return logs.loc[places(marks, JUMPS)], logs.loc[places(marks)]


def _both(outcome: str, driver: str, when: str, estimate: Callable[[pd.DataFrame], Estimate]) -> Finding:
    main, check = (estimate(logs) for logs in _samples())
    return Finding(outcome, driver, when, main, check)


def _moved(of: str, on: str, years: int = 0, last: int = LAST, beside: str = "") -> Callable[[pd.DataFrame], Estimate]:
    """One column on another ``years`` before, within places, in years of spending to ``last``, with a third held ``beside`` it."""

    def estimate(logs: pd.DataFrame) -> Estimate:
        outcome = logs[of]
        year = outcome.index.get_level_values("year")
        drivers = {"driver": lagged(logs[on], years)} | ({"beside": logs[beside]} if beside else {})
        return within(outcome[(year >= FIRST) & (year <= last)], drivers)["driver"]

    return estimate


def _come_through(speed: float) -> Callable[[pd.DataFrame], Estimate]:
    """Looked-after children on what has come through of early help at a speed."""

    def estimate(logs: pd.DataFrame) -> Estimate:
        return within(logs["looked_after"], {"driver": adjusted(logs["early_help_spend"], speed)})["driver"]

    return estimate


def _long(of: str, on: str) -> Callable[[pd.DataFrame], Estimate]:
    """The change of one column on that of another from the first year to the last."""
    return lambda logs: difference(logs[of], logs[on], FIRST, LAST)


def when(years: int) -> str:
    """A lag or lead in words."""
    if years == 0:
        return "the same year"
    return f"{abs(years)} year{'s' if abs(years) > 1 else ''} {'later' if years > 0 else 'before (placebo)'}"


def need_on_early_help() -> list[Finding]:
    """Looked-after children on early help: leads, lags one by one, a long difference, and partial adjustment."""
    said, columns = ("looked-after children", "early help"), ("looked_after", "early_help_spend")
    return [
        *(_both(*said, when(years), _moved(*columns, years)) for years in (*LEADS, *LAGS)),
        _both(*said, f"{when(1)}, {HELD}", _moved(*columns, 1, beside="children")),
        _both(*said, f"{when(1)}, {BEFORE}", _moved(*columns, 1, PANDEMIC)),
        _both(*said, f"change {FIRST} to {LAST}", _long(*columns)),
        *(_both(*said, f"in the end, {speed:g} a year", _come_through(speed)) for speed in SPEEDS),
    ]


def other_needs() -> list[Finding]:
    """Other needs on early help a year before and two years before."""
    return [_both(words, "early help", when(years), _moved(column, "early_help_spend", years))
            for column, words in OTHER_NEEDS.items() for years in (1, 2)]


def spend_on_need() -> list[Finding]:
    """Spending on need: on looked-after children by their mean over the year, with checks; safeguarding; what else they move."""
    spend, over_the_year = "spend on looked-after children", "their mean number over the year"
    rows = (
        (spend, "their number on its last day", "looked_after_spend", "looked_after"),
        ("safeguarding", "children in need", "safeguarding_spend", "in_need_rate"),
        ("safeguarding", "child protection plans", "safeguarding_spend", "plans_rate"),
        ("early help", "looked-after children", "early_help_spend", "mean_looked_after"),
        ("all children's services", "looked-after children", "all_spend", "mean_looked_after"),
    )
    columns = ("looked_after_spend", "mean_looked_after")
    return [
        _both(spend, over_the_year, when(0), _moved(*columns)),
        _both(spend, over_the_year, HELD, _moved(*columns, beside="children")),
        _both(spend, over_the_year, BEFORE, _moved(*columns, last=PANDEMIC)),
        _both(spend, over_the_year, f"change {FIRST} to {LAST}", _long(*columns)),
        *(_both(words, need, when(0), _moved(of, on)) for words, need, of, on in rows),
    ]


def own_lag() -> Dynamic:
    """Looked-after children on their number and on early help a year before."""
    logs, _ = _samples()
    return dynamic(logs["looked_after"], lagged(logs["early_help_spend"], 1))


def outcomes_on_outturn() -> list[Finding]:
    """Outcomes of places on outturn by service, in the years that exist: the same year, a year later, a year before, and long."""
    logs = councils_logs()
    logs = logs[logs.index.get_level_values("year") <= LAST]
    logs = logs.loc[places(logs["marks"], ("jump_adult_social_care",))]
    found = []
    for service, words in SERVICES.items():
        for outcome in COUNCIL_OUTCOMES:
            said = (outcome.replace("_", " "), words)
            found += [Finding(*said, when(years), within(logs[outcome], {"driver": lagged(logs[service], years)})["driver"])
                      for years in (-1, 0, 1)]
            first, last = COUNCIL_DIFFERENCE
            found.append(Finding(*said, f"change {first} to {last}", difference(logs[outcome], logs[service], first, last)))
    return found
