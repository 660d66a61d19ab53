"""Emulators: what the model would say of a target, from pictures that were simulated, with an honest error.

One emulator a target, on the scale of misfits. It reads the parameters that a screen finds (an F test on a quadratic in each
parameter, then again on what a first fit leaves), and is of the kind that errs least on pictures it was not fitted to. Its error is
that out-of-fold error; *noise* is what seeds and places do to one picture at the same parameters. Figures are of the whole country,
of which a picture is a part: its noise is as many times smaller as it has more places.

N points, P parameters, T targets, R pictures a point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import f as f_distribution

from totalplace.sim.engine.play import side_by_side
from totalplace.sim.evidence.facts import Floats

#: Most parameters that an emulator reads, and the probability of finding one in all that does nothing.
MOST_READ: Final = 40
FALSE_FINDS: Final = 0.01
FOLDS: Final = 5
#: Strengths of shrinking that are tried.
STRENGTHS: Final = tuple(np.logspace(-2, 4, 19).tolist())
#: What an emulator says is cut here, in standard deviations: what is that wrong need not be told from what is more so.
CUT: Final = 5.0
#: Kinds of emulator, tried in this order.
KINDS: Final = ("quadratic", "Gaussian process")
#: The error of a kind that takes longer must be so much smaller than that of the first.
WORTH: Final = 0.95
#: Such a kind is tried where the first leaves at most this part of the variance unexplained: in noise it finds nothing more.
PRECISE: Final = 0.25
#: Most parameters of a Gaussian process, and points that its scales are fitted to.
_MOST_SCALES: Final = 10
_SCALED_ON: Final = 400
_LARGEST_PROCESS: Final = 600


@dataclass(frozen=True, eq=False)
class Emulator:
    """The emulator of one target: ``mean`` of the misfit at points (N, P), variances of its error and of the noise of a picture.

    ``read`` are the columns that it reads, the most telling first; ``explained`` the share of the variance between points that it
    explains out of fold, of what noise leaves to be explained; ``country`` is the noise of the country over that of a picture.
    """

    kind: str
    read: tuple[int, ...]
    error: float
    noise: float
    explained: float
    fitted: Any
    country: float = 1.0

    def mean(self, unit: Floats) -> Floats:
        """Misfits (N,) at points (N, P)."""
        found = self.fitted.predict(unit[:, list(self.read)]) if self.read else np.full(len(unit), self.fitted)
        return np.asarray(np.clip(found, -CUT, CUT))

    @property
    def variance(self) -> float:
        """Variance of the misfit of the country around ``mean``."""
        return self.error + self.country * self.noise


@dataclass(frozen=True, eq=False)
class Emulators:
    """One emulator a target."""

    each: tuple[Emulator, ...]

    @property
    def active(self) -> np.ndarray:
        """Columns (D,) that any of them reads."""
        return np.array(sorted({column for one in self.each for column in one.read}), dtype=np.intp)

    @property
    def variance(self) -> Floats:
        """Variances (T,) of the country around the mean."""
        return np.array([one.variance for one in self.each])

    @property
    def error(self) -> Floats:
        """Variances (T,) of the emulators' errors."""
        return np.array([one.error for one in self.each])

    @property
    def noise(self) -> Floats:
        """Variances (T,) of the noise of a picture."""
        return np.array([one.noise for one in self.each])

    @property
    def chance(self) -> Floats:
        """Variances (T,) of the noise of the country."""
        return np.array([one.country * one.noise for one in self.each])

    def mean(self, unit: Floats) -> Floats:
        """Misfits (N, T) at points (N, P)."""
        return np.stack([one.mean(unit) for one in self.each], axis=1)


def screened(unit: Floats, values: Floats, most: int = MOST_READ) -> tuple[int, ...]:
    """Columns of ``unit`` (N, P) that tell of ``values`` (N,), by an F test of a quadratic in each, the strongest first."""
    centred = unit - unit.mean(axis=0)
    square = centred**2 - (centred**2).mean(axis=0)
    slope = (centred * square).sum(axis=0) / np.maximum((centred**2).sum(axis=0), 1e-12)
    square -= slope * centred
    y = values - values.mean()
    total = float(y @ y)
    if total <= 1e-12:
        return ()
    explained = sum((part.T @ y) ** 2 / np.maximum((part**2).sum(axis=0), 1e-12) for part in (centred, square)) / total
    freedom = max(1, len(values) - 3)
    statistic = 0.5 * explained / (np.maximum(1.0 - explained, 1e-12) / freedom)
    limit = f_distribution.isf(FALSE_FINDS / unit.shape[1], 2, freedom)
    order = np.argsort(-statistic, kind="stable")
    return tuple(int(i) for i in order[:most] if statistic[i] > limit)


class Quadratic:
    """A quadratic with all products, shrunk (ridge regression) as much as generalised cross-validation asks for.

    In closed form from one decomposition, which is many times quicker than to try the strengths one by one.
    """

    @staticmethod
    def _features(x: Floats) -> Floats:
        centred = x - 0.5
        first, second = np.triu_indices(x.shape[1])
        return np.hstack([centred, centred[:, first] * centred[:, second]])

    def fit(self, x: Floats, y: Floats) -> Quadratic:
        """Fit to points (N, K) and values (N,)."""
        features = self._features(x)
        self.middle_, self.scale_, self.level_ = features.mean(axis=0), features.std(axis=0) + 1e-12, float(y.mean())
        scaled = (features - self.middle_) / self.scale_
        size, turned = np.linalg.eigh(scaled.T @ scaled)
        size, along = np.maximum(size, 0.0), turned.T @ (scaled.T @ (y - self.level_))
        total, best = float(((y - self.level_) ** 2).sum()), math.inf
        for strength in STRENGTHS:
            shrunk = along / (size + strength)
            left = total - 2.0 * float(shrunk @ along) + float(shrunk**2 @ size)
            free = len(y) - 1.0 - float((size / (size + strength)).sum())
            score = left / max(free, 1e-9) ** 2 if free > 0.0 else math.inf
            if score < best or not math.isfinite(best):
                best, self.slopes_ = score, turned @ shrunk
        slopes, width = self.slopes_ / self.scale_, x.shape[1]
        self.start_, self.linear_ = self.level_ - float(slopes @ self.middle_), slopes[:width]
        self.products_ = np.zeros((width, width))
        self.products_[np.triu_indices(width)] = slopes[width:]
        return self

    def predict(self, x: Floats) -> Floats:
        """Values (N,) at points (N, K)."""
        centred = x - 0.5  # as a quadratic form: products of each point need no memory
        return np.asarray(self.start_ + centred @ self.linear_ + ((centred @ self.products_) * centred).sum(axis=1))


class Process:
    """A quadratic, and a Gaussian process of the most telling parameters on what it leaves, with the scales of ``kernel``."""

    def __init__(self, kernel: Any) -> None:
        self.kernel_ = kernel

    def fit(self, x: Floats, y: Floats) -> Process:
        """Fit both, the process to ``_LARGEST_PROCESS`` points at most."""
        from sklearn.gaussian_process import GaussianProcessRegressor

        self.first_ = Quadratic().fit(x, y)
        near, left = x[:, :_MOST_SCALES], y - self.first_.predict(x)
        self.scale_ = float(left.std()) or 1.0
        most = slice(None, _LARGEST_PROCESS)
        self.second_ = GaussianProcessRegressor(self.kernel_, optimizer=None).fit(near[most], left[most] / self.scale_)
        return self

    def predict(self, x: Floats) -> Floats:
        """The sum of both."""
        return np.asarray(self.first_.predict(x) + self.scale_ * self.second_.predict(x[:, :_MOST_SCALES]))


def _scales(x: Floats, y: Floats) -> Any:
    """The kernel of a Gaussian process, its scales by maximum likelihood on a few points."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    near, few = x[:, :_MOST_SCALES], slice(None, _SCALED_ON)
    left = y - Quadratic().fit(x, y).predict(x)
    start = ConstantKernel(0.5) * RBF(np.ones(near.shape[1]), (0.1, 30.0)) + WhiteKernel(0.5, (1e-4, 2.0))
    return GaussianProcessRegressor(start).fit(near[few], left[few] / (float(left.std()) or 1.0)).kernel_


def _maker(kind: str, x: Floats, y: Floats) -> Callable[[], Any]:
    if kind == KINDS[0]:
        return Quadratic
    kernel = _scales(x, y)
    return lambda: Process(kernel)


def _out_of_fold(maker: Callable[[], Any], x: Floats, y: Floats) -> Floats:
    """Predictions (N,) of every point by a fit to the other folds."""
    fold, found = np.arange(len(y)) % FOLDS, np.empty(len(y))
    for k in range(FOLDS):
        out = fold == k
        found[out] = maker().fit(x[~out], y[~out]).predict(x[out])
    return found


def _read(unit: Floats, y: Floats) -> tuple[int, ...]:
    """Columns to read: those of the screen, and those of a screen of what a quadratic in these leaves."""
    first = screened(unit, y)
    if not first:
        return ()
    left = y - _out_of_fold(Quadratic, unit[:, first], y)
    return (*first, *(i for i in screened(unit, left) if i not in first))[:MOST_READ]


def noise(repeated: Floats) -> float:
    """Variance of one picture at the same parameters, pooled, from misfits (N, R); NaN where a picture is missing; 0 from R = 1."""
    count = np.isfinite(repeated).sum(axis=1)
    several = repeated[count > 1]
    if not len(several):
        return 0.0
    mean = np.nanmean(several, axis=1, keepdims=True)
    return float(np.nansum((several - mean) ** 2) / (count[count > 1] - 1).sum())


def fit_one(unit: Floats, repeated: Floats, kinds: Sequence[str] = KINDS, known_noise: float | None = None,
            country: float = 1.0) -> Emulator:
    """The best emulator of a target from misfits (N, R) at points (N, P); ``known_noise`` where R is 1.

    Each kind is fitted to misfits as they are and to those cut at :data:`CUT`; all are judged after the cut, near the figure, which
    is where emulators are used.
    """
    order = np.random.Generator(np.random.Philox(key=[len(unit), 7])).permutation(len(unit))
    unit, repeated = unit[order], repeated[order]
    near, count = np.clip(repeated, -CUT, CUT), np.isfinite(repeated).sum(axis=1)
    y = np.nanmean(near, axis=1)
    of_one = noise(near) if known_noise is None else known_noise
    of_mean = of_one * float((1.0 / count).mean())
    total = float(y.var())
    tried = []
    for aim in (np.nanmean(repeated, axis=1), y):
        read, best = _read(unit, aim), math.inf
        for kind in kinds if read else ():
            if kind != kinds[0] and best - of_mean > PRECISE * (total - of_mean):
                continue
            x = unit[:, read]
            maker = _maker(kind, x, aim)
            error = float(((y - np.clip(_out_of_fold(maker, x, aim), -CUT, CUT)) ** 2).mean())
            best = min(best, error)
            tried.append((error / WORTH if kind != kinds[0] else error, error, kind, read, maker, aim))
    if not tried:
        return Emulator("mean", (), max(total - of_mean, 0.0), of_one, 0.0, float(y.mean()), country)
    _, error, kind, read, maker, aim = min(tried, key=lambda one: one[0])
    error = max(error - of_mean, 0.0)
    explained = 1.0 - error / (total - of_mean) if total - of_mean > 1e-9 else 0.0
    return Emulator(kind, read, error, of_one, explained, maker().fit(unit[:, read], aim), country)


def fit(unit: Floats, repeated: Floats, kinds: Sequence[str] = KINDS, known_noise: Floats | None = None,
        country: float = 1.0) -> Emulators:
    """Emulators from misfits (N, R, T) at points (N, P); ``country``: noise of the country over that of a picture."""
    def one(t: int) -> Emulator:
        return fit_one(unit, repeated[:, :, t], kinds, None if known_noise is None else float(known_noise[t]), country)

    return Emulators(tuple(side_by_side(one, range(repeated.shape[2]))))
