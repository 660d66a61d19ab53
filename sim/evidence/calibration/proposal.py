"""How the next generation is proposed: from one wide normal distribution fitted to the last, and a little from the prior.

Kernels around single particles, the usual way, leave all weight to a handful of particles once more than a few parameters
move. On the scale of normal quantiles the prior is standard normal, so a normal fitted to the whole generation is near the
posterior where facts bind and near the prior elsewhere. The part from the prior bounds the weights (a defensive mixture:
Hesterberg 1995, Technometrics 37).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from pyabc import Parameter
from pyabc.transition import Transition
from scipy.stats import multivariate_normal

#: Variance of the proposal over that of the generation, and the part of proposals that come from the prior.
WIDENED: Final = 1.3
FROM_PRIOR: Final = 0.1


class Fitted(Transition):
    """A normal distribution with the weighted mean and widened covariance of a generation, mixed with the standard normal."""

    def fit(self, X: Any, w: Any) -> None:
        """Fit to particles ``X`` (a frame, one column a parameter) with weights ``w``."""
        rows = X.to_numpy()
        self.mean_ = np.average(rows, axis=0, weights=w)
        spread = np.atleast_2d(np.cov(rows, rowvar=False, aweights=w)) if len(rows) > 1 else np.zeros((rows.shape[1],) * 2)
        self.factor_ = np.linalg.cholesky(WIDENED * spread + 1e-6 * np.eye(rows.shape[1]))
        self.normal_ = multivariate_normal(self.mean_, self.factor_ @ self.factor_.T)
        self.prior_ = multivariate_normal(np.zeros(rows.shape[1]), np.eye(rows.shape[1]))

    def rvs_single(self) -> Parameter:
        """One proposal, from NumPy's global state, as everything in pyABC."""
        drawn = np.random.standard_normal(len(self.mean_))  # noqa: NPY002
        if np.random.random() >= FROM_PRIOR:  # noqa: NPY002
            drawn = self.mean_ + self.factor_ @ drawn
        return Parameter(dict(zip(self.X.columns, drawn, strict=True)))

    def pdf(self, x: Any) -> Any:
        """Density of proposals at a parameter or at the rows of a frame."""
        names = list(self.X.columns)
        rows = np.array([x[name] for name in names]) if not hasattr(x, "to_numpy") else x[names].to_numpy()
        return FROM_PRIOR * self.prior_.pdf(rows) + (1.0 - FROM_PRIOR) * self.normal_.pdf(rows)
