"""The posterior as weighted rows: what it says of each parameter, which values become the defaults, what is shipped.

N particles, P parameters. Quantiles of weighted samples are those of the weighted empirical distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS, Parameter
from totalplace.sim.evidence.calibration.distance import of_pictures
from totalplace.sim.evidence.facts import MET, Floats

#: A parameter is informed if its weighted Kolmogorov-Smirnov distance from the prior passes the 1% point at the effective size.
INFORMED: Final = 1.63
#: Digits to which defaults are rounded.
DIGITS: Final = 2


def weighted_quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> Floats:
    """Quantiles of ``values`` (N,) with ``weights`` (N,): the least value at which the weights up to it reach the share."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return np.asarray(values[order][np.minimum(np.searchsorted(share, np.asarray(at) - 1e-12), len(values) - 1)])


def effective_size(weights: Floats) -> float:
    """Kish's effective sample size."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def distance_from_prior(unit: Floats, weights: Floats) -> float:
    """Weighted Kolmogorov-Smirnov distance of quantiles ``unit`` (N,) from the uniform distribution, their prior."""
    order = np.argsort(unit, kind="stable")
    above = np.cumsum(weights[order]) / weights.sum()
    below = above - weights[order] / weights.sum()
    return float(np.maximum(np.abs(above - unit[order]), np.abs(unit[order] - below)).max())


def in_prior(row: Parameter, values: Floats) -> Floats:
    """Quantiles of the prior of a parameter at ``values``: its cumulative distribution."""
    width = row.high - row.low
    share = (np.asarray(values) - row.low) / width
    if row.distribution != "triangular":
        return np.asarray(share)
    peak = (row.default - row.low) / width
    with np.errstate(divide="ignore", invalid="ignore"):
        rising, falling = share**2 / peak, 1.0 - (1.0 - share) ** 2 / (1.0 - peak)
    return np.asarray(np.where(share < peak, rising, falling))


@dataclass(frozen=True)
class Marginal:
    """What the posterior says of a parameter. ``prior_distance``: 0 as the prior, 1 at a point; ``share_of_range``: 90% interval
    over that of the prior.
    """

    name: str
    low: float
    median: float
    high: float
    prior_distance: float
    share_of_range: float
    informed: bool


def marginals(values: Floats, weights: Floats) -> dict[str, Marginal]:
    """Median, 90% interval and what was learnt for every parameter of the registry, from particles (N, P)."""
    found = {}
    limit = INFORMED / math.sqrt(effective_size(weights))
    for column, (name, row) in zip(values.T, PARAMETERS.items(), strict=True):
        low, median, high = weighted_quantiles(column, weights, (0.05, 0.5, 0.95))
        unit = in_prior(row, column)
        apart = distance_from_prior(unit, weights)
        inside = weighted_quantiles(unit, weights, (0.05, 0.95))
        share = float(inside[1] - inside[0]) / 0.9
        found[name] = Marginal(name, float(low), float(median), float(high), apart, share, apart > limit)
    return found


def rounded(value: float, digits: int = DIGITS) -> float:
    """``value`` to so many significant digits."""
    return float(f"{value:.{digits - 1}e}")


def within(row: Parameter, value: float) -> float:
    """A value rounded, and kept in the range of its parameter."""
    return min(row.high, max(row.low, rounded(value)))


def candidates(values: Floats, weights: Floats, distance: Floats, moving: Sequence[int], defaults: Floats, number: int) -> Floats:
    """Rows (1 + ``number`` at most, P) that may become the defaults: the weighted median, then the particles nearest to the facts.

    The parameters that calibration moved (columns ``moving``) take the particle's values, rounded, all together, since the
    facts tie them to each other; the others keep their default in ``defaults`` (P,).
    """
    nearest = np.argsort(distance, kind="stable")[:number]
    found = np.tile(defaults, (1 + len(nearest), 1))
    for i, row in enumerate(PARAMETERS.values()):
        if i in moving:
            found[0, i] = within(row, float(weighted_quantiles(values[:, i], weights, (0.5,))[0]))
            found[1:, i] = [within(row, float(value)) for value in values[nearest, i]]
    return found


def crossed(parents: Floats, number: int, seed: int) -> Floats:
    """Rows (number, P) between two parents each: every parameter at a point of its own between the two, rounded."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**61]))
    first, second = (parents[rng.integers(0, len(parents), number)] for _ in range(2))
    found = first + rng.random(first.shape) * (second - first)
    for i, row in enumerate(PARAMETERS.values()):
        same = first[:, i] == second[:, i]
        found[:, i] = np.where(same, first[:, i], [within(row, float(value)) for value in found[:, i]])
    return np.asarray(found)


def put_back(row: Floats, moving: Sequence[int], defaults: Floats) -> Floats:
    """Rows (2 + moved, P): ``row``, it with each moved parameter alone back at its default, and the defaults themselves."""
    found = [row]
    for i in moving:
        if row[i] != defaults[i]:
            found.append(np.where(np.arange(len(row)) == i, defaults, row))
    return np.stack([*found, defaults])


def best(inside: Floats, parts: Floats, groups: Sequence[Sequence[int]]) -> list[int]:
    """Candidates in order, the best first, from ``inside`` and ``parts`` (C, trials, M): in range or not, distances.

    By how many facts are met by the rule of validation (every criterion of the fact in range in ``MET`` of pictures;
    ``groups`` are the columns of ``inside`` by fact); then by how often criteria are in range, mean over them; then by the
    distance; then as they stand.
    """
    share = inside.mean(axis=1)
    met = np.stack([(share[:, list(group)] >= MET).all(axis=1) for group in groups], axis=1).sum(axis=1)
    far = [float(of_pictures(one).mean()) for one in parts]
    return sorted(range(len(share)), key=lambda i: (-int(met[i]), -float(share[i].mean()), far[i], i))


def resampled(weights: Floats, number: int, seed: int) -> np.ndarray:
    """Rows (number,) of an unweighted sample: systematic resampling, in which each row comes up by its weight."""
    start = np.random.Generator(np.random.Philox(key=[seed, 2**62])).random()
    steps = (start + np.arange(number)) / number
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), steps), len(weights) - 1))
