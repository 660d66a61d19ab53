"""What decides the results: rank correlation of every parameter of the registry with conclusions and with measures of the facts.

Over the draws of the prior. A parameter is named where its correlation is beyond chance for as many parameters as there are
(:data:`~totalplace.sim.evidence.validation.DECIDES` standard errors of one of no relation). N draws, P parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import yaml

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.fact_runs import observe
from totalplace.sim.evidence.facts import Criterion, Fact, Floats, facts, settings
from totalplace.sim.evidence.findings import DECIDES
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.survival.runs import PRIOR, Played
from totalplace.sim.results.rank_correlations import rank_correlations

#: Most parameters that are named for a result.
MOST_NAMED: Final = 10
FILE: Final = Path(__file__).with_name("data_that_would_settle.yaml")


@dataclass(frozen=True, eq=False)
class Decided:
    """A result and what decides it: rank correlations (P,) over ``draws`` draws in which it has a value."""

    words: str
    correlations: Floats
    draws: int

    def ten(self) -> list[tuple[str, float]]:
        """The parameters that matter most, strongest first: name and rank correlation; none within chance."""
        limit = DECIDES / np.sqrt(max(1, self.draws - 1))
        order = np.argsort(-np.abs(self.correlations), kind="stable")[:MOST_NAMED]
        return [(list(PARAMETERS)[i], float(self.correlations[i])) for i in order if abs(self.correlations[i]) > limit]


def of_conclusions(found: Played, era: str) -> list[Decided]:
    """What decides by how much each conclusion holds in an era."""
    return [decided(one.words, found.prior, found.margin(one, era, PRIOR)) for one in found.asked.conclusions]


def of_facts(found: Played, threads: int | None = None, progress: Callable[[int], None] | None = None) -> list[Decided]:
    """What decides each measure of a fact that metrics alone give, in the places and draws of ``found``. Raises LedgerError."""
    asked = [one for one in settings().values() if not one.watch]
    seen = observe(asked, found.places, found.prior, found.first_seed, threads, progress)
    results = []
    for fact in facts():
        for criterion in fact.criteria:
            try:
                values = MEASURES[criterion.measure](seen)
            except KeyError:
                continue  # it is measured by looking into runs, which this does not
            results.append(decided(fact_words(fact, criterion), found.prior, values))
    return results


def fact_words(fact: Fact, criterion: Criterion) -> str:
    """What a measure of a fact is called in the tables."""
    return f"{criterion.label} ({fact.number})"


def fact_runs() -> int:
    """Runs of each draw in each place behind :func:`of_facts`."""
    return sum(not one.watch for one in settings().values())


def decided(words: str, sets: Floats, values: Floats) -> Decided:
    """What decides values (N,) over parameter sets (N, P). Spearman's rank correlation; zero where nothing varies."""
    known = np.isfinite(values)
    return Decided(words, rank_correlations(sets[known], values[known]), int(known.sum()))


def by_reach(results: Sequence[Decided]) -> list[tuple[str, int]]:
    """The parameters that are named for any result, with the number of results: those named for most first."""
    counts: dict[str, int] = {}
    for one in results:
        for name, _ in one.ten():
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], list(PARAMETERS).index(item[0])))


@cache
def data_that_would_settle() -> dict[str, str]:
    """Words by parameter: what could be counted, asked or tried to narrow it. Raises UnknownName for one that there is not."""
    content: dict[str, str] = yaml.safe_load(FILE.read_text("utf-8"))
    for name in content:
        if name not in PARAMETERS:
            raise UnknownName("parameter", name, list(PARAMETERS), where="among what would settle them", file=str(FILE))
    return content


__all__ = [
    "MOST_NAMED", "Decided", "by_reach", "data_that_would_settle", "decided", "fact_runs", "fact_words", "of_conclusions",
    "of_facts",
]
