"""How well a picture fits a published figure: the Gaussian kernel of a fact, on a scale of its own.

A fact states its figure, the error of its observation and the discrepancy that the model is allowed. The *misfit* of a measure is
its way to the figure in standard deviations of both together, so that the kernel is that of a standard normal. A bound (no figure)
costs nothing on its right side. Exact in the sense of Wilkinson (2013, Statistical Applications in Genetics and Molecular Biology
12, 129): with this kernel approximate Bayesian computation has the posterior of a model whose output errs so.

N pictures, T targets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import log_ndtr

from totalplace.sim.evidence.facts import LOG, Criterion, Floats

#: Misfits are cut here: what is ten standard deviations away or cannot be measured is as wrong as can be.
FARTHEST: Final = 10.0


def is_bound(criterion: Criterion) -> bool:
    """Whether the fact is a bound, of which only one side counts."""
    return criterion.central is None


def misfit(criterion: Criterion, values: Floats) -> Floats:
    """Misfits (N,) of measures (N,); a bound's are positive on its wrong side. NaN is as far as can be."""
    centre, sign = criterion.central, 1.0
    if centre is None:
        centre, sign = (criterion.high, 1.0) if math.isfinite(criterion.high) else (criterion.low, -1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.log(values / centre) if criterion.scale == LOG else values - centre
    far = np.where(np.isnan(away), FARTHEST, sign * away / criterion.deviation)
    return np.asarray(np.clip(far, -FARTHEST, FARTHEST))


def misfits(criteria: Sequence[Criterion], measured: Floats) -> Floats:
    """Misfits (N, T) of measures (N, T)."""
    return np.stack([misfit(one, measured[:, t]) for t, one in enumerate(criteria)], axis=1)


def log_kernel(far: Floats, bounds: Floats) -> Floats:
    """Logarithm of the kernel of each target (N, T) from misfits (N, T); ``bounds`` (T,) says which are bounds."""
    return np.asarray(-0.5 * np.where(bounds, np.maximum(far, 0.0), far) ** 2)


def expected_log_kernel(mean: Floats, variance: Floats, bounds: Floats) -> Floats:
    """Logarithm of the kernel expected (N, T) where misfits are normal with ``mean`` (N, T) and ``variance`` (T,)."""
    wide = 1.0 + variance
    figure = -0.5 * (mean**2 / wide + np.log(wide))
    spread = np.sqrt(np.maximum(variance, 1e-12))
    inside = log_ndtr(-mean / spread)
    beyond = figure + log_ndtr(mean / (spread * np.sqrt(wide)))
    return np.asarray(np.where(bounds, np.logaddexp(inside, beyond), figure))


def implausibility(mean: Floats, variance: Floats, bounds: Floats) -> Floats:
    """Way from each figure in standard deviations of all that is not known (N, T), from an emulator's mean and variance."""
    return np.asarray(np.where(bounds, np.maximum(mean, 0.0), np.abs(mean)) / np.sqrt(1.0 + variance))
