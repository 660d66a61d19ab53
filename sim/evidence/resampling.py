"""How far verdicts hang on which draws there were: the draws are resampled with replacement, and every verdict made anew.

A draw is one picture of the country, so that a resample takes the same draws for every criterion; those of the prior are resampled
apart. R resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.evidence.facts import REPRODUCED, criterion_verdict, fact_verdict, interval
from totalplace.sim.evidence.findings import Finding

#: How often the draws are resampled, and the seed of that.
RESAMPLES: Final = 400
#: Share of the resamples from which a verdict does not hang on which draws there were.
STEADY: Final = 0.95
SEED: Final = 20271127


@dataclass(frozen=True)
class Resampled:
    """Verdicts in each resample, (R,): of criteria by measure, of facts by number."""

    criteria: dict[str, tuple[str, ...]]
    facts: dict[int, tuple[str, ...]]

    def share(self, of: str | int, verdict: str) -> float:
        """Share of the resamples in which a criterion, by its measure, or a fact, by its number, gets this verdict."""
        found = self.criteria[of] if isinstance(of, str) else self.facts[of]
        return found.count(verdict) / len(found)

    def counted(self, numbers: Sequence[int], count: int) -> tuple[float, int, int]:
        """Share of the resamples in which so many of these facts are reproduced, and from where to where nine of ten go."""
        found = np.array([[verdict == REPRODUCED for verdict in self.facts[number]] for number in numbers]).sum(axis=0)
        low, _, high = interval(found.astype(np.float64))
        return float((found == count).mean()), int(low), int(high)


def resample(findings: Sequence[Finding], year: bool = False, times: int = RESAMPLES) -> Resampled:
    """Every verdict in each of so many resamples; ``year``: of those in the year held out."""
    taken = {finding.fact.number: own for finding in findings if (own := finding.taken(year))}
    chance = np.random.default_rng(SEED)
    criteria: dict[str, list[str]] = {one.measure: [] for own in taken.values() for one, _, _ in own}
    facts: dict[int, list[str]] = {number: [] for number in taken}
    sizes = next(((len(values), len(prior)) for own in taken.values() for _, values, prior in own), (0, 0))
    for _ in range(times):
        mine, others = (chance.integers(size, size=size) for size in sizes)
        for number, own in taken.items():
            verdicts = [criterion_verdict(one, values[mine], prior[others]) for one, values, prior in own]
            facts[number].append(fact_verdict(verdicts))
            for (one, _, _), verdict in zip(own, verdicts, strict=True):
                criteria[one.measure].append(verdict)
    return Resampled({name: tuple(own) for name, own in criteria.items()}, {number: tuple(own) for number, own in facts.items()})
