"""The two tables of a sweep as Arrow tables: ``runs``, one row a run, and ``metrics``, one row a run and kept quarter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from totalplace.scenarios.calendar import quarter_dates
from totalplace.scenarios.sweeps.choices import choices_of
from totalplace.sim.engine.sweep.chunks import Chunk, Outcome, kept_quarters
from totalplace.sim.results.relative import metric_called

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.scenarios.sweeps.factors import Factor

DONE, FAILED = "done", "failed"
#: Columns of ``runs`` about the work, not the result: these alone may differ between two runs of one sweep.
OF_THE_WORK = ("seconds",)

_RUN = (
    ("run", pa.int64(), "count", "number of the run in the sweep, from 0"),
    ("scenario", pa.string(), "name", "name of the scenario"),
    ("place", pa.string(), "name", "place"),
    ("point", pa.int64(), "count", "row of the design, from 0"),
    ("replicate", pa.int64(), "count", "number of the replicate at the point, from 0"),
    ("seed", pa.int64(), "", "seed of every draw of the run"),
)
_WORK = (
    ("status", pa.string(), "", "done, or failed"),
    ("seconds", pa.float64(), "seconds", "how long the run took"),
    ("error", pa.string(), "", "why the run failed"),
)
_QUARTER = (
    ("run", pa.int64(), "count", "number of the run in the sweep, from 0"),
    ("quarter", pa.int32(), "quarters", "quarter of the run, from 0"),
    ("date", pa.timestamp("ms"), "date", "first day of the quarter"),
)
#: What a row of metrics stands for, by what is kept of a run, and how a metric is summed up in it, by its ``aggregate``.
ROWS: Final[Mapping[str, str]] = {
    "quarter": "a quarter",
    "year": "the year of up to four quarters that ends with the row's quarter",
    "last": "the last year of the run, of up to four quarters, which ends with the row's quarter",
}
_SUMMED_UP: Final[Mapping[str, str]] = {"mean": "mean of the year's quarters", "last": "last quarter of the year"}


def _field(name: str, kind: Any, unit: str, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"unit": unit, "meaning": meaning})


def runs_schema(factors: Sequence[Factor]) -> pa.Schema:
    """Columns of ``runs``; a factor's column holds its value, a choice by its name."""
    kinds = [pa.string() if choices_of(f.label) else pa.float64() for f in factors]
    varied = [_field(f.label, kind, f.unit, f"{f.kind} of the design") for f, kind in zip(factors, kinds, strict=True)]
    return pa.schema([*(_field(*column) for column in _RUN), *varied, *(_field(*column) for column in _WORK)])


def metrics_schema(metrics: Sequence[str], every: str) -> pa.Schema:
    """Columns of ``metrics``. The schema says under ``row`` what a row stands for, a field under ``row`` how it is summed up."""
    kept = []
    for name in metrics:
        metric = metric_called(name)
        field = _field(name, pa.float64(), metric.unit, metric.meaning)
        how = ROWS[every] if every == "quarter" else _SUMMED_UP[metric.aggregate]
        kept.append(field.with_metadata({**(field.metadata or {}), b"row": how.encode()}))
    return pa.schema([*(_field(*column) for column in _QUARTER), *kept], metadata={"every": every, "row": ROWS[every]})


def runs_table(chunk: Chunk, outcome: Outcome, replicates: int) -> pa.Table:
    """The rows of ``runs`` of a chunk, failed ones too."""
    numbers = np.arange(chunk.first, chunk.first + len(chunk))
    errors = outcome.errors
    columns: list[Any] = [
        numbers,
        _names(chunk, [scenario.name for scenario in chunk.scenarios]),
        _names(chunk, [scenario.place for scenario in chunk.scenarios]),
        chunk.point,
        numbers % replicates,
        chunk.seed,
        *(_shown(factor, values) for factor, values in zip(chunk.factors, np.ascontiguousarray(chunk.values.T), strict=True)),
        [FAILED if i in errors else DONE for i in range(len(chunk))],
        outcome.seconds,
        [errors.get(i) for i in range(len(chunk))],
    ]
    return _table(columns, runs_schema(chunk.factors))


def metrics_table(chunk: Chunk, outcome: Outcome) -> pa.Table:
    """The rows of ``metrics`` of a chunk: those of the runs that are done."""
    done = np.ones(len(chunk), dtype=bool)
    done[list(outcome.errors)] = False
    quarters, dates = _calendar(chunk.scenarios, chunk.every)
    which = chunk.scenario[done]
    counts = chunk.row_counts[done]
    columns: list[Any] = [
        np.repeat(np.arange(chunk.first, chunk.first + len(chunk))[done], counts),
        np.concatenate([quarters[i] for i in which] or [np.zeros(0, np.int32)]),
        np.concatenate([dates[i] for i in which] or [np.zeros(0, "datetime64[ms]")]),
        *np.ascontiguousarray(outcome.metrics.T),
    ]
    return _table(columns, metrics_schema(chunk.metrics, chunk.every))


def _shown(factor: Factor, values: NDArray[np.float64]) -> Any:
    """The values of a factor as its column has them: a choice by its name."""
    choices = choices_of(factor.label)
    if not choices:
        return values
    return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int8)), pa.array(choices, pa.string())).cast(pa.string())


def _names(chunk: Chunk, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(chunk.scenario), pa.array(names, pa.string())).cast(pa.string())


def _calendar(scenarios: Sequence[Scenario], every: str) -> tuple[list[Any], list[Any]]:
    """Of each scenario the kept quarters, and their first days."""
    quarters = [kept_quarters(every, scenario.quarters).astype(np.int32) for scenario in scenarios]
    days = [np.array(quarter_dates(s.start, s.quarters), dtype="datetime64[M]").astype("datetime64[ms]") for s in scenarios]
    return quarters, [day[kept] for day, kept in zip(days, quarters, strict=True)]


def _table(columns: Sequence[Any], schema: pa.Schema) -> pa.Table:
    arrays = [
        values if isinstance(values, pa.Array) else pa.array(values, kind.type)
        for values, kind in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


#: Columns of the table of scenarios.
SCENARIO_COLUMNS: Final[Mapping[str, Callable[[Scenario], Any]]] = {
    "scenario": lambda scenario: scenario.name,
    "place": lambda scenario: scenario.place,
    "title": lambda scenario: scenario.title,
    "arrangement": lambda scenario: scenario.arrangement.name,
    "start": lambda scenario: scenario.start,
    "quarters": lambda scenario: scenario.quarters,
    "sha256": lambda scenario: scenario.sha256,
    "text": lambda scenario: scenario.text,
}


def scenarios_table(scenarios: Sequence[Scenario]) -> pa.Table:
    """The scenarios of a sweep, each in full: all that is needed to make its runs again."""
    return pa.table({name: [value(scenario) for scenario in scenarios] for name, value in SCENARIO_COLUMNS.items()})
