"""The end of every run of a sweep: its last year, whatever quarters were kept; see :func:`totalplace.sim.results.run.at_end`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from totalplace.sim.model.metrics import OF_COMMISSIONERS
from totalplace.sim.results.last_year import LAST_QUARTERS, adding_up, in_last_year

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.engine.sweep.store import Store


def ends(store: Store, metrics: Sequence[str], one_in: int = 1) -> pd.DataFrame:
    """The metrics (columns) of each run that is done, or of one in so many, in its last year; the index is the run.

    Read part by part, so that memory holds one row a run. Raises what Arrow raises for damaged tables.
    """
    import pandas as pd

    names = list(metrics)
    quarters = store.scenarios()["quarters"].to_numpy(np.int64)
    found = [_of_part(part, names, quarters, store, one_in) for part in store.metrics.get_fragments()]
    runs, values = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    table = pd.DataFrame(values, index=pd.Index(runs, name="run"), columns=names)
    return _without_values(table, store)


def _without_values(table: pd.DataFrame, store: Store) -> pd.DataFrame:
    """The ends with NaN where a metric of commissioners is of a scenario without one: what is kept is so by definition."""
    asked = [name for name in OF_COMMISSIONERS if name in table]
    if not asked:
        return table
    scenarios = store.scenarios()
    nobody = scenarios["scenario"].isin(silent(scenarios)).to_numpy()
    table.loc[nobody[table.index.to_numpy() // max(1, store.total // len(scenarios))], asked] = np.nan
    return table


def silent(scenarios: pd.DataFrame) -> set[str]:
    """The scenarios of a sweep without a commissioner: metrics of commissioners (``OF_COMMISSIONERS``) say nothing of them."""
    texts = scenarios.drop_duplicates("scenario").set_index("scenario")["text"]
    return {str(name) for name, text in texts.items() if not yaml.safe_load(text)["arrangement"]["commissioners"]}


def _of_part(
    part: Any, names: list[str], quarters: NDArray[np.int64], store: Store, one_in: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The runs of a part (R,) and their metrics in the last year (R, M)."""
    import pyarrow.dataset as ds

    length = LAST_QUARTERS if store.manifest.every == "quarter" else 1  # a kept year is summed up already
    wanted = sorted({quarter for last in quarters.tolist() for quarter in range(max(0, last - length), last)})
    table = part.to_table(columns=["run", "quarter", *names], filter=ds.field("quarter").isin(wanted))
    run, quarter = (table[name].to_numpy() for name in ("run", "quarter"))
    last = quarters[run // max(1, store.total // len(quarters))]
    kept = (quarter >= last - length) & (run % one_in == 0)
    run = run[kept]
    values = np.column_stack([np.zeros((len(run), 0)), *(table[name].to_numpy()[kept] for name in names)])
    return _summed_up(run, values, adding_up(names))


def _summed_up(
    run: NDArray[np.int64], values: NDArray[np.float64], adds_up: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """One row a run from the rows of its last quarters, which stand together in their order."""
    runs, starts, rows = np.unique(run, return_index=True, return_counts=True)
    summed = np.empty((len(runs), values.shape[1]))
    for number in np.unique(rows).tolist():
        own = rows == number
        summed[own] = in_last_year(values[starts[own, np.newaxis] + np.arange(number)], adds_up)
    return runs, summed


__all__ = ["ends", "silent"]
