"""The end of a run as one number: its last year, the one meaning that "the end" has everywhere, and its spread over runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.results.monte_carlo import BAND, quantile_interval
from totalplace.sim.results.what_is_known import split
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric

#: Quarters of the last year of a run, which is what "the end" means everywhere: no single quarter decides it.
LAST_QUARTERS: Final = 4
#: Metrics that figures and tables show where none are named.
KEY_METRICS: Final = (
    "pooled_share",
    "local_control_share",
    "duplication_removed",
    "net_saving",
    "wellbeing",
    "inequality",
    "reactive_share",
    "funding_gap",
    "mean_trust",
)
#: Metrics that a one-line description of a result names.
HEADLINE: Final = ("pooled_share", "duplication_removed", "net_saving", "wellbeing", "mean_trust")


def in_last_year(quarters: NDArray[Any], adds_up: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The last year as one number a metric (..., M), from its quarters (..., n, M), n from 1 to four.

    The last quarter where ``adds_up`` (M,), the mean of the quarters elsewhere. Quarters are added one after the other, so that
    the result does not depend, to the bit, on how the array lies in memory.
    """
    total = np.array(quarters[..., 0, :], dtype=np.float64)
    for number in range(1, quarters.shape[-2]):
        total += quarters[..., number, :]
    total /= quarters.shape[-2]
    total[..., adds_up] = quarters[..., -1, adds_up]
    return total


def adding_up(metrics: Iterable[str]) -> NDArray[np.bool_]:
    """Which of the metrics add up over the run (M,), so that the last quarter has the whole of it."""
    from totalplace.sim.results.relative import metric_called

    return np.array([metric_called(name).aggregate == "last" for name in metrics], dtype=np.bool_)


def at_end(series: NDArray[Any], metric: Metric) -> NDArray[np.float64]:
    """The end of a run, that is its last year, as one number a run, from the quarters on the last axis.

    By the metric's ``aggregate``: the last quarter (``last``, for amounts that add up over the run) or the mean of the
    last four quarters (``mean``); of a run that is shorter than a year, of the quarters that there are.
    Not a number where no quarter has been played.
    """
    if series.shape[-1] == 0:
        return np.full(series.shape[:-1], np.nan)
    adds_up = np.array([metric.aggregate == "last"])
    return in_last_year(np.asarray(series)[..., -LAST_QUARTERS:, np.newaxis], adds_up)[..., 0]


def last_year_words(quarters: int) -> str:
    """What the last year of a run is, as one sentence for tables, captions and reports."""
    if quarters == 1:
        return "Last year: the only quarter that was run."
    mean = "last four quarters" if quarters >= LAST_QUARTERS else f"{count(quarters, 'quarter')} that were run"
    return f"Last year: the mean of the {mean}; of what adds up over the run, the last quarter."


def measured_as(metric: Metric, quarters: int) -> str:
    """How the last year of a run of so many quarters is summed up for a metric, in a few words."""
    if metric.aggregate == "last" or quarters == 1:
        return "last quarter"
    return f"mean of the last {min(quarters, LAST_QUARTERS)} quarters"


def spread(name: str, values: NDArray[np.float64], draws: NDArray[np.int64] | None = None) -> dict[str, float]:
    """Values of runs (R,) as columns that say what they hold.

    NAME is the median, NAME_p05 and NAME_p95 the ends of the band that holds 90% of the runs, NAME_from and NAME_to the 95%
    interval of the median that so many runs leave (:mod:`totalplace.sim.results.monte_carlo`; NaN for fewer than six).
    NAME_unknown is the part of their variance that is what is not known, the rest being chance, NAME_unknown_from and
    NAME_unknown_to its 95% interval (:mod:`totalplace.sim.results.what_is_known`; NaN where it cannot be told), from
    the draw of the parameters that each run has, ``draws`` (R,).
    """
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    interval, parts = quantile_interval(values, draws=draws), split(values, draws)
    ends = {"": middle, "_p05": low, "_p95": high, "_from": interval.low, "_to": interval.high}
    ends |= {"_unknown": parts.share, "_unknown_from": parts.low, "_unknown_to": parts.high}
    return {f"{name}{end}": float(value) for end, value in ends.items()}
