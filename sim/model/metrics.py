"""Metrics: every figure that a run reports is declared here once, with unit, direction and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.columns import Column, Table, number, rows_of, table
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES, PERIODS, THEMES, Word, Words, label, period_of

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of a run in a quarter. ``direction``: 1 more is better, -1 worse, 0 neither.

    ``aggregate`` says how a year is summed up: the ``last`` quarter or the ``mean``.
    """

    name: str
    unit: str
    direction: int
    meaning: str
    group: str
    label: str
    aggregate: str = "mean"


@dataclass(frozen=True, slots=True)
class MetricList:
    """A metric for each word of a list: a vector column of the table of metrics.

    The metric of a word is called ``prefix_word``; ``meaning`` and ``label`` hold ``{}`` for the label of the word. ``words`` are
    those of the list ``of`` that have a metric.
    """

    column: str
    prefix: str
    of: Words
    words: tuple[str, ...]
    unit: str
    direction: int
    group: str
    meaning: str
    label: str

    def metrics(self) -> list[Metric]:
        """The metrics of all words, in the order of the list."""
        return [Metric(f"{self.prefix}_{word}", self.unit, self.direction, self.meaning.format(label(word)), self.group,
                       self.label.format(label(word))) for word in self.words]


def _declare() -> list[tuple[str, str, int, str, str] | MetricList]:
    """Name, unit, direction, group and meaning of each metric, and the lists of metrics."""
    return [
        ("duplication", "£m a year", -1, "money", "duplication among all agencies that is still there"),
        ("duplication_share", "% of start", -1, "money", "duplication still there, against the start"),
        ("duplication_removed", "£m a year", 1, "money", "duplication removed by redesign"),
        ("removed_share", "% of spend", 1, "money", "duplication removed, of all addressable spend"),
        ("removed_cumulative", "£m", 1, "money", "duplication removed since the start"),
        ("removed_present_value", "£m present value", 1, "money", "duplication removed since the start, discounted"),
        ("scale_loss", "£m a year", -1, "money", "scale lost by devolving common functions"),
        ("transition_cost", "£m a year", -1, "money", "cost of change"),
        ("transaction_cost", "£m a year", -1, "money", "cost of agreements"),
        ("net_saving", "£m a year", 1, "money", "duplication removed less scale lost, cost of change and of agreements"),
        ("net_saving_cumulative", "£m", 1, "money", "net saving since the start"),
        ("net_present_value", "£m present value", 1, "money", "net saving since the start, discounted"),
        ("demand_avoided", "£m a year", 1, "money", "reactive demand avoided by integration (first-order estimate)"),
        ("benefit_cost_ratio", "ratio", 1, "money", "discounted saving and demand avoided over discounted cost; 0 without cost"),
        ("payback", "years", 0, "money", "time from the first cost until net saving since the start turned positive; 0 until then"),
        ("returned", "£m a year", 1, "money", "cashable savings returned to agencies"),
        ("promised_saving", "£m a year", 0, "money", "saving that plans in force promised"),
        ("capital_receipts", "£m", 1, "money", "property receipts since the start"),
        ("capital_pot", "£m", 0, "money", "money in the capital pot"),
        ("pooled_budget", "£m a year", 0, "pooling", "planned and common spend in pooled budgets"),
        ("pooled_share", "% of spend", 0, "pooling", "pooled budgets, of all addressable spend"),
        MetricList("pooled_share_by_theme", "pooled_share", THEMES, THEMES.flagged("pooled_share"), "% of spend", 0, "pooling",
                   "pooled {} money, of the theme's spend", "pooled share {}"),
        ("local_control_share", "% of place total", 1, "pooling", "money controlled in the place, of all its public money"),
        ("redesign", "0-1", 1, "pooling", "progress of redesign, weighted by pooled money"),
        MetricList("ceded_by_kind", "ceded", AGENCY_KINDS, AGENCY_KINDS, "% of its spend", 0, "pooling",
                   "share of its planned and common spend that {} cedes", "ceded by {}"),
        ("wellbeing", "0-1", 1, "outcomes", "mean outcome of all people"),
        ("inequality", "0-1", -1, "outcomes", "spread (standard deviation over people) of wellbeing between cohorts"),
        ("inequality_neighbourhoods", "0-1", -1, "outcomes", "the same between neighbourhoods"),
        ("wellbeing_worst_off", "0-1", 1, "outcomes", "wellbeing of the worst-off cohort: the least of all kinds of people in all "
         "neighbourhoods"),
        MetricList("outcome_by_domain", "outcome", OUTCOMES, OUTCOMES, "0-1", 1, "outcomes", "mean {} outcome of all people",
                   "outcome {}"),
        MetricList("wellbeing_by_cohort", "wellbeing", COHORT_KINDS, COHORT_KINDS, "0-1", 1, "outcomes", "mean outcome of {}",
                   "wellbeing of {}"),
        ("community_capacity", "0-1", 1, "outcomes", "mean community capacity"),
        ("reactive_share", "% of spend", -1, "demand", "reactive demand, of all budgets"),
        ("preventive_share", "% of spend", 1, "demand", "preventive spend, of all budgets"),
        ("reactive_demand", "index", -1, "demand", "reactive demand against the base year"),
        ("funding_gap", "£m a year", -1, "demand", "cost of base-year services at today's demand beyond budgets"),
        ("shortfall", "£m a year", -1, "demand", "reactive demand for which there was no money"),
        ("stress", "0-1", -1, "demand", "fiscal stress, weighted by base-year budget"),
        ("mean_trust", "0-1", 1, "network", "trust of each agency in each commissioner that is not its own, tied or not, mean; "
         "without a commissioner no value: the first level"),
        ("joint_working_better", "% of partners", 1, "network", "partners whose trust is above where it started"),
        ("density", "share", 0, "network", "pairs of agencies that are tied or cede to one joint commission"),
        ("centralisation", "0-1", 0, "network", "degree centralisation of that network (Freeman 1979)"),
        ("modularity", "-0.5 to 1", -1, "network", "how far its ties stay within departments (Newman 2006)"),
        ("encouragement", "-1 to 1", 0, "network", "stance of departments, weighted by the money of their agencies"),
        ("deals_proposed", "count", 0, "deals", "requests made so far"),
        ("deals_agreed", "count", 0, "deals", "requests agreed so far"),
        ("deals_refused", "count", 0, "deals", "requests refused so far"),
        ("deals_blocked", "count", 0, "deals", "agreements blocked by the board so far"),
        ("deals_live", "count", 0, "deals", "shares ceded now"),
        ("deals_left", "count", -1, "deals", "partners that took their money back so far"),
        ("ledger_error", "£m", -1, "ledger", "largest imbalance of an account, to the penny"),
    ]


def _made() -> list[Metric | MetricList]:
    last = {"removed_cumulative", "removed_present_value", "net_saving_cumulative", "net_present_value", "capital_receipts",
            "benefit_cost_ratio", "capital_pot", "payback"}
    called = {"wellbeing_worst_off": "wellbeing of the worst-off cohort"}
    found: list[Metric | MetricList] = []
    for row in _declare():
        if isinstance(row, MetricList):
            found.append(row)
            continue
        name, unit, direction, group, meaning = row
        aggregate = "last" if name in last or group == "deals" else "mean"
        found.append(Metric(name, unit, direction, meaning, group, called.get(name, name.replace("_", " ")), aggregate))
    return found


def _column(row: Metric | MetricList) -> Column:
    if isinstance(row, Metric):
        return number(row.name, row.unit, row.meaning)
    return number(row.column, row.unit, row.meaning.format("each"), len(row.words))


def _by_name(declared: list[Metric | MetricList]) -> dict[str, Metric]:
    """The metrics by name. Raises InputError for a word whose metric would have the name of another."""
    found: dict[str, Metric] = {}
    for row in declared:
        for metric in [row] if isinstance(row, Metric) else row.metrics():
            if metric.name in found:
                raise InputError(f"Two metrics are called '{metric.name}'", allowed="another key for the word of one")
            found[metric.name] = metric
    return found


_DECLARED: Final = _made()
#: Every metric by name.
METRICS: Final[dict[str, Metric]] = _by_name(_DECLARED)
#: The table that rules write: a vector column for each list of metrics.
MEASURES: Final[Table] = table("measures", "a quarter", *(_column(row) for row in _DECLARED))
#: The same row with a name for each metric, in the order of ``METRICS``.
FLAT: Final = np.dtype([(name, np.float64) for name in METRICS])


def flat(measures: Any) -> Any:
    """Rows of the table of metrics, read with a column for each metric; the memory is the same."""
    return rows_of(measures, FLAT)


#: The words of the model that metrics are about, by the name of the metric.
_WORD_OF: Final[dict[str, Word]] = {
    f"{row.prefix}_{name}": row.of.rows[name] for row in _DECLARED if isinstance(row, MetricList) for name in row.words
}
#: Metrics about partners and commissioners, which say nothing where there is no commissioner.
OF_COMMISSIONERS: Final = ("mean_trust", "joint_working_better")


def without_value(name: str, scenario: Scenario) -> str:
    """Why a metric says nothing under a scenario, in words for a reader (``no commissioner``); empty where it does say something.

    The stored number is then the first level or zero by definition, whatever happens: not for comparison.
    """
    if name in OF_COMMISSIONERS and not scenario.arrangement.commissioners:
        return "no commissioner"
    if name in _WORD_OF and (period := period_of(scenario.year)) not in _WORD_OF[name].periods:
        return f"no {_WORD_OF[name].label} in {PERIODS[period].label}"
    return ""


def metric(name: str) -> Metric:
    """The metric called ``name``; raises :class:`totalplace.scenarios.errors.UnknownName` with the nearest names."""
    if name not in METRICS:
        from totalplace.scenarios.errors import UnknownName

        raise UnknownName("metric", name, list(METRICS))
    return METRICS[name]
