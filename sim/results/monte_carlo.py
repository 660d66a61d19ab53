"""How far a number from a few runs may be from that of endless runs: intervals of shares, medians and other quantiles.

A band (90% of the runs) says how runs differ and does not shrink with their number; these intervals do. All are at 95%.

- Shares: Wilson's score interval, (p + z²/2n ± z·sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n), with p the share among n runs and z the
  normal quantile of 97.5% (E. B. Wilson, 1927, Journal of the American Statistical Association 22, 209-212; recommended for small
  n by Brown, Cai and DasGupta, 2001, Statistical Science 16, 101-133).
- Quantiles: from the l-th to the u-th of the n values in order, where l - 1 and u - 1 are the binomial quantiles of 2.5% and 97.5%
  for n trials at the quantile's share: whatever the distribution, at least 95% of samples cover the quantile (H. A. David and
  H. N. Nagaraja, 2003, Order Statistics, 3rd edition, section 7.1). Too few runs have no such l or u.
- Runs that share a draw of the parameters are alike: where ``draws`` (R,) says which do, n is the number of runs over their design
  effect (:func:`~totalplace.sim.results.what_is_known.effective`) for being below the quantile, or better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from totalplace.sim.results.what_is_known import effective
from totalplace.sim.results.wording import amount, count

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Which draw of the parameters each run (R,) has; None for one of its own.
type Draws = NDArray[np.int64] | None
#: Share of runs below and above the band that summaries, tables and figures show: the band holds 90% of the runs.
BAND: Final = (0.05, 0.95)
#: Probability that an interval covers what endless runs would give, and the normal quantile that belongs to it.
LEVEL: Final = 0.95
Z: Final = 1.959963984540054
#: Share of the runs on one side of zero that "clearly" promises of the runs to come.
CLEARLY: Final = 0.90
#: Fewest runs for an interval of a median; for "clear", all of them on one side; for intervals of both ends of a 90% band.
MEDIAN_RUNS: Final = 6
CLEAR_RUNS: Final = 35
BAND_RUNS: Final = 72


class Interval(NamedTuple):
    """From ``low`` to ``high``; both are NaN where there are too few runs."""

    low: float
    high: float

    def half(self, estimate: float) -> float:
        """The half-width, taken as the greater distance of an end from the estimate: no end lies further away."""
        return max(self.high - estimate, estimate - self.low)

    @property
    def known(self) -> bool:
        """Whether there are runs enough for an interval."""
        return not math.isnan(self.low)


NONE: Final = Interval(float("nan"), float("nan"))


def share_interval(hits: int, runs: int, like: float | None = None) -> Interval:
    """Wilson's 95% interval of the share of which ``hits`` of ``runs`` is the estimate; NaN without runs.

    ``like``: how many runs of draws of their own say as much (default: as many).
    """
    if runs < 1:
        return NONE
    share, runs_like = hits / runs, runs if like is None else like
    size = Z * Z / runs_like
    middle = (share + size / 2) / (1 + size)
    half = Z / (1 + size) * math.sqrt(share * (1 - share) / runs_like + size / (4 * runs_like))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


@lru_cache(maxsize=256)
def _places(runs: int, share: float) -> tuple[int, int]:
    """The places, from 0, of the ends of a quantile's interval among values in order; -1 and ``runs`` where there are none."""
    from scipy.special import bdtr

    below = bdtr(np.arange(runs, dtype=np.float64), runs, share)
    tail = (1.0 - LEVEL) / 2
    return int(np.searchsorted(below, tail, side="right")) - 1, int(np.searchsorted(below, 1.0 - tail, side="left"))


def quantile_interval(values: Any, share: float = 0.5, draws: Draws = None) -> Interval:
    """The 95% interval of a quantile, by default the median, of the values (R,); NaN where they are too few or not numbers."""
    values = np.asarray(values, dtype=np.float64)
    if not len(values) or np.isnan(values).any():
        return NONE
    like = len(values) if draws is None else int(effective(values <= np.quantile(values, share), draws))
    first, last = _places(like, share)
    if first < 0 or last >= like:
        return NONE
    if like < len(values):
        first, last = first * len(values) // like, -(-(last + 1) * len(values) // like) - 1
    ordered = np.partition(values, (first, last))
    return Interval(float(ordered[first]), float(ordered[last]))


def probability_better(gap: NDArray[np.float64], direction: int) -> float:
    """Share of runs in which a difference is in the better direction.

    NaN where the metric has no better direction, no value, or where the two scenarios do not differ in any run.
    """
    if direction == 0 or not np.any(gap) or np.any(np.isnan(gap)):
        return float("nan")
    return float(np.mean(gap * direction > 0))


def clearly(gap: NDArray[np.float64]) -> int:
    """1 or -1 where the 90% band of a paired difference (R,) lies above or below zero, 0 where it does not: no clear difference.

    Nothing is clear with fewer runs than can show it (:data:`CLEAR_RUNS`).
    """
    if len(gap) < CLEAR_RUNS:
        return 0
    low, high = np.quantile(gap, BAND)
    return 1 if low > 0 else -1 if high < 0 else 0


def better_interval(gap: NDArray[np.float64], direction: int, draws: Draws = None) -> Interval:
    """The 95% interval of the share of runs in which a difference (R,) is in the better direction; NaN where there is no share."""
    if math.isnan(probability_better(gap, direction)):
        return NONE
    better = gap * direction > 0
    return share_interval(int(better.sum()), len(gap), effective(better, draws))


def in_band(
    values: NDArray[np.float64], unit: str, *, signed: bool = False, size: bool = False, mean: bool = False
) -> tuple[str, str, str]:
    """The median (or ``mean``) of values (R,) and the ends of their band in words.

    With ``size`` their sizes, the smaller end first, for a sentence that has the sign in its verb.
    """
    low, middle, high = (float(value) for value in np.quantile(values, (BAND[0], 0.5, BAND[1])))
    middle = float(values.mean()) if mean else middle
    if size:
        low, high = sorted((abs(low), abs(high)))
        middle = abs(middle)
    told = [amount(value, unit, signed=signed, brief=True) for value in (middle, low, high)]
    return told[0], told[1], told[2]


def only_just(gap: NDArray[np.float64], draws: Draws = None) -> bool:
    """Whether a difference (R,) that its band calls clear could turn out not to be with more runs.

    That is where the interval of the share of runs on its side reaches below 90%.
    """
    side = clearly(gap)
    there = gap * side > 0
    return side != 0 and share_interval(int(there.sum()), len(gap), effective(there, draws)).low < CLEARLY


def too_few(runs: int) -> str:
    """What so few runs cannot carry, as a sentence; nothing where they are enough for what tables say."""
    if runs == 1:
        return "One run only: it says nothing of chance; bands, shares and differences need more."
    if runs >= CLEAR_RUNS:
        return ""
    median = "" if runs >= MEDIAN_RUNS else f" No interval of a median has fewer than {MEDIAN_RUNS}."
    few = f"too few to call a difference clear or to read the ends of a 90% band ({CLEAR_RUNS} or more)"
    return f"Only {count(runs, 'run')}: {few}.{median}"


def too_few_to_call(runs: int) -> str:
    """The same within a sentence, after what so few runs found; nothing where they are enough."""
    few = "one run says nothing of chance" if runs == 1 else f"{runs} runs are too few to call it clear"
    return "" if runs >= CLEAR_RUNS else few


def runs_enough(runs: int, where: str = "") -> str:
    """That so many runs, :data:`CLEAR_RUNS` at least, are enough for "clear", and where they are fewer than a band's ends take."""
    ends = "" if runs >= BAND_RUNS else f", though fewer than the {BAND_RUNS} that the ends of a band take"
    return f"{count(runs, 'run')}{where} are enough to call a difference clear{ends}"


def plus_minus(values: Any, unit: str, draws: Draws = None) -> str:
    """From a median to the further end of its interval, ``±0.12``, for tables; nothing for too few runs or no spread."""
    interval = quantile_interval(values, draws=draws)
    half = interval.half(float(np.median(values))) if interval.known else 0.0
    words = amount(half, unit, brief=True, signed=True).strip("+£m")
    return f"±{words}" if any(digit in words for digit in "123456789") else ""


def share_words(share: float, interval: Sequence[float]) -> str:
    """A share of runs with its interval, in whole percent: ``68% (58–76)``."""
    low, high = (f"{100 * end:.0f}" for end in interval)
    return f"{100 * share:.0f}%" + (f" ({low}–{high})" if not math.isnan(interval[0]) else "")


#: What the marks in tables mean, in one line.
LEGEND: Final = "±: Monte Carlo error, from a median to the further end of its 95% interval; in brackets, a share's 95% interval."

__all__ = [
    "BAND_RUNS", "CLEARLY", "CLEAR_RUNS", "LEGEND", "LEVEL", "MEDIAN_RUNS", "Interval", "better_interval", "in_band", "only_just",
    "plus_minus", "quantile_interval", "runs_enough", "share_interval", "share_words", "too_few", "too_few_to_call",
]
