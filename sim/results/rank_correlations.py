"""What goes with a result, told from chance: Spearman's rank correlation of many columns with values, and its threshold.

N draws, P columns. With P columns that have nothing to do with the values, one of them has a rank correlation beyond
:func:`beyond_chance` in one case of twenty (Bonferroni over the columns; Student's t of a rank correlation with N - 2 degrees of
freedom: M. G. Kendall and A. Stuart, 1973, The Advanced Theory of Statistics 2, section 31.19).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Chance that any of the columns is named where none has to do with the values.
FALSE_ALARM: Final = 0.05


def rank_correlations(sets: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's rank correlation (P,) of each column of ``sets`` (N, P) with ``values`` (N,); zero where nothing varies."""
    from pandas import DataFrame, Series  # loaded already, where SciPy's statistics are not

    if len(values) < 3:
        return np.zeros(sets.shape[1])
    ranks, own = DataFrame(sets).rank().to_numpy(), Series(values).rank().to_numpy()
    ranks, own = ranks - ranks.mean(axis=0), own - own.mean()
    spread = np.sqrt((ranks**2).sum(axis=0) * (own**2).sum())
    return np.asarray(np.divide(own @ ranks, spread, out=np.zeros(sets.shape[1]), where=spread > 0.0))


def beyond_chance(number: int, columns: int) -> float:
    """The rank correlation over ``number`` draws that the strongest of so many unrelated columns passes in one case of twenty.

    1 where draws are too few to tell any from chance.
    """
    from scipy.special import stdtrit

    if number < 4 or columns < 1:
        return 1.0
    limit = float(stdtrit(number - 2, 1.0 - FALSE_ALARM / (2 * columns)))
    return limit / math.sqrt(number - 2 + limit * limit)


__all__ = ["FALSE_ALARM", "beyond_chance", "rank_correlations"]
