"""Designs: the points at which a sweep sets its factors.

Every design is first a table of numbers in [0, 1], one column a factor; each factor then turns its column into values: a
range by the inverse of its distribution, a list of n values into n equally likely ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.sweeps.factors import Factor
from totalplace.scenarios.sweeps.sweep import Sweep
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.relative import is_metric
from totalplace.sim.results.relative import names as every_name

Points = NDArray[np.float64]

#: Keeps a share that is k/n but for rounding in the k-th of n cells.
_DUST: Final = 1e-9


def points(sweep: Sweep) -> Points:
    """The design points (points, factors), the values of levers and uncertainties; the same for equal sweeps.

    A choice is its index. In a grid the last factor moves fastest. Without factors there is one point without columns.
    """
    if sweep.rows is not None:
        return sweep.rows.copy()
    if sweep.design == "grid":
        return _grid(sweep.factors)
    shares = _SHARES[sweep.design](sweep)
    return np.column_stack([_quantiles(factor, shares[:, f]) for f, factor in enumerate(sweep.factors)])


def problem(sweep: Sweep) -> dict[str, Any]:
    """The factors as SALib describes a problem: ``num_vars``, ``names``, ``bounds`` and ``dists``.

    A list of values is given as a range from the least to the greatest. The bounds of a triangular distribution are low, high
    and the place of the peak as a share of the width.
    """
    return {
        "num_vars": len(sweep.factors),
        "names": [factor.label for factor in sweep.factors],
        "bounds": [_bounds(factor) for factor in sweep.factors],
        "dists": ["triang" if factor.distribution == "triangular" else "unif" for factor in sweep.factors],
    }


def metric_names(sweep: Sweep) -> tuple[str, ...]:
    """The metrics that a sweep keeps, in the order of its file; all of them when it names none.

    Raises UnknownName, at its place in the file, for a metric that there is not.
    """
    for name, place in zip(sweep.metrics, sweep.metric_places, strict=True):
        if not is_metric(name):
            raise place.unknown("metric", name, list(every_name()))
    return sweep.metrics or tuple(METRICS)


def _bounds(factor: Factor) -> list[float]:
    ends = [factor.low, factor.high]
    return ends if factor.distribution == "uniform" else [*ends, (factor.mode - factor.low) / (factor.high - factor.low)]


def _grid(factors: tuple[Factor, ...]) -> Points:
    if not factors:
        return np.zeros((1, 0))
    axes = np.meshgrid(*(np.array(factor.values) for factor in factors), indexing="ij")
    return np.column_stack([axis.ravel() for axis in axes])


def _latin_hypercube(sweep: Sweep) -> Points:
    """One point in each of N equal slices of every factor (McKay, Beckman and Conover 1979)."""
    from scipy.stats import qmc

    design: Points = qmc.LatinHypercube(len(sweep.factors), rng=sweep.design_seed).random(sweep.samples)
    return design


def _random(sweep: Sweep) -> Points:
    """Independent draws; the points of a smaller sample are the first of a larger one."""
    from scipy.stats import uniform

    design: Points = uniform.rvs(size=(sweep.samples, len(sweep.factors)), random_state=sweep.design_seed)
    return design


def _sobol(sweep: Sweep) -> Points:
    """Saltelli's points for Sobol indices, N(D + 2), or N(2D + 2) with second order (Saltelli et al. 2010)."""
    from SALib.sample import sobol

    design: Points = sobol.sample(
        _unit_problem(sweep), sweep.samples, calc_second_order=sweep.second_order, seed=sweep.design_seed
    )
    return design


def _morris(sweep: Sweep) -> Points:
    """Trajectories that move one factor at a time, N(D + 1) points (Morris 1991)."""
    from SALib.sample import morris

    design: Points = morris.sample(_unit_problem(sweep), sweep.samples, num_levels=sweep.levels, seed=sweep.design_seed)
    return design


_SHARES: Final[dict[str, Callable[[Sweep], Points]]] = {
    "latin-hypercube": _latin_hypercube, "random": _random, "sobol": _sobol, "morris": _morris,
}


def _unit_problem(sweep: Sweep) -> dict[str, Any]:
    return {
        "num_vars": len(sweep.factors),
        "names": [factor.label for factor in sweep.factors],
        "bounds": [[0.0, 1.0]] * len(sweep.factors),
    }


def _quantiles(factor: Factor, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values of a factor at shares in [0, 1] of its distribution."""
    if factor.values:
        values = np.array(factor.values)
        cells = (shares * len(values) + _DUST).astype(np.int64)
        return values[np.minimum(cells, len(values) - 1)]
    if factor.distribution == "triangular":
        return _triangular(factor, shares)
    return np.clip(factor.low + (factor.high - factor.low) * shares, factor.low, factor.high)


def _triangular(factor: Factor, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    width, rise = factor.high - factor.low, factor.mode - factor.low
    left = factor.low + np.sqrt(shares * width * rise)
    right = factor.high - np.sqrt((1.0 - shares) * width * (width - rise))
    return np.clip(np.where(shares * width < rise, left, right), factor.low, factor.high)
