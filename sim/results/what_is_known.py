"""How much of a band is chance, and how much is what is not known: variance within and between draws of the parameters.

Two seeds, 2m - 1 and 2m, share a draw of the posterior and differ by chance alone
(:func:`~totalplace.sim.model.start.draw_parameters`). By the law of total variance, Var(Y) = E[Var(Y | draw)] + Var(E[Y |
draw]): chance, and what is not known. Both are estimated by the one-way analysis of variance with random effects (S. R. Searle,
G. Casella and C. E. McCulloch, 1992, Variance Components, chapter 3; for simulation with few runs a draw: Y. Sun, D. W. Apley
and J. Staum, 2011, Operations Research 59, 998-1007). With groups of n_i runs, a groups and N runs in all, mean squares MSB
between and MSW within:

    not known = max(0, (MSB - MSW) / n0),  n0 = (N - sum(n_i^2) / N) / (a - 1),  chance = MSW.

The 95% interval of the share is that of log(MSB / MSW) by the jackknife over draws with Student's t (J. N. Arvesen and
T. H. Schmitz, 1970, Biometrics 26, 677-686): that of the F distribution is for normal values. Of twelve differences in Manchester,
resampled 400 times from 1,000 draws of two runs, 86 to 95% of the intervals by the jackknife hold the truth, with 25 to 300
draws, and 62 to 95% of those by F.

Runs of a pair are alike, and say less than as many runs that are not: intervals of medians and shares take the design effect of
clusters (L. Kish, 1965, Survey Sampling; R. S. Woodruff, 1952, Journal of the American Statistical Association 47, 635-646).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.draws import SEEDS_A_DRAW
from totalplace.scenarios.uncertainties import POSTERIOR, Range

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario

#: Fewest draws of the parameters with two runs or more for an estimate, and for a share to be told: with fewer, one draw that is
#: far off may be all of it, or be missing.
FEWEST: Final = 10
TOLD: Final = 50
#: Probability left out on either side of an interval.
_TAIL: Final = 0.025
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Split:
    """Variances of a metric over runs: ``chance``, within draws, and ``unknown``, between them; NaN where it cannot be told.

    ``low`` and ``high``: 95% interval of :attr:`share`.
    """

    chance: float
    unknown: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The part of the variance that is what is not known, 0 to 1; NaN where nothing varies or it cannot be told."""
        total = self.chance + self.unknown
        return self.unknown / total if total > 0.0 else _NAN

    @property
    def words(self) -> str:
        """The same in a sentence: ``80% (71–87) of its variance is what is not known``; nothing where it cannot be told."""
        return f"{self.cell} of its variance is what is not known" if self.cell else ""

    @property
    def cell(self) -> str:
        """The share with its interval, in whole percent, for a cell: ``80% (71–87)``; nothing where it cannot be told."""
        if math.isnan(self.share):
            return ""
        between = f" ({100 * self.low:.0f}–{100 * self.high:.0f})" if self.low < self.high else ""
        return f"{100 * self.share:.0f}%{between}"


#: The heading of a column of such shares, and what it means, in one line.
UNKNOWN: Final = "not known"
UNKNOWN_WORDS: Final = (
    "not known: the part of the variance over runs that is what is not known (the parameters), with its 95% interval; the rest is "
    "chance."
)
UNKNOWN_SENTENCE: Final = UNKNOWN_WORDS[:1].upper() + UNKNOWN_WORDS[1:]
_DASH: Final = "–"
CANNOT_TELL: Final = Split(_NAN, _NAN, _NAN, _NAN)


def draws_of(scenario: Scenario, seeds: NDArray[np.int64], together: int = SEEDS_A_DRAW) -> NDArray[np.int64] | None:
    """The draw of the posterior (R,) that each seed has; None where a scenario draws from ranges of its own, a draw for each seed.

    Of a scenario that draws nothing all seeds have the same. ``together``: how many seeds in a row share a draw.
    """
    drawn = [value for value in scenario.uncertainties.values() if isinstance(value, Range)]
    if not drawn:
        return np.zeros(len(seeds), np.int64)
    if any(value.distribution == POSTERIOR for value in drawn):
        return np.asarray((seeds + together - 1) // together, dtype=np.int64)
    return None


def split(values: Any, draws: NDArray[np.int64] | None) -> Split:
    """Chance and what is not known in values (R,) of runs whose parameters are those of ``draws`` (R,), as said above.

    With fewer than :data:`TOLD` draws, and more than one, it cannot be told.
    """
    return _split(values, draws, TOLD)


def _split(values: Any, draws: NDArray[np.int64] | None, fewest: int) -> Split:
    values = np.asarray(values, dtype=np.float64)
    if draws is None or len(values) < 2 or not np.isfinite(values).all():
        return CANNOT_TELL
    _, of = np.unique(draws, return_inverse=True)
    sizes = np.bincount(of)
    if len(sizes) == 1:
        variance = float(values.var(ddof=1))
        return Split(variance, 0.0, 0.0, 0.0)
    if int((sizes > 1).sum()) < fewest:
        return CANNOT_TELL
    centred = values - values.mean()
    means = np.bincount(of, centred) / sizes
    between, within = len(sizes) - 1, len(values) - len(sizes)
    msb = float((sizes * means**2).sum()) / between
    msw = float(((centred - means[of]) ** 2).sum()) / within
    each = (len(values) - float((sizes**2).sum()) / len(values)) / between
    low, high = _interval(centred, of, sizes)
    return Split(msw, max(0.0, (msb - msw) / each), low, high)


def _interval(values: NDArray[np.float64], of: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[float, float]:
    """The 95% interval of the share that is not known, by the jackknife: NaN where a draw is left out and nothing varies."""
    from scipy.special import stdtrit

    sums = np.bincount(of, values)
    within = np.bincount(of, values**2) - sums**2 / sizes
    if within.sum() <= 0.0:
        return (1.0, 1.0) if (sums != 0.0).any() else (_NAN, _NAN)
    groups, parts = len(sizes), np.stack([sizes, sums, sums**2 / sizes, within, sizes**2])
    whole = parts.sum(axis=1, keepdims=True)
    (ratio, each), (rest, _) = _log_ratio(whole, groups), _log_ratio(whole - parts, groups - 1)
    if not (np.isfinite(ratio).all() and np.isfinite(rest).all()):
        return _NAN, _NAN
    pseudo = groups * ratio - (groups - 1) * rest
    half = float(stdtrit(groups - 1, 1.0 - _TAIL)) * float(pseudo.std(ddof=1)) / math.sqrt(groups)
    middle, each = float(ratio[0]), float(each[0])
    low, high = (max(0.0, (end - 1.0) / (end - 1.0 + each)) for end in np.exp([middle - half, middle + half]).tolist())
    return low, high


def _log_ratio(parts: NDArray[np.float64], groups: int) -> tuple[Any, Any]:
    """log(MSB / MSW) and n0 (K,) from sums over groups (5, K): runs, values, squares of sums, squares within, squares of sizes."""
    runs, total, squares, within, size_squares = parts
    with np.errstate(divide="ignore", invalid="ignore"):
        msb, msw = (squares - total**2 / runs) / (groups - 1), within / (runs - groups)
        return np.log(msb / msw), (runs - size_squares / runs) / (groups - 1)


def unknown(values: Any, draws: NDArray[np.int64] | None) -> str:
    """The part of the variance of values (R,) that is what is not known, for a cell; a dash where it cannot be told."""
    return split(values, draws).cell or _DASH


def is_told(cells: Iterable[str]) -> bool:
    """Whether any of these cells of a column says how much is not known, so that the column says something."""
    return any(cell not in ("", _DASH) for cell in cells)


def effective(values: Any, draws: NDArray[np.int64] | None) -> float:
    """How many runs of draws of their own say as much as these (R,): R over the design effect of their pairs."""
    values = np.asarray(values, dtype=np.float64)
    found = _split(values, draws, FEWEST)
    if draws is None or math.isnan(found.share) or found.unknown == 0.0:
        return float(len(values))
    sizes = np.unique(draws, return_counts=True)[1]
    return len(values) / (1.0 + (float((sizes**2).sum()) / len(values) - 1.0) * found.share)


__all__ = [
    "CANNOT_TELL", "UNKNOWN", "UNKNOWN_SENTENCE", "UNKNOWN_WORDS", "Split", "draws_of", "effective", "is_told", "split", "unknown",
]
