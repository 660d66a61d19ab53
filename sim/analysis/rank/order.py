"""The order of places in every run, and in the middle of all runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.results.compare import paired
from totalplace.sim.results.every_place import band
from totalplace.sim.results.monte_carlo import BAND, CLEAR_RUNS, clearly

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: The part of the places, from the first, of which it is told how often a place is among them.
FIRST_PART: Final = 0.1
#: What is said of a place held against the first one.
APART, LEVEL, FIRST = "yes", "no", "first"


def ranks(values: NDArray[np.float64], direction: int) -> NDArray[np.int64]:
    """The rank of every place (P,), or of every place in every run (P, R), from 1 on.

    The best comes first; by a metric without a better direction, the one that has most. Places that are level share the better
    rank, so that the next one has as many places before it as its rank less one.
    """
    from scipy.stats import rankdata

    best_first = values if direction < 0 else -values
    return np.asarray(rankdata(best_first, method="min", axis=0), dtype=np.int64)


def first_places(number: int) -> int:
    """How many places are the first tenth of so many: a whole number, one at least."""
    return max(1, math.ceil(FIRST_PART * number - 1e-9))


def in_order(names: Sequence[str], draws: NDArray[np.float64], direction: int) -> pd.DataFrame:
    """A row for each place, the first one first, from its values in every run (P, R).

    Columns: name; rank, by the median of the runs; rank_low and rank_high, between which its rank lies in 90% of the runs;
    value, value_low and value_high, the median and the band of 90% of the runs; first_tenth, percent of the runs in which it is
    among the first tenth of the places; apart_from_first, whether 90% of the differences between the first place and it, seed by
    seed, lie on one side of zero: ``yes``, ``no``, ``first``, or nothing with too few runs to tell.
    """
    import pandas as pd

    middle, each = np.median(draws, axis=1), ranks(draws, direction)
    own = ranks(middle, direction)
    order = np.lexsort((np.asarray(names), own))
    ends = np.quantile(each, BAND, axis=1, method="inverted_cdf").astype(np.int64)
    tenth = 100.0 * np.mean(each <= first_places(len(names)), axis=1)
    first = draws[order[0]]
    rows = []
    for number in order.tolist():
        values = band(draws[number])
        rows.append({
            "name": names[number], "rank": int(own[number]), "rank_low": int(ends[0, number]), "rank_high": int(ends[1, number]),
            "value": values.middle, "value_low": values.low, "value_high": values.high, "first_tenth": float(tenth[number]),
            "apart_from_first": FIRST if number == order[0] else _apart(first, draws[number]),
        })
    return pd.DataFrame(rows)


def _apart(first: NDArray[np.float64], other: NDArray[np.float64]) -> str:
    if len(first) < CLEAR_RUNS:
        return ""
    return APART if clearly(paired(first, other)) else LEVEL
