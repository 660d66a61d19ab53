"""Metrics: every figure that a run reports, declared once, with unit, direction and meaning, beside the rule that measures it.

A file of this room holds the metrics of a group or two and their rules; here they are put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.columns import Table, rows_of, table
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.vocabulary import PERIODS, Word, period_of
from totalplace.sim.model.metrics import counts, demand, freed_money, money, natural_units, outcomes, pooling, promises, relations
from totalplace.sim.model.metrics.declaration import IndicatorList, Metric, MetricList

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario

#: What the rules write, in the order of the columns.
DECLARED: Final[tuple[Metric | MetricList | IndicatorList, ...]] = (
    *money.DECLARED, *freed_money.DECLARED, *pooling.DECLARED, *outcomes.DECLARED, *natural_units.DECLARED, *demand.DECLARED,
    *relations.DECLARED, *counts.DECLARED, *promises.DECLARED,
)


def by_name(declared: Iterable[Metric | MetricList | IndicatorList]) -> dict[str, Metric]:
    """The metrics by name. Raises InputError for a word whose metric would have the name of another."""
    found: dict[str, Metric] = {}
    for row in declared:
        for metric in row.metrics():
            if metric.name in found:
                raise InputError(f"Two metrics are called '{metric.name}'", allowed="another key for the word of one")
            found[metric.name] = metric
    return found


#: Every metric by name.
METRICS: Final[dict[str, Metric]] = by_name(DECLARED)
#: The table that rules write: a vector column for each list of metrics.
MEASURES: Final[Table] = table("measures", "a quarter", *(row.column() for row in DECLARED))
#: The same row with a name for each metric, in the order of ``METRICS``.
FLAT: Final = np.dtype([(name, np.float64) for name in METRICS])


def flat(measures: Any) -> Any:
    """Rows of the table of metrics, read with a column for each metric; the memory is the same."""
    return rows_of(measures, FLAT)


@cache
def metrics_of(period: str) -> Mapping[str, Metric]:
    """Every metric by name, with labels and meanings in the words of a period."""
    own = [metric for row in DECLARED if isinstance(row, MetricList) for metric in row.in_words_of(period)]
    return MappingProxyType(METRICS | {metric.name: metric for metric in own})


#: The words of the model that metrics are about, by the name of the metric.
_WORD_OF: Final[dict[str, Word]] = {
    f"{row.prefix}_{name}": row.of.rows[name] for row in DECLARED if isinstance(row, MetricList) for name in row.words
}
#: Metrics about partners and commissioners, which say nothing where there is no commissioner.
OF_COMMISSIONERS: Final = ("mean_trust", "joint_working_better")


def without_value(name: str, scenario: Scenario) -> str:
    """Why a metric says nothing under a scenario, in words for a reader (``no commissioner``); empty where it does say something.

    What the rules write is then the first level or zero by definition, whatever happens: users are told no value.
    """
    if name in OF_COMMISSIONERS and not scenario.material.posts:
        return "no commissioner"
    if name in _WORD_OF and (period := period_of(scenario.year)) not in _WORD_OF[name].periods:
        return f"no {_WORD_OF[name].called(period)} in {PERIODS[period].label}"
    return ""


def told(rows: Any, scenario: Scenario) -> Any:
    """Rows with a field for each metric as users are told them: a copy with NaN for what says nothing under the scenario."""
    silent = [name for name in rows.dtype.names or () if without_value(name, scenario)]
    rows = rows.copy()
    for name in silent:
        rows[name] = np.nan
    return rows


def metric(name: str, period: str = "") -> Metric:
    """The metric called ``name``, in the words of a period where one is given. Raises UnknownName with the nearest names."""
    if name not in METRICS:
        from totalplace.scenarios.errors import UnknownName

        raise UnknownName("metric", name, list(METRICS))
    return metrics_of(period)[name] if period else METRICS[name]
