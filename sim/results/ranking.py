"""What can be said of scenarios side by side: which come first, which differ clearly, what is not sure, what has no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from totalplace.sim.model.metrics import Metric, without_value
from totalplace.sim.results.compare import clearly, difference, paired, shared_draws
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, only_just
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble


def only_just_words(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> str:
    """A sentence that names the differences from the baseline that are clear by their band but might not be with more runs."""
    if baseline.runs < CLEAR_RUNS:
        return ""  # nothing is clear with so few, which is said of all of them
    found = []
    for metric in metrics:
        near = [e.scenario.name for e in ensembles
                if e is not baseline and only_just(difference(e, baseline, metric.name), shared_draws(e, baseline))]
        found += [f"{metric.label} of {listing(near)}"] if near else []
    if not found:
        return ""
    return f"Clear, but only just, for {count(baseline.runs, 'run')}: {'; '.join(found)}. More runs may say otherwise."


def without_value_words(ensembles: Sequence[Ensemble], metrics: Sequence[Metric]) -> str:
    """A sentence that names the metrics that say nothing under some of the scenarios, and why."""
    found = []
    for metric in metrics:
        why = {e.scenario.name: reason for e in ensembles if (reason := without_value(metric.name, e.scenario))}
        found += [f"{metric.label} under {listing(list(why))} ({', '.join(dict.fromkeys(why.values()))})"] if why else []
    return f"Without a value: {'; '.join(found)}." if found else ""


class Standing(NamedTuple):
    """Which scenario a metric has most of, or least where less is better, and what can be said of the others.

    ``first`` has the best median of those that no other is clearly ahead of. ``level`` do not differ clearly from it, ``behind``
    do. ``differ`` says whether any two differ clearly.
    """

    first: str
    level: tuple[str, ...]
    behind: tuple[str, ...]
    differ: bool


def standing(values: Mapping[str, NDArray[np.float64]], direction: int) -> Standing:
    """How scenarios stand by their paired values (R,), by name; pairs in which a value is missing (NaN) are left out.

    Without a better direction, more comes first.
    """
    sign, names = direction or 1, list(values)
    ways = {pair: _side(values[pair[0]], values[pair[1]]) * sign for pair in permutations(names, 2)}
    ahead = [name for name in names if not any(ways[other, name] > 0 for other in names if other != name)]
    first = max(ahead or names, key=lambda name: float(np.nanmedian(values[name])) * sign)
    others = [name for name in names if name != first]
    behind = tuple(name for name in others if ways[first, name] > 0)
    return Standing(first, tuple(name for name in others if name not in behind), behind, any(ways.values()))


def _side(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> int:
    both = ~(np.isnan(ours) | np.isnan(theirs))
    return clearly(paired(ours[both], theirs[both])) if both.any() else 0
