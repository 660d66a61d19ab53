"""What validation found of each fact: its criteria over the draws, their verdicts, and those by criteria of before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import (
    LISTED,
    MET,
    Criterion,
    Fact,
    Floats,
    criterion_verdict,
    fact_verdict,
    inside,
    interval,
    narrowed,
)

#: A parameter counts as deciding a criterion from this rank correlation, in standard errors of one of no relation: with 190
#: parameters one in twenty criteria names any by chance (Bonferroni).
DECIDES: Final = 3.6
MOST_NAMED: Final = 3


@dataclass(frozen=True, eq=False)
class Measured:
    """A criterion on the model: draws (N,) of the verdict and of the prior, and both in the year held out, empty where not taken.

    ``correlations`` are rank correlations of each parameter with the measure over the prior draws, in registry order.
    """

    criterion: Criterion
    values: Floats
    prior: Floats
    year_values: Floats
    year_prior: Floats
    correlations: Floats

    @property
    def verdict(self) -> str:
        """The verdict on the criterion; nothing on one that is listed."""
        return "" if self.criterion.role == LISTED else criterion_verdict(self.criterion, self.values, self.prior)

    @property
    def year_verdict(self) -> str:
        """The verdict in the year held out; nothing where it is not taken."""
        if not len(self.year_values) or self.criterion.role == LISTED:
            return ""
        return criterion_verdict(self.criterion, self.year_values, self.year_prior)

    @property
    def share(self) -> float:
        """Share of the draws in the range, or within what the errors of figure and model allow; NaN where neither is stated."""
        return self.criterion.share(self.values)

    @property
    def away(self) -> float:
        """How far the median is from the figure or beyond the bound, in standard deviations of figure and model together."""
        return float(self.criterion.away(np.array([interval(self.values)[1]]))[0])

    @property
    def narrowed(self) -> float:
        """Width of the 90% interval over that of the prior draws."""
        return narrowed(self.criterion, self.values, self.prior)

    @property
    def as_published(self) -> bool:
        """Whether nine draws of ten lie in the range, or, of a figure without errors, whether it lies inside the interval."""
        return inside(self.criterion, self.values) if np.isnan(self.share) else self.share >= MET

    def deciding(self) -> list[tuple[str, float]]:
        """The parameters that decide the measure, strongest first, at most three: name and rank correlation."""
        limit = DECIDES / np.sqrt(max(1, np.isfinite(self.prior).sum() - 1))
        order = np.argsort(-np.abs(self.correlations))[:MOST_NAMED]
        return [(list(PARAMETERS)[i], float(self.correlations[i])) for i in order if abs(self.correlations[i]) > limit]


@dataclass(frozen=True, eq=False)
class Finding:
    """A fact and what was measured of it; ``former``: by criteria of before, each with the share of draws in its range."""

    fact: Fact
    measured: tuple[Measured, ...]
    former: tuple[tuple[Criterion, Floats], ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict on the fact; nothing on one that is listed."""
        return _of(one.verdict for one in self.measured)

    @property
    def year_verdict(self) -> str:
        """The verdict by the criteria that are taken in the year held out."""
        return _of(one.year_verdict for one in self.measured)

    def taken(self, year: bool = False) -> list[tuple[Criterion, Floats, Floats]]:
        """Criteria that have a verdict, each with draws of the verdict and of the prior; ``year``: those in the year held out."""
        if year:
            return [(one.criterion, one.year_values, one.year_prior) for one in self.measured if one.year_verdict]
        return [(one.criterion, one.values, one.prior) for one in self.measured if one.verdict]

    def part(self, role: str) -> str:
        """The verdict by the criteria of one role; nothing where it has none."""
        return _of(one.verdict for one in self.measured if one.criterion.role == role)


def _of(verdicts: Iterable[str]) -> str:
    """The verdict on a fact from those on its criteria, of which some have none."""
    given = [verdict for verdict in verdicts if verdict]
    return fact_verdict(given) if given else ""
