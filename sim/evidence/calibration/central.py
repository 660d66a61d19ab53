"""The row of the posterior that stands for all, where one set of parameters is needed: the defaults of single runs.

Facts inform some parameters; the others keep the defaults that judgement gave them, with tables and publications as they stand. A
row is drawn with values for these too, and may fit by them, so that the most central row need not fit when it is completed with
defaults. Of the most central rows, so completed, those count that fit the published figures as well as their errors say, by
pictures of their own; of these that one is taken whose answers to the main questions are nearest to the middle of the posterior's.

R rows, P parameters, T targets, A answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.answers import away, ranked
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.kernel import is_bound, log_kernel, misfits
from totalplace.sim.evidence.calibration.marginals import rounded
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.facts import Floats

#: Number of the first of these pictures, beyond those of waves and particles.
FIRST: Final = 10_000_000
#: Half the mean square of the misfit, for each target, of a set that fits as well as figures and errors say.
LOSS: Final = 0.5


@dataclass(frozen=True, eq=False)
class Tried:
    """A set of parameters (P,), the mean over its pictures of every measure (T,), and how well it fits.

    ``fit``: logarithm of the kernel over all targets, from misfits that are means over pictures; 0 is on every figure.
    """

    name: str
    values: Floats
    measured: Floats
    fit: float


@dataclass(frozen=True, eq=False)
class Central:
    """The ``row`` that stands for all and its ``rank``, 1 for the most central; ``others`` are what ``chosen`` is held against.

    ``fitting``: how many candidates fit as well as errors say; none where the best of them was taken. ``answers`` (A,) of the
    chosen, ``of_posterior`` (R, A) those of the rows as drawn, and ``places`` (A,) where the first stand among the second (0-1).
    """

    row: int
    rank: int
    fitting: int
    chosen: Tried
    others: tuple[Tried, ...]
    answers: Floats
    of_posterior: Floats
    places: Floats


def by_centrality(unit: Floats, columns: Sequence[int]) -> list[int]:
    """The rows of ``unit`` (R, P), quantiles of the priors, nearest to the centre first, by Mahalanobis distance of normal scores.

    ``columns``: the parameters that count.
    """
    if not len(columns):
        return list(range(len(unit)))
    scores = norm.ppf(np.clip(unit[:, list(columns)], 1e-6, 1.0 - 1e-6))
    away = scores - scores.mean(axis=0)
    spread = np.atleast_2d(np.cov(scores, rowvar=False)) + 1e-9 * np.eye(scores.shape[1])
    distance = (away * np.linalg.solve(spread, away.T).T).sum(axis=1)
    return [int(row) for row in np.argsort(distance, kind="stable")]


def completed(values: Floats, informed: Sequence[int]) -> Floats:
    """Rows (R, P) with the present defaults in all columns but the ``informed``, which are rounded as defaults are."""
    every = list(PARAMETERS.values())
    full = np.tile([row.default for row in every], (len(values), 1))
    for i in informed:
        full[:, i] = [rounded(every[i], float(value)) for value in values[:, i]]
    return full


def choose(batches: Batches, plan: Plan, unit: Floats, values: Floats, informed: Sequence[int],
           answers: Callable[[Floats], Floats]) -> Central:
    """Choose among the rows of the posterior (R, P), given as quantiles ``unit`` and as ``values``.

    ``answers`` says what sets of parameters (N, P) answer to the main questions (N, A).
    """
    order = by_centrality(unit, informed)[: plan.size.candidates]
    present = np.array([row.default for row in PARAMETERS.values()])
    tried = np.vstack([completed(values[order], informed), values[order[:1]], present])
    criteria = plan.criteria()
    measured = np.stack([batches.play("central", tried, FIRST + look * len(tried)) for look in range(plan.size.looks)])
    far = np.stack([misfits(criteria, one) for one in measured]).mean(axis=0)
    fit = log_kernel(far, np.array([is_bound(one) for one in criteria])).sum(axis=1)
    best = int(np.argmax(fit[: len(order)]))
    fitting = np.flatnonzero(fit[: len(order)] >= -LOSS * len(criteria))
    held = fitting if len(fitting) else np.array([best])
    shown = np.linspace(0, len(values) - 1, min(len(values), plan.size.particles)).round().astype(np.int64)
    own, of_posterior = answers(tried[held]), answers(values[shown])
    places = ranked(own, of_posterior)
    middle = int(np.argmin(away(places)))

    def of(name: str, k: int) -> Tried:
        return Tried(name, tried[k], measured[:, k].mean(axis=0), float(fit[k]))

    k = int(held[middle])
    return Central(order[k], k + 1, len(fitting), of("chosen", k), (
        of("best fit, completed", best), of("most central, as drawn", len(order)), of("defaults before", len(order) + 1)),
        own[middle], of_posterior, places[middle])
