"""Which parameters decide a verdict: global sensitivity of being in range, and of the measure, over a sample of the prior.

Being in range: regional sensitivity analysis (Monte Carlo filtering: Hornberger and Spear 1981, *Journal of Environmental
Management* 12), the two-sample Kolmogorov-Smirnov distance of a parameter between draws in range and out of it. The
measure: PAWN (Pianosi and Wagener 2015, *Environmental Modelling & Software* 67), which asks for no shape of the relation,
by SALib. Both are 0 for a parameter that does not matter and at most 1. N draws, P parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import ks_2samp

from scenarios.registry import PARAMETERS
from sim.analysis.facts import Floats

#: Chance of naming any parameter if none matters (Bonferroni over all parameters).
FALSE_ALARM: Final = 0.05
#: Slices of PAWN, and the fewest draws on either side that regional sensitivity needs.
SLICES: Final = 10
FEWEST: Final = 8
#: PAWN of a parameter that does not matter is not 0 but that of noise; one counts from this multiple of a shuffled one's.
ABOVE_NOISE: Final = 1.5
_SHUFFLE_SEED: Final = 1981


@dataclass(frozen=True)
class Decides:
    """A parameter that decides a verdict: distance in [0, 1], and whether more of it helps (1) or hurts (-1)."""

    name: str
    distance: float
    direction: int


def in_range_by(parameters: Floats, inside: np.ndarray) -> list[Decides]:
    """The parameters that decide whether a draw is in range, strongest first; none where nearly all or no draws are.

    ``parameters`` (N, P) in the order of the registry; ``inside`` (N,) says which draws are in range.
    """
    inside = np.asarray(inside, dtype=bool)
    if min(int(inside.sum()), int((~inside).sum())) < FEWEST:
        return []
    found = []
    for name, column in zip(PARAMETERS, parameters.T, strict=True):
        test = ks_2samp(column[inside], column[~inside], method="asymp")
        if test.pvalue * parameters.shape[1] < FALSE_ALARM:
            helps = float(np.median(column[inside]) - np.median(column[~inside]))
            found.append(Decides(name, float(test.statistic), 1 if helps > 0.0 else -1))
    return sorted(found, key=lambda one: -one.distance)


def pawn(parameters: Floats, values: Floats) -> Floats:
    """PAWN's index (P,) of each parameter for a measure (N,), the median over slices; draws without a number are left out.

    0 where the measure does not vary, and for parameters that do no better than their own values shuffled.
    """
    from SALib.analyze import pawn as method

    known = np.isfinite(values)
    if known.sum() < 2 * SLICES or np.ptp(values[known]) == 0.0:
        return np.zeros(parameters.shape[1])
    rows = parameters[known]
    number = rows.shape[1]
    problem = {"num_vars": number, "names": [f"x{i}" for i in range(number)], "bounds": [[0.0, 1.0]] * number}
    shuffled = np.random.default_rng(_SHUFFLE_SEED).permuted(rows, axis=0)
    own, noise = (np.asarray(method.analyze(problem, one, values[known], S=SLICES)["median"]) for one in (rows, shuffled))
    return np.where(own > ABOVE_NOISE * float(np.median(noise)), own, 0.0)
