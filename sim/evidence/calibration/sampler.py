"""Points of the unit cube drawn from what emulators say: by thresholds (history matching) and by tempering (the posterior).

A *cloud* is points (N, P), quantiles of the priors, which are independent and level on this scale. Only the D columns that
emulators read are moved, by differential evolution (ter Braak 2006, Statistics and Computing 16; crossover as in Vrugt and others
2009): a point goes along the difference of two points of the other half of the cloud, so that steps have the shape of what is
left; tempering also draws a few columns of a point anew from the prior. All other columns are drawn from the prior at the end:
what is resampled often has few ancestors, and columns that nothing reads would seem to be informed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from totalplace.sim.evidence.facts import Floats

#: A score (N,) of points (N, P) at these rows (N,) of the cloud: higher is better, minus infinity is ruled out.
Score = Callable[[Floats, np.ndarray], Floats]
Generator = np.random.Generator

#: Sweeps after a step of tempering or a threshold, and after the last.
SWEEPS: Final = 8
LAST_SWEEPS: Final = 20
#: The same at the end of tempering, where points must forget what they were copied from.
FORGETTING_SWEEPS: Final = 60
#: Parts of the columns that are drawn anew from the prior at a time.
_ANEW: Final = (0.02, 0.06, 0.2)
#: Part of the effective size, or of the points, that a step keeps.
KEPT: Final = 0.5
#: Most steps of tempering or thresholds.
MOST_STEPS: Final = 60
_JITTER: Final = 0.01


def effective_size(weights: Floats) -> float:
    """Kish's effective sample size."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def normalised(log_weights: Floats) -> Floats:
    """Weights (N,) that add to 1 from their logarithms."""
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def truncated(log_weights: Floats) -> Floats:
    """Weights (N,) that add to 1, each at most the root of N times their mean (Ionides 2008, J. Comput. Graph. Stat. 17).

    Where a proposal is too thin in its tail a single weight can outweigh all others. That is cut, less and less as N grows.
    """
    weights = normalised(log_weights)
    weights = np.minimum(weights, 1.0 / np.sqrt(len(weights)))
    return np.asarray(weights / weights.sum())


def resampled(weights: Floats, number: int, rng: Generator) -> np.ndarray:
    """Rows (number,) of an unweighted sample: systematic resampling, in which each row comes up by its weight."""
    steps = (rng.random() + np.arange(number)) / number
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), steps), len(weights) - 1))


def wrapped(unit: Floats) -> Floats:
    """Points beyond an end of the unit cube, come in again at the other.

    That keeps steps symmetric. Folding them back does not, where steps in two columns go together: points then flee from corners.
    """
    return np.asarray(np.mod(unit, 1.0))


def _half(cloud: Floats, known: Floats, move: np.ndarray, other: np.ndarray, score: Score, active: np.ndarray, power: Floats,
          rng: Generator) -> None:
    """Move rows ``move`` (G, n) of the cloud, in place, by differences of rows ``other`` (G, m) of their groups."""
    groups = np.arange(len(move))[:, None]
    first, second = (other[groups, rng.integers(0, other.shape[1], move.shape)].ravel() for _ in range(2))
    rows = move.ravel()
    chosen = rng.random((len(rows), len(active))) < rng.choice([0.2, 0.5, 1.0], (len(rows), 1))
    count = np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    gamma = np.where(rng.random((len(rows), 1)) < 0.1, 1.0, 1.68 / np.sqrt(count))
    step = gamma * (cloud[np.ix_(first, active)] - cloud[np.ix_(second, active)])
    step += _JITTER * rng.standard_normal(step.shape)
    tried = cloud[rows]
    tried[:, active] = wrapped(tried[:, active] + step * chosen)
    _accept(cloud, known, rows, tried, score, np.repeat(power, move.shape[1]), rng)


def _anew(cloud: Floats, known: Floats, score: Score, active: np.ndarray, power: Floats, rng: Generator) -> None:
    """Draw a few columns of every point anew from the prior, in place, where the score allows it."""
    rows = np.arange(len(cloud))
    chosen = rng.random((len(rows), len(active))) < rng.choice(_ANEW, (len(rows), 1))
    tried = cloud.copy()
    tried[:, active] = np.where(chosen, rng.random(chosen.shape), tried[:, active])
    _accept(cloud, known, rows, tried, score, np.repeat(power, len(rows) // len(power)), rng)


def _accept(cloud: Floats, known: Floats, rows: np.ndarray, tried: Floats, score: Score, power: Floats, rng: Generator) -> None:
    """Take over what was tried at rows (n,) with the probability of Metropolis, in place."""
    scored = score(tried, rows)
    with np.errstate(invalid="ignore"):
        better = np.log(rng.random(len(rows))) < power * (scored - known[rows])
    accepted = better & np.isfinite(scored)
    cloud[rows[accepted]], known[rows[accepted]] = tried[accepted], scored[accepted]


def moved(cloud: Floats, known: Floats, score: Score, active: np.ndarray, power: Floats, sweeps: int, rng: Generator,
          anew: bool = False) -> None:
    """Move a cloud of as many groups as ``power`` (G,) has, and its scores, in place: each stays a sample of exp(power * score)."""
    number = len(cloud) // len(power)
    first = number * np.arange(len(power))[:, None]
    for _ in range(sweeps):
        order = first + np.argsort(rng.random((len(power), number)), axis=1)
        halves = order[:, : number // 2], order[:, number // 2 :]
        for one, other in (halves, halves[::-1]):
            _half(cloud, known, one, other, score, active, power, rng)
        if anew:
            _anew(cloud, known, score, active, power, rng)


def tempered(score: Score, start: Floats, active: np.ndarray, power: float, rng: Generator,
             groups: int = 1) -> tuple[Floats, Floats]:
    """A sample of prior times exp(power * score), and its scores, by tempering from ``start`` (G * N, P), samples of the prior.

    The ``groups``, of N points each, know nothing of each other: their scores may be of different data.
    """
    cloud, at = start.copy(), np.zeros(groups)
    known = score(cloud, np.arange(len(cloud)))
    number = len(cloud) // groups
    for _ in range(MOST_STEPS):
        steps = np.array([_step(own, power - done) for own, done in zip(known.reshape(groups, number), at, strict=True)])
        rows = np.concatenate([
            g * number + resampled(normalised(_raised(own, step)), number, rng)
            for g, (own, step) in enumerate(zip(known.reshape(groups, number), steps, strict=True))
        ])
        cloud, known, at = cloud[rows], known[rows], at + steps
        done = bool((at >= power - 1e-9).all())
        moved(cloud, known, score, active, at, FORGETTING_SWEEPS if done else SWEEPS, rng, anew=True)
        if done:
            break
    redraw_idle(cloud, active, rng)
    return cloud, known


def redraw_idle(cloud: Floats, active: np.ndarray, rng: Generator) -> None:
    """Draw the columns that no emulator reads anew from the prior, in place."""
    idle = np.setdiff1d(np.arange(cloud.shape[1]), active)
    cloud[:, idle] = rng.random((len(cloud), len(idle)))


def _raised(known: Floats, step: float) -> Floats:
    """Logarithms of weights for a step of tempering; nothing for what is ruled out."""
    return np.where(np.isfinite(known), step * np.where(np.isfinite(known), known, 0.0), -np.inf)


def _step(known: Floats, most: float) -> float:
    """The largest step of tempering, up to ``most``, that keeps ``KEPT`` of the effective size."""
    low, high = 0.0, most
    enough = KEPT * int(np.isfinite(known).sum())
    if effective_size(normalised(_raised(known, most))) >= enough:
        return most
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective_size(normalised(_raised(known, middle))) >= enough else (low, middle)
    return max(low, 1e-6)


def narrowed(level: Callable[[Floats], Floats], cut: float, start: Floats, active: np.ndarray,
             rng: Generator) -> tuple[Floats, float]:
    """Points of ``start`` (N, P) spread anew over those of ``level`` (N,) at most ``cut``, and the share of them at first.

    Where few of the points are at most there, thresholds lead down to it, each keeping half of the points (subset simulation: Au
    and Beck 2001, Probabilistic Engineering Mechanics 16).
    """
    cloud, share, free = start.copy(), 1.0, np.zeros(1)
    known = level(cloud)
    for _ in range(MOST_STEPS):
        limit = max(cut, float(np.quantile(known, KEPT)))
        inside = np.flatnonzero(known <= limit)
        share *= len(inside) / len(cloud)
        rows = rng.permutation(np.resize(inside, len(cloud)))
        cloud, scores = cloud[rows], -known[rows]

        def allowed(unit: Floats, _: np.ndarray, limit: float = limit) -> Floats:
            values = level(unit)
            return np.where(values <= limit, -values, -np.inf)

        moved(cloud, scores, allowed, active, free, LAST_SWEEPS if limit <= cut else SWEEPS, rng)
        known = -scores
        if limit <= cut:
            break
    redraw_idle(cloud, active, rng)
    return cloud, share
